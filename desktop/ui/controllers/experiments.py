"""Experiments with prompts: planned, estimated, then a shown job that is a run with a mark."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from ...core.advice.decision import Evidence
from ...core.errors import StrategyExplorerError
from ...core.evaluation.types import ENDED, Run, RunState
from ...core.events import Event, Preparing, RunProgress
from ...flows import evaluating
from ...flows.tasks import Tasks
from ..dialogs.experiment import ExperimentDialog
from ..main_window import MainWindow
from . import Controller
from .center import CenterController
from .evaluate import RUN
from .prompt import PromptController


class ExperimentController(Controller):
    """One experiment or run at a time: they share the deployments. Subclasses say what it is."""

    name = ""  # of the job

    def __init__(
        self, tasks: Tasks, window: MainWindow, center: CenterController, prompt: PromptController
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._center = center
        self._prompt = prompt
        self._brake = evaluating.Brake()
        self._job = 0

    def shown(self) -> ExperimentDialog | None:
        """Its dialog, once it was made."""
        raise NotImplementedError

    async def estimated(self, choice: Any) -> None:
        """Plan the choice and show what it takes. Raises ConfigurationError."""
        raise NotImplementedError

    async def begun(self, choice: Any) -> Run:
        """Plan and run it."""
        raise NotImplementedError

    async def unfinished(self) -> Run | None:
        """The paused one that can be gone on with."""
        raise NotImplementedError

    async def show_found(self) -> None:
        """What was measured, into the dialog."""
        raise NotImplementedError

    # --- shared --------------------------------------------------------------------------

    def connect(self, dialog: ExperimentDialog) -> None:
        """To a dialog that was made just now."""
        dialog.changed.connect(self.estimate)
        dialog.runRequested.connect(self.run)
        dialog.goOnRequested.connect(self.go_on)
        dialog.pauseRequested.connect(self.pause)
        dialog.answersRequested.connect(self._show_answers)

    def close(self) -> None:
        dialog = self.shown()
        if dialog is not None:
            dialog.close()
        super().close()

    def estimate(self, choice: Any) -> None:
        self.later("Estimate", self._estimate(choice), key=f"estimate {self.name}")

    async def _estimate(self, choice: Any) -> None:
        dialog = self.shown()
        if dialog is None:
            return
        try:
            await self.estimated(choice)
        except StrategyExplorerError as error:
            if dialog.choice() == choice:
                dialog.show_problem(f"{error}")

    def run(self, choice: Any) -> None:
        self._go(self.begun(choice))

    def go_on(self) -> None:
        self._go(self._resumed())

    async def _resumed(self) -> Run | None:
        found = await self.unfinished()
        if found is None:
            return None
        return await evaluating.resume(found.id, self.ports, self.apply, brake=self._brake)

    def pause(self) -> None:
        self._brake.pull()

    def _go(self, work: Coroutine[Any, Any, Run | None]) -> None:
        if not self.is_open or self.tasks.running(RUN):
            work.close()
            self._window.messages.say("A run is going on. Pause or stop it first.", "warning")
            return
        self._brake = evaluating.Brake()
        self._job = self.tasks.start(self.name, self._asked(work), key=RUN, shown=True)

    async def _asked(self, work: Coroutine[Any, Any, Run | None]) -> None:
        dialog = self.shown()
        if dialog is not None:
            dialog.show_running(running=True)
        try:
            await work
        finally:
            if dialog is not None:
                dialog.show_running(running=False)
                dialog.show_working()
            self.later("Show what was found", self.refreshed(), key=f"found {self.name}")

    def apply(self, event: Event) -> None:
        """Progress, to the tray and to the dialog."""
        dialog = self.shown()
        if isinstance(event, RunProgress):
            failed = f", {event.failed:,} failed" if event.failed else ""
            self.tasks.update(self._job, f"{event.done:,} of {event.total:,} answers{failed}",
                              event.done / max(1, event.total), event.seconds_left)
        elif isinstance(event, Preparing):
            self.tasks.update(self._job, event.sentence, event.share)
        if dialog is not None and isinstance(event, RunProgress | Preparing):
            dialog.show_progress(event)

    async def refreshed(self) -> None:
        """What was found so far, whether it can be gone on with, and the list of runs."""
        dialog = self.shown()
        if dialog is None:
            return
        await self.show_found()
        found = await self.unfinished()
        words = ""
        if found is not None and found.state is RunState.PAUSED:
            cells = await self.ports.store.cells(found.id)
            done = sum(cell.state in ENDED for cell in cells)
            words = f"{found.name} is paused: {done:,} of {len(cells):,} answers are there."
        dialog.show_unfinished(words)
        evaluate = self._center.evaluate
        if evaluate is not None and evaluate.is_open:
            evaluate.view.show_runs(await self.ports.store.runs())
        if not words:
            dialog.choose_later()

    def _show_answers(self, where: Evidence) -> None:
        self._center.show_evidence({
            "run": where.run, "metric": where.metric, "strategies": where.strategies,
            "cases": where.cases})

    def later(self, name: str, work: Coroutine[Any, Any, None], key: str = "") -> None:
        """Start it, if a workspace is open."""
        if self.is_open:
            self.tasks.start(name, work, key=key)
        else:
            work.close()
