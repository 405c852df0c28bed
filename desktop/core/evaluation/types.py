"""The nouns of Evaluate and Decide, as plain values.

A run is cases x strategies (x repeats); each combination is a cell. A cell holds the answer,
its scores by metric name, and, where it failed, the cause with the rule that decided.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..types import Answer, Strategy


@dataclass(frozen=True, slots=True)
class UseCase:
    """What Decide ranks by: one metric within limits. None: not said."""

    sentence: str = ""
    metric: str = ""  # a metric's name; "": no goal yet, Decide asks for one
    least: float | None = None  # the least acceptable mean of `metric`
    monthly_calls: int | None = None
    most_cost: float | None = None  # US dollars for 1,000 calls
    most_latency: float | None = None  # seconds, p95


class CellState(enum.StrEnum):
    """Where a cell stands. FILTERED and THROTTLED are outcomes, not crashes."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    FILTERED = "filtered"
    THROTTLED = "throttled"  # still refused after waiting as long as the server asked
    STOPPED = "stopped"


ENDED = (CellState.DONE, CellState.FAILED, CellState.FILTERED, CellState.THROTTLED)


class Cause(enum.StrEnum):
    """Why a cell's answer is not good enough; the value is shown on screen."""

    NOT_IN_DOCUMENTS = "Not in the documents"
    NOT_RETRIEVED = "Not retrieved"
    IGNORED = "Retrieved but ignored"
    UNSUPPORTED = "Unsupported claim"
    WRONG_FORMAT = "Wrong format"
    REFUSED = "Refused or filtered"
    OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Attribution:
    """The cause of a failure, the rule that decided in one sentence, and who decided."""

    cause: Cause
    rule: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One case under one strategy in one run."""

    id: int
    run_id: int
    case_id: int
    strategy_id: int
    repeat: int  # from 0
    state: CellState
    answer: Answer | None = None
    scores: Mapping[str, float | None] = field(default_factory=dict)  # None: not applicable
    attribution: Attribution | None = None
    recorded: bool = False  # the answer comes from the cache or a recording


class RunState(enum.StrEnum):
    """RUNNING runs found at start-up were cut by a quit or a crash: PAUSED."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Run:
    """What was run: strategies exactly as they were (prompt versions resolved to numbers)."""

    id: int
    state: RunState
    strategies: tuple[Strategy, ...]
    case_ids: tuple[int, ...]
    repeats: int = 1
    metrics: tuple[str, ...] = ()  # names of the metrics to compute, in order
    started_at: str = ""  # ISO 8601, UTC
    finished_at: str | None = None
    name: str = ""
    versions: Mapping[str, Any] = field(default_factory=dict)  # program, embedder, ...


@dataclass(frozen=True, slots=True)
class Rating:
    """A person's word on a cell, or between two cells that were shown unlabelled."""

    id: int
    cell_id: int
    value: float | None  # 1 good, 0 bad, 0.5 tie; None: only a comment
    comment: str = ""
    correction: str = ""  # the answer it should have been
    other_cell_id: int | None = None  # blind A/B: `value` 1 means `cell_id` won
    rater: str = "me"
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge's word on a cell, or between two cells whose order was swapped once.

    `value` is 0 to 1; between two cells 1 means `cell_id` won, 0.5 a tie or a judge that
    changed its mind with the order. None: the judge gave no usable verdict.
    """

    id: int
    judge: str  # names model, rubric and its version exactly: different ones are never mixed
    cell_id: int
    value: float | None
    reason: str = ""
    other_cell_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)  # both orders, usage, cost
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval over `n` cases."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`b` minus `a` on one metric over the cases both answered, paired."""

    a: str  # strategy names
    b: str
    metric: str
    difference: float
    low: float
    high: float
    p_value: float  # corrected for the number of comparisons
    n: int

    @property
    def shows_difference(self) -> bool:
        """False: within noise, as one of so many comparisons; then neither is called better."""
        return (self.low > 0 or self.high < 0) and self.p_value < 0.05


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from request to the last piece."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class StrategySummary:
    """One strategy in one run."""

    name: str
    n: int  # cells that ended with an answer
    metrics: Mapping[str, Interval]
    cost_per_1000: float | None  # US dollars; None: a price is unknown
    latency: Latency | None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What the command line prints for a run and what Decide reads."""

    run: int
    cells: int
    failed: int
    filtered: int
    strategies: tuple[StrategySummary, ...]
    comparisons: tuple[Comparison, ...]
