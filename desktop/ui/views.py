"""The widgets of the window, before anything is connected to them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from .center import Center
from .compare.ask_view import AskView
from .main_window import MainWindow
from .panes.documents import DocumentsPane
from .panes.fine_tuning import FineTuningPane
from .panes.prompt import PromptPane


def make_evaluate() -> QWidget:
    from .compare.evaluate.view import EvaluateView

    return EvaluateView()


def make_decide() -> QWidget:
    from .compare.decide.view import DecideView

    return DecideView()


class Views:
    """Placed in a window that is on screen already; the session connects them."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.ask = AskView()
        self.center = Center(self.ask.tools)
        self.center.add("Ask", self.ask)
        self.center.add_later("Evaluate", make_evaluate)
        self.center.add_later("Decide", make_decide)
        self.prompt = PromptPane(window.undo_stack)
        self.documents = DocumentsPane()
        self.dataset = FineTuningPane()
        window.place(self.documents, self.prompt, self.dataset, self.center)
