"""The ingest ledger as a table: fast with thousands of rows and many small updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ...core.types import Document
from .documents_columns import SPECS, Column, cell_text

Index = QModelIndex | QPersistentModelIndex
FLUSH_MS = 50  # an index run tells of every batch; the table repaints this often at most
DOCUMENT = int(Qt.ItemDataRole.UserRole)


class DocumentsModel(QAbstractTableModel):
    """Rows in the order the user sorted them; changes are gathered for `FLUSH_MS`."""

    flushed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Document] = []
        self._place: dict[int, int] = {}
        self._pending: dict[int, Document] = {}
        self._same: Mapping[int, str] = {}
        self._sort = (Column.NAME, Qt.SortOrder.AscendingOrder)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self.flush)

    # --- reading -----------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        document = self._rows[index.row()]
        if role == DOCUMENT:
            return document
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(document, Column(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            column = Column(index.column())
            return f"{SPECS[column].title}: {self._text(document, column)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(document, Column(index.column()))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        spec = SPECS[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return spec.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return spec.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if spec.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, document: Document, column: Column) -> str:
        return cell_text(document, column, self._same.get(document.id, ""))

    def documents(self) -> list[Document]:
        """All rows, in their order on screen."""
        return list(self._rows)

    def row_of(self, document_id: int) -> int | None:
        """Where a document stands, if it does."""
        return self._place.get(document_id)

    # --- changing ----------------------------------------------------------------------

    def show_same(self, names: Mapping[int, str]) -> None:
        """The documents, by id, whose text is that of another, which is named."""
        self._same = names
        if self._rows:
            self.dataChanged.emit(self.index(0, Column.SAME),
                                  self.index(len(self._rows) - 1, Column.SAME))

    def show_documents(self, documents: Sequence[Document]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._pending.clear()
        self._rows = list(documents)
        self._order()
        self.endResetModel()
        self.flushed.emit()

    def change(self, document: Document) -> None:
        """A row is new or other; shown with the next flush."""
        self._pending[document.id] = document
        if not self._timer.isActive():
            self._timer.start()

    def remove(self, ids: Sequence[int]) -> None:
        """Rows are gone, at once."""
        self.flush()
        gone = set(ids)
        for row in sorted((self._place[i] for i in gone if i in self._place), reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()
        self._index()
        self.flushed.emit()

    def flush(self) -> None:
        """Show what was gathered: one repaint and one insertion, however much it is."""
        self._timer.stop()
        pending, self._pending = self._pending, {}
        if not pending:
            return
        known = [d for d in pending.values() if d.id in self._place]
        new = [d for d in pending.values() if d.id not in self._place]
        self._replace(known)
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows += new
            self._index()
            self.endInsertRows()
            self.sort(*self._sort)
        self.flushed.emit()

    def _replace(self, documents: Sequence[Document]) -> None:
        if not documents:
            return
        places = [self._place[document.id] for document in documents]
        for place, document in zip(places, documents, strict=True):
            self._rows[place] = document
        self.dataChanged.emit(self.index(min(places), 0),
                              self.index(max(places), len(Column) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows; selected rows stay selected."""
        self._sort = (Column(column), order)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in before]
        self._order()
        after = [self.index(self._place[number], index.column())
                 for number, index in zip(ids, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _order(self) -> None:
        column, order = self._sort
        key, same = SPECS[column].key, self._same

        def place(document: Document) -> tuple[Any, str, int]:
            return key(document, same.get(document.id, "")), document.name.casefold(), document.id

        self._rows.sort(key=place, reverse=order is Qt.SortOrder.DescendingOrder)
        self._index()

    def _index(self) -> None:
        self._place = {document.id: row for row, document in enumerate(self._rows)}


def _tip(document: Document, column: Column) -> str:
    if column is Column.NAME:
        return document.path or document.name
    if column is Column.STATE:
        return " ".join(part for part in (document.error or document.warning, document.remedy)
                        if part)
    return ""
