"""What Decide says: a recommendation with its strength, reasons, and what would change it.

Plain values; `recommendation.py` makes them. Every reason carries the evidence behind it, so
that a screen or a report can lead from the sentence to its cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..evaluation.types import Cause, RunSummary
from .cost import Crossing, MonthlyCost

if TYPE_CHECKING:  # they have evidence of their own
    from .drift import Drift
    from .shots import ShotCurve
    from .staleness import Stale

Strength = Literal["strong", "moderate", "weak", "none"]
Verdict = Literal["Better", "Worse", "No difference shown", "Room left"]
Status = Literal["met", "not met", "unknown"]
# Where a sentence can be followed to, other than to cells: the goal's form, the list of cases,
# the month's curve, a pane, or the general questions that a tuned model was asked.
Place = Literal["", "Goal", "Cases", "Costs", "Prompt", "Documents", "Fine-tuning", "Drift"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a sentence comes from; empty where it does not come from cells."""

    run: int | None = None
    strategies: tuple[str, ...] = ()
    metric: str = ""
    cases: tuple[int, ...] = ()  # ids
    place: Place = ""

    @property
    def leads(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.place or self.cases or self.strategies)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        found = {"run": self.run, "strategies": list(self.strategies), "metric": self.metric,
                 "cases": list(self.cases)}
        return found | ({"place": self.place} if self.place else {})


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence or two, and what stands behind them."""

    text: str
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition for fine-tuning. `step` says how to meet it, "" when it is met; `where`
    leads to what `evidence` speaks of."""

    check: str
    status: Status
    evidence: str
    step: str = ""
    where: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of "How large is the effect?": `b` against `a`, in words as well."""

    a: str
    b: str
    metric: str
    difference: float
    low: float
    high: float
    p_value: float  # corrected
    n: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """All that Decide shows. `strategy` is "" when nothing is recommended; `thin` says why."""

    recommendation: str
    strength: Strength
    reasons: tuple[Reason, ...] = ()
    flip_conditions: tuple[Reason, ...] = ()
    readiness: tuple[Check, ...] = ()
    attribution: Mapping[Cause, int] = field(default_factory=dict)
    thin: str = ""  # why there is no recommendation, and what to add
    withheld: bool = False  # for the sake of a judge that does not count
    strategy: str = ""
    leader: str = ""  # `strategy`, or who leads without being recommended
    run: int | None = None
    metric: str = ""  # what was ranked by
    n: int = 0  # cases that decided
    failures: tuple[int, ...] = ()  # case ids behind `attribution`
    effects: tuple[Effect, ...] = ()
    enough: tuple[Reason, ...] = ()  # "Is n enough?"
    next_steps: tuple[Reason, ...] = ()  # towards fine-tuning, cheapest first, at most three
    passed: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # strategy: good, of
    guidance: tuple[Reason, ...] = ()  # what Microsoft's guidance says and how the data agrees
    shots: ShotCurve | None = None
    drift: Drift | None = None
    stale: tuple[Stale, ...] = ()
    summary: RunSummary | None = None
    costs: tuple[MonthlyCost, ...] = ()
    crossings: tuple[Crossing, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as `decide --json` prints it."""
        return {
            "recommendation": self.recommendation,
            "strength": self.strength,
            "reasons": [{"text": reason.text, "evidence": reason.evidence.as_dict()}
                        for reason in self.reasons],
            "flip_conditions": [reason.text for reason in self.flip_conditions],
            "readiness": [{"check": each.check, "status": each.status, "evidence": each.evidence}
                          for each in self.readiness],
            "attribution": {cause.value: count for cause, count in self.attribution.items()},
        }
