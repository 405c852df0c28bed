"""The Documents pane: drop files, watch them become searchable, see why one did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Signal, SignalInstance
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.events import (
    DocumentChanged,
    DocumentSkipped,
    DocumentsRemoved,
    Event,
    IndexProgress,
)
from ...core.types import Document, DocumentState, Hit
from .. import file_dialogs, theme
from ..components import ElidedLabel, EmptyState, Segmented, button, icon_button, label
from ..drops import local_paths
from ..jobs import clock
from .documents_detail import DetailPanel
from .documents_filter import LedgerFilter
from .documents_model import DOCUMENT, DocumentsModel, counted
from .documents_quality import QualityView
from .documents_search import SearchView
from .documents_table import LedgerTable

EMPTY = ("Drop PDF, Word, PowerPoint, Excel, HTML, mail or text files here, folders or zip "
         "archives. They are read and indexed on this machine.")
ELSEWHERE = {".stratex", ".jsonl"}  # kinds the window takes to another place


class DocumentsPane(QFrame):
    """Ledger and search. Emits what the user wants; `apply` and `show_*` say what is.

    Long, because ledger, search and detail share one selection; their parts have own files.
    """

    filesDropped = Signal(list)  # of Path
    removeRequested = Signal(list)  # of document ids
    retryRequested = Signal(list)
    cancelRequested = Signal()
    exportRequested = Signal()
    openRequested = Signal(int, int, int, int)  # document id, page index, start, end
    searchRequested = Signal(str, str)  # query, name of the retrieval profile

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setAcceptDrops(True)
        self.model = DocumentsModel(self)
        self._progress: IndexProgress | None = None
        self._skipped: list[DocumentSkipped] = []
        self._closed_for: int | None = None  # the user closed the details of this document
        self._same: Mapping[int, str] = {}
        self.filter = LedgerFilter()
        self.filter.exportRequested.connect(self.exportRequested)
        self.table = self._make_table()
        self.model.flushed.connect(self._refresh)  # after the table has hidden rows
        self.detail = self._make_detail()
        self.search = SearchView()
        self.search.searchRequested.connect(self.searchRequested)
        self.search.openRequested.connect(self.openRequested)
        self.quality = QualityView()
        self.quality.missChosen.connect(self.look_for)
        self._lay_out()
        self._forget_skipped()
        self._refresh()
        self.setFocusProxy(self.table)

    # --- making ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_bar())
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_ledger())
        self._pages.addWidget(self.search)
        self._pages.addWidget(self.quality)
        column.addWidget(self._pages, 1)

    def _make_bar(self) -> QHBoxLayout:
        self.add_button = button("Add files")
        self.add_button.clicked.connect(self.choose_files)
        self.folder_button = button("Folder")
        self.folder_button.clicked.connect(self.choose_folder)
        self.view = Segmented(["Ledger", "Search", "Quality"])
        self.view.changed.connect(self._show_view)
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        bar.setSpacing(theme.px(6))
        bar.addWidget(self.add_button)
        bar.addWidget(self.folder_button)
        bar.addStretch(1)
        bar.addWidget(self.view)
        return bar

    def _make_ledger(self) -> QWidget:
        ledger = QWidget()
        column = QVBoxLayout(ledger)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_summary())
        column.addWidget(self._make_note())
        column.addWidget(self.filter)
        self._empty = EmptyState(EMPTY, "Add files", icon="file-plus")
        self._empty.pressed.connect(self.choose_files)
        self._body = QStackedWidget()
        self._body.addWidget(self._empty)
        self._body.addWidget(self.table)
        column.addWidget(self._body, 1)
        column.addWidget(self.detail)
        return ledger

    def _make_summary(self) -> QWidget:
        self._summary = QWidget()
        self._counts = ElidedLabel()
        self._counts.setProperty("tone", "muted")
        self._counts.setProperty("scale", "small")
        self._state = label(tone="muted", size="small")
        self._retry = button("", kind="link")
        self._retry.clicked.connect(self._retry_failed)
        self.cancel_button = button("Cancel", size="small")
        self.cancel_button.setToolTip("What is finished is kept")
        self.cancel_button.clicked.connect(self.cancelRequested)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Indexing")
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(12), 0, theme.px(8), theme.px(4))
        row.setSpacing(theme.px(8))
        row.addWidget(self._counts, 1)
        for part in (self._state, self._retry, self.cancel_button):
            row.addWidget(part)
        column = QVBoxLayout(self._summary)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._bar)
        return self._summary

    def _make_note(self) -> QFrame:
        self._note = QFrame()
        self._note.setProperty("surface", "info")
        self._note_text = label(size="small", wrap=True)
        close = icon_button("x", "Close this note")
        close.clicked.connect(self._forget_skipped)
        row = QHBoxLayout(self._note)
        row.setContentsMargins(theme.px(12), theme.px(2), theme.px(4), theme.px(2))
        row.addWidget(self._note_text, 1)
        row.addWidget(close)
        return self._note

    def _make_table(self) -> LedgerTable:
        table = LedgerTable(self.model)
        table.selectionModel().currentRowChanged.connect(self._show_current)
        table.activated.connect(self._open_index)
        table.show_only(self.filter.shows)
        self.filter.changed.connect(self.model.flushed)
        return table

    def _make_detail(self) -> DetailPanel:
        detail = DetailPanel()
        detail.readAgain.connect(lambda: self._emit_ids(self.retryRequested))
        detail.remove.connect(lambda: self._emit_ids(self.removeRequested))
        detail.openText.connect(lambda: self._open_index(self.table.currentIndex()))
        detail.closed.connect(self._close_detail)
        return detail

    # --- what is shown -----------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Show what the indexing flow reports; other events are not for this pane."""
        match event:
            case DocumentChanged(document):
                self.model.change(document)
            case DocumentsRemoved(ids):
                self.model.remove(ids)
            case IndexProgress():
                self._show_progress(event)
            case DocumentSkipped():
                self._skipped.append(event)
                self._refresh_note()

    def show_documents(self, documents: Sequence[Document]) -> None:
        """Another workspace, or none."""
        self._progress = None
        self._forget_skipped()
        self.filter.clear()
        self._same = {}
        self.search.clear()
        self.quality.clear()
        self.model.show_documents(documents)

    def show_same(self, names: Mapping[int, str]) -> None:
        """The documents, by id, whose text is exactly that of another, which is named."""
        self._same = names
        self._show_current(self.table.currentIndex())

    def show_hits(self, hits: list[Hit]) -> None:
        """The answer to `searchRequested`."""
        self.search.show_hits(hits)

    def selected_ids(self) -> list[int]:
        """The ids of the chosen rows, in their order on screen."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [document.id for document in self.table.shown(rows)]

    def is_busy(self) -> bool:
        """Whether files are still on their way into the index."""
        progress = self._progress
        return progress is not None and (
            progress.files_done < progress.files_total
            or progress.chunks_embedded < progress.chunks_total
        )

    def _show_progress(self, event: IndexProgress) -> None:
        self._progress = event
        self._bar.setMaximum(max(1, event.chunks_total))
        self._bar.setValue(event.chunks_embedded)
        self._refresh_summary(self.model.documents())

    def _refresh(self) -> None:
        documents = self.model.documents()
        self._body.setCurrentIndex(1 if documents else 0)
        self._summary.setVisible(bool(documents) or self.is_busy())
        self.filter.setVisible(bool(documents))
        self._refresh_summary(documents)
        self._show_current(self.table.currentIndex())

    def _refresh_summary(self, documents: Sequence[Document]) -> None:
        chunks = sum(document.chunks for document in documents)
        shown = len(self.table.shown())
        some = "" if shown == len(documents) else f"{shown:,} of "
        self._counts.setText(
            f"{some}{counted(len(documents), 'document')}, {counted(chunks, 'chunk')}")
        busy = self.is_busy()
        failed = sum(document.state is DocumentState.FAILED for document in documents)
        self._state.setText(self._busy_text() if busy else "")
        self._state.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self._bar.setVisible(busy)
        self._retry.setText(f"Retry {failed} failed")
        self._retry.setVisible(failed > 0 and not busy)

    def _busy_text(self) -> str:
        assert self._progress is not None
        left = self._progress.seconds_left
        embedded = f"{self._progress.chunks_embedded:,} embedded"
        return embedded if left is None else f"{embedded}, {clock(left)} left"

    def _refresh_note(self) -> None:
        skipped = self._skipped
        if len(skipped) == 1:
            self._note_text.setText(f"Skipped {Path(skipped[0].path).name}: {skipped[0].why}")
        else:
            self._note_text.setText(f"Skipped {len(skipped)} files")
        self._note_text.setToolTip(
            "\n".join(f"{Path(event.path).name}: {event.why}" for event in skipped[:30]))
        self._note.setVisible(bool(skipped))

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

    def _show_view(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        if place:
            (self.search if place == 1 else self.quality).setFocus()

    def look_for(self, question: str, profile: str) -> None:
        """Search for a question, as if it had been typed."""
        self.view.choose(1)
        self.search.look_for(question, profile)

    # --- what the user does --------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask which files to add."""
        file_dialogs.choose_files(
            self, "Add documents", file_dialogs.DOCUMENTS, self.filesDropped.emit)

    def choose_folder(self) -> None:
        """Ask which folder to add."""
        file_dialogs.choose_folder(self, "Add a folder of documents", self.filesDropped.emit)

    def _emit_ids(self, signal: SignalInstance) -> None:
        ids = self.selected_ids()
        if ids:
            signal.emit(ids)

    def _retry_failed(self) -> None:
        self.retryRequested.emit([document.id for document in self.model.documents()
                                  if document.state is DocumentState.FAILED])

    def _open_index(self, index: QModelIndex) -> None:
        document: Document | None = index.data(DOCUMENT) if index.isValid() else None
        if document is not None and document.characters:
            self.openRequested.emit(document.id, 0, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete) and self.table.hasFocus():
            self._emit_ids(self.removeRequested)
        elif event.matches(QKeySequence.StandardKey.Paste):
            paths = local_paths(QGuiApplication.clipboard().mimeData())
            if paths:
                self.filesDropped.emit(paths)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = local_paths(event.mimeData())
        # What is not a document goes on to the window, which knows where it belongs.
        if paths and not any(path.suffix.lower() in ELSEWHERE for path in paths):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.filesDropped.emit(local_paths(event.mimeData()))
