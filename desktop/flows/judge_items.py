"""What a judge is to look at, what it has said already, and which judge a run goes by.

A judge is a model and a rubric; its name says both exactly, and what different judges said is
never mixed: a run's cells hold the scores of one judge, the one it was judged by last. What
the others said stays in the workspace and comes back when they are chosen again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.errors import ConfigurationError
from ..core.evaluation.calibration import BLIND, Judged, calibrate
from ..core.evaluation.judging import METRIC, JudgeChoice, Rubric, answer_mark
from ..core.evaluation.types import Cell, CellState, Judgement, Rating, Run
from ..core.ports import Store

CHOICE = "judge"  # fact: the model and the rubric that were chosen last
RUBRICS = "rubrics"  # fact: {judge's name: its rubric}
UNCALIBRATED = "judge_not_calibrated"  # the name of its column in files
BY_RUN = "judged by"  # fact: {run id as text: judge's name}


@dataclass(frozen=True, slots=True)
class Item:
    """An answer to rate, or two answers to one question to compare."""

    cell_id: int
    other_cell_id: int | None = None

    @property
    def ids(self) -> tuple[int, ...]:
        """In ascending order: which way round a pair stands says nothing."""
        found = (self.cell_id,) if self.other_cell_id is None else (
            self.cell_id, self.other_cell_id)
        return tuple(sorted(found))

    @property
    def calls(self) -> int:
        """A pair is shown in both orders."""
        return len(self.ids)


async def load_choice(store: Store) -> JudgeChoice | None:
    """What was chosen last in this workspace; None where nothing (usable) was."""
    said = await store.fact(CHOICE)
    try:
        return JudgeChoice.from_dict(said) if isinstance(said, Mapping) else None
    except ConfigurationError:
        return None


async def save_choice(choice: JudgeChoice, store: Store) -> None:
    """Keep it with the workspace; a connection is kept by its name only."""
    await store.set_fact(CHOICE, choice.as_dict())


# --- what to judge -----------------------------------------------------------------------


def has_answer(cell: Cell) -> bool:
    """Failed and filtered cells have nothing to judge."""
    return cell.state is CellState.DONE and cell.answer is not None and bool(cell.answer.text)


def answers_of(cells: Iterable[Cell], strategy_ids: Collection[int] = ()) -> list[Item]:
    """Every answer, or those of some columns."""
    return [Item(cell.id) for cell in cells if has_answer(cell)
            and (not strategy_ids or cell.strategy_id in strategy_ids)]


def pairs_of(cells: Iterable[Cell], first: int, second: int) -> list[Item]:
    """The answers of two columns to the same question, repeat by repeat."""
    by_place = {(cell.case_id, cell.repeat, cell.strategy_id): cell.id
                for cell in cells if has_answer(cell)}
    return [Item(number, by_place[case, repeat, second])
            for (case, repeat, strategy), number in by_place.items()
            if strategy == first and (case, repeat, second) in by_place]


async def labelled(store: Store) -> tuple[list[Item], list[Cell]]:
    """What people have labelled blindly, in whatever run, with the cells it is about."""
    found: dict[tuple[int, ...], Item] = {}
    for rating in await store.ratings():
        if rating.rater == BLIND and rating.value is not None:
            item = Item(rating.cell_id, rating.other_cell_id)
            found[item.ids] = item
    cells: dict[int, Cell] = {}
    for number in {number for ids in found for number in ids}:
        cell = await store.cell(number)
        if cell is not None and has_answer(cell):
            cells[number] = cell
    return [item for ids, item in found.items() if cells.keys() >= set(ids)], list(cells.values())


def remaining(
    items: Iterable[Item], name: str, cells: Iterable[Cell], judgements: Iterable[Judgement]
) -> list[Item]:
    """The items of which this judge gave no usable verdict yet, or one on another answer."""
    marks = marks_of(cells)
    said = {Item(each.cell_id, each.other_cell_id).ids for each in judgements
            if each.judge == name and each.value is not None and holds(each, marks)}
    return [item for item in items if item.ids not in said]


def marks_of(cells: Iterable[Cell]) -> dict[int, str]:
    """What the answers are recognised by, by cell id."""
    return {cell.id: answer_mark(cell.answer.text) for cell in cells if cell.answer is not None}


def holds(judgement: Judgement, marks: Mapping[int, str]) -> bool:
    """Whether the cells still have the answers that were judged."""
    ids = Item(judgement.cell_id, judgement.other_cell_id).ids
    known = [marks.get(number, "") for number in ids]
    return isinstance(judgement.details, dict) and judgement.details.get("answers") == known


# --- which judge a run goes by -----------------------------------------------------------


async def place(name: str, rubric: Rubric, runs: Collection[int], store: Store) -> None:
    """From now on these runs go by this judge: its scores, and nobody else's, are in the cells.

    Mends what a crash between a judgement and its score has left.
    """
    await store.set_fact(RUBRICS, await _fact(RUBRICS, store) | {name: rubric.text})
    known = await _fact(BY_RUN, store)
    await store.set_fact(BY_RUN, known | {str(run): name for run in runs})
    said = [each for each in await store.judgements()
            if each.judge == name and each.other_cell_id is None]
    for run in runs:
        wanted = await asyncio.to_thread(_other_scores, await store.cells(run), said)
        await store.set_scores(METRIC, wanted)


def _other_scores(cells: Sequence[Cell], said: Sequence[Judgement]) -> dict[int, float | None]:
    """What the cells shall hold where they hold something else."""
    marks = marks_of(cells)
    values = {each.cell_id: each.value for each in said if holds(each, marks)}
    return {cell.id: values.get(cell.id) for cell in cells
            if cell.scores.get(METRIC) != values.get(cell.id)}


async def _fact(key: str, store: Store) -> dict[str, Any]:
    """A file from elsewhere may hold anything."""
    found = await store.fact(key)
    return found if isinstance(found, dict) else {}


async def judged(run: Run, store: Store) -> Judged:
    """The judge of a run, how it does against people's labels, and what it said of the run."""
    name = (await _fact(BY_RUN, store)).get(str(run.id))
    if not isinstance(name, str) or not name:
        return Judged()
    known = await store.judgements(), await store.ratings(), await store.cells(run.id)
    rubric = str((await _fact(RUBRICS, store)).get(name, ""))
    return await asyncio.to_thread(_judged, name, *known, rubric)


def _judged(
    name: str, judgements: Sequence[Judgement], ratings: Sequence[Rating], cells: Sequence[Cell],
    rubric: str,
) -> Judged:
    """Thousands of cells: on a thread, for the window's sake."""
    marks = marks_of(cells)
    said = [each for each in judgements if each.judge == name]
    return Judged(name, calibrate(name, said, ratings),
                  [each for each in said if holds(each, marks)], rubric)


def without_judge(cells: Sequence[Cell]) -> list[Cell]:
    """Cells without the score of a judge, for figures in which it must not count."""
    return [replace(cell, scores={name: value for name, value in cell.scores.items()
                                  if name != METRIC})
            if METRIC in cell.scores else cell for cell in cells]


async def trusted(run: Run, cells: Sequence[Cell], store: Store) -> list[Cell]:
    """The cells as figures may see them: an uncalibrated judge ranks and compares nothing."""
    if not any(METRIC in cell.scores for cell in cells):
        return list(cells)
    found = await judged(run, store)
    if found.calibration.calibrated:
        return list(cells)
    return await asyncio.to_thread(without_judge, cells)


def exported(cells: Iterable[Cell], found: Judged) -> list[Cell]:
    """The cells for a file, where an uncalibrated judge's column is named as what it is."""
    if not found.uncalibrated:
        return list(cells)
    return [replace(cell, scores={UNCALIBRATED if name == METRIC else name: value
                                  for name, value in cell.scores.items()}) for cell in cells]
