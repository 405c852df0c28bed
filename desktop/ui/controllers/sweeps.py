"""Sweeps: the dialog, its run, and the winner in place of the column that was varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtGui import QUndoCommand

from ...core.evaluation.sweeps import SweepCell, SweepChoice, winner
from ...core.evaluation.types import Run
from ...core.types import Connection, Strategy
from ...flows import sweeping
from ...flows.probing import with_prompts
from ...flows.tasks import Tasks
from ..dialogs.forward import bring_forward
from ..dialogs.sweep import SweepDialog
from ..main_window import MainWindow
from ..tokens import Tone
from .ask import AskController
from .center import CenterController
from .experiments import ExperimentController
from .prompt import PromptController


class SweepController(ExperimentController):
    """A winner changes one column, as one step of undo."""

    name = "Sweep"

    def __init__(
        self, tasks: Tasks, window: MainWindow, center: CenterController,
        prompt: PromptController, ask: AskController,
        connections: Callable[[], Sequence[Connection]],
    ) -> None:
        super().__init__(tasks, window, center, prompt)
        self.dialog: SweepDialog | None = None
        self._ask = ask
        self._connections = connections

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"sweep": self.show}

    def shown(self) -> SweepDialog | None:
        return self.dialog

    def show(self) -> None:
        """Compare, Sweep."""
        self.later("Sweep", self._show(), key="show sweep")

    async def _show(self) -> None:
        dialog = self.dialog
        if dialog is None:
            dialog = self.dialog = SweepDialog(self._window)
            self.connect(dialog)
            dialog.winnerRequested.connect(self.use)
        await self._prompt.pin_draft()
        cases = [case for case in await self.ports.store.cases()
                 if case.split == "tune" and case.reference.strip()]
        dialog.form.show_choices(
            await with_prompts(self.ports), await self.ports.store.prompt_versions(),
            self._connections(), len(cases))
        bring_forward(dialog)
        dialog.show_working()
        await self.refreshed()

    async def show_found(self) -> None:
        if self.dialog is None:
            return
        result = await sweeping.sweep_result(self.ports)
        of = ""
        if result is not None:
            varied = sweeping.swept_id(result.run)
            of = next((each.name for each in await self.ports.store.strategies()
                       if each.id == varied), "")
        self.dialog.show_result(result, await self.ports.store.prompt_versions(), of)

    async def unfinished(self) -> Run | None:
        return await sweeping.unfinished_sweep(self.ports)

    async def estimated(self, choice: SweepChoice) -> None:
        plan = await sweeping.plan_a_sweep(self.ports, choice)
        found = await sweeping.estimate_sweep(plan, self.ports)
        if self.dialog is not None and self.dialog.choice() == choice:
            self.dialog.show_estimate(found, (
                f"{len(plan.strategies)} combinations over {len(plan.cases):,} of "
                f"{plan.available:,} tune cases. Stored answers to equal requests are used again."))

    async def begun(self, choice: SweepChoice) -> Run:
        plan = await sweeping.plan_a_sweep(self.ports, choice)
        return await sweeping.run_sweep(plan, self.ports, self.apply, self._brake)

    # --- the winner ------------------------------------------------------------------------

    def use(self, cell: SweepCell) -> None:
        """In place of the column that was varied; undo takes it back."""
        self.later("Take the winner", self._use(cell))

    async def _use(self, cell: SweepCell) -> None:
        sweep = await sweeping.newest_sweep(self.ports)
        varied = sweeping.swept_id(sweep) if sweep is not None else 0
        before = next((each for each in await self.ports.store.strategies()
                       if each.id == varied), None)
        if before is None:
            return
        after = winner(cell, before, await self.ports.store.prompt_versions())
        if after == before:
            self._tell(f"{before.name} is that already.", "info")
            return
        self._window.undo_stack.push(_TakeWinner(self, before, after))
        self._tell(f"{before.name} is now {cell.strategy.name}. Run the cases to see what the "
                   "holdout says; undo takes it back.", "success")

    def _tell(self, words: str, tone: Tone) -> None:
        """In the window, and in the dialog that hides it."""
        self._window.messages.say(words, tone, seconds=12)
        if self.dialog is not None:
            self.dialog.show_done(words)

    def put(self, strategy: Strategy) -> None:
        """The column as it is now."""
        self.later("Change the column", self._put(strategy))

    async def _put(self, strategy: Strategy) -> None:
        await self.ports.store.save_strategy(strategy)
        await self._ask.refresh()


class _TakeWinner(QUndoCommand):
    """The column before, and with the winning combination."""

    def __init__(self, controller: SweepController, before: Strategy, after: Strategy) -> None:
        super().__init__(f"use {after.deployment} as {before.name}")
        self._controller, self._before, self._after = controller, before, after

    def redo(self) -> None:
        self._controller.put(self._after)

    def undo(self) -> None:
        self._controller.put(self._before)
