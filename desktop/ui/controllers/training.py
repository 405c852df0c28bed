"""Fine-tuning jobs: the list, watching them over restarts, steering, and the notice at the end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtWidgets import QApplication, QWidget

from ...core.deploying import MANAGEMENT, account_of, management_of
from ...core.endpoints import endpoint_of
from ...core.ports import Ports
from ...core.tuning import Job, TuningChanged, TuningProgress
from ...core.tuning_failures import explain
from ...core.tuning_metrics import share_done
from ...core.types import Connection
from ...flows.tasks import Tasks
from ...flows.training_watch import Act, refresh, steer, unfinished, watch
from ..main_window import MainWindow
from ..panes import fine_tuning_job_words as words
from ..panes.fine_tuning_jobs import JobsPlace, JobsView
from . import Controller

NAME = "Jobs"


class Pane(Protocol):
    """The part of the Fine-tuning pane that holds views."""

    segments: Any

    def add_view(self, name: str, view: QWidget) -> int: ...
    def rename_view(self, place: int, name: str) -> None: ...
    def flush(self) -> None:
        """Tell about edits of the last moment now."""


class TrainingController(Controller):
    """Keeps the list and the workspace's jobs the same, and asks the services how they go on."""

    def __init__(
        self, pane: Pane, tasks: Tasks, window: MainWindow,
        connections: Callable[[], Sequence[Connection]],
    ) -> None:
        super().__init__(tasks)
        self.place = JobsPlace()
        self.jobs: dict[int, Job] = {}
        self.sending: set[int] = set()  # jobs whose files are on their way
        self._pane = pane
        self._segment = pane.add_view(NAME, self.place)
        self._window = window
        self._connections = connections
        self._notes: dict[int, str] = {}
        self._watchers: dict[int, int] = {}  # job id -> task number
        self.place.made.connect(self._made)

    @property
    def view(self) -> JobsView:
        return self.place.view()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"training_jobs": self.show_jobs}

    def _made(self, view: JobsView) -> None:
        view.chosen.connect(self._show_job)
        view.detail.steered.connect(self.steer)
        view.detail.forget.connect(self.forget)
        self._show()

    def flush(self) -> None:
        """What was typed a moment ago belongs to what is submitted."""
        self._pane.flush()

    def show_jobs(self) -> None:
        """Bring the jobs to the front."""
        self._window.show_fine_tuning()
        self._pane.segments.choose(self._segment)
        self.view.show_list()

    # --- opening and closing -----------------------------------------------------------------

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self.jobs = {job.id: job for job in await ports.store.jobs()
                     if job.kind == "service" or job.over}
        self._show()
        for job in await unfinished(ports):
            self.watch(job)

    def close(self) -> None:
        self.jobs, self._notes = {}, {}
        self.sending, self._watchers = set(), {}
        self._show()
        super().close()

    def nothing_is_sent(self) -> None:
        """Submitting has ended, well or not: what is left over waits for a yes."""
        self.sending.clear()
        self._show()

    # --- what is shown -----------------------------------------------------------------------

    def apply(self, event: TuningChanged | TuningProgress) -> None:
        """Events of every flow about jobs."""
        if isinstance(event, TuningProgress):
            self._notes[event.job_id] = event.sentence
            number = self._watchers.get(event.job_id, 0)
            self.tasks.update(number, event.sentence, event.share)
        else:
            self.jobs[event.job.id] = event.job
            self._notes.pop(event.job.id, None)
            self._tell_tray(event.job)
        self._show()

    def _tell_tray(self, job: Job) -> None:
        number, now = self._watchers.get(job.id, 0), self.ports.clock.now()
        sentence = words.progress(job, now) or words.sign_of(job, job.id in self.sending)[1]
        self.tasks.update(number, sentence, share_done(job))

    def _show(self) -> None:
        going = sum(not job.over for job in self.jobs.values())
        self._pane.rename_view(self._segment, f"{NAME} {going}" if going else NAME)
        self._window.status.show_jobs(", ".join(self._hosts()))
        if self.place.is_made:
            now = self.ports.clock.now() if self.is_open else ""
            newest = sorted(self.jobs.values(), key=lambda job: -job.id)
            self.view.show_jobs(newest, now, frozenset(self.sending))
            self._show_job(self.view.current_id())

    def _hosts(self) -> list[str]:
        """Who hears of jobs just now: they are sent there, or watched."""
        going = [job for job in self.jobs.values() if job.id in self.sending or (
            not job.over and self.tasks.running(f"watch job {job.id}"))]
        found = [self.connection_of(job) for job in going]
        return list(dict.fromkeys(endpoint_of(each).host for each in found if each is not None))

    def _show_job(self, job_id: int) -> None:
        job = self.jobs.get(job_id)
        if job is None or not self.is_open:
            return
        hosting = self.ports.prices.hosting() if job.kind == "service" else 0.0
        detail = self.view.detail
        detail.show_job(job, self.ports.clock.now(), hosting, job.id in self.sending)
        detail.say(self._notes.get(job.id, "") or self._unreachable(job))
        known = self.connection_of(job)
        azure = known is not None and known.kind == "azure"
        self.view.deploy.show_job(
            job, hosting if azure else 0.0, azure=azure,
            account=account_of(known) if known is not None and azure else "",
            management=management_of(known) if known is not None and azure else MANAGEMENT)

    def connection_of(self, job: Job) -> Connection | None:
        """The job's connection, None where this machine has none of that name."""
        return next((each for each in self._connections() if each.name == job.connection), None)

    def _unreachable(self, job: Job) -> str:
        if job.over or self.connection_of(job) is not None:
            return ""
        return (f"This machine has no connection named {job.connection}, so the job is not "
                "watched. Add it under Connections and open the workspace again.")

    # --- watching ------------------------------------------------------------------------------

    def watch(self, job: Job) -> None:
        """Until it is over, in the tray; a job that is watched already goes on."""
        key = f"watch job {job.id}"
        if self.connection_of(job) is None or self.tasks.running(key):
            return
        self._watchers[job.id] = self.tasks.start(
            f"Watching {job.name}", self._watch(job.id), key=key, shown=True)
        self._tell_tray(job)
        self._show()

    async def _watch(self, job_id: int) -> None:
        ended = await watch(job_id, self.ports, self.apply)
        self._tell_end(ended)

    def _tell_end(self, job: Job) -> None:
        """Also to those whose window is behind others."""
        messages = self._window.messages
        problem = explain(job)
        if problem is not None:
            messages.say(f"Fine-tuning {job.name} failed. {problem.what}.", "danger")
        elif job.state.casefold() == "succeeded":
            messages.say(f"Fine-tuning {job.name} is done. Deploy it under Jobs, and it becomes a "
                         "column.", "success")
        else:
            messages.say(f"Fine-tuning {job.name} ended: {job.state}.")
        QApplication.alert(self._window)

    # --- what the user does --------------------------------------------------------------------

    def steer(self, job_id: int, act: Act) -> None:
        self._later(f"{act.capitalize()} {self.jobs[job_id].name}", self._steer(job_id, act))

    async def _steer(self, job_id: int, act: Act) -> None:
        job = await steer(self.jobs[job_id], act, self.ports, self.apply)
        if job.submitted:
            self.apply(TuningChanged(await refresh(job, self.ports, self.apply)))
            self.watch(job)

    def forget(self, job_id: int) -> None:
        self._later("Forget job", self._forget(job_id))

    async def _forget(self, job_id: int) -> None:
        await self.ports.store.remove_job(job_id)
        self.jobs.pop(job_id, None)
        self._show()

    def _later(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if self.is_open:
            self.tasks.start(name, work)
        else:
            work.close()
