"""The widgets of the window, before anything is connected to them."""

from __future__ import annotations

from .compare.ask_view import AskView
from .main_window import MainWindow
from .panes.documents import DocumentsPane
from .panes.fine_tuning import FineTuningPane
from .panes.prompt import PromptPane


class Views:
    """Placed in a window that is on screen already; the session connects them."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.ask = AskView()
        self.prompt = PromptPane(window.undo_stack)
        self.documents = DocumentsPane()
        self.dataset = FineTuningPane(window.undo_stack)
        window.place(self.documents, self.prompt, self.dataset, self.ask)
