"""Adding and removing documents as steps to take back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from ...core.types import Document

if TYPE_CHECKING:
    from .documents import DocumentsController


class AddDocuments(QUndoCommand):
    """Adding files and folders; undo hides what they brought and drops what still waits."""

    def __init__(
        self, controller: DocumentsController, paths: list[Path], known: set[int]
    ) -> None:
        """`known` are the documents that were there before."""
        what = paths[0].name if len(paths) == 1 else f"{len(paths)} dropped items"
        super().__init__(f"add {what}")
        self._controller = controller
        self._paths = paths
        self._known = known
        self._ids: list[int] = []
        self._begun = self._undone = False

    def brought(self, document: Document) -> bool:
        """Whether these files brought the document."""
        if document.id in self._ids:
            return True
        path = Path(document.path)
        if document.id in self._known or not any(
                path == mine or mine in path.parents for mine in self._paths):
            return False
        self._ids.append(document.id)
        if self._undone:
            self._controller.hide([document.id])
        return True

    def redo(self) -> None:
        self._undone = False
        if not self._begun:
            self._begun = True
            self._controller.take_in(self._paths)
        elif self._ids:
            self._controller.restore(self._ids)

    def undo(self) -> None:
        self._undone = True
        self._controller.take_out(self._paths)
        if self._ids:
            self._controller.hide(self._ids)


class RemoveDocuments(QUndoCommand):
    """Removing documents hides them; undo shows them again with chunks and vectors."""

    def __init__(self, controller: DocumentsController, ids: list[int]) -> None:
        count = len(ids)
        super().__init__(f"remove {count} document{'s' if count != 1 else ''}")
        self._controller = controller
        self._ids = ids

    def redo(self) -> None:
        self._controller.hide(self._ids)

    def undo(self) -> None:
        self._controller.restore(self._ids)
