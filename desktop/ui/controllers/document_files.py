"""A document's own file: opened in its program, shown in its folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from ...core.errors import DocumentError
from ...core.own_programs import is_elsewhere, may_open
from ...core.types import Document
from ...flows.chunk_changes import document_of
from ...flows.tasks import Tasks
from ..panes.documents import DocumentsPane
from ..tokens import Tone
from . import Controller

OpenUrl = Callable[[QUrl], bool]


class DocumentFilesController(Controller):
    """Nothing is opened but what the ledger shows: the file, if it still is what was read, or
    else the copy that the workspace keeps."""

    def __init__(
        self, pane: DocumentsPane, tasks: Tasks, say: Callable[[str, Tone], object],
        open_url: OpenUrl = QDesktopServices.openUrl, folder: Path | None = None,
    ) -> None:
        super().__init__(tasks)
        self._say = say
        self._open_url = open_url
        self._folder = folder or Path(QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.TempLocation)) / "strategy-explorer"
        pane.ledger.fileRequested.connect(self.open_file)
        pane.ledger.folderRequested.connect(self.show_folder)

    def open_file(self, document_id: int) -> None:
        """In the program that the system has for its kind."""
        self.tasks.start("Open a file", self._open_file(document_id), key="open file")

    def show_folder(self, document_id: int) -> None:
        """In the system's file manager."""
        self.tasks.start("Show a folder", self._show_folder(document_id), key="open file")

    async def _open_file(self, document_id: int) -> None:
        document = await document_of(document_id, self.ports)
        if not may_open(document.name):
            self._say(f"{document.name} is of a kind that might run when it is opened. "
                      "Open pages shows its text.", "warning")
            return
        path = Path(document.path)
        if not await self._is_there(document):
            path = await self._copy(document)
            self._say(f"{document.name} is not where it was read from, or was changed. This is "
                      "the copy in the workspace.", "info")
        if not self._open_url(QUrl.fromLocalFile(str(path))):
            self._say(f"No program opened {document.name}. Choose one for its kind in the "
                      "system's settings.", "warning")

    async def _is_there(self, document: Document) -> bool:
        """Whether the file at its path still is the one that was read."""
        if not document.path or is_elsewhere(document.path):
            return False
        try:
            found = await self.ports.files.read(document.path)
        except DocumentError:
            return False
        return found.sha256 == document.sha256 and Path(document.path).is_file()

    async def _copy(self, document: Document) -> Path:
        """Raises DocumentError."""
        content = await self.ports.store.document_bytes(document.id)
        mark = hashlib.sha256(content).hexdigest()[:12]
        target = self._folder / mark / Path(document.name).name
        await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        await self.ports.files.write(str(target), content)
        return target

    async def _show_folder(self, document_id: int) -> None:
        path = (await document_of(document_id, self.ports)).path
        if not path or is_elsewhere(path):
            QGuiApplication.clipboard().setText(path)
            self._say("It was read from another machine. Its path was copied.", "info")
            return
        folder = await asyncio.to_thread(_nearest, path)
        if folder is None or not self._open_url(QUrl.fromLocalFile(str(folder))):
            self._say(f"{Path(path).parent} is not there any more.", "warning")


def _nearest(path: str) -> Path | None:
    """The folder it lies in, or that of the archive it came from; None where that is gone."""
    if not os.path.isabs(path):  # noqa: PTH117  text, before anything of it is touched
        return None
    for above in Path(path).parents:
        if above.is_dir():
            direct = above == Path(path).parent or Path(path).parent.suffix.lower() == ".zip"
            return above if direct else None
    return None
