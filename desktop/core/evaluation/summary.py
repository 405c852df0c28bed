"""A run in figures: what is averaged, what is compared with what, and the assembled summary.

Cases are the unit: repeats of a case are averaged before any interval, because five answers to
one question are not five questions. Only cells that ended with an answer count; what failed or
was filtered is counted apart.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..strategies import rung_of
from ..types import Rung, Strategy
from .statistics import Paired, holm
from .thresholds import higher_is_better
from .types import (
    Cell,
    CellState,
    Comparison,
    Interval,
    Latency,
    Run,
    RunSummary,
    StrategySummary,
)

ByCase = Mapping[int, float]  # case id -> the mean over its repeats


@dataclass(frozen=True, slots=True)
class Pair:
    """Two strategies to compare on one metric over the cases both answered."""

    a: str
    b: str
    metric: str
    left: tuple[float, ...]
    right: tuple[float, ...]


class Averages:
    """The values of a run by strategy, metric and case."""

    def __init__(self, run: Run, cells: Iterable[Cell] = ()) -> None:
        self.run = run
        self._values: dict[tuple[int, str], dict[int, list[float]]] = {}
        self._means: dict[tuple[int, str], dict[int, float]] = {}
        self._answered: dict[int, list[Cell]] = defaultdict(list)
        for cell in cells:
            self.add(cell)

    def add(self, cell: Cell) -> None:
        """Count a cell, if it ended with an answer. All are added before anything is asked."""
        if cell.state is not CellState.DONE or cell.answer is None:
            return
        self._answered[cell.strategy_id].append(cell)
        for metric, value in cell.scores.items():
            if value is not None and math.isfinite(value):
                by_case = self._values.setdefault((cell.strategy_id, metric), {})
                by_case.setdefault(cell.case_id, []).append(value)

    def answered(self, strategy: Strategy) -> list[Cell]:
        """The cells that ended with an answer."""
        return self._answered[strategy.id]

    def metrics(self) -> list[str]:
        """Those of the run that any cell has a value for, in the run's order."""
        found = {metric for _, metric in self._values}
        ordered = [name for name in self.run.metrics if name in found]
        return ordered + sorted(found.difference(ordered))

    def by_case(self, strategy: Strategy, metric: str) -> ByCase:
        """The mean over repeats for each case that has a value."""
        key = (strategy.id, metric)
        if key not in self._means:
            values = sorted(self._values.get(key, {}).items())
            self._means[key] = {case: sum(found) / len(found) for case, found in values}
        return self._means[key]

    def mean(self, strategy: Strategy, metric: str) -> float | None:
        """Over cases; None without a value."""
        values = self.by_case(strategy, metric)
        return sum(values.values()) / len(values) if values else None

    def pair(self, a: Strategy, b: Strategy, metric: str) -> Pair | None:
        """None when no case has a value for both."""
        left, right = self.by_case(a, metric), self.by_case(b, metric)
        common = [case for case in left if case in right]
        if not common:
            return None
        return Pair(a.name, b.name, metric, tuple(left[case] for case in common),
                    tuple(right[case] for case in common))

    def best_first(self, metric: str, strategies: Iterable[Strategy]) -> list[Strategy]:
        """Those with a value, best mean first."""
        sign = -1 if higher_is_better(metric) else 1
        means = [(strategy, self.mean(strategy, metric)) for strategy in strategies]
        known = [(strategy, mean) for strategy, mean in means if mean is not None]
        return [strategy for strategy, mean in sorted(known, key=lambda each: sign * each[1])]


def is_ceiling(strategy: Strategy) -> bool:
    """The column with the gold passage: a measure, never a choice."""
    return rung_of(strategy) is Rung.CEILING or strategy.name == Rung.CEILING.value


def baseline_of(strategies: Sequence[Strategy]) -> Strategy | None:
    """The bare model: by its ingredients, else by its name."""
    bare = [each for each in strategies if rung_of(each) is Rung.BASELINE]
    named = [each for each in strategies if each.name == Rung.BASELINE.value]
    return next(iter(named or bare), None)


def couples(averages: Averages, metric: str) -> list[tuple[Strategy, Strategy]]:
    """Who is compared with whom, each couple once: everything with Baseline, then with what it
    derives from, the best with the runner-up by `metric`, and the best with the ceiling."""
    strategies = averages.run.strategies
    by_id = {strategy.id: strategy for strategy in strategies}
    baseline = baseline_of(strategies)
    found: list[tuple[Strategy | None, Strategy]] = [(baseline, each) for each in strategies]
    found += [(by_id.get(each.derived_from or 0), each) for each in strategies]
    ranked = averages.best_first(metric, [each for each in strategies if not is_ceiling(each)])
    if len(ranked) > 1:
        found.append((ranked[1], ranked[0]))
    if ranked:
        found += [(ranked[0], each) for each in strategies if is_ceiling(each)]
    return _once((a, b) for a, b in found if a is not None and a is not b)


def _once(
    pairs: Iterable[tuple[Strategy, Strategy]]
) -> list[tuple[Strategy, Strategy]]:
    seen: dict[frozenset[int], tuple[Strategy, Strategy]] = {}
    for a, b in pairs:
        seen.setdefault(frozenset((a.id, b.id)), (a, b))
    return list(seen.values())


def compared(pairs: Sequence[Pair], results: Sequence[Paired]) -> tuple[Comparison, ...]:
    """Comparisons with p-values corrected (Holm) over the couples of each metric."""
    corrected: dict[int, float] = {}
    for metric in dict.fromkeys(pair.metric for pair in pairs):
        places = [place for place, pair in enumerate(pairs) if pair.metric == metric]
        values = holm([results[place].p_value for place in places])
        corrected.update(zip(places, values, strict=True))
    return tuple(
        Comparison(pair.a, pair.b, pair.metric, result.difference, result.low, result.high,
                   corrected[place], len(pair.left))
        for place, (pair, result) in enumerate(zip(pairs, results, strict=True))
    )


def strategy_summary(
    strategy: Strategy, answered: Sequence[Cell], metrics: Mapping[str, Interval]
) -> StrategySummary:
    """One strategy's figures; its cost is unknown as soon as one price is."""
    answers = [cell.answer for cell in answered if cell.answer is not None]
    costs = [answer.cost for answer in answers]
    known = [cost for cost in costs if cost is not None]
    seconds = sorted(answer.seconds for answer in answers if answer.seconds is not None)
    per_1000 = 1000 * sum(known) / len(known) if known and len(known) == len(costs) else None
    latency = Latency(percentile(seconds, 0.5), percentile(seconds, 0.95)) if seconds else None
    return StrategySummary(strategy.name, len(answers), dict(metrics), per_1000, latency)


def assemble(
    run: Run, cells: Sequence[Cell], strategies: Sequence[StrategySummary],
    comparisons: Sequence[Comparison],
) -> RunSummary:
    """The whole run; throttled cells count as failed."""
    failed = sum(cell.state in (CellState.FAILED, CellState.THROTTLED) for cell in cells)
    filtered = sum(cell.state is CellState.FILTERED for cell in cells)
    return RunSummary(run.id, len(cells), failed, filtered, tuple(strategies),
                      tuple(comparisons))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Linear between neighbours (numpy's default; Hyndman & Fan 1996, type 7)."""
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
