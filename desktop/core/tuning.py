"""Fine-tuning jobs: what was ordered, how far it is, what it showed.

A job is an order that becomes one in the service (or on this machine) in recorded steps.
`Job.state` is the service's own word and an open set: what is not known here is shown as it
came. Fields that a service calls "auto" or -1 are None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Method = Literal["supervised", "dpo"]
JobKind = Literal["service", "local"]
StepState = Literal["todo", "sent", "done"]

# Words of our own, for the time before the service has a word for the job.
PREPARING = "preparing"  # some of its steps are not done yet
UNFINISHED = "not submitted"  # preparing ended before the job was there
OVER = frozenset({"succeeded", "failed", "cancelled", "stopped"})  # stopped: on this machine
HELD = frozenset({"paused", "pausing"})
TRAINING_TYPES = ("", "Standard", "GlobalStandard", "developerTier")  # "": the service's own
SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,40}")
LONG_SUFFIX = 18  # what some of the documentation allows at most
_REMOTE_ID = re.compile(r"[A-Za-z0-9][\w:-]{0,199}")


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """None leaves the choice to the service; `beta` is for preference jobs only."""

    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    beta: float | None = None

    def given(self) -> dict[str, int | float]:
        """Only what somebody chose."""
        values = (("n_epochs", self.n_epochs), ("batch_size", self.batch_size),
                  ("learning_rate_multiplier", self.learning_rate_multiplier),
                  ("beta", self.beta))
        return {name: value for name, value in values if value is not None}


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is asked to do. Two equal orders on equal files are the same job."""

    model: str
    method: Method = "supervised"
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    suffix: str = ""
    seed: int | None = None
    training_type: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is sent once: a file, or the job itself.

    `sent` means that a request was on its way when this was written: whether it arrived is
    asked of the service before anything is sent again.
    """

    name: Literal["training file", "validation file", "job"]
    state: StepState = "todo"
    remote_id: str = ""
    sha256: str = ""  # of a file's bytes
    size: int = 0  # bytes
    before: tuple[str, ...] = ()  # jobs on the same file that were there before ours was sent

    @property
    def file_name(self) -> str:
        """Made from the content, so that an equal file is found again by its name."""
        return f"{self.name.replace(' ', '-')}-{self.sha256[:16]}.jsonl"


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A line of the job's log. `at` is ISO 8601, UTC; `level` info, warning or error."""

    id: str
    at: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class MetricsPoint:
    """What was measured at a step; None: not measured there. Accuracy is of tokens, 0 to 1."""

    step: int
    train_loss: float | None = None
    train_accuracy: float | None = None
    valid_loss: float | None = None
    valid_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model kept on the way, one an epoch; `model` is the name under which it is deployed."""

    id: str
    model: str
    step: int
    at: str = ""
    metrics: MetricsPoint | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a job failed, in our words: see `tuning_failures`."""

    what: str
    why: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One fine-tuning job, as the workspace keeps it."""

    id: int  # 0 before it is stored
    kind: JobKind
    connection: str
    state: str
    order: Order
    remote_id: str = ""
    steps: tuple[Step, ...] = ()
    source: str = ""  # where its examples came from: a path, or "" for the workspace's dataset
    mark: str = ""  # told to the service with the job, to find it again
    examples: int = 0
    fine_tuned_model: str = ""
    used: Hyperparameters = field(default_factory=Hyperparameters)  # what the service chose
    trained_tokens: int | None = None
    total_steps: int | None = None
    started_at: str = ""
    estimated_finish: str = ""
    finished_at: str = ""
    error_code: str = ""  # the service's own
    error: str = ""
    events: tuple[JobEvent, ...] = ()  # oldest first
    points: tuple[MetricsPoint, ...] = ()  # by step
    checkpoints: tuple[Checkpoint, ...] = ()  # by step
    result_files: tuple[str, ...] = ()
    results_read: bool = False
    deployment: str = ""  # the name it was deployed under, once it was
    notes: Mapping[str, Any] = field(default_factory=dict)  # JSON-ready; a local job's own
    created_at: str = ""
    updated_at: str = ""

    @property
    def over(self) -> bool:
        """Nothing changes any more."""
        return self.state.casefold() in OVER

    @property
    def name(self) -> str:
        """What to call it: the suffix the user gave, else its number."""
        return self.order.suffix or f"Job {self.id}"

    def step(self, name: str) -> Step | None:
        """The step of this name, None where the job has none."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def submitted(self) -> bool:
        """The service has it."""
        return bool(self.remote_id)

    @property
    def last_step(self) -> int:
        """The furthest training step that was heard of; 0 for none."""
        return max((point.step for point in self.points), default=0)


@dataclass(frozen=True, slots=True)
class TuningChanged:
    """A job is new or has changed, and is stored."""

    job: Job


@dataclass(frozen=True, slots=True)
class TuningProgress:
    """What is done for a job just now. `share` is 0 to 1, None: cannot be told."""

    job_id: int
    sentence: str
    share: float | None = None


EmitTuning = Callable[[TuningChanged | TuningProgress], None]


def usable_id(text: object) -> str:
    """An id as services give them, else "": ids become parts of addresses, and a workspace from
    elsewhere may hold anything."""
    return text if isinstance(text, str) and _REMOTE_ID.fullmatch(text) else ""


def merged(
    old: Iterable[MetricsPoint], new: Iterable[MetricsPoint]
) -> tuple[MetricsPoint, ...]:
    """By step; where both say something of a step, `new` counts, and fills what it lacks."""
    by_step: dict[int, MetricsPoint] = {}
    for point in (*old, *new):
        known = by_step.get(point.step)
        by_step[point.step] = point if known is None else _over(known, point)
    return tuple(by_step[step] for step in sorted(by_step))


def _over(known: MetricsPoint, point: MetricsPoint) -> MetricsPoint:
    said = {name: value for name in MetricsPoint.__slots__
            if (value := getattr(point, name)) is not None}
    return replace(known, **said)


def check_order(order: Order) -> str:
    """What is wrong with an order as one sentence with its remedy, "" for nothing."""
    chosen = order.hyperparameters
    if not order.model.strip():
        return "There is no model to train. Choose one, or type its name."
    if order.suffix and not SUFFIX.fullmatch(order.suffix):
        return ("The suffix has a character that services refuse, or is longer than 40. "
                "Use letters, digits, - and _.")
    for words, value, low, high in (
        ("Epochs", chosen.n_epochs, 1, 50), ("Batch size", chosen.batch_size, 1, 256),
        ("The seed", order.seed, 0, 2**31 - 1),
    ):
        if value is not None and not low <= value <= high:
            return f"{words} must be from {low} to {high:,}, and is {value:,}."
    if chosen.learning_rate_multiplier is not None and chosen.learning_rate_multiplier <= 0:
        return "The learning-rate multiplier must be above 0. Values from 0.02 to 2 are usual."
    if chosen.beta is not None and (order.method != "dpo" or not 0 < chosen.beta <= 2):
        return ("Beta is for preference jobs only. Leave it empty." if order.method != "dpo"
                else "Beta must be above 0 and at most 2.")
    return ""
