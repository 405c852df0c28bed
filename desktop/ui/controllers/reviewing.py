"""The list of techniques beside the Prompt pane, and what is inserted from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...core.prompt_review import Review
from ...flows.tasks import Tasks
from ..dialogs.techniques import TechniquesDialog
from ..main_window import MainWindow
from ..panes.prompt import PromptPane
from . import Controller


class ReviewController(Controller):
    """The dialog is made when it is first asked for, and shows what the pane shows."""

    def __init__(self, tasks: Tasks, window: MainWindow, pane: PromptPane) -> None:
        super().__init__(tasks)
        self.dialog: TechniquesDialog | None = None
        self._window = window
        self._pane = pane
        pane.review.opened.connect(self.show)
        pane.reviewed.connect(self._reviewed)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"techniques": self.show}

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    def show(self) -> None:
        if not self.is_open:
            return
        if self.dialog is None:
            self.dialog = TechniquesDialog(self._window)
            self.dialog.inserted.connect(self._pane.insert)
        self.dialog.show_review(self._pane.review.review)
        self.dialog.show()
        self.dialog.raise_()

    def _reviewed(self, review: Review) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_review(review)
