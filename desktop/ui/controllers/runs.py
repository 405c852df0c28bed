"""Runs as things: begun by choice, renamed, deleted after a question."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from ...core.errors import StrategyExplorerError
from ...core.evaluation.probes import plain_runs
from ...core.evaluation.types import Run, RunState
from ...core.ports import Ports
from ...flows import evaluating
from ...flows.tasks import Tasks
from .. import theme
from ..compare.evaluate.run_dialog import RunChoice, RunDialog
from ..compare.evaluate.run_words import case_groups, run_name
from ..dialogs.forward import bring_forward
from ..main_window import MainWindow
from . import Controller
from .center import CenterController
from .evaluate import RUN, EvaluateController

DELETE, LEAVE = "Delete the run", "Keep it"
NO_RUN = "There is no run on screen. Run the cases under Evaluate first."


class RunsController(Controller):
    """What Compare offers for the run on screen, and for the next one."""

    def __init__(self, center: CenterController, tasks: Tasks, window: MainWindow) -> None:
        super().__init__(tasks)
        self.dialog: RunDialog | None = None
        self._center = center
        self._window = window

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"run_choice": self.choose, "rename_run": self.rename, "remove_run": self.remove}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        await self._offer_unfinished(ports)

    async def _offer_unfinished(self, ports: Ports) -> None:
        """The newest run, where a quit or a crash cut it off: nobody has to look for it."""
        runs = plain_runs(await ports.store.runs())
        if not runs or runs[0].state is not RunState.PAUSED:
            return
        cells = await ports.store.cells(runs[0].id)
        left = len(evaluating.remaining(cells))
        if left:
            self.tasks.offer(
                run_name(runs[0]), f"{len(cells) - left:,} of {len(cells):,} cells are done. "
                "Resume asks the rest.", partial(self._go_on, runs[0].id), RUN)

    def _go_on(self, run_id: int) -> None:
        self._start("Go on with the run", self._gone_on(run_id))

    async def _gone_on(self, run_id: int) -> None:
        self._center.show_evaluate()
        if (evaluate := self._center.evaluate) is not None:  # made when its view first shows
            await evaluate.shown()
            evaluate.go_on(run_id)

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    @property
    def _evaluate(self) -> EvaluateController | None:
        found = self._center.evaluate
        return found if found is not None and found.is_open else None

    def _run(self) -> Run | None:
        """The run on screen; says so where there is none, or one is going on."""
        evaluate = self._evaluate
        run = evaluate.view.run_shown() if evaluate is not None else None
        if run is None:
            self._window.messages.say(NO_RUN, "warning", seconds=8)
        elif self.tasks.running(RUN):
            self._window.messages.say("A run is going on. Pause or stop it first.", "warning")
            return None
        return run

    # --- a run by choice -----------------------------------------------------------------

    def choose(self) -> None:
        """Compare, Choose what to run."""
        if not self.is_open:
            return
        self._center.show_evaluate()
        self._start("Choose what to run", self._choose())

    async def _choose(self) -> None:
        evaluate = self._evaluate
        if evaluate is None:
            return
        strategies = [s for s in await self.ports.store.strategies() if not s.hidden]
        view = evaluate.view
        in_cases = view.bar.segment.current() == 1
        selected = view.cases.table.selected_ids() if in_cases else view.table.selected_cases()
        groups = case_groups(evaluate.cases.cases, view.model.listed_ids(), selected)
        self.dialog = self.dialog or self._make()
        self.dialog.show_choice(strategies, groups)
        bring_forward(self.dialog)

    def _make(self) -> RunDialog:
        made = RunDialog(self._window)
        made.changed.connect(
            lambda choice: self._start("Estimate", self._estimate(choice), key="run choice"))
        made.runRequested.connect(self._begin)
        return made

    async def _estimate(self, choice: RunChoice) -> None:
        evaluate, dialog = self._evaluate, self.dialog
        if evaluate is None or dialog is None:
            return
        wanted = set(choice.case_ids)
        strategies = [s for s in await self.ports.store.strategies()
                      if s.id in choice.strategy_ids]
        cases = [case for case in evaluate.cases.cases if case.id in wanted]
        if not strategies or not cases:
            return
        try:
            found = await evaluating.estimate(strategies, cases, choice.repeats, self.ports)
        except StrategyExplorerError:
            return  # the run itself says what is wrong
        if replace(dialog.choice(), name=choice.name) == choice:
            dialog.show_estimate(found)

    def _begin(self, choice: RunChoice) -> None:
        if self._evaluate is not None:
            self._evaluate.begin(choice)

    # --- the run on screen ---------------------------------------------------------------

    def rename(self) -> None:
        """Ask for another name of the run on screen."""
        run = self._run()
        if run is None:
            return
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Rename the run")
        dialog.setLabelText("Name of the run")
        dialog.setTextValue(run_name(run))
        dialog.setOkButtonText("Rename")
        dialog.resize(theme.dialog_size(400, 120))
        dialog.textValueSelected.connect(
            lambda text: self._start("Rename the run", self._rename(run.id, text)))
        dialog.open()

    async def _rename(self, run_id: int, text: str) -> None:
        name = " ".join(text.split())[:120]
        await self.ports.store.edit_run(run_id, name=name)
        if self._evaluate is not None:
            await self._evaluate.show_run(run_id)

    def remove(self) -> None:
        """Ask, then delete the run on screen with its answers."""
        run = self._run()
        if run is not None:
            cells = len(run.case_ids) * len(run.strategies) * run.repeats
            self._window.messages.ask(
                f"Delete {run_name(run)} with its {cells:,} cells?", [DELETE, LEAVE],
                lambda pressed: self._answered(run, pressed),
                why="Its answers, scores and ratings go with it. This cannot be undone.",
                dismissed=LEAVE)

    def _answered(self, run: Run, pressed: str) -> None:
        if pressed == DELETE and not self.tasks.running(RUN):
            self._start("Delete the run", self._remove(run))

    async def _remove(self, run: Run) -> None:
        await self.ports.store.remove_run(run.id)
        self._window.messages.say(f"{run_name(run)} is deleted.", seconds=6)
        left = await self.ports.store.runs()
        if self._evaluate is not None:
            await self._evaluate.show_run(left[0].id if left else 0)

    def _start(self, name: str, work: Coroutine[Any, Any, None], key: str = "") -> None:
        if self.is_open:
            self.tasks.start(name, work, key=key)
        else:
            work.close()
