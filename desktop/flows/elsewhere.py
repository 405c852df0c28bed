"""A column of answers that were made elsewhere: read, matched, scored, put beside the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .. import __version__
from ..core.columns import Head, missing
from ..core.errors import ConfigurationError
from ..core.evaluation.case_columns import head_of_rows
from ..core.evaluation.elsewhere import (
    ROLES,
    Elsewhere,
    Matched,
    answer_of,
    column_of,
    guessed,
    match,
    new_case,
    read_made,
)
from ..core.evaluation.other_tools import flat
from ..core.evaluation.types import Cell, CellState, Run, RunState
from ..core.events import Emit, RunProgress, ignore
from ..core.ports import Ports
from ..core.types import Strategy
from .answering import read
from .cases import read_rows
from .cell_scoring import CellScorer, Score, score_of
from .scoring import load_chosen
from .use_case import load_use_case

Columns = Mapping[str, str]  # our column -> theirs


async def head_of_file(path: str, ports: Ports) -> tuple[Head, Columns, bool]:
    """A file's columns and first rows, what they are taken for, and whether that is enough.
    Raises DocumentError or DatasetError."""
    head = head_of_rows(await read_rows(path, ports))
    columns = guessed(head)
    return head, columns, not missing(columns, ROLES)


async def read_elsewhere(path: str, columns: Columns, ports: Ports) -> Elsewhere:
    """The file's answers with the cases they belong to; nothing is stored.
    Raises DocumentError or DatasetError."""
    rows = [(line, row if isinstance(row, str) else flat(row))
            for line, row in await read_rows(path, ports)]
    made, skipped = read_made(rows, columns)
    return match(made, await ports.store.cases(), skipped)


async def add_elsewhere(
    name: str, found: Elsewhere, ports: Ports, emit: Emit = ignore, *, run_id: int | None = None,
    columns: Sequence[Strategy] = (), add_cases: bool = False, score: Score | None = None,
) -> Run:
    """The column in run `run_id`, or in a run of its own, where `columns` wait to be asked.

    Nothing is stored before all answers are scored, but the cases that `add_cases` makes of
    unmatched questions. Raises ConfigurationError when there is nothing to add, or the run is
    gone, EmbedderUnavailable.
    """
    matched = list(found.matched)
    if add_cases and found.unmatched:
        made = await ports.store.add_cases([new_case(each, name) for each in found.unmatched])
        matched += [Matched(each, case)
                    for each, case in zip(found.unmatched, made, strict=True)]
    if not matched:
        raise ConfigurationError(
            "None of these questions is a case", why="Answers are compared case by case",
            remedy="Make cases of them, or import the cases first",
        )
    run = await _run(run_id, name, ports)
    column = column_of(name, run.strategies)
    cases = {each.case.id: each.case for each in matched}
    scorer = CellScorer(run, cases, ports, emit, score or await score_of(ports.store))
    cells = await _cells(matched, column, scorer, emit)
    if not run.id:
        run = await ports.store.begin_run(replace(
            run, strategies=tuple(columns), case_ids=tuple(cases)))
        run = await ports.store.set_run(
            run.id, RunState.PAUSED if columns else RunState.DONE)
    known = set(run.case_ids)
    joined = replace(
        run, strategies=(*run.strategies, column),
        case_ids=(*run.case_ids, *(number for number in cases if number not in known)),
    )
    await ports.store.join_run(joined, cells)
    return joined


async def _run(run_id: int | None, name: str, ports: Ports) -> Run:
    """The run to join, or one that is not begun yet (id 0)."""
    if run_id is not None:
        for run in await ports.store.runs():
            if run.id == run_id:
                return run
        raise ConfigurationError("This run is not in the workspace", remedy="Choose another")
    goal = (await load_use_case(ports.store)).metric
    metrics = (await load_chosen(ports.store)).computed(goal)
    return Run(
        0, RunState.RUNNING, (), (), 1, metrics, ports.clock.now(), name=name,
        versions={"program": __version__, "embedder": ports.embedder.id},
    )


async def _cells(
    matched: Sequence[Matched], column: Strategy, scorer: CellScorer, emit: Emit
) -> list[Cell]:
    cells = []
    for place, each in enumerate(matched, start=1):
        answer = answer_of(each.made, each.case, column)
        answer = read(answer, answer.text)  # what it cites, and whether it declines
        cell = Cell(0, 0, each.case.id, column.id, 0, CellState.DONE, answer)
        cells.append(await scorer.score(each.case, cell, answer))
        emit(RunProgress(place, len(matched), 0))
    return cells

