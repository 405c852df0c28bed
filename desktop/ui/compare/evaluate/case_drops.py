"""Files of cases dropped on a view; other files go on to the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from ...drops import local_paths

SUFFIXES = frozenset({".csv", ".xlsx", ".jsonl", ".json", ".yaml", ".yml"})


def is_case_file(path: Path) -> bool:
    """Whether a dropped file may hold cases."""
    return path.suffix.lower() in SUFFIXES


class TakesCaseFiles(QWidget):
    """A view that says which files of cases were dropped on it."""

    importCasesRequested = Signal(list)  # of Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = local_paths(event.mimeData())
        if paths and all(is_case_file(path) for path in paths):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.importCasesRequested.emit(local_paths(event.mimeData()))
