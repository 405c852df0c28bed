"""The ledger: a row a document, with what became of it and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from ...core.events import (
    DocumentChanged,
    DocumentSkipped,
    DocumentsRemoved,
    Event,
    IndexProgress,
)
from ...core.types import Document
from .. import theme
from ..components import EmptyState, icon_button, label
from .documents_detail import DetailPanel
from .documents_filter import LedgerFilter
from .documents_model import DOCUMENT, DocumentsModel
from .documents_progress import IndexingBar
from .documents_table import LedgerTable

EMPTY = ("Drop PDF, Word, PowerPoint, Excel, HTML, mail or text files here, folders or zip "
         "archives. They are read and indexed on this machine.")


class LedgerView(QWidget):
    """Emits what the user wants; `apply` and `show_*` say what is."""

    addRequested = Signal()
    removeRequested = Signal(list)  # of document ids
    retryRequested = Signal(list)
    skipRequested = Signal(list)
    chunksRequested = Signal(int)  # document id
    fileRequested = Signal(int)  # open it in its own program
    folderRequested = Signal(int)  # show it in the file manager
    openRequested = Signal(int, int, int, int)  # document id, page index, start, end

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DocumentsModel(self)
        self._skipped: list[DocumentSkipped] = []
        self._closed_for: int | None = None  # the user closed the details of this document
        self._same: Mapping[int, str] = {}
        self.filter = LedgerFilter()
        self.indexing = IndexingBar()
        self.indexing.retryFailed.connect(self.retryRequested)
        self.table = self._make_table()
        self.model.flushed.connect(self._refresh)  # after the table has hidden rows
        self.detail = self._make_detail()
        self.watching = QVBoxLayout()  # the watched folders stand here
        self._lay_out()
        self._forget_skipped()
        self._refresh()
        self.setFocusProxy(self.table)

    # --- making ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.empty = EmptyState(EMPTY, "Add files", icon="file-plus")
        self.empty.pressed.connect(self.addRequested)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.indexing)
        column.addLayout(self.watching)
        column.addWidget(self._make_note())
        column.addWidget(self.filter)
        column.addWidget(self._body, 1)
        column.addWidget(self.detail)

    def _make_note(self) -> QFrame:
        self.note = QFrame()
        self.note.setProperty("surface", "info")
        self.note_text = label(size="small", wrap=True)
        close = icon_button("x", "Close this note")
        close.clicked.connect(self._forget_skipped)
        row = QHBoxLayout(self.note)
        row.setContentsMargins(theme.px(12), theme.px(2), theme.px(4), theme.px(2))
        row.addWidget(self.note_text, 1)
        row.addWidget(close)
        return self.note

    def _make_table(self) -> LedgerTable:
        table = LedgerTable(self.model)
        table.selectionModel().currentRowChanged.connect(self._show_current)
        table.activated.connect(self._open_index)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        table.show_only(self.filter.shows)
        self.filter.changed.connect(self.model.flushed)
        return table

    def _make_detail(self) -> DetailPanel:
        detail = DetailPanel()
        detail.readAgain.connect(lambda: self._emit_ids(self.retryRequested))
        detail.skip.connect(lambda: self._emit_ids(self.skipRequested))
        detail.remove.connect(lambda: self._emit_ids(self.removeRequested))
        detail.openText.connect(lambda: self._open_index(self.table.currentIndex()))
        detail.showChunks.connect(lambda: self._emit_current(self.chunksRequested))
        detail.openFile.connect(lambda: self._emit_current(self.fileRequested))
        detail.showFolder.connect(lambda: self._emit_current(self.folderRequested))
        detail.closed.connect(self._close_detail)
        return detail

    # --- what is shown -----------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Show what the indexing flow reports; other events are not for this view."""
        match event:
            case DocumentChanged(document):
                self.model.change(document)
            case DocumentsRemoved(ids):
                self.model.remove(ids)
            case IndexProgress():
                self.indexing.show_progress(event)
                self._refresh_summary()
            case DocumentSkipped():
                self._skipped.append(event)
                self._refresh_note()

    def show_documents(self, documents: Sequence[Document]) -> None:
        """Another workspace, or none."""
        self.indexing.show_progress(None)
        self._forget_skipped()
        self.filter.clear()
        self.show_same({})
        self.model.show_documents(documents)

    def show_same(self, names: Mapping[int, str]) -> None:
        """The documents, by id, whose text is exactly that of another, which is named."""
        self._same = names
        self.model.show_same(names)
        self._show_current(self.table.currentIndex())

    def show_running(self, running: bool) -> None:
        """Indexing has begun, or has ended in whatever way."""
        self.indexing.show_running(running)
        self._refresh()

    def show_stopped(self, *, paused: bool) -> None:
        """Indexing was paused or cancelled: what is left can be gone on with."""
        self.indexing.show_running(False)  # a task stopped before its first step says nothing
        self.indexing.show_paused(paused)
        self._refresh()

    def selected_ids(self) -> list[int]:
        """The ids of the chosen rows, in their order on screen."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [document.id for document in self.table.shown(rows)]

    def _refresh(self) -> None:
        documents = self.model.documents()
        self._body.setCurrentIndex(1 if documents else 0)
        self.indexing.setVisible(
            bool(documents) or self.indexing.is_busy() or self.indexing.is_paused())
        self.filter.setVisible(bool(documents))
        self._refresh_summary()
        self._show_current(self.table.currentIndex())

    def _refresh_summary(self) -> None:
        self.indexing.show_documents(self.model.documents(), len(self.table.shown()))

    def _refresh_note(self) -> None:
        skipped = self._skipped
        if len(skipped) == 1:
            self.note_text.setText(f"Skipped {Path(skipped[0].path).name}: {skipped[0].why}")
        else:
            self.note_text.setText(f"Skipped {len(skipped)} files")
        self.note_text.setToolTip(
            "\n".join(f"{Path(event.path).name}: {event.why}" for event in skipped[:30]))
        self.note.setVisible(bool(skipped))

    def _forget_skipped(self) -> None:
        self._skipped.clear()
        self._refresh_note()

    def _show_current(self, index: QModelIndex, _before: QModelIndex | None = None) -> None:
        document: Document | None = index.data(DOCUMENT) if index.isValid() else None
        shown = document is not None and document.id != self._closed_for
        if document is not None and shown:
            self._closed_for = None
            self.detail.show_document(document, self._same.get(document.id, ""))
        self.detail.setVisible(shown)

    def _close_detail(self) -> None:
        document = self.table.currentIndex().data(DOCUMENT)
        self._closed_for = document.id if document else None
        self.detail.hide()
        self.table.setFocus()

    # --- what the user does --------------------------------------------------------------

    def _emit_ids(self, signal: SignalInstance) -> None:
        ids = self.selected_ids()
        if ids:
            signal.emit(ids)

    def _emit_current(self, signal: SignalInstance) -> None:
        document: Document | None = self.table.currentIndex().data(DOCUMENT)
        if document is not None:
            signal.emit(document.id)

    def _open_index(self, index: QModelIndex) -> None:
        document: Document | None = index.data(DOCUMENT) if index.isValid() else None
        if document is not None and document.characters:
            self.openRequested.emit(document.id, 0, 0, 0)

    def _show_menu(self, place: QPoint) -> None:
        """What the details offer, for the rows that are chosen."""
        if self.table.currentIndex().isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.detail.fill_menu(menu)
            menu.popup(self.table.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete) and self.table.hasFocus():
            self._emit_ids(self.removeRequested)
        else:
            super().keyPressEvent(event)
