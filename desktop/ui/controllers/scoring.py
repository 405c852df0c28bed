"""Scores and their options: kept with the workspace, tried while typed, and scored again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from ...core.errors import ConfigurationError
from ...core.evaluation.chosen import Chosen
from ...core.evaluation.types import Run
from ...core.events import Event, RescoreProgress
from ...core.ports import Ports
from ...flows.rescoring import rescore
from ...flows.scoring import load_chosen, save_chosen
from ...flows.tasks import Tasks
from ...flows.weighing import weigh_all
from ..compare.evaluate.run_words import run_name, run_title
from ..compare.evaluate.scoring_dialog import ScoringDialog
from ..dialogs.forward import bring_forward
from ..main_window import MainWindow
from . import Controller
from .center import CenterController
from .evaluate import RUN
from .looks import SettingsKeeper


class ScoringController(Controller):
    """Rescoring writes cells, as a run does: one of the two at a time."""

    def __init__(
        self, center: CenterController, tasks: Tasks, window: MainWindow, keeper: SettingsKeeper
    ) -> None:
        super().__init__(tasks)
        self.dialog: ScoringDialog | None = None
        self._center = center
        self._window = window
        self._keeper = keeper
        self._chosen = Chosen()
        self._job = 0

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"scoring": self.show}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._chosen = await load_chosen(ports.store)
        if self._chosen.database and not self._may_open(self._chosen.database):
            self._window.messages.say(
                "This workspace names a database for SQL equivalence. It stays closed until you "
                "confirm it under Compare, Scores and their options.", "info")

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._chosen = Chosen()
        super().close()

    # --- the dialog ----------------------------------------------------------------------

    def show(self) -> None:
        """Compare, Scores and their options."""
        if self.is_open:
            self._center.show_evaluate()
            self._start("Show the scores", self._show())

    async def _show(self) -> None:
        self._chosen = await load_chosen(self.ports.store)
        dialog = self.dialog = self.dialog or self._make()
        dialog.show_chosen(self._chosen, confirmed=self._may_open(self._chosen.database))
        self._show_run()
        bring_forward(dialog)

    def _make(self) -> ScoringDialog:
        made = ScoringDialog(self._window)
        made.kept.connect(lambda chosen: self._start("Keep the scores", self._keep(chosen)))
        made.checkRequested.connect(
            lambda *typed: self._start("Try the options", self._check(*typed), key="options"))
        made.databasePicked.connect(
            lambda path: self._start("Attach the database", self._attach(path)))
        made.databaseConfirmed.connect(
            lambda path: self._start("Attach the database", self._attach(path)))
        made.rescoreRequested.connect(self.rescore)
        return made

    def _show_run(self) -> None:
        run = self._run()
        if self.dialog is not None:
            self.dialog.show_run(run_name(run) if run else "",
                                 busy=bool(self.tasks.running(RUN)))

    async def _keep(self, chosen: Chosen) -> None:
        assert self.ports.forms is not None
        before = self._chosen
        await save_chosen(chosen, self.ports.store, self.ports.forms)
        self._chosen = chosen
        if self.dialog is not None:
            self.dialog.show_chosen(chosen, confirmed=self._may_open(chosen.database))
        if not chosen.scores_as(before) and self._run() is not None:
            self._window.messages.say(
                "Kept for the next run. Score this run again to see it here, too.", "success")
        if chosen.weights != before.weights:
            await self._weigh()

    async def _weigh(self) -> None:
        evaluate = self._center.evaluate
        if evaluate is not None:
            await evaluate.weigh_again()
        else:
            await weigh_all(self.ports)

    async def _check(self, pattern: str, schema: str) -> None:
        """Tried in the process that will use them."""
        forms = self.ports.forms
        if forms is None or self.dialog is None:
            return
        self.dialog.show_problems(
            await _problem(forms.matches, pattern, ""), await _problem(forms.fits, schema, "{}"))

    # --- the database --------------------------------------------------------------------

    @property
    def _workspace(self) -> str:
        return str(self.ports.workspace.absolute())

    def _may_open(self, database: str) -> bool:
        return self._keeper.current.may_open(self._workspace, database)

    async def _attach(self, path: str) -> None:
        """Choosing it here, or confirming it, is what lets this machine open it."""
        workspace = self._workspace
        self._keeper.update_settings(lambda now: now.confirmed_database(workspace, path))
        problem = ""
        try:
            if self.ports.sql is not None:
                await self.ports.sql.compare(path, "SELECT 1", "SELECT 1")
        except ConfigurationError as error:
            problem = str(error)
        if self.dialog is not None:
            self.dialog.show_database(path, problem)

    # --- scoring again -------------------------------------------------------------------

    def rescore(self) -> None:
        """The answers of the run on screen, by what is kept now."""
        run = self._run()
        if run is None or not self.is_open:
            return
        if self.tasks.running(RUN):
            self._window.messages.say("A run is going on. Pause or stop it first.", "warning")
            return
        self._job = self.tasks.start(f"Score {run_title(run)} again", self._rescore(run), key=RUN,
                                     shown=True)
        self._show_run()

    async def _rescore(self, run: Run) -> None:
        try:
            made = await rescore(run.id, self.ports, self._apply)
        finally:
            if self.dialog is not None:
                self.dialog.show_run(run_name(run))
        evaluate = self._center.evaluate
        if evaluate is not None:
            await evaluate.show_run(made.id)
        self._window.messages.say("Scored again. No model was asked.", "success", seconds=6)

    def _apply(self, event: Event) -> None:
        if isinstance(event, RescoreProgress):
            self.tasks.update(
                self._job, f"{event.done:,} of {event.total:,} answers",
                event.done / event.total if event.total else None)
        elif self._center.evaluate is not None:
            self._center.evaluate.view.apply(event)

    def _run(self) -> Run | None:
        evaluate = self._center.evaluate
        return evaluate.view.run_shown() if evaluate is not None else None

    def _start(self, name: str, work: Coroutine[Any, Any, None], key: str = "") -> None:
        if self.is_open:
            self.tasks.start(name, work, key=key)
        else:
            work.close()


async def _problem(use: Callable[[str, str], Awaitable[bool]], what: str, text: str) -> str:
    """Why a pattern or a schema cannot be used, "" where it can or nothing is set."""
    if not what:
        return ""
    try:
        await use(what, text)
    except ConfigurationError as error:
        return f"{error.what}: {error.why}" if error.why else error.what
    return ""
