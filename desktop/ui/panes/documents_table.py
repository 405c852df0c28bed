"""The ledger's table view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .. import theme
from .documents_delegate import LedgerDelegate
from .documents_model import Column, DocumentsModel

NARROW = 400  # pixels at 100 %; below it the Pages column hides


class LedgerTable(QTableView):
    """Whole rows, sorted by a click on a head; the name takes what room is left."""

    def __init__(self, model: DocumentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Documents")
        self.setModel(model)
        self.setItemDelegate(LedgerDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setSortingEnabled(True)
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self._size()
        theme.changes.changed.connect(self._size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # In a narrow pane a name of four letters helps nobody: the details have the pages too.
        self.setColumnHidden(Column.PAGES, self.width() < theme.px(NARROW))
        super().resizeEvent(event)

    def _size(self) -> None:
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(theme.px(20))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(28))
        header.setFixedHeight(theme.px(26))
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(theme.font(-1))
        number = metrics.horizontalAdvance("Chunks") + theme.px(20)
        self.setColumnWidth(Column.PAGES, number)
        self.setColumnWidth(Column.CHUNKS, number)
        state = metrics.horizontalAdvance("10 picture pages") + theme.px(36)
        self.setColumnWidth(Column.STATE, state)
