"""The ledger's table view."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ...core.types import Document
from .. import theme
from .documents_columns import SPECS, Column, fitting
from .documents_delegate import LedgerDelegate
from .documents_model import DocumentsModel

LEAST_NAME = 190  # pixels at 100 %: a name of four letters helps nobody, and the details have all


class LedgerTable(QTableView):
    """Whole rows, sorted by a click on a head; the name takes what room is left."""

    def __init__(self, model: DocumentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Documents")
        self._documents = model
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
        self._wanted: Callable[[Document], bool] = lambda _: True
        self._widths: dict[Column, int] = {}
        model.flushed.connect(self._filter)
        model.layoutChanged.connect(self._filter)
        self._size()
        theme.changes.changed.connect(self._size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        shown = fitting(self.viewport().width(), self._widths, theme.px(LEAST_NAME))
        for column in SPECS:
            self.setColumnHidden(column, column not in shown)

    def show_only(self, wanted: Callable[[Document], bool]) -> None:
        """Hide the rows of other documents, now and as they change."""
        self._wanted = wanted
        self._filter()

    def shown(self, rows: Iterable[int] | None = None) -> list[Document]:
        """The documents that are not hidden, or those of them in `rows`, as on screen."""
        documents = self._documents.documents()
        return [documents[row] for row in (range(len(documents)) if rows is None else rows)
                if not self.isRowHidden(row)]

    def _filter(self) -> None:
        for row, document in enumerate(self._documents.documents()):
            self.setRowHidden(row, not self._wanted(document))
        # What cannot be seen is not acted on.
        if self.currentIndex().isValid() and self.isRowHidden(self.currentIndex().row()):
            self.setCurrentIndex(QModelIndex())

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
        self._widths = {
            column: metrics.horizontalAdvance(spec.widest) + theme.px(
                36 if column is Column.STATE else 20)
            for column, spec in SPECS.items() if column is not Column.NAME
        }
        for column, width in self._widths.items():
            self.setColumnWidth(column, width)
        self._fit()
