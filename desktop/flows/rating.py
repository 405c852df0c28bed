"""Blind rating: what is left to rate, keeping each choice at once, and what they add up to."""

from __future__ import annotations

from collections import Counter
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
from ..core.types import Answer, Case, Strategy

EQUAL = "equal answers"  # the comment of a tie that nobody was asked about
Key = tuple[int, ...]  # the cell ids of what is rated


@dataclass(frozen=True, slots=True)
class Item:
    """What is on screen: one case with one answer, or two from left to right."""

    case: Case
    given: tuple[Answer, ...]
    columns: tuple[Strategy, ...]  # of the run, whose names must not show
    pair: Pair | None  # None: a single answer
    cell_id: int

    @property
    def answers(self) -> tuple[str, ...]:
        """The texts as they are shown; made when they are wanted, not for thousands ahead."""
        return tuple(neutral_text(answer, self.columns) for answer in self.given)

    @property
    def equal(self) -> bool:
        """Two answers in the same words: a tie without asking."""
        texts = self.answers
        return len(set(texts)) < len(texts)

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
    cases: Mapping[int, Case]
    _answers: dict[int, Answer] = field(init=False, default_factory=dict)  # by cell id

    def __post_init__(self) -> None:
        self._answers.update((cell.id, cell.answer) for cell in self.cells
                             if cell.answer is not None)

    def item(self, case_id: int, cell_ids: tuple[int, ...], pair: Pair | None = None) -> Item:
        """The answers of these cells, to be rated."""
        return Item(self.cases[case_id], tuple(self._answers[each] for each in cell_ids),
                    self.run.strategies, pair, pair.first if pair else cell_ids[0])

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
    items = tuple(found.item(pair.case_id, (pair.left, pair.right), pair) for pair in pairs
                  if frozenset((pair.first, pair.second)) not in done)
    return Sheet(items, len(pairs))


async def progress(found: RunAnswers, ports: Ports) -> dict[Couple, tuple[int, int]]:
    """Of each couple that has pairs: how many are rated, of how many."""
    done = rated_pairs(await ports.store.ratings())
    columns = {cell.id: cell.strategy_id for cell in found.cells}
    rated: Counter[tuple[int, int]] = Counter()
    total: Counter[tuple[int, int]] = Counter()
    for pair in pairs_of(found.run, found.cells, found.couples):
        key = (columns[pair.first], columns[pair.second])
        total[key] += 1
        rated[key] += frozenset((pair.first, pair.second)) in done
    return {couple: (rated[key], total[key]) for couple in found.couples
            if total[key := (couple.a.id, couple.b.id)]}


async def labels_sheet(found: RunAnswers, ports: Ports) -> Sheet:
    """Thirty answers drawn from the run, without those that are labelled."""
    drawn = draw_labels(found.run, found.cells)
    done = labelled_cells(await ports.store.ratings())
    case_of = {cell.id: cell.case_id for cell in found.cells}
    items = tuple(found.item(case_of[number], (number,)) for number in drawn
                  if number not in done)
    return Sheet(items, len(drawn))


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
    if not rated_pairs(ratings):
        return []
    said = {couple: by_case for couple in found.couples
            if (by_case := preferences(couple, found.cells, ratings))}
    intervals = await ports.compute.intervals([list(each.values()) for each in said.values()])
    return win_rates(said, intervals)
