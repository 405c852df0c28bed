"""What a month costs: calls times the price of a call, and what is paid without any call.

The variable part is what the run's own calls used: prompt, context and answer tokens at list
prices. The fixed part is what fine-tuning adds: hosting by the hour and the training, spread
over the months until the model retires (Microsoft's cost guidance for fine-tuning, 2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

HOURS_A_MONTH = 730.0
DAYS_A_MONTH = 30.44
VOLUMES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
MOST_CALLS = 100_000_000  # a crossing beyond this many calls a month is nobody's plan
TRAINING_MONTHS = 12.0  # when no retirement date is known


@dataclass(frozen=True, slots=True)
class MonthlyCost:
    """What one strategy costs in US dollars; `fixed` is for a month, the rest for a call."""

    strategy: str
    prompt: float = 0.0
    context: float = 0.0
    answer: float = 0.0
    hosting: float = 0.0  # a month
    training: float = 0.0  # a month, amortised
    estimate: bool = False  # not measured: what a fine-tuned model would cost
    note: str = ""

    @property
    def call(self) -> float:
        """For one call."""
        return self.prompt + self.context + self.answer

    @property
    def fixed(self) -> float:
        """For one month without any call."""
        return self.hosting + self.training

    @property
    def label(self) -> str:
        """As it stands beside its line."""
        return f"{self.strategy} (estimate)" if self.estimate else self.strategy

    def at(self, calls: float) -> float:
        """For one month with so many calls."""
        return self.fixed + calls * self.call


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve."""

    calls: int
    dollars: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """Above `calls` a month, `cheaper` costs less than `dearer`; below it, more."""

    calls: float
    cheaper: str
    dearer: str
    dollars: float


def monthly_curve(cost: MonthlyCost, volumes: Sequence[int] = VOLUMES) -> tuple[Point, ...]:
    """US dollars a month over calls a month."""
    return tuple(Point(calls, cost.at(calls)) for calls in volumes)


def crossings(costs: Sequence[MonthlyCost]) -> tuple[Crossing, ...]:
    """Where two strategies cost the same, fewest calls first."""
    found = [crossing(a, b) for a, b in combinations(costs, 2)]
    return tuple(sorted((each for each in found if each), key=lambda each: each.calls))


def crossing(a: MonthlyCost, b: MonthlyCost) -> Crossing | None:
    """None when one of them is cheaper, or as cheap, at every volume that anybody plans."""
    if a.call == b.call:
        return None
    steep, flat = (a, b) if a.call > b.call else (b, a)
    calls = (flat.fixed - steep.fixed) / (steep.call - flat.call)
    if not 1 <= calls <= MOST_CALLS:
        return None
    return Crossing(calls, flat.label, steep.label, steep.at(calls))


def training_a_month(dollars: float, retires: str, today: str) -> float:
    """Training spread over the whole months left, at least one. Dates are ISO 8601."""
    return dollars / months_left(retires, today)


def months_left(retires: str, today: str) -> float:
    """Months until a model retires, at least one; a year when no date is known."""
    if not retires:
        return TRAINING_MONTHS
    days = (date.fromisoformat(retires[:10]) - date.fromisoformat(today[:10])).days
    return max(1.0, days / DAYS_A_MONTH)


def split_prompt(dollars: float, context_characters: int, characters: int) -> tuple[float, float]:
    """`(prompt, context)` of what the input of a call costs, by their share of the text sent."""
    share = min(1.0, context_characters / characters) if characters else 0.0
    return dollars * (1 - share), dollars * share


__all__ = [
    "HOURS_A_MONTH", "VOLUMES", "Crossing", "MonthlyCost", "Point", "crossing", "crossings",
    "monthly_curve", "months_left", "split_prompt", "training_a_month",
]
