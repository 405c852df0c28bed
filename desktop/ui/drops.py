"""Files that are dropped or pasted, as paths; and dropping them anywhere on a window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QPlainTextEdit, QTextEdit, QWidget

from .components import label

HINT = ("Drop here: documents, questions, training examples, prompts or a workspace. What it "
        "holds says where it goes; you see it before anything is added.")


def local_paths(mime: QMimeData) -> list[Path]:
    """The files and folders of a drop or the clipboard; web addresses are not files."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


class DropAnywhere(QObject):
    """Takes files dropped anywhere on a window and says over the centre what becomes of them."""

    dropped = Signal(list)  # of Path

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._hint: QWidget | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def take_from_editors(self) -> None:
        """Let files dropped on a text editor reach the window instead of becoming text."""
        for kind in (QPlainTextEdit, QTextEdit):
            for editor in self._window.findChildren(kind):
                editor.setAcceptDrops(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and local_paths(event.mimeData()):
            event.acceptProposedAction()
            self._show_hint(True)
            return True
        if event.type() is QEvent.Type.DragLeave:
            self._show_hint(False)
        elif event.type() is QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._show_hint(False)
            return self._drop(event)
        return False

    def _drop(self, event: QDropEvent) -> bool:
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)
        return bool(paths)

    def _show_hint(self, on: bool) -> None:
        if on and self._hint is None:
            self._hint = self._make_hint()
        if self._hint is not None:
            center = self._window.centralWidget() or self._window
            self._hint.setGeometry(center.geometry().adjusted(8, 8, -8, -8))
            self._hint.setVisible(on)
            self._hint.raise_()

    def _make_hint(self) -> QWidget:
        hint = label(HINT, wrap=True)
        hint.setObjectName("dropHint")
        hint.setParent(self._window)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return hint
