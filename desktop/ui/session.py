"""Who talks to whom, for the workspace that is open: every connection stands on this page.

`Program` is what `app.py` hands in: opening files, settings, connections. Views say what the
user did; controllers run flows; this class opens and closes them together.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QTime

from ..core.errors import StrategyExplorerError, WorkspaceError
from ..core.first_ladder import About
from ..core.ports import Ports
from ..flows.first_ladder import lay
from ..flows.tasks import Tasks
from .controllers.accepting import AcceptingController
from .controllers.ask import AskController
from .controllers.backups import BackupController, BackupKeeper
from .controllers.blind import BlindController
from .controllers.center import CenterController
from .controllers.chunking import ChunkingController
from .controllers.chunks import ChunksController
from .controllers.connections import ConnectionKeeper, ConnectionsController
from .controllers.conversation import ConversationController
from .controllers.counting import CountingController
from .controllers.dataset import DatasetController
from .controllers.decide import ReportKeeper
from .controllers.doctor import DoctorController, DoctorKeeper
from .controllers.document_files import DocumentFilesController
from .controllers.documents import DocumentsController
from .controllers.dropping import DroppingController, FileKeeper
from .controllers.elsewhere import ElsewhereController
from .controllers.embedder import EmbedderController, EmbedderKeeper
from .controllers.exchanging import ExchangeController
from .controllers.finding import FindingController
from .controllers.growing import GrowingController
from .controllers.judging import JudgingController
from .controllers.local_training import LocalTrainingController
from .controllers.looks import LooksController, SettingsKeeper
from .controllers.pages import PagesController
from .controllers.prompt import PromptController
from .controllers.recording import Recorder, RecordingController
from .controllers.reuse import ReuseController
from .controllers.reviewing import ReviewController
from .controllers.runs import RunsController
from .controllers.scoring import ScoringController
from .controllers.settings import AllSettings, SettingsController
from .controllers.sweeps import SweepController
from .controllers.tour import TourController
from .controllers.training import TrainingController
from .controllers.training_deploy import DeployingController
from .controllers.training_submit import SubmittingController
from .controllers.versions import VersionsController
from .controllers.watching import WatchingController
from .controllers.which_example import WhichExampleController
from .views import Views


class Program(
    FileKeeper, AllSettings, SettingsKeeper, ConnectionKeeper, DoctorKeeper, ReportKeeper,
    Recorder, BackupKeeper, EmbedderKeeper, Protocol
):
    """What the session needs of the program around it: `parts.Parts`."""

    async def create(self, path: Path, sample: str = "") -> None: ...
    async def duplicate(self, ports: Ports, target: Path) -> None: ...
    def workspace(self, path: Path) -> AbstractAsyncContextManager[Ports]: ...
    def sample_path(self, sample: str) -> Path: ...


class Session:
    """One window's open workspace, or none."""

    def __init__(self, views: Views, program: Program, tasks: Tasks) -> None:
        self.window = window = views.window
        self.program = program
        self.tasks = tasks
        self._stack = AsyncExitStack()
        self._ports: Ports | None = None
        undo = window.undo_stack
        self.pages = PagesController(tasks, window, views.ask, program.connections)
        self.prompt = PromptController(views.prompt, tasks, self._prompt_changed)
        self.ask = AskController(views.ask, tasks, undo, self.prompt, program.connections, window)
        self.counting = CountingController(tasks, window.status)
        self.documents = DocumentsController(
            views.documents, tasks, undo, self.counting.count, self.pages.show_page,
            window.messages.say,
        )
        views.documents.searchRequested.connect(self.pages.searched)
        views.documents.search.besideRequested.connect(
            lambda query, names: self.pages.searched(query, names[0]))
        views.documents.hitOpened.connect(self.pages.show_hit)
        self.chunks = ChunksController(
            views.documents, tasks, undo, self.documents.apply, self.pages.show_chunk)
        self.watching = WatchingController(views.documents, tasks, program, self.documents.take,
                                           self.documents.apply, window.messages.say)
        self.documents.listeners = (self.chunks.watch, self.watching.seen)
        self.dataset = DatasetController(views.dataset, tasks, window)
        self.connections = ConnectionsController(
            tasks, window, program, self._connections_changed, self._examine
        )
        self.doctor = DoctorController(tasks, window, program, self.connections.adopt)
        self.looks = LooksController(window, program)
        self.center = CenterController(
            views.center, tasks, window, self.ask, self.prompt, self.pages, program
        )
        self.judging = JudgingController(self.center, tasks, window, program.connections)
        self.growing = GrowingController(
            tasks, window, program.connections, self.connections.show, self.dataset.refresh
        )
        self.backups = BackupController(tasks, window, program, self.open_later)
        self.training = TrainingController(views.dataset, tasks, window, program.connections)
        exchange = ExchangeController(tasks, window, self.center, self.prompt)
        self.dropping = DroppingController(
            tasks, window, program, self, self.documents, self.dataset, self.center, exchange)
        self._controllers = (
            self.prompt, self.ask, self.counting, self.documents, self.chunks, self.dataset,
            self.pages, self.watching, self.center, self.doctor, self.judging, self.growing,
            self.backups,
            DocumentFilesController(views.documents, tasks, window.messages.say),
            TourController(views, tasks, self.center),
            FindingController(tasks, window, self.ask, self.documents, self.pages, self.center),
            BlindController(tasks, window, self.center, self.judging.refresh),
            ReuseController(tasks, window, self.center, views.prompt, self.dataset,
                            views.ask.board),
            ConversationController(tasks, window, self.ask, self.pages),
            ChunkingController(tasks, window, self.documents),
            RecordingController(tasks, window, views.ask, program),
            ElsewhereController(tasks, window, self.center),
            EmbedderController(tasks, window, program, self.counting, self.documents),
            exchange, self.dropping,
            ReviewController(tasks, window, views.prompt),
            VersionsController(tasks, window, self.prompt),
            AcceptingController(tasks, window, self.prompt, program),
            RunsController(self.center, tasks, window),
            SettingsController(tasks, window, program, self.looks, self.connections,
                               self._connections_changed),
            ScoringController(self.center, tasks, window, program),
            WhichExampleController(tasks, window, self.center, self.prompt, views.prompt),
            SweepController(tasks, window, self.center, self.prompt, self.ask,
                            program.connections),
            self.training,
            SubmittingController(self.training, tasks, window, program.connections,
                                 self.connections.show, program.prices),
            LocalTrainingController(tasks, window, self.training.apply, self.ask.refresh,
                                    self._connections_changed),
            DeployingController(self.training, tasks, window, lambda: program.settings,
                                self._connections_changed),
        )
        self.commands = {name: act for controller in self._controllers
                         for name, act in controller.commands().items()}
        self._connect()

    def _connect(self) -> None:
        window, view = self.window, self.ask.view
        # files
        window.newRequested.connect(self.new)
        window.openRequested.connect(self.open_later)
        window.recentRequested.connect(self.open_later)
        window.sampleRequested.connect(self.open_sample)
        window.duplicateRequested.connect(self.duplicate)
        window.filesDropped.connect(self.dropping.take)
        window.documentsChosen.connect(self.dropping.add_documents)
        window.useCaseChanged.connect(self.save_use_case)
        # asking
        window.viewRequested.connect(self.center.center.show_view)
        window.askRequested.connect(self.center.go)
        window.stopRequested.connect(self.center.stop)
        window.caseRequested.connect(self.center.make_case)
        window.findRequested.connect(view.open_find)
        window.strategiesRequested.connect(view.open_strategies)
        window.addStrategyRequested.connect(view.add_strategy)
        # program
        window.jobCancelRequested.connect(self.tasks.cancel)
        window.jobPauseRequested.connect(self.tasks.pause)
        window.jobResumeRequested.connect(self.tasks.resume)
        window.commandRequested.connect(lambda name: self.commands[name]())
        window.connectionsRequested.connect(self.connections.show)
        window.connectionChosen.connect(self.ask.use_connection)
        self._show_recent()

    # --- opening and closing -----------------------------------------------------------

    async def open(self, path: Path) -> None:
        """Close what is open and show another workspace. Raises WorkspaceError.

        One that cannot be opened leaves the open one as it is, and its backup is offered.
        """
        try:
            await self._open_and_show(path)
        except WorkspaceError as error:
            await self.backups.offer(path, error)
            raise

    async def _open_and_show(self, path: Path) -> None:
        if self._ports is not None and path == self._ports.workspace:
            self.window.show_workspace(path.stem)
            return
        async with AsyncExitStack() as stack:
            ports = await stack.enter_async_context(self.program.workspace(path))
            await self.close()
            self._stack, self._ports = stack.pop_all(), ports
        try:
            await self._show(ports)
        except StrategyExplorerError:
            await self.close()
            self.window.show_workspace("")
            self.window.show_start()
            raise
        self.program.update_settings(lambda settings: settings.opened(str(path)))
        self._show_recent()

    async def _show(self, ports: Ports) -> None:
        ports.store.when_saved(self._saved)
        self.window.show_use_case(str(await ports.store.fact("use case") or ""))
        for controller in self._controllers:
            await controller.open(ports)
        self.window.show_workspace(ports.workspace.stem)  # only now it takes Ctrl+Enter
        self._connections_changed()
        self.counting.count()
        self.ask.view.focus_question()

    async def close(self) -> None:
        """End what runs on the workspace and release its file."""
        if self._ports is None:
            return
        self._ports = None
        async with self._stack:  # the file is released also when this is cancelled meanwhile
            try:
                await self.tasks.end_others()
            finally:
                for controller in self._controllers:
                    controller.close()
                self.window.undo_stack.clear()
                self.window.messages.clear()

    def new(self, path: Path, about: About) -> None:
        self.tasks.start("New workspace", self.make(path, about), key="workspace")

    async def make(self, path: Path, about: About | None = None) -> None:
        """A new workspace, open; with the ladder for what is told about its use case."""
        await self.program.create(path)
        if about is not None:
            async with self.program.workspace(path) as ports:
                await lay(about, ports.store)
        await self.open(path)

    def open_later(self, path: Path) -> None:
        self.tasks.start("Open workspace", self._open(path), key="workspace")

    async def _open(self, path: Path) -> None:
        try:
            await self.open(path)
        except StrategyExplorerError:
            if not path.exists():
                self.program.update_settings(lambda settings: settings.forgot(str(path)))
                self._show_recent()
            raise

    def _show_recent(self) -> None:
        self.window.show_recent([Path(path) for path in self.program.current.recent_workspaces])

    def open_sample(self, sample: str) -> None:
        self.tasks.start("Open sample", self.open_sample_now(sample), key="workspace")

    async def open_sample_now(self, sample: str) -> None:
        """The user's own copy of a sample; opened again, it is as they left it."""
        path = self.program.sample_path(sample)
        if path.exists():
            await self.open(path)
        else:
            await self.program.create(path, sample)
            await self.open(path)

    def duplicate(self, target: Path) -> None:
        self.tasks.start("Duplicate workspace", self._duplicate(target), key="workspace")

    async def _duplicate(self, target: Path) -> None:
        if self._ports is not None:
            await self.program.duplicate(self._ports, target)
            await self.open(target)

    # --- what changes in several places --------------------------------------------------

    def save_use_case(self, text: str) -> None:
        if self._ports is not None:
            self.tasks.start("Save use case", self._ports.store.set_fact("use case", text))

    def _saved(self) -> None:
        """There is no Save to forget: the status bar says when it last happened."""
        self.window.status.show_saved(QTime.currentTime().toString("HH:mm"))

    def _prompt_changed(self) -> None:
        self.tasks.start("Show strategies", self.ask.refresh(), key="refresh")

    def _examine(self, connection: str) -> None:
        self.doctor.show(connection)

    def _connections_changed(self) -> None:
        connections = self.program.connections()
        self.ask.view.show_connections(connections)
        self.judging.show_connections()
        if self._ports is not None:
            self._prompt_changed()
