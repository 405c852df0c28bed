"""From a cell to the prompt, the cases and the dataset, each step with a way back; and back to
the cell from wherever its answer lives now."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, cast

from PySide6.QtWidgets import QWidget

from ...core.evaluation.case_files import new_cases
from ...core.evaluation.reuse import USES, Use
from ...core.types import Answer, Case, Example, FewShotExample
from ...flows import reusing
from ...flows.tasks import Tasks
from ..compare.board import Board
from ..compare.evaluate.view import EvaluateView
from ..main_window import MainWindow
from ..panes.prompt import PromptPane
from . import Controller
from .center import CenterController
from .dataset import DatasetController

WHERE = {
    "few_shot": "It is a few-shot example of the draft now.",
    "reference": "It is the reference answer of this case now.",
    "case": "It is a case now. Word its question as people would ask it.",
    "gold": "The passage is a gold source of this case now.",
    "training": "It is a training example now, under Fine-tuning.",
    "preference": "It is a preference example now, under Fine-tuning. Preferences are trained "
                  "from a dataset of their own.",
}


class ReuseController(Controller):
    """What is made is put where it belongs by those who can take it back."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, center: CenterController, prompt: PromptPane,
        dataset: DatasetController, board: Board,
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._center = center
        self._prompt = prompt
        self._dataset = dataset
        prompt.examples.editor.origin.opened.connect(self.show_cell)
        dataset.pane.editor.cellRequested.connect(self.show_cell)
        board.useRequested.connect(self.use_asked)
        center.center.made.connect(self._made)

    def _made(self, name: str, view: QWidget) -> None:
        if isinstance(view, EvaluateView):
            view.detail.useRequested.connect(self.use)
            view.cases.form.origin.opened.connect(self.show_cell)

    def use(self, cell_id: int, use: str, text: str, passage: int) -> None:
        """What the user chose under "Use as"."""
        kind = cast(Use, use)
        self._later(f"Use as {USES[kind].lower()}", self._use(cell_id, kind, text, passage))

    def use_asked(self, answer: Answer, use: str) -> None:
        """The same for an answer under Ask."""
        kind = cast(Use, use)
        self._later(f"Use as {USES[kind].lower()}", self._use_asked(answer, kind))

    async def _use_asked(self, answer: Answer, use: Use) -> None:
        made = await reusing.make_asked(use, answer, self.ports)
        if isinstance(made, FewShotExample):
            self._say(use, self._add_few_shot(made))
        else:
            await self._add_case(made)

    async def _add_case(self, case: Case) -> None:
        """Evaluate may not have been looked at yet: then there is nothing to undo it with."""
        known = await self.ports.store.cases()
        evaluate = self._center.evaluate
        if not new_cases([case], known)[0]:
            self._window.messages.say("This question is a case already.", seconds=6)
        elif evaluate is not None and evaluate.is_open:
            self._say("case", self._put_case(case))
        else:
            await self.ports.store.add_cases([case])
            self._window.messages.say(
                "The question is a case now, with this answer as its reference. It stands under "
                "Evaluate, Cases.", "success", seconds=8)

    def show_cell(self, cell_id: int) -> None:
        """Back to where an answer came from."""
        self._later("Show cell", self._show_cell(cell_id))

    async def _use(self, cell_id: int, use: Use, text: str, passage: int) -> None:
        made = await reusing.make(use, cell_id, self.ports, text, passage)
        evaluate = self._center.evaluate
        if isinstance(made, FewShotExample):
            done = self._add_few_shot(made)
        elif isinstance(made, Example):
            self._dataset.add([made])
            done = True
        else:
            done = evaluate is not None and self._put_case(made)
        self._say(use, done)

    def _say(self, use: Use, done: bool) -> None:
        self._window.messages.say(
            f"{WHERE[use]} Undo takes it back." if done else "It is there already.",
            "success" if done else "info", seconds=8)

    def _add_few_shot(self, example: FewShotExample) -> bool:
        known = self._prompt.examples.examples()
        if any(replace(each, on=True, origin=example.origin) == example for each in known):
            return False
        self._prompt.examples.model.add(example)
        self._prompt.flush()
        return True

    def _put_case(self, case: Case) -> bool:
        evaluate = self._center.evaluate
        assert evaluate is not None, "cells are used where they are shown"
        if not case.id:
            evaluate.cases.add([case])
            return True
        known = {each.id: each for each in evaluate.cases.cases}
        evaluate.cases.edit([case])
        return known.get(case.id) != case

    async def _show_cell(self, cell_id: int) -> None:
        cell = await self.ports.store.cell(cell_id)
        if cell is None:
            self._window.messages.say("This cell is gone: its run was removed.", "warning")
            return
        await self._center.open_cell(cell)

    def _later(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if self.is_open:
            self.tasks.start(name, work)
        else:
            work.close()
