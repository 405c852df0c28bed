"""The chunks of a document: shown, excluded, edited and restored, with undo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand, QUndoStack

from ...core.chunk_changes import ChunkChange, ChunkPlace, ListedChunk
from ...core.events import DocumentChanged, DocumentsRemoved, Event
from ...core.ports import Ports
from ...core.types import DocumentState
from ...flows import chunk_changes
from ...flows.tasks import Tasks
from ..panes.documents import CHUNKS, DocumentsPane
from . import Controller

Change = tuple[ChunkPlace, ChunkChange, ChunkChange]  # where, as it was, as it is wanted
KEY = "chunks"


class ChunksController(Controller):
    """`apply` takes what became of a document to the ledger; `open_page` shows one."""

    def __init__(
        self, pane: DocumentsPane, tasks: Tasks, undo: QUndoStack,
        apply: Callable[[Event], None], open_page: Callable[[ListedChunk], None],
    ) -> None:
        super().__init__(tasks)
        self._pane = pane
        self._view = pane.chunks
        self._undo = undo
        self._apply = apply
        self._turn = asyncio.Lock()
        self._stale = True  # chunks changed since they were shown
        pane.ledger.chunksRequested.connect(self.show)
        pane.view.changed.connect(self._view_chosen)
        self._view.documentChosen.connect(self._load)
        self._view.changeRequested.connect(self.change)
        self._view.openRequested.connect(open_page)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._stale = True

    def close(self) -> None:
        self._view.show_documents([], 0)
        super().close()

    def show(self, document_id: int) -> None:
        """The chunks of a document of the ledger."""
        self._pane.view.choose(CHUNKS)
        self._load(document_id)

    def watch(self, event: Event) -> None:
        """Documents are indexed: what is shown is read again when it is ready."""
        if isinstance(event, DocumentsRemoved) or (
                isinstance(event, DocumentChanged)
                and event.document.state in (DocumentState.READY, DocumentState.EMBEDDING)):
            self._stale = True
            if self._pane.view.current() == CHUNKS and self.is_open and not (
                    isinstance(event, DocumentChanged)
                    and event.document.id != self._view.document() != 0):
                self._load(self._view.document())

    def _view_chosen(self, place: int) -> None:
        if place == CHUNKS and self._stale and self.is_open:
            chosen = self._pane.selected_ids()
            self._load(chosen[0] if chosen else self._view.document())

    def _load(self, document_id: int) -> None:
        self.tasks.start("Show chunks", self._show(document_id), key=KEY)

    async def _show(self, document_id: int) -> None:
        """Of the document, or of the first where it has none."""
        documents = [d for d in await self.ports.store.documents() if d.chunks or d.excluded]
        ids = [document.id for document in documents]
        chosen = document_id if document_id in ids else next(
            (d.id for d in sorted(documents, key=lambda d: d.name.casefold())), 0)
        self._stale = False
        self._view.show_documents(documents, chosen)
        self._view.show_chunks(await self.ports.store.listed_chunks(chosen) if chosen else ())

    # --- changing ----------------------------------------------------------------------

    def change(self, changes: Sequence[Change]) -> None:
        """What the user wants of some passages; undo takes it back."""
        self._undo.push(_ChangeChunks(self, changes))

    def make(self, changes: Sequence[tuple[ChunkPlace, ChunkChange]]) -> None:
        """Each passage as it is wanted, one after another."""
        self.tasks.start("Change chunks", self._make(changes))

    async def _make(self, changes: Sequence[tuple[ChunkPlace, ChunkChange]]) -> None:
        try:
            async with self._turn:  # undo may be pressed faster than it is done
                await chunk_changes.change_all(changes, self.ports, self._apply)
        finally:
            if self.is_open:
                document = changes[0][0].document_id
                await self._show(document)
                if len(changes) == 1:
                    self._view.show_place(changes[0][0])


class _ChangeChunks(QUndoCommand):
    """A passage is named by its place, which stays whatever becomes of its text and id."""

    def __init__(self, controller: ChunksController, changes: Sequence[Change]) -> None:
        super().__init__(_words(changes))
        self._controller = controller
        self._changes = changes

    def redo(self) -> None:
        self._controller.make([(place, wanted) for place, _, wanted in self._changes])

    def undo(self) -> None:
        self._controller.make([(place, before) for place, before, _ in self._changes])


def _words(changes: Sequence[Change]) -> str:
    _, before, wanted = changes[0]
    several = f"{len(changes)} chunks" if len(changes) > 1 else "chunk"
    if before.excluded != wanted.excluded:
        return f"{'exclude' if wanted.excluded else 'include'} {several}"
    return f"{'restore' if wanted.text is None else 'edit'} {several}"
