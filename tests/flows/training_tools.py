"""A fine-tuning service in memory that can be cut off at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.core.ports import Ports
from desktop.core.tuning import Checkpoint, Hyperparameters, JobEvent, MetricsPoint, Order
from desktop.core.tuning_port import Log, Offer, RemoteFile, RemoteJob, Tell, TunableModel
from desktop.flows.training import Submission
from desktop.services import workspace
from tests.fakes import FakeFiles, StepClock

TRAINING, VALIDATION = b"training", b"validation"
RESULTS = b"step,train_loss,validation_mean_token_accuracy\n1,0.9,\n2,0.7,0.6\n"


class Killed(BaseException):
    """The program ends here, without putting anything away."""


class FakeTrainer:
    """`script`: a job's states, one a look; `kill` names where the program is killed."""

    wants_bom = True

    def __init__(self, *script: str, marks: bool = True) -> None:
        self.files_there: list[RemoteFile] = []
        self.jobs_there: list[RemoteJob] = []
        self.script = list(script) or ["pending", "running", "succeeded"]
        self.marks = marks
        self.kill = ""
        self.raises: dict[str, list[Exception]] = {}
        self.file_states = ["pending", "processed"]
        self.events: list[JobEvent] = []
        self.asked: list[str] = []

    async def trainer(self, connection: str) -> FakeTrainer:
        return self

    def _at(self, place: str) -> None:
        self.asked.append(place)
        if self.kill == place:
            self.kill = ""
            raise Killed
        if self.raises.get(place):
            raise self.raises[place].pop(0)

    async def offer(self) -> Offer:
        return Offer((TunableModel("gpt", "2027-04-12"),))

    async def find_file(self, name: str, size: int) -> RemoteFile | None:
        self._at("find file")
        return next((f for f in self.files_there if f.name == name and f.state != "error"), None)

    async def upload(self, name: str, content: bytes, tell: Tell) -> RemoteFile:
        self._at("before upload")
        file = RemoteFile(f"file-{len(self.files_there)}", name, len(content), "pending")
        self.files_there.append(file)
        tell(len(content), len(content))
        self._at("after upload")
        return file

    async def file(self, file_id: str) -> RemoteFile:
        self._at("file")
        [found] = [file for file in self.files_there if file.id == file_id]
        seen = self.asked.count("file") - 1
        state = self.file_states[min(seen, len(self.file_states) - 1)]
        problem = "Line 3 is no JSON" if state == "error" else ""
        return replace(found, state=state, problem=problem)

    async def content(self, file_id: str) -> bytes:
        self._at("content")
        return RESULTS

    async def create(
        self, order: Order, training_file: str, validation_file: str, mark: str
    ) -> RemoteJob:
        self._at("before create")
        job = RemoteJob(f"ftjob-{len(self.jobs_there)}", self.script[0], order.model,
                        training_file, order.suffix, mark if self.marks else "")
        self.jobs_there.append(job)
        self._at("after create")
        return job

    async def jobs(self) -> list[RemoteJob]:
        self._at("jobs")
        return self.jobs_there[::-1]

    async def job(self, job_id: str) -> RemoteJob:
        self._at("job")
        [job] = [each for each in self.jobs_there if each.id == job_id]
        if len(self.script) > 1:
            self.script.pop(0)
        job = replace(job, state=self.script[0])
        if job.state == "succeeded":
            job = replace(job, fine_tuned_model="gpt.ft-1", result_files=("file-9",),
                          trained_tokens=900, used=Hyperparameters(2, 1))
        if job.state == "failed":
            job = replace(job, error_code="jsonlValidationFailed", error="Line 3: no messages")
        number = len(self.events)
        self.events.append(JobEvent(f"e{number}", f"2026-11-20T14:0{number % 10}:00+00:00",
                                    "info", f"Step {number + 1}: training loss=0.9"))
        return job

    async def log(self, job_id: str, known: Collection[str]) -> Log:
        self._at("log")
        new = tuple(event for event in self.events if event.id not in known)
        return Log(new, tuple(MetricsPoint(int(event.id[1:]) + 1, 0.9) for event in new))

    async def checkpoints(self, job_id: str) -> list[Checkpoint]:
        return [Checkpoint("ftchkpt-1", "gpt.ft-1:ckpt-step-1", 1)]

    async def cancel(self, job_id: str) -> RemoteJob:
        return await self._set("cancelled", job_id)

    async def pause(self, job_id: str) -> RemoteJob:
        return await self._set("pausing", job_id)

    async def resume(self, job_id: str) -> RemoteJob:
        return await self._set("resuming", job_id)

    async def _set(self, state: str, job_id: str) -> RemoteJob:
        self._at(state)
        self.script = [state, *({"pausing": ["paused"], "resuming": ["running"]}.get(state, []))]
        return replace(self.jobs_there[0], state=state)


class Naps:
    """A clock that only writes down how long it was asked to wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def training(
    path: Path, trainer: FakeTrainer, story: Callable[[Ports], Coroutine[Any, Any, Any]],
    files: dict[str, str] | None = None,
) -> Any:
    """Tell a story on the workspace at `path`, opened anew; made when it is not there."""
    async def told() -> Any:
        store = await (workspace.open_workspace if path.exists() else workspace.create)(path)
        nothing: Any = None
        disk: Any = FakeFiles(files or {})
        ports = Ports(path, store, nothing, nothing, nothing, nothing, nothing, nothing,
                      StepClock(), disk, nothing, tuning=trainer)
        try:
            return await story(ports)
        finally:
            await store.aclose()

    return asyncio.run(told())


def wanted(**more: Any) -> Submission:
    order = more.pop("order", Order("gpt", suffix="voice", seed=7))
    return Submission(**{"connection": "work", "order": order, "training": TRAINING,
                         "validation": VALIDATION, "examples": 12, **more})
