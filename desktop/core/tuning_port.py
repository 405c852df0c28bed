"""What flows need of a fine-tuning service, as a protocol: `services/tuning_openai.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from .tuning import Checkpoint, Hyperparameters, JobEvent, MetricsPoint, Order

Tell = Callable[[int, int], None]  # bytes sent, bytes in all


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the service has it; `state` is its own word, `problem` what it says is wrong."""

    id: str
    name: str
    size: int | None
    state: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job as the service has it; times are ISO 8601, UTC."""

    id: str
    state: str
    model: str
    training_file: str = ""
    suffix: str = ""
    mark: str = ""
    fine_tuned_model: str = ""
    used: Hyperparameters = field(default_factory=Hyperparameters)
    trained_tokens: int | None = None
    result_files: tuple[str, ...] = ()
    created_at: str = ""
    estimated_finish: str = ""
    finished_at: str = ""
    error_code: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """What the job told since it was asked last; oldest first."""

    events: tuple[JobEvent, ...] = ()
    points: tuple[MetricsPoint, ...] = ()
    total_steps: int | None = None


@dataclass(frozen=True, slots=True)
class TunableModel:
    """A model that the resource says can be trained; `retires` an ISO date or ""."""

    name: str
    retires: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a resource says can be trained, and where it stands; both empty where it is silent."""

    models: tuple[TunableModel, ...] = ()
    region: str = ""


class Trainer(Protocol):
    """One resource's fine-tuning. Everything raises ProviderError in words of our own."""

    @property
    def wants_bom(self) -> bool:
        """Whether its training files begin with a byte order mark."""

    async def offer(self) -> Offer:
        """What the resource says can be trained."""

    async def find_file(self, name: str, size: int) -> RemoteFile | None:
        """A usable file of this name and size that is there already."""

    async def upload(self, name: str, content: bytes, tell: Tell) -> RemoteFile:
        """Send a training file, in parts where it is large and the service takes parts."""

    async def file(self, file_id: str) -> RemoteFile: ...
    async def content(self, file_id: str) -> bytes: ...
    async def create(
        self, order: Order, training_file: str, validation_file: str, mark: str
    ) -> RemoteJob:
        """Costs money from here on. `mark` is told to the service where it takes one."""

    async def jobs(self) -> list[RemoteJob]:
        """All of them, newest first."""

    async def job(self, job_id: str) -> RemoteJob: ...
    async def log(self, job_id: str, known: Collection[str]) -> Log:
        """Events and metrics, without the events whose ids are `known`."""

    async def checkpoints(self, job_id: str) -> list[Checkpoint]: ...
    async def cancel(self, job_id: str) -> RemoteJob: ...
    async def pause(self, job_id: str) -> RemoteJob: ...
    async def resume(self, job_id: str) -> RemoteJob: ...


class Trainers(Protocol):
    """Finds the trainer of a connection."""

    async def trainer(self, connection: str) -> Trainer:
        """Raises ConfigurationError for a connection that cannot train."""
