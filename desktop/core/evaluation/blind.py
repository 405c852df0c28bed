"""Answers before people who do not know whose they are: pairs, single answers, win rates.

What is shown is made equal where it would tell the columns apart: citation marks, the names of
models and surplus blank lines are taken out. Order and sides are drawn with a seed that depends
on the run alone, so that who stops and comes back finds the rest in the same order.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from ..types import BUILTIN_MODEL, Answer, Strategy
from .agreement import sign_test
from .calibration import BLIND
from .metrics.text import without_marks
from .statistics import holm
from .summary import is_ceiling
from .types import Cell, CellState, Interval, Rating, Run

LABELS = 30  # answers drawn for calibrating a judge
SURE = 0.05
DECLINES = "I do not know."
LEFT, TIE, RIGHT = 1.0, 0.5, 0.0  # what a choice between two answers says of the left one
_MODEL = re.compile(  # with a version: "llama" and "command" alone are words
    r"\b(?:gpt|claude|llama|mistral|ministral|mixtral|gemini|gemma|qwen|phi|deepseek|grok|command)"
    r"[-. ]?\d[\w.-]*\w|\bo[134](?:-(?:mini|pro|preview))?\b|\b(?:chat)?gpt\b", re.I)


class Couple(NamedTuple):
    """Two columns to compare, in the order of the run."""

    a: Strategy
    b: Strategy


class Pair(NamedTuple):
    """Two answers to one case, by cell id; `first` is of the couple's `a`."""

    case_id: int
    first: int
    second: int
    swapped: bool  # `second` stands at the left

    @property
    def left(self) -> int:
        """The cell at the left."""
        return self.second if self.swapped else self.first

    @property
    def right(self) -> int:
        """The cell at the right."""
        return self.first if self.swapped else self.second

    def rating(self, choice: float) -> Rating:
        """What LEFT, TIE or RIGHT says, to be stored."""
        value = 1.0 - choice if self.swapped else choice
        return Rating(0, self.first, value, other_cell_id=self.second, rater=BLIND)


@dataclass(frozen=True, slots=True)
class WinRate:
    """How often `a` was preferred to `b`, a tie counting half, over `n` cases."""

    a: str  # strategy names
    b: str
    wins: int  # pairs in which `a` was better
    ties: int
    losses: int
    rate: Interval
    p_value: float  # exact sign test over pairs without a tie, corrected over couples (Holm)
    cases: tuple[int, ...] = ()  # ids

    @property
    def shows_difference(self) -> bool:
        """False: within noise; then neither is called better."""
        return (self.rate.low > 0.5 or self.rate.high < 0.5) and self.p_value < SURE

    def leading(self) -> WinRate:
        """The same with the one that was preferred more often as `a`."""
        if self.rate.mean >= 0.5:
            return self
        turned = Interval(1 - self.rate.mean, 1 - self.rate.high, 1 - self.rate.low, self.rate.n)
        return WinRate(self.b, self.a, self.losses, self.ties, self.wins, turned, self.p_value,
                       self.cases)

    @property
    def better(self) -> str:
        """Whom people preferred; "" within noise."""
        if not self.shows_difference:
            return ""
        return self.a if self.rate.mean > 0.5 else self.b


def has_answer(cell: Cell) -> bool:
    """Failed, filtered and empty cells have nothing to look at."""
    return cell.state is CellState.DONE and cell.answer is not None and bool(cell.answer.text)


def couples_of(run: Run, cells: Iterable[Cell]) -> list[Couple]:
    """All couples of columns that have answers. The ceiling is among them: how far the best
    search would please people is worth knowing."""
    answered = {cell.strategy_id for cell in cells if has_answer(cell)}
    columns = [each for each in run.strategies if each.id in answered]
    ordered = sorted(columns, key=is_ceiling)  # stable: the ceiling comes last
    return [Couple(a, b) for a, b in combinations(ordered, 2)]


def pairs_of(run: Run, cells: Iterable[Cell], couples: Sequence[Couple]) -> list[Pair]:
    """Every case that both columns of a couple answered, once (the first repeat of each),
    shuffled over cases and couples, with sides drawn by lot."""
    first: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        known = first.get((cell.strategy_id, cell.case_id))
        if has_answer(cell) and (known is None or cell.repeat < known.repeat):
            first[cell.strategy_id, cell.case_id] = cell
    found = []
    for a, b in couples:
        draw = random.Random(f"{run.id} {a.id} {b.id}")
        for case_id in run.case_ids:
            one, other = first.get((a.id, case_id)), first.get((b.id, case_id))
            if one is not None and other is not None:
                found.append(Pair(case_id, one.id, other.id, draw.random() < 0.5))
    random.Random(run.id).shuffle(found)
    return found


def rated_pairs(ratings: Iterable[Rating]) -> set[frozenset[int]]:
    """The cells of pairs that were rated blind."""
    return {frozenset((each.cell_id, each.other_cell_id)) for each in ratings
            if each.rater == BLIND and each.other_cell_id is not None and each.value is not None}


def draw_labels(run: Run, cells: Iterable[Cell], wanted: int = LABELS) -> list[int]:
    """Cells to label, by id: drawn at random, as many of each column as the others have
    (proportional allocation; Cochran 1977, chapter 5), no two of one case while there are
    enough cases, in random order."""
    generator = random.Random(f"labels {run.id}")
    by_column: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        if has_answer(cell):
            by_column[cell.strategy_id].append(cell)
    for column in by_column.values():
        generator.shuffle(column)
    order = list(by_column)
    generator.shuffle(order)
    drawn: list[int] = []
    seen: dict[int, int] = defaultdict(int)  # case id -> times drawn
    while len(drawn) < wanted and any(by_column.values()):
        for column_id in order:
            column = by_column[column_id]
            if column and len(drawn) < wanted:
                chosen = min(column, key=lambda cell: seen[cell.case_id])
                column.remove(chosen)
                seen[chosen.case_id] += 1
                drawn.append(chosen.id)
    generator.shuffle(drawn)
    return drawn


def labelled_cells(ratings: Iterable[Rating]) -> set[int]:
    """The cells that were labelled blind, alone."""
    return {each.cell_id for each in ratings
            if each.rater == BLIND and each.other_cell_id is None and each.value is not None}


def neutral_text(answer: Answer, strategies: Iterable[Strategy] = ()) -> str:
    """The answer without what tells its column: citation marks, names of models, blank lines.

    The built-in model says in fixed words what it was not given, and so which column it is.
    """
    if answer.declined and BUILTIN_MODEL in answer.model:
        return DECLINES
    text = without_marks(answer.text)
    names = {name for each in strategies for name in (each.deployment, each.connection)}
    names |= {answer.model, *answer.model.replace("(", " ").replace(")", " ").split()}
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 3 and re.search(r"[\d\W_]", name):  # "mini" may be a word of the answer
            text = re.sub(re.escape(name), "the model", text, flags=re.I)
    text = _MODEL.sub("the model", text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines()))


def preferences(
    couple: Couple, cells: Iterable[Cell], ratings: Iterable[Rating]
) -> dict[int, float]:
    """By case id: 1 where `a` was preferred, 0 where `b`, 0.5 for a tie; the mean where a case
    was rated more than once."""
    known = {cell.id: cell for cell in cells}
    said: dict[int, list[float]] = defaultdict(list)
    for each in ratings:
        one, other = known.get(each.cell_id), known.get(each.other_cell_id or 0)
        if each.rater != BLIND or each.value is None or one is None or other is None:
            continue
        sides = (one.strategy_id, other.strategy_id)
        if sides == (couple.a.id, couple.b.id):
            said[one.case_id].append(each.value)
        elif sides == (couple.b.id, couple.a.id):
            said[one.case_id].append(1.0 - each.value)
    return {case: sum(values) / len(values) for case, values in said.items()}


def win_rates(
    said: Mapping[Couple, Mapping[int, float]], intervals: Sequence[Interval]
) -> list[WinRate]:
    """One for each couple in `said` (see `preferences`), whose `intervals` are those of its
    values: Wilson's (1927) without ties, BCa over cases (Efron 1987) where a tie counts half."""
    counts = [(sum(v > 0.5 for v in by_case.values()), sum(v < 0.5 for v in by_case.values()))
              for by_case in said.values()]
    corrected = holm([sign_test(wins, wins + losses) for wins, losses in counts])
    return [
        WinRate(couple.a.name, couple.b.name, wins, len(by_case) - wins - losses, losses,
                interval, p_value, tuple(by_case))
        for (couple, by_case), (wins, losses), interval, p_value
        in zip(said.items(), counts, intervals, corrected, strict=True)
    ]
