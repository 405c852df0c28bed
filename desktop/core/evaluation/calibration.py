"""Does a judge agree with people? Cohen's kappa on blind labels, and where it is biased.

An uncalibrated judge decides nothing. It is calibrated when it was held against at least
FEWEST_LABELS blind labels, its kappa reaches LEAST_KAPPA, and the whole interval of that kappa
lies above chance. 0.6 is where Landis and Koch (1977) put "substantial" and McHugh (2012)
the least that should be trusted; it is about what two people reach on such answers (Zheng et
al. 2023 report 81 % raw agreement among experts, a kappa near 0.6 where both sides win as
often). Raw agreement alone would not do: a judge that calls everything good agrees with people
as often as answers are good.

Nobody needs labels to see position bias: it shows in pairs that were judged in both orders.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .agreement import NORMAL, Agreement, agreement, sign_test, spearman
from .types import Judgement, Rating

FEWEST_LABELS = 20
LEAST_KAPPA = 0.6
BLIND = "blind"  # the rater of labels given without seeing whose answer it is
SURE = 0.05
_LENGTHS_DIFFER = 1.1  # times as long before one answer counts as the longer one


@dataclass(frozen=True, slots=True)
class PositionBias:
    """Of `n` pairs shown in both orders, how many verdicts changed, and towards which place."""

    n: int = 0
    changed: int = 0
    first: int = 0  # of the changed ones, towards the answer that stood first

    @property
    def share(self) -> float | None:
        return self.changed / self.n if self.n else None

    @property
    def shown(self) -> bool:
        """Whether one place is favoured beyond the noise (exact sign test)."""
        return sign_test(self.first, self.changed) < SURE


@dataclass(frozen=True, slots=True)
class LengthBias:
    """How the judge treats long answers, against how people treat the same ones.

    Pairs: how often the longer answer wins. Single answers: Spearman's rank correlation of
    length with what the judge gives above the people's label; 0 is no bias.
    """

    pairs: int = 0  # of clearly different length, decided by both
    longer_judge: int = 0
    longer_people: int = 0
    judge_only: int = 0  # pairs in which the longer won with the judge and not with people
    people_only: int = 0
    answers: int = 0
    correlation: float | None = None

    @property
    def pairs_shown(self) -> bool:
        """Whether judge and people differ beyond the noise (McNemar's exact test)."""
        return sign_test(self.judge_only, self.judge_only + self.people_only) < SURE

    @property
    def answers_shown(self) -> bool:
        """Whether the correlation is beyond the noise: its variance without one is 1/(n-1)."""
        return self.correlation is not None and \
            abs(self.correlation) * math.sqrt(self.answers - 1) > NORMAL


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one judge does against people. What it says of single answers and what it says of
    pairs are two skills, each with labels of its own."""

    judge: str = ""
    answers: Agreement = field(default_factory=Agreement)
    pairs: Agreement = field(default_factory=Agreement)
    position: PositionBias = field(default_factory=PositionBias)
    length: LengthBias = field(default_factory=LengthBias)

    @property
    def calibrated(self) -> bool:
        """Whether the metric `judge` may rank and compare."""
        return good_enough(self.answers)


@dataclass(frozen=True)
class Judged:
    """What a run's grid knows of its judge; `judge` "" where none has judged it."""

    judge: str = ""
    calibration: Calibration = field(default_factory=Calibration)
    judgements: Sequence[Judgement] = ()  # of this judge, on cells of this run
    rubric: str = ""

    @cached_property
    def by_cell(self) -> Mapping[int, Judgement]:
        """Ratings of single answers."""
        return {each.cell_id: each for each in self.judgements if each.other_cell_id is None}

    @property
    def uncalibrated(self) -> bool:
        """There are scores of a judge that does not count."""
        return bool(self.judge) and not self.calibration.calibrated


def good_enough(found: Agreement) -> bool:
    """Enough labels, agreement that is substantial and shown to be beyond chance."""
    kappa = found.kappa
    return (found.n >= FEWEST_LABELS and kappa is not None
            and kappa.mean >= LEAST_KAPPA and kappa.low > 0)


def calibrate(
    judge: str, judgements: Iterable[Judgement], ratings: Iterable[Rating]
) -> Calibration:
    """Hold what this judge said against what people said blindly; other raters and other judges
    are left out. The newest label of a cell or a pair counts."""
    own = [each for each in judgements if each.judge == judge]
    people = {_key(each): _oriented(each, each.value) for each in ratings
              if each.rater == BLIND and each.value is not None}
    held = [(each, people[_key(each)], _oriented(each, each.value)) for each in own
            if each.value is not None and _key(each) in people]
    answers = [each for each in held if each[0].other_cell_id is None]
    pairs = [each for each in held if each[0].other_cell_id is not None]
    return Calibration(
        judge,
        agreement([(side(person), side(value)) for _, person, value in answers]),
        agreement([(side(person), side(value)) for _, person, value in pairs]),
        position_bias(own), _length_bias(answers, pairs),
    )


def side(value: float) -> float:
    """0 bad, 0.5 in between, 1 good; of a mean of ratings, which side of the middle it is on."""
    return 0.5 if abs(value - 0.5) < 1e-9 else float(value > 0.5)


def _key(said: Rating | Judgement) -> tuple[int, int]:
    """A cell, or a pair whichever way round."""
    if said.other_cell_id is None:
        return said.cell_id, 0
    return min(said.cell_id, said.other_cell_id), max(said.cell_id, said.other_cell_id)


def _oriented(said: Rating | Judgement, value: float) -> float:
    """Of a pair: seen from the cell with the lower id."""
    turned = said.other_cell_id is not None and said.cell_id > said.other_cell_id
    return 1.0 - value if turned else value


# --- biases ------------------------------------------------------------------------------


def position_bias(judgements: Iterable[Judgement]) -> PositionBias:
    """Of all pairs with a verdict in both orders; no labels are needed."""
    orders = [found for each in judgements if each.other_cell_id is not None
              and each.value is not None and len(found := _numbers(each, "orders")) == 2]
    changed = [(first, swapped) for first, swapped in orders if first != swapped]
    return PositionBias(len(orders), len(changed), sum(a > b for a, b in changed))


def _length_bias(
    answers: Sequence[tuple[Judgement, float, float]],
    pairs: Sequence[tuple[Judgement, float, float]],
) -> LengthBias:
    longer = [found for each in pairs if (found := _longer_won(*each)) is not None]
    excess = [(lengths[0], value - person) for judgement, person, value in answers
              if (lengths := _numbers(judgement, "lengths"))]
    return LengthBias(
        len(longer), sum(judge for judge, _ in longer), sum(person for _, person in longer),
        sum(judge and not person for judge, person in longer),
        sum(person and not judge for judge, person in longer),
        len(excess), spearman(excess),
    )


def _longer_won(
    judgement: Judgement, person: float, value: float
) -> tuple[bool, bool] | None:
    """With the judge, with people; None where neither is clearly longer or one saw a tie."""
    lengths = _numbers(judgement, "lengths")
    if len(lengths) != 2 or 0.5 in (person, value):
        return None
    assert judgement.other_cell_id is not None
    low, high = lengths if judgement.cell_id < judgement.other_cell_id else lengths[::-1]
    if max(low, high) < _LENGTHS_DIFFER * max(1, min(low, high)):
        return None
    longer = 1.0 if low > high else 0.0
    return value == longer, person == longer


def _numbers(judgement: Judgement, name: str) -> list[float]:
    """A list of numbers among the details; a file from elsewhere may hold anything there."""
    found = judgement.details.get(name) if isinstance(judgement.details, dict) else None
    good = isinstance(found, list) and all(isinstance(each, int | float) for each in found)
    return [float(each) for each in found or ()] if good else []
