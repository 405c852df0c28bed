"""The widgets of the window, before anything is connected to them."""

from __future__ import annotations

from PySide6.QtGui import QUndoStack

from .compare.ask_view import AskView
from .main_window import MainWindow
from .panes.documents import DocumentsPane
from .panes.fine_tuning import FineTuningPane
from .panes.prompt import PromptPane


class Views:
    """Made once, shown at once, connected by the session a moment later."""

    def __init__(self) -> None:
        self.ask = AskView()
        self.prompt = PromptPane()
        self.documents = DocumentsPane()
        undo = QUndoStack()
        self.dataset = FineTuningPane(undo)
        self.window = MainWindow(self.documents, self.prompt, self.dataset, self.ask, undo)
