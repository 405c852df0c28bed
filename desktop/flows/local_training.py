"""Fine-tuning on this machine, as a job of the workspace: watched, stopped, kept."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

from ..core.errors import ConfigurationError, StrategyExplorerError
from ..core.local_tuning import EPOCHS, Lesson, LocalModel, Stage, lesson_of
from ..core.ports import Ports
from ..core.tuning import (
    EmitTuning,
    Hyperparameters,
    Job,
    JobEvent,
    MetricsPoint,
    Order,
    TuningChanged,
    TuningProgress,
    merged,
)
from ..core.types import BUILTIN_CONNECTION, BUILTIN_MODEL
from .overlapping import refuse_overlap

RUNNING, STOPPED, SUCCEEDED, FAILED = "running", "stopped", "succeeded", "failed"
SAVE_EVERY = 2.0  # seconds: what a crash costs of the curve


async def lesson(ports: Ports, epochs: int = EPOCHS) -> Lesson:
    """What the dataset gives to train on. Raises DatasetError for too little or too much, and
    where an example is evaluated as well."""
    await refuse_overlap(ports)
    examples = await ports.store.examples()
    return await asyncio.to_thread(lesson_of, examples, epochs=epochs)


async def train_local(given: Lesson, ports: Ports, emit: EmitTuning) -> Job:
    """Train; the job is stored from its first moment on. Cancelling stops it at once and keeps
    its curve. Raises what the trainer raises, once the job says so."""
    if ports.local_training is None:
        raise ConfigurationError("This installation cannot train", remedy="Install it anew")
    job = await ports.store.save_job(Job(
        0, "local", BUILTIN_CONNECTION, RUNNING,
        Order(BUILTIN_MODEL, hyperparameters=Hyperparameters(given.epochs), seed=given.seed),
        examples=len(given.training), used=Hyperparameters(given.epochs),
        started_at=ports.clock.now(), created_at=ports.clock.now(), total_steps=given.steps,
    ))
    emit(TuningChanged(job))
    making = _Training(job, given, ports, emit)
    try:
        return await making.go()
    except StrategyExplorerError as error:
        await making.end(FAILED, str(error))
        raise
    except asyncio.CancelledError:
        await asyncio.shield(making.end(STOPPED, "Stopped. Nothing of it is used."))
        raise


class _Training:
    """One job on its way."""

    def __init__(self, job: Job, given: Lesson, ports: Ports, emit: EmitTuning) -> None:
        self.job = job
        self._given = given
        self._ports = ports
        self._emit = emit
        self._saved = ports.clock.seconds()
        self._total = job.total_steps or 1
        self._first: tuple[int, float] | None = None  # a step, and when it was done

    async def go(self) -> Job:
        """Until the model is there."""
        assert self._ports.local_training is not None
        model: LocalModel | None = None
        async with aclosing(self._ports.local_training.train(self._given)) as told:
            async for each in told:
                if isinstance(each, Stage):
                    self._emit(TuningProgress(self.job.id, each.sentence))
                elif isinstance(each, MetricsPoint):
                    await self._step(each)
                else:
                    model = each
        assert model is not None, "the model comes last"
        self.job = replace(
            self.job, deployment=model.deployment, fine_tuned_model=model.label)
        return await self.end(SUCCEEDED, f"{model.label} can be a column now.")

    async def _step(self, point: MetricsPoint) -> None:
        self.job = replace(self.job, points=merged(self.job.points, [point]))
        now = self._ports.clock.seconds()
        if self._first is None:
            self._first = point.step, now
        total = max(self._total, point.step)
        left = ""
        if point.step > self._first[0]:
            each = (now - self._first[1]) / (point.step - self._first[0])
            left = f", ~{each * (total - point.step):.0f} s left"
        loss = "" if point.train_loss is None else f", loss {point.train_loss:.3f}"
        self._emit(TuningProgress(
            self.job.id, f"Step {point.step} of {total}{loss}{left}", point.step / total))
        if now - self._saved >= SAVE_EVERY or point.valid_loss is not None:
            self._saved = now
            self.job = await self._ports.store.save_job(self.job)
            self._emit(TuningChanged(self.job))

    async def end(self, state: str, sentence: str) -> Job:
        """Store how it ended."""
        now = self._ports.clock.now()
        level = "error" if state == FAILED else "info"
        events = (*self.job.events, JobEvent(f"{state}-{now}", now, level, sentence))
        self.job = await self._ports.store.save_job(replace(
            self.job, state=state, finished_at=now, events=events,
            error=sentence if state == FAILED else "",
        ))
        self._emit(TuningChanged(self.job))
        return self.job


async def settle(ports: Ports) -> list[Job]:
    """Jobs that a quit or a crash cut are stopped: their process ended with the program."""
    cut = []
    for job in await ports.store.jobs():
        if job.kind == "local" and job.state == RUNNING:
            now = ports.clock.now()
            event = JobEvent(f"cut-{now}", now, "warning",
                             "The program ended meanwhile. Train again for a model.")
            cut.append(await ports.store.save_job(replace(
                job, state=STOPPED, finished_at=now, events=(*job.events, event))))
    return cut
