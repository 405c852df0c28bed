"""The list of prompt versions, and where a version is named, the way to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ...flows.tasks import Tasks
from ..dialogs.forward import bring_forward
from ..dialogs.versions import VersionsDialog
from ..main_window import MainWindow
from . import Controller
from .prompt import PromptController


class VersionsController(Controller):
    """The dialog is made when it is first asked for, and follows draft and versions."""

    def __init__(self, tasks: Tasks, window: MainWindow, prompt: PromptController) -> None:
        super().__init__(tasks)
        self.dialog: VersionsDialog | None = None
        self._window = window
        self._prompt = prompt
        prompt.pane.bar.compare.clicked.connect(partial(self.show, 0))
        prompt.pane.bar.allRequested.connect(partial(self.show, 0))
        prompt.pane.draftChanged.connect(lambda _: self._refresh())
        prompt.when_versions(self._refresh)
        window.versionRequested.connect(self.show)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"versions": partial(self.show, 0)}

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    def show(self, number: int = 0, checked: bool = False) -> None:
        """All versions, with one chosen; 0: the one that the draft is compared with."""
        if not self.is_open:
            return
        self._prompt.pane.flush()
        if self.dialog is None:
            self.dialog = dialog = VersionsDialog(self._window)
            dialog.restored.connect(self._prompt.pane.restore)
            dialog.branched.connect(self._prompt.branch)
            dialog.described.connect(self._prompt.describe)
        bring_forward(self.dialog)
        base = self._prompt.pane.bar.base
        self._refresh(number or (base.number if base is not None else None))

    def _refresh(self, number: int | None = None) -> None:
        if self.dialog is not None and self.dialog.isVisible() and self.is_open:
            self.dialog.show_versions(
                self._prompt.versions, self._prompt.pane.prompt(), number)
