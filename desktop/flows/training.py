"""Submitting a fine-tuning job so that nothing is sent twice.

A job is carried out in steps: training file, validation file, the job itself. Each is written to
the workspace before it is sent and again when the service has answered. What was on its way when
the program ended is looked for at the service before anything is sent again: a file by its name,
which is made from its content, and a job by our mark in it or, where the service keeps no marks,
as the one on our file that was not there before.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from ..core.dataset.rows import BOM
from ..core.errors import (
    ConfigurationError,
    DatasetError,
    DeploymentNotFound,
    Offline,
    ProviderError,
    ServerFailed,
    StrategyExplorerError,
    Throttled,
)
from ..core.tuning import (
    PREPARING,
    UNFINISHED,
    EmitTuning,
    Job,
    Order,
    Step,
    TuningChanged,
    TuningProgress,
    check_order,
)
from .datasets import stored_blocks

if TYPE_CHECKING:
    from ..core.ports import Ports
    from ..core.tuning_port import RemoteFile, RemoteJob, Trainer

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
FIRST_WAIT, LONGEST_WAIT = 0.3, 10.0  # seconds between two looks at a file that is processed
WAITS = (0.5, 2.0, 6.0)  # seconds before a question is asked again
PATIENCE = 90.0  # seconds that a service may ask to wait; for longer the user decides
_PASSING = (Offline, ServerFailed, Throttled)
_UNUSABLE = ("error", "deleted", "deleting")
_GONE = ("failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Submission:
    """What is to be trained on what. `source` and `validation_source` are paths, or "" for the
    workspace's dataset; `validation` is empty where there is none."""

    connection: str
    order: Order
    training: bytes
    validation: bytes = b""
    source: str = ""
    validation_source: str = ""
    examples: int = 0
    cost: float | None = None  # US dollars, as estimated; None: the price is unknown

    def as_sent(self, bom: bool) -> Submission:
        """With or without the byte order mark, as the service wants its files."""
        return replace(self, training=_marked(self.training, bom),
                       validation=_marked(self.validation, bom))


def _marked(content: bytes, bom: bool) -> bytes:
    bare = content.removeprefix(BOM)
    return BOM + bare if bom and bare else bare


async def submit(
    wanted: Submission, ports: Ports, emit: EmitTuning, sleep: Sleep = asyncio.sleep
) -> Job:
    """Send files and job, or go on with an equal submission that did not end; returns the job as
    the service has it. An equal job that runs or has succeeded is returned as it is.

    Raises ConfigurationError for an order that cannot be, ProviderError and DatasetError.
    """
    if problem := check_order(wanted.order):
        raise ConfigurationError(problem)
    trainer = await trainer_of(ports, wanted.connection)
    wanted = wanted.as_sent(trainer.wants_bom)
    steps = await asyncio.to_thread(_steps, wanted)  # half a second for a file of 500 MB
    known = equal_job(wanted, steps, await ports.store.jobs())
    if known is not None and known.submitted:
        emit(TuningChanged(known))
        return known
    job = known or await ports.store.save_job(Job(
        0, "service", wanted.connection, PREPARING, wanted.order, steps=steps,
        source=wanted.source, mark=uuid.uuid4().hex, examples=wanted.examples,
        notes={"validation source": wanted.validation_source, "cost": wanted.cost}))
    contents = {"training file": wanted.training, "validation file": wanted.validation}
    return await _Sending(
        ports, trainer, emit, sleep, contents, wanted.cost).carry_out(job)


async def resume(
    job: Job, ports: Ports, emit: EmitTuning, sleep: Sleep = asyncio.sleep
) -> Job:
    """Go on with a job whose submitting was interrupted. Raises as `submit`, and DatasetError
    where what it was begun with has changed and was not sent yet."""
    trainer = await trainer_of(ports, job.connection)
    contents = {}
    if any(step.state != "done" for step in job.steps if step.name != "job"):
        contents = await _contents(job, ports, bom=trainer.wants_bom)
    cost = job.notes.get("cost")
    return await _Sending(ports, trainer, emit, sleep, contents, cost).carry_out(job)


async def _contents(job: Job, ports: Ports, *, bom: bool) -> dict[str, bytes]:
    """The files of an interrupted job, read anew where they came from."""
    held_out = str(job.notes.get("validation source") or "")
    if job.source:
        training = await ports.files.read_any(job.source)
        validation = await ports.files.read_any(held_out) if held_out else b""
    else:
        training, validation = [b"".join([block.data async for block in stored_blocks(ports, side)])
                                for side in ("training", "validation")]
    return {"training file": _marked(training, bom), "validation file": _marked(validation, bom)}


async def trainer_of(ports: Ports, connection: str) -> Trainer:
    """Raises ConfigurationError for a connection that cannot train."""
    if ports.tuning is None:
        raise ConfigurationError("Jobs cannot be submitted here")
    return await ports.tuning.trainer(connection)


def equal_job(
    wanted: Submission, steps: Sequence[Step], jobs: Sequence[Job]
) -> Job | None:
    """The job with the same order on the same files that is not over without a model."""
    hashes = [step.sha256 for step in steps]
    for job in jobs:
        same = (job.kind, job.connection, job.order) == (
            "service", wanted.connection, wanted.order)
        if same and [step.sha256 for step in job.steps] == hashes and (
                job.state.casefold() not in _GONE):
            return job
    return None


def _steps(wanted: Submission) -> tuple[Step, ...]:
    files = [Step("training file", sha256=_hash(wanted.training), size=len(wanted.training))]
    if wanted.validation:
        files.append(Step("validation file", sha256=_hash(wanted.validation),
                          size=len(wanted.validation)))
    return (*files, Step("job"))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(slots=True)
class _Sending:
    """One attempt to get a job to the service."""

    ports: Ports
    trainer: Trainer
    emit: EmitTuning
    sleep: Sleep
    contents: dict[str, bytes]
    cost: float | None

    async def carry_out(self, job: Job) -> Job:
        try:
            job = await self._save(replace(job, state=PREPARING, error="", error_code=""))
            for step in job.steps:
                if step.state != "done" and step.name != "job":
                    job = await self._send_file(job, step)
            job = await self._until_processed(job)
            return await self._send_job(job)
        except StrategyExplorerError as error:
            stored = await self.ports.store.job(job.id) or job
            await self._save(replace(stored, state=UNFINISHED, error=str(error)))
            raise

    async def _asked(
        self, job: Job, ask: Callable[[], Awaitable[T]],
        passing: tuple[type[ProviderError], ...] = _PASSING,
    ) -> T:
        """Ask again where that may help. What changes something is asked again only where the
        service surely did nothing, which is when it had too many requests."""
        for wait in WAITS:
            try:
                return await ask()
            except passing as error:
                asked = getattr(error, "retry_after", None) or 0.0
                if asked > PATIENCE:
                    raise
                self.emit(TuningProgress(job.id, f"{error.what}. Asks again."))
                await self.sleep(max(asked, wait))
        return await ask()

    async def _save(self, job: Job) -> Job:
        stored = await self.ports.store.save_job(job)
        self.emit(TuningChanged(stored))
        return stored

    async def _step(self, job: Job, step: Step) -> Job:
        return await self._save(replace(job, steps=tuple(
            step if each.name == step.name else each for each in job.steps)))

    # --- files -----------------------------------------------------------------------------

    async def _send_file(self, job: Job, step: Step) -> Job:
        """An equal file that is there already is used: this one, or one of an earlier job."""
        found = await self._asked(
            job, lambda: self.trainer.find_file(step.file_name, step.size))
        if found is None:
            content = await self._content(step)
            job = await self._step(job, replace(step, state="sent"))

            def tell(done: int, total: int) -> None:
                self.emit(TuningProgress(job.id, f"Sending the {step.name}",
                                         done / total if total else None))

            found = await self._asked(job, lambda: self.trainer.upload(
                step.file_name, content, tell), (Throttled,))
        return await self._step(job, replace(step, state="done", remote_id=found.id))

    async def _content(self, step: Step) -> bytes:
        content = self.contents.get(step.name, b"")
        if await asyncio.to_thread(_hash, content) != step.sha256:
            raise DatasetError(
                f"The {step.name} has changed since this job was begun",
                why="What is sent must be what was checked then",
                remedy="Submit the dataset again as a new job")
        return content

    async def _until_processed(self, job: Job) -> Job:
        for step in job.steps:
            if step.name != "job":
                job = await self._processed(job, step)
        return job

    async def _processed(self, job: Job, step: Step) -> Job:
        wait = FIRST_WAIT
        try:
            file = await self._asked(job, lambda: self.trainer.file(step.remote_id))
        except DeploymentNotFound:  # files expire: it is sent anew the next time
            await self._step(job, replace(step, state="todo", remote_id=""))
            raise
        while file.state not in ("processed", *_UNUSABLE):
            self.emit(TuningProgress(job.id, f"The service reads the {step.name}: {file.state}"))
            await self.sleep(wait)
            wait = min(wait * 1.6, LONGEST_WAIT)
            file = await self._asked(job, lambda: self.trainer.file(step.remote_id))
        if file.state in _UNUSABLE:
            await self._step(job, replace(step, state="todo", remote_id=""))
            raise _unusable(step, file)
        return job

    # --- the job ---------------------------------------------------------------------------

    async def _send_job(self, job: Job) -> Job:
        step = job.step("job")
        assert step is not None
        if step.state == "done":
            return job
        files = [each.remote_id for each in job.steps if each.name != "job"]
        there = await self._asked(job, self.trainer.jobs)
        remote = await self._arrived(job, step, files[0], there) if step.state == "sent" else None
        if remote is None:
            await self.ports.spending.account().pay(f"Training {job.name}", self.cost)
            before = tuple(each.id for each in there if each.training_file == files[0])
            step = replace(step, state="sent", before=before)
            job = await self._step(job, step)
            remote = await self._create(job, step, files)
        step = replace(step, state="done", remote_id=remote.id)
        return await self._step(replace(
            job, remote_id=remote.id, state=remote.state, started_at=remote.created_at), step)

    async def _create(self, job: Job, step: Step, files: Sequence[str]) -> RemoteJob:
        validation = files[1] if len(files) > 1 else ""
        self.emit(TuningProgress(job.id, "Submitting the job"))
        try:
            return await self._asked(job, lambda: self.trainer.create(
                job.order, files[0], validation, job.mark), (Throttled,))
        except ProviderError as error:
            if not isinstance(error, Offline | ServerFailed):  # refused: it is not there
                await self._step(job, replace(step, state="todo", before=()))
            raise

    async def _arrived(
        self, job: Job, step: Step, training_file: str, there: Sequence[RemoteJob]
    ) -> RemoteJob | None:
        """The job that was on its way when the program ended, if it reached the service."""
        others = {each.remote_id for each in await self.ports.store.jobs()} | set(step.before)
        for each in there:
            ours = each.mark == job.mark if each.mark else (
                each.training_file == training_file and each.id not in others
                and each.suffix in ("", job.order.suffix))
            if ours:
                return each
        return None


def _unusable(step: Step, file: RemoteFile) -> DatasetError:
    return DatasetError(
        f"The service could not use the {step.name}", why=file.problem or f"It is {file.state}",
        remedy="Mend the dataset as the Fine-tuning pane lists it, then submit again")
