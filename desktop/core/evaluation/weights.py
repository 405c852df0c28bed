"""A score the user can see through: chosen metrics, each on 0 to 1, times their weights.

The weighted sum model, also called simple additive weighting (Hwang and Yoon 1981, Multiple
Attribute Decision Making). Shares are taken as they are. Seconds, tokens and dollars have no
natural end, so each gets a scale that is said on screen: up to the user's limit where there is
one, else between the least and the most of the run. Such a range belongs to its run: weighted
scores of two runs are not on one scale then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .thresholds import higher_is_better, is_share, label_of
from .types import UseCase

METRIC = "weighted"
Scores = Mapping[str, float | None]
Weights = Mapping[str, float]  # metric -> weight, above 0; they need not add up to 1


@dataclass(frozen=True, slots=True)
class Scale:
    """Which value of a metric counts 0 and which counts 1; what lies beyond counts as they do."""

    zero: float = 0.0
    one: float = 1.0
    why: str = ""  # "" for a share, which is on 0 to 1 by itself

    def on(self, value: float) -> float:
        """`value` on 0 to 1. Where all values of a run are the same, all count 1."""
        if self.zero == self.one:
            return 1.0
        return min(1.0, max(0.0, (value - self.zero) / (self.one - self.zero)))


SHARE = Scale()


@dataclass(frozen=True, slots=True)
class Part:
    """What one metric adds: `share * weight`. The weights of all parts add up to 1."""

    metric: str
    weight: float  # of 1
    value: float | None  # as measured; None: the metric does not apply
    share: float | None  # of 0..1, by its scale
    scale: Scale = SHARE

    @property
    def adds(self) -> float | None:
        return None if self.share is None else self.share * self.weight


def normalised(weights: Weights) -> dict[str, float]:
    """Adding up to 1, without what weighs nothing and without a weight of the weighted score."""
    good = {name: float(weight) for name, weight in weights.items()
            if name != METRIC and math.isfinite(weight) and weight > 0}
    total = sum(good.values())
    return {name: weight / total for name, weight in good.items()}


def limits_of(use_case: UseCase) -> dict[str, float]:
    """What one call may take at most: seconds, and dollars (the goal's are for 1,000 calls)."""
    cost = None if use_case.most_cost is None else use_case.most_cost / 1000
    found = {"latency": use_case.most_latency, "cost": cost}
    return {name: most for name, most in found.items() if most}


def scales(
    weights: Weights, cells: Iterable[Scores], limits: Mapping[str, float] | None = None
) -> dict[str, Scale]:
    """A scale for each weighted metric, over the scores of all cells of a run."""
    found = {name: SHARE for name in normalised(weights) if is_share(name)}
    wanted = [name for name in normalised(weights) if name not in found]
    values: dict[str, list[float]] = {name: [] for name in wanted}
    for scores in cells if wanted else ():
        for name in wanted:
            value = scores.get(name)
            if value is not None and math.isfinite(value):
                values[name].append(value)
    for name in wanted:
        found[name] = _scale(name, values[name], (limits or {}).get(name))
    return found


def _scale(name: str, values: list[float], limit: float | None) -> Scale:
    if limit:
        return Scale(limit, 0.0, "0 counts 1, your limit counts 0")
    least, most = min(values, default=0.0), max(values, default=0.0)
    ends = (least, most) if higher_is_better(name) else (most, least)
    return Scale(*ends, "the run's best counts 1, its worst 0")


def parts(scores: Scores, weights: Weights, by: Mapping[str, Scale]) -> list[Part]:
    """What each metric adds to one cell, in the order of the weights."""
    found = []
    for name, weight in normalised(weights).items():
        value, scale = scores.get(name), by.get(name, SHARE)
        if value is not None and not math.isfinite(value):
            value = None
        share = None if value is None else scale.on(value)
        found.append(Part(name, weight, value, share, scale))
    return found


def weighted(scores: Scores, weights: Weights, by: Mapping[str, Scale]) -> float | None:
    """The sum of what the parts add, 0 to 1; None where one of them does not apply.

    A missing part is neither counted as 0 nor left out: either would put this cell on another
    scale than the rest of its row. Comparisons are paired, so they skip the case instead.
    """
    found = [part.adds for part in parts(scores, weights, by)]
    known = [each for each in found if each is not None]
    return sum(known) if found and len(known) == len(found) else None


def formula(weights: Weights) -> str:
    """`0.7 x token F1 + 0.3 x groundedness`, "" without weights."""
    return " + ".join(f"{weight:.2f} × {label_of(name)}"
                      for name, weight in normalised(weights).items())
