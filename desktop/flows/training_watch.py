"""Watching and steering jobs that the service has.

A job runs for hours or days: looks become rarer while nothing changes, wait as long as the service
asks, and go on after the network was away. What was read is in the workspace, so that a later
start asks only for what is new.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ..core.errors import ConfigurationError, Offline, ProviderError, ServerFailed, Throttled
from ..core.tuning import EmitTuning, Job, TuningChanged, TuningProgress, merged
from ..core.tuning_metrics import read_results
from .training import trainer_of

if TYPE_CHECKING:
    from ..core.ports import Ports
    from ..core.tuning_port import RemoteJob, Trainer

Sleep = Callable[[float], Awaitable[None]]
Act = Literal["cancel", "pause", "resume"]
FIRST, SLOWEST = 1.0, 60.0  # seconds between two looks
SLOWER = 1.6  # times as long after each look that showed nothing new
TROUBLE = 300.0  # at most so long while the service cannot be asked
_PASSING = (Offline, ServerFailed, Throttled)


async def find_job(ports: Ports, name: str = "") -> Job:
    """By number, by the service's id or by suffix; "" is the newest. Raises ConfigurationError."""
    jobs = [job for job in await ports.store.jobs() if job.kind == "service"]
    for job in jobs:
        if not name or name in (str(job.id), job.remote_id, job.order.suffix):
            return job
    if not jobs:
        raise ConfigurationError("This workspace has no fine-tuning job",
                                 remedy="Submit one with: train submit WORKSPACE FILE")
    known = ", ".join(job.remote_id or str(job.id) for job in jobs[:5])
    raise ConfigurationError(f'There is no job "{name}"', remedy=f"Choose one of: {known}")


async def refresh(job: Job, ports: Ports, emit: EmitTuning) -> Job:
    """Ask once for what is new and store it. What never was submitted, or is known to its end,
    stays as it is."""
    if not job.submitted or known_to_the_end(job):
        return job
    trainer = await trainer_of(ports, job.connection)
    before = job
    job = _with_remote(job, await trainer.job(job.remote_id))
    log = await trainer.log(job.remote_id, {event.id for event in job.events})
    job = replace(job, events=(*job.events, *log.events), points=merged(job.points, log.points),
                  total_steps=log.total_steps or job.total_steps)
    if log.points or job.over:
        job = replace(job, checkpoints=tuple(await trainer.checkpoints(job.remote_id)))
    if job.over and job.result_files and not job.results_read:
        job = await _with_results(job, trainer)
    if job == before:
        return job
    stored = await ports.store.save_job(job)
    emit(TuningChanged(stored))
    return stored


def known_to_the_end(job: Job) -> bool:
    """It is over, and its results were read where there are any to come."""
    return job.over and (job.results_read or job.state.casefold() != "succeeded")


def _with_remote(job: Job, remote: RemoteJob) -> Job:
    return replace(
        job, state=remote.state, fine_tuned_model=remote.fine_tuned_model, used=remote.used,
        trained_tokens=remote.trained_tokens, result_files=remote.result_files,
        started_at=remote.created_at or job.started_at, finished_at=remote.finished_at,
        estimated_finish=remote.estimated_finish, error_code=remote.error_code,
        error=remote.error)


async def _with_results(job: Job, trainer: Trainer) -> Job:
    """results.csv has every step, where events may have been missed."""
    for file in job.result_files:
        points = read_results(await trainer.content(file))
        if points:
            return replace(job, points=merged(job.points, points), results_read=True)
    return replace(job, results_read=True)


async def watch(
    job_id: int, ports: Ports, emit: EmitTuning, sleep: Sleep = asyncio.sleep
) -> Job:
    """Until the job is over; returns it. Raises ProviderError for what waiting does not mend."""
    wait = FIRST
    while True:
        job = await _stored(job_id, ports)
        if known_to_the_end(job) or not job.submitted:
            return job
        try:
            seen = await refresh(job, ports, emit)
        except _PASSING as error:
            wait = _after(error, wait)
            emit(TuningProgress(job_id, f"{error.what}. Asks again in {wait:.0f} s."))
        else:
            if seen.over:
                return seen
            wait = max(FIRST, wait / 2) if seen != job else min(wait * SLOWER, SLOWEST)
        await sleep(wait * random.uniform(0.9, 1.1))  # many watchers must not ask in step


def _after(error: ProviderError, wait: float) -> float:
    asked = error.retry_after if isinstance(error, Throttled) else None
    return max(asked or 0.0, min(max(wait, 2.0) * 2, TROUBLE))


async def _stored(job_id: int, ports: Ports) -> Job:
    job = await ports.store.job(job_id)
    if job is None:
        raise ConfigurationError("The job is no longer in this workspace")
    return job


async def steer(job: Job, act: Act, ports: Ports, emit: EmitTuning) -> Job:
    """Cancel, pause or resume; returns the job in the state the service then names.

    Raises ConfigurationError where there is nothing to steer, and ProviderError.
    """
    if job.over:
        raise ConfigurationError(f"{job.name} is {job.state} already")
    if not job.submitted:
        return await _give_up(job, act, ports, emit)
    trainer = await trainer_of(ports, job.connection)
    remote = await {"cancel": trainer.cancel, "pause": trainer.pause,
                    "resume": trainer.resume}[act](job.remote_id)
    stored = await ports.store.save_job(_with_remote(job, remote))
    emit(TuningChanged(stored))
    return stored


async def _give_up(job: Job, act: Act, ports: Ports, emit: EmitTuning) -> Job:
    """What was not sent is only cancelled here; what may have arrived is looked for first."""
    step = job.step("job")
    if act != "cancel" or (step is not None and step.state == "sent"):
        raise ConfigurationError(
            f"{job.name} was not submitted to the end, and may have reached the service",
            remedy="Go on with submitting it first, then it can be steered")
    stored = await ports.store.save_job(replace(job, state="cancelled"))
    emit(TuningChanged(stored))
    return stored


async def unfinished(ports: Ports) -> list[Job]:
    """Jobs that a watcher should go on with after a start: nothing is sent for the others."""
    return [job for job in await ports.store.jobs()
            if job.kind == "service" and job.submitted and not job.over]
