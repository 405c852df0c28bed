"""The chunks of a document, one below the other: each can be excluded, edited and restored."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from ...core.chunk_changes import ChunkChange, ChunkPlace, ListedChunk
from ...core.types import Document
from .. import theme
from ..components import label
from .documents_chunk_detail import ChunkDetail
from .documents_chunks_model import CHUNK, SHOWN, ChunkDelegate, ChunksModel
from .documents_columns import counted

NO_CHUNKS = "No chunks yet. Add a document: what is read of it is split into passages."


class ChunksView(QFrame):
    """Emits what the user wants; `show_*` say what is."""

    documentChosen = Signal(int)  # show the chunks of this document
    changeRequested = Signal(list)  # of (ChunkPlace, ChunkChange before, ChunkChange wanted)
    openRequested = Signal(object)  # ListedChunk: its page

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.documents = QComboBox()
        self.documents.setAccessibleName("Document")
        self.documents.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.documents.setMinimumContentsLength(12)
        self.documents.activated.connect(
            lambda place: self.documentChosen.emit(self.documents.itemData(place)))
        self.words = QLineEdit()
        self.words.setPlaceholderText("Filter by words")
        self.words.setAccessibleName("Filter chunks by words")
        self.words.setClearButtonEnabled(True)
        self.shown = QComboBox()
        self.shown.setAccessibleName("Which chunks to show")
        self.shown.addItems(SHOWN)
        self.words.textChanged.connect(self._filter)
        self.shown.currentIndexChanged.connect(self._filter)
        self.note = label(NO_CHUNKS, tone="muted", size="small", wrap=True)
        self.model = ChunksModel(self)
        self.list = self._make_list()
        self.detail = ChunkDetail()
        self.detail.hide()
        self.detail.excludeRequested.connect(self.toggle)
        self.detail.textChosen.connect(self._edited)
        self.detail.restoreRequested.connect(self._restore)
        self.detail.openRequested.connect(self._open)
        self._lay_out()
        self.setFocusProxy(self.list)

    def _make_list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(ChunkDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setAccessibleName("Chunks")
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.selectionModel().currentChanged.connect(self._show_current)
        view.activated.connect(self._open)
        return view

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.px(6))
        bar.addWidget(self.words, 1)
        bar.addWidget(self.shown)
        top = QVBoxLayout()
        top.setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(6))
        top.setSpacing(theme.px(6))
        top.addWidget(self.documents)
        top.addLayout(bar)
        top.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self.detail)

    # --- what is shown -----------------------------------------------------------------

    def show_documents(self, documents: Sequence[Document], chosen: int) -> None:
        """Those that can be chosen, and the one whose chunks come with `show_chunks`."""
        self.documents.clear()
        for document in sorted(documents, key=lambda each: each.name.casefold()):
            self.documents.addItem(document.name, document.id)
        self.documents.setCurrentIndex(self.documents.findData(chosen))
        if not documents:
            self.show_chunks(())

    def document(self) -> int:
        """The id of the document whose chunks are shown, 0 for none."""
        return int(self.documents.currentData() or 0)

    def show_chunks(self, chunks: Sequence[ListedChunk]) -> None:
        """All of the document that is chosen; what was current stays so."""
        before = self.current()
        self.model.show_chunks(chunks)
        self._count()
        row = self.model.row_at(before.place) if before is not None else 0
        self.select(max(0, row))

    def show_place(self, place: ChunkPlace) -> None:
        """Make a chunk the current one, if it is shown."""
        self.select(self.model.row_at(place))

    def select(self, row: int) -> None:
        """Make a row the current one; none where there is no such row."""
        # Whatever key is held at the moment: the view's own way would add to the selection.
        self.list.selectionModel().setCurrentIndex(
            self.model.index(row, 0) if row >= 0 else QModelIndex(),
            QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._show_current(self.list.currentIndex())

    def current(self) -> ListedChunk | None:
        """The chunk in the details."""
        index = self.list.currentIndex()
        return index.data(CHUNK)[1] if index.isValid() else None

    def chosen(self) -> list[ListedChunk]:
        """The selected chunks, in their order."""
        indexes = sorted(self.list.selectedIndexes(), key=lambda index: index.row())
        return [index.data(CHUNK)[1] for index in indexes]

    def _count(self) -> None:
        found, excluded, edited = self.model.counts()
        parts = [counted(found, "chunk")]
        parts += [f"{excluded:,} excluded"] if excluded else []
        parts += [f"{edited:,} edited"] if edited else []
        some = len(self.model.rows)
        parts += [f"{some:,} shown"] if some != found + excluded else []
        self.note.setText(", ".join(parts) if found + excluded else NO_CHUNKS)

    def _filter(self) -> None:
        before = self.current()
        self.model.filter(self.words.text(), self.shown.currentText())
        self._count()
        self.select(max(0, self.model.row_at(before.place)) if before else 0)

    def _show_current(self, index: QModelIndex, _before: QModelIndex | None = None) -> None:
        if index.isValid():
            number, each = index.data(CHUNK)
            self.detail.show_chunk(number, each)
        self.detail.setVisible(index.isValid())

    # --- what the user does --------------------------------------------------------------

    def toggle(self) -> None:
        """Exclude what is chosen, or let it be found again where all of it is excluded."""
        chosen = self.chosen()
        wanted = not all(each.excluded for each in chosen)
        self._ask([(each, ChunkChange(wanted, each.change.text)) for each in chosen
                   if each.excluded != wanted])

    def _edited(self, each: ListedChunk, text: str) -> None:
        original = each.original if each.chunk.edited else each.chunk.text
        said = text.strip()
        if said:
            self._ask([(each, ChunkChange(each.excluded,
                                          None if said == original.strip() else said))])

    def _restore(self) -> None:
        current = self.current()
        if current is not None:
            self._ask([(current, ChunkChange(current.excluded))])

    def _ask(self, wanted: list[tuple[ListedChunk, ChunkChange]]) -> None:
        changes = [(each.place, each.change, change) for each, change in wanted
                   if change != each.change]
        if changes:
            self.changeRequested.emit(changes)

    def _open(self) -> None:
        current = self.current()
        if current is not None:
            self.openRequested.emit(current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus():
            self.toggle()
        elif event.key() == Qt.Key.Key_F2:
            self.detail.begin()
        else:
            super().keyPressEvent(event)
