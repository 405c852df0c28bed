"""Blind rating: what is left to rate, keeping each choice at once, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core.errors import ConfigurationError
from ..core.evaluation.blind import (
    TIE,
    Couple,
    Pair,
    WinRate,
    couples_of,
    draw_labels,
    has_answer,
    labelled_cells,
    neutral_text,
    pairs_of,
    preferences,
    rated_pairs,
    win_rates,
)
from ..core.evaluation.calibration import BLIND
from ..core.evaluation.types import Cell, Rating, Run
from ..core.ports import Ports
from ..core.types import Case

EQUAL = "equal answers"  # the comment of a tie that nobody was asked about
Key = tuple[int, ...]  # the cell ids of what is rated


@dataclass(frozen=True, slots=True)
class Item:
    """What is on screen: one case with one neutral answer or two."""

    case: Case
    answers: tuple[str, ...]
    pair: Pair | None  # None: a single answer
    cell_id: int

    @property
    def equal(self) -> bool:
        """Two answers in the same words: a tie without asking."""
        return len(set(self.answers)) < len(self.answers)

    def rating(self, value: float) -> Rating:
        """Of a pair: LEFT, TIE, RIGHT; of an answer 1 good, 0.5 partly, 0 bad."""
        if self.pair is not None:
            return self.pair.rating(value)
        return Rating(0, self.cell_id, value, rater=BLIND)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sitting: `items` are still to be rated, of `total`."""

    items: tuple[Item, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RunAnswers:
    """A run with its cells, for everything in this file."""

    run: Run
    cells: Sequence[Cell]
    cases: Mapping[int, Case] = field(default_factory=dict)

    @property
    def couples(self) -> list[Couple]:
        """The couples of columns to choose from."""
        return couples_of(self.run, self.cells)


async def answers_of(ports: Ports, run_id: int | None = None) -> RunAnswers:
    """The run with this id, or the newest that has answers. Raises ConfigurationError."""
    cases = {case.id: case for case in await ports.store.cases()}
    for run in await ports.store.runs():
        if run_id in (None, run.id):
            cells = [cell for cell in await ports.store.cells(run.id) if cell.case_id in cases]
            if any(has_answer(cell) for cell in cells):
                return RunAnswers(run, cells, cases)
    raise ConfigurationError(
        "There are no answers to rate", why="no run of cases has been made",
        remedy="Run the cases under Evaluate first",
    )


async def pairs_sheet(found: RunAnswers, couples: Sequence[Couple], ports: Ports) -> Sheet:
    """The pairs of these couples that nobody has rated. Pairs in the same words are stored as
    ties when their turn comes (`keep_equal`), so that a stop half-way favours nothing."""
    pairs = pairs_of(found.run, found.cells, couples)
    done = rated_pairs(await ports.store.ratings())
    texts = _texts(found)
    return Sheet(
        tuple(Item(found.cases[pair.case_id], (texts[pair.left], texts[pair.right]), pair,
                   pair.first)
              for pair in pairs if frozenset((pair.first, pair.second)) not in done),
        len(pairs),
    )


async def labels_sheet(found: RunAnswers, ports: Ports) -> Sheet:
    """Thirty answers drawn from the run, without those that are labelled."""
    drawn = draw_labels(found.run, found.cells)
    done, texts = labelled_cells(await ports.store.ratings()), _texts(found)
    by_id = {cell.id: cell for cell in found.cells}
    return Sheet(
        tuple(Item(found.cases[by_id[number].case_id], (texts[number],), None, number)
              for number in drawn if number not in done),
        len(drawn),
    )


def _texts(found: RunAnswers) -> dict[int, str]:
    return {cell.id: neutral_text(cell.answer, found.run.strategies)
            for cell in found.cells if cell.answer is not None and has_answer(cell)}


async def keep(item: Item, value: float, ports: Ports) -> Rating:
    """Store a choice; returned with its id, for taking it back with `take_back`."""
    return await ports.store.save_rating(item.rating(value))


async def keep_equal(item: Item, ports: Ports) -> Rating:
    """Two answers in the same words are a tie."""
    return await ports.store.save_rating(replace(item.rating(TIE), comment=EQUAL))


async def take_back(ratings: Sequence[Rating], ports: Ports) -> None:
    """As if they had not been given."""
    await ports.store.remove_ratings([rating.id for rating in ratings])


async def rates_of(found: RunAnswers, ports: Ports) -> list[WinRate]:
    """The win rates of all couples that were rated in this run; intervals come from the compute
    process (core/evaluation/statistics.interval)."""
    ratings = await ports.store.ratings()
    said = {couple: by_case for couple in found.couples
            if (by_case := preferences(couple, found.cells, ratings))}
    intervals = await ports.compute.intervals([list(each.values()) for each in said.values()])
    return win_rates(said, intervals)
