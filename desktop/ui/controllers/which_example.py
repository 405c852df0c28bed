"""Which example helps? The dialog, its measurement, and switching an example off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ...core.advice.phrases import counted
from ...core.evaluation.types import Run
from ...core.types import FewShotExample
from ...flows import example_effects
from ...flows.probing import with_prompts
from ...flows.tasks import Tasks
from ..dialogs.forward import bring_forward
from ..dialogs.which_example import ExamplesChoice, WhichExampleDialog
from ..main_window import MainWindow
from ..panes.prompt import PromptPane
from .center import CenterController
from .experiments import ExperimentController
from .prompt import PromptController


class WhichExampleController(ExperimentController):
    """Examples are switched in the Prompt pane's draft, with undo."""

    name = "Which example helps?"

    def __init__(
        self, tasks: Tasks, window: MainWindow, center: CenterController,
        prompt: PromptController, pane: PromptPane,
    ) -> None:
        super().__init__(tasks, window, center, prompt)
        self.dialog: WhichExampleDialog | None = None
        self._pane = pane
        pane.which_helps.clicked.connect(self.show)
        pane.examples.changed.connect(self._show_states)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"which_example": self.show}

    def shown(self) -> WhichExampleDialog | None:
        return self.dialog

    def show(self) -> None:
        """Compare, Which example helps."""
        self.later("Which example helps?", self._show(), key="show which example")

    async def _show(self) -> None:
        dialog = self.dialog
        if dialog is None:
            dialog = self.dialog = WhichExampleDialog(self._window)
            self.connect(dialog)
            dialog.switched.connect(self.switch)
        cases = [case for case in await self.ports.store.cases()
                 if case.split == "tune" and case.reference.strip()]
        dialog.show_columns(await with_prompts(self.ports), len(cases))
        self._show_states()
        bring_forward(dialog)
        dialog.show_working()
        await self.refreshed()

    async def show_found(self) -> None:
        if self.dialog is not None:
            self.dialog.show_effects(await example_effects.example_effects(self.ports))

    async def unfinished(self) -> Run | None:
        return await example_effects.unfinished_effects(self.ports)

    async def estimated(self, choice: ExamplesChoice) -> None:
        plan = await example_effects.plan_effects(
            self.ports, choice.strategy, choice.most, self._pane.prompt())
        found = await example_effects.estimate_effects(plan, self.ports)
        dialog = self.dialog
        if dialog is not None and dialog.choice() == choice:
            repeated = f" {plan.repeated} left out: an example asks the same." \
                if plan.repeated else ""
            dialog.show_estimate(found, (
                f"{counted(len(plan.prompts) - 1, 'example')} over {len(plan.cases):,} of "
                f"{plan.available:,} tune cases.{repeated} Stored answers to equal requests are "
                "used again."))

    async def begun(self, choice: ExamplesChoice) -> Run:
        await self._prompt.pin_draft()
        plan = await example_effects.plan_effects(self.ports, choice.strategy, choice.most)
        return await example_effects.run_effects(plan, self.ports, self.apply, self._brake)

    # --- switching -------------------------------------------------------------------------

    def switch(self, example: FewShotExample, on: bool) -> None:
        """In the draft; undo takes it back."""
        before = self._pane.examples.examples()
        after = tuple(replace(each, on=on) if _same(each, example) else each for each in before)
        if after != before:
            self._pane.examples.replace(after, f"Switch {'on' if on else 'off'} example")
            if self.dialog is not None:
                self.dialog.choose_later()

    def _show_states(self) -> None:
        if self.dialog is not None:
            self.dialog.show_states({(each.question, each.answer): each.on
                                     for each in self._pane.examples.examples()})


def _same(one: FewShotExample, other: FewShotExample) -> bool:
    return (one.question, one.answer) == (other.question, other.answer)
