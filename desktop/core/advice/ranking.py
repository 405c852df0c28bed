"""Who may be recommended, who is better than whom, and how sure that is. No words yet.

The order: strategies outside the use case's limits are left out, the rest are ranked by the
primary metric, and among those that are not shown to be worse than the best the simplest is
chosen: a difference inside the noise is no reason to pay for another rung.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..evaluation.statistics import Enough, Paired, holm
from ..evaluation.summary import Averages, Pair, baseline_of, is_ceiling
from ..evaluation.thresholds import higher_is_better, label_of
from ..evaluation.types import RunSummary, StrategySummary, UseCase
from ..strategies import rung_of
from ..types import Rung, Strategy
from .decision import Strength
from .phrases import dollars, plain, seconds

FEWEST_CASES = 20  # fewer cannot show even a large difference (0.3 of a score) reliably
MODERATE_CASES = 30
STRONG_CASES = 50
SHOWN = 0.05
SURE = 0.01
SMALL = 0.05  # a difference of a share that changes nobody's choice
_COMPLEXITY = {
    Rung.BASELINE: 0, Rung.PROMPT: 1, Rung.WHOLE_DOCUMENTS: 2, Rung.DOCUMENTS: 2,
    Rung.FINE_TUNED: 3, Rung.FINE_TUNED_DOCUMENTS: 4,
    Rung.ELSEWHERE: 5,  # nobody knows what is in it, so nothing else is called dearer
    Rung.CEILING: 9,
}


@dataclass(frozen=True, slots=True)
class Contest:
    """`b` against `a` on the primary metric; positive gains are always better for `b`."""

    a: str
    b: str
    difference: float
    low: float
    high: float
    p_value: float  # corrected
    n: int
    enough: Enough
    up: bool = True  # higher is better

    @property
    def shown(self) -> bool:
        """Beyond the noise, whichever way."""
        return self.p_value < SHOWN and (self.low > 0 or self.high < 0)

    @property
    def better(self) -> bool:
        """`b` is shown to be better."""
        return self.shown and (self.difference > 0) is self.up

    @property
    def worse(self) -> bool:
        """`b` is shown to be worse."""
        return self.shown and not self.better

    @property
    def most_gain(self) -> float:
        """The most by which `b` may still be better."""
        return self.high if self.up else -self.low

    def turned(self) -> Contest:
        """`a` against `b`."""
        return Contest(self.b, self.a, -self.difference, -self.high, -self.low, self.p_value,
                       self.n, self.enough, self.up)


@dataclass(frozen=True, slots=True)
class Contests:
    """Every couple that was compared, to be asked either way round."""

    found: tuple[Contest, ...] = ()

    def of(self, b: str, against: str) -> Contest | None:
        """`b` against `against`; None when no case has a value for both."""
        for each in self.found:
            if (each.a, each.b) == (against, b):
                return each
            if (each.a, each.b) == (b, against):
                return each.turned()
        return None


def couples_to_compare(averages: Averages, metric: str) -> list[Pair]:
    """Each couple of the run's strategies on one metric."""
    found = [averages.pair(a, b, metric) for a, b in combinations(averages.run.strategies, 2)]
    return [pair for pair in found if pair is not None]


def contests(
    pairs: Sequence[Pair], results: Sequence[Paired], enough: Sequence[Enough]
) -> Contests:
    """With p-values corrected over all couples (Holm)."""
    corrected = holm([result.p_value for result in results])
    return Contests(tuple(
        Contest(pair.a, pair.b, result.difference, result.low, result.high, p_value,
                len(pair.left), figures, higher_is_better(pair.metric))
        for pair, result, p_value, figures in zip(pairs, results, corrected, enough, strict=True)
    ))


@dataclass(frozen=True, slots=True)
class Field:
    """The strategies that may be chosen, best first, and why the others may not."""

    ranked: tuple[Strategy, ...]
    left_out: Mapping[str, str]  # name -> why, in words
    baseline: Strategy | None
    ceiling: Strategy | None


def field_of(averages: Averages, summary: RunSummary, metric: str, use_case: UseCase) -> Field:
    """Within the limits, by the mean of `metric`."""
    figures = {each.name: each for each in summary.strategies}
    left_out: dict[str, str] = {}
    allowed = []
    for strategy in averages.run.strategies:
        if is_ceiling(strategy) or averages.mean(strategy, metric) is None:
            continue
        why = outside(figures[strategy.name], metric, use_case)
        if why:
            left_out[strategy.name] = why
        else:
            allowed.append(strategy)
    ceiling = next((each for each in averages.run.strategies if is_ceiling(each)), None)
    return Field(tuple(averages.best_first(metric, allowed)), left_out,
                 baseline_of(averages.run.strategies), ceiling)


def outside(figures: StrategySummary, metric: str, use_case: UseCase) -> str:
    """Which limit of the use case a strategy breaks, in words; "" when it keeps them all."""
    mean = figures.metrics[metric].mean
    if use_case.metric == metric and use_case.least is not None:
        short = mean < use_case.least if higher_is_better(metric) else mean > use_case.least
        if short:
            side = "below" if higher_is_better(metric) else "above"
            return f"its {label_of(metric)} of {plain(mean)} is {side} {plain(use_case.least)}"
    if use_case.most_cost is not None:
        if figures.cost_per_1000 is None:
            return "the price of its model is unknown, and the use case limits the cost"
        if figures.cost_per_1000 > use_case.most_cost:
            return (f"1,000 calls cost {dollars(figures.cost_per_1000)}, more than "
                    f"{dollars(use_case.most_cost)}")
    if use_case.most_latency is not None and figures.latency is not None \
            and figures.latency.p95 > use_case.most_latency:
        return (f"95 of 100 answers take up to {seconds(figures.latency.p95)}, more than "
                f"{seconds(use_case.most_latency)}")
    return ""


def tied_with_best(field: Field, met: Contests) -> list[Strategy]:
    """The best, and those that are not shown to be worse than it."""
    best = field.ranked[0]
    found = [best]
    for other in field.ranked[1:]:
        contest = met.of(other.name, best.name)
        if contest is None or not contest.worse:
            found.append(other)
    return found


def simplest(tied: Sequence[Strategy], summary: RunSummary) -> Strategy:
    """The lowest rung; within a rung the cheapest, then the better mean (their order)."""
    costs = {each.name: each.cost_per_1000 for each in summary.strategies}

    def effort(strategy: Strategy) -> tuple[int, float]:
        cost = costs.get(strategy.name)
        return complexity(strategy), float("inf") if cost is None else cost

    return min(tied, key=effort)


def complexity(strategy: Strategy) -> int:
    """The technique's place on the guidance's scale of cost and complexity."""
    return _COMPLEXITY[rung_of(strategy)]


def strength_of(chosen: Strategy, field: Field, met: Contests) -> Strength:
    """Strong: 50 cases, better than every simpler strategy at 1 %, and nothing more complex can
    be better by 0.10 or more. Moderate: 30 cases and better than every simpler one at 5 %.
    Weak: what is left. Without a Baseline never more than weak."""
    others = [each for each in field.ranked if each is not chosen]
    if field.baseline is not None and field.baseline is not chosen:
        others = [*(each for each in others if each is not field.baseline), field.baseline]
    against = [(each, met.of(chosen.name, each.name)) for each in others]
    known = [(each, contest) for each, contest in against if contest is not None]
    if field.baseline is None or not known:
        return "weak"
    simpler = [contest for each, contest in known if complexity(each) < complexity(chosen)]
    rivals = [contest.turned().most_gain for each, contest in known
              if complexity(each) >= complexity(chosen)]
    n = min(contest.n for _, contest in known)
    beats = all(contest.better for contest in simpler)
    if n >= STRONG_CASES and beats and max(rivals, default=0.0) < 2 * SMALL \
            and all(contest.p_value < SURE for contest in simpler):
        return "strong"
    return "moderate" if n >= MODERATE_CASES and beats else "weak"
