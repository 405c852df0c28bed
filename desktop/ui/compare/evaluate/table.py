"""The grid's table view: keys, cells to open, rate and run, copying."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QWidget

from ....core.spreadsheets import safe_text
from ... import theme
from ...icons import icon
from .bars import is_run
from .columns_table import ColumnsTable
from .delegate import GridDelegate
from .grid import Shown
from .model import SHOWN, GridModel


class GridTable(ColumnsTable):
    """Arrows move, Enter opens the cell, G and B rate it, Ctrl+C copies."""

    openRequested = Signal()
    rateRequested = Signal(float)
    cellRunRequested = Signal(int, int)  # case id, strategy id
    cellsRunRequested = Signal(list)  # of cell ids

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setAccessibleName("Cases and strategies")
        self.setHorizontalHeader(self.head)
        self.setModel(model)
        self.setItemDelegate(GridDelegate(model, self))
        self._behave()
        self._size()
        self._connect()

    def _behave(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalHeader().hide()
        self.head.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def _connect(self) -> None:
        theme.changes.changed.connect(self._size)
        self.follow_head()
        self.doubleClicked.connect(lambda _: self.openRequested.emit())

    def _size(self) -> None:
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(theme.px(24))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(46))
        self.head.setMinimumSectionSize(theme.px(90))
        self.head.setFixedHeight(theme.px(68))

    # --- cells ---------------------------------------------------------------------------

    def place(self) -> tuple[int, int] | None:
        """Case id and strategy id of the current cell."""
        index = self.currentIndex()
        strategy = self.grid_model.strategy(index.column()) if index.isValid() else None
        return None if strategy is None else (self.grid_model.case(index.row()).id, strategy.id)

    def go_to(self, case_id: int, strategy_id: int) -> None:
        """Make a cell current, if it is listed."""
        row, column = (self.grid_model.row_of(case_id), self.grid_model.column_of(strategy_id))
        if row is not None and column is not None:
            self.setCurrentIndex(self.grid_model.index(row, column))

    def select_cases(self, case_ids: Sequence[int], strategies: Sequence[str] = ()) -> None:
        """Select whole rows, or the cells of the named strategies in them; bring the first
        into view, with its column."""
        selection = self.selectionModel()
        selection.clearSelection()
        rows = [row for case in case_ids if (row := self.grid_model.row_of(case)) is not None]
        flags = QItemSelectionModel.SelectionFlag
        columns = [place for place, each in enumerate(self.grid_model.grid.strategies, 1)
                   if each.name in strategies and not self.isColumnHidden(place)]
        for row in rows:
            if not columns:
                selection.select(self.grid_model.index(row, 0), flags.Select | flags.Rows)
            for column in columns:
                selection.select(self.grid_model.index(row, column), flags.Select)
        if rows:
            self.scrollTo(self.grid_model.index(min(rows), next(iter(columns), 0)))

    def selected_cases(self) -> list[int]:
        """The cases of which a cell is selected, in their order on screen; one cell alone is
        only where the keys are, not a choice."""
        rows = {index.row() for index in self.selectionModel().selectedIndexes()}
        return [self.grid_model.case(row).id for row in sorted(rows)] if len(rows) > 1 else []

    def selected_cells(self) -> list[int]:
        """The selected cells, repeats included, by id."""
        grid = self.grid_model.grid
        found = []
        for index in self.selectionModel().selectedIndexes():
            strategy = self.grid_model.strategy(index.column())
            if strategy is not None and not self.isColumnHidden(index.column()):
                case = self.grid_model.case(index.row()).id
                found += [cell.id for cell in grid.cells(case, strategy.id)]
        return found

    def show_against(self, on: bool) -> None:
        """Whether cells show their difference from the Baseline."""
        self.grid_model.against = on
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(self.viewport().mapFrom(self, event.pos()))
        if index.isValid():
            self.cell_menu(index).popup(event.globalPos())

    def cell_menu(self, index: QModelIndex) -> QMenu:
        """What can be done with a case, or with a cell of it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        case = self.grid_model.case(index.row()).id
        strategy = self.grid_model.strategy(index.column())
        if strategy is not None:
            number = strategy.id
            menu.addAction(icon("eye"), "Open", self.openRequested.emit)
            menu.addAction(icon("play"), "Run this cell",
                           lambda: self.cellRunRequested.emit(case, number))
        menu.addAction(icon("play"), "Run this row", lambda: self.runRequested.emit([], [case]))
        if strategy is not None:
            menu.addAction(icon("play"), "Run this column",
                           lambda: self.runRequested.emit([number], []))
        some = self.selected_cells()
        if len(some) > 1:
            menu.addAction(icon("play"), f"Run the {len(some):,} selected cells",
                           lambda: self.cellsRunRequested.emit(some))
        menu.addAction(icon("copy"), "Copy", self.copy)
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        # Opaque, so that scrolling moves what is painted and paints only the row that comes in.
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("surface"))
        painter.end()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_run(event):
            event.ignore()  # the view runs
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.openRequested.emit()
        elif plain and event.key() == Qt.Key.Key_G:
            self.rateRequested.emit(1.0)
        elif plain and event.key() == Qt.Key.Key_B:
            self.rateRequested.emit(0.0)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys here, not a search: the field above searches."""

    def copy(self) -> None:
        """The selected cells, as rows a spreadsheet takes: text of cells, nothing it runs."""
        chosen = sorted(self.selectionModel().selectedIndexes(),
                        key=lambda index: (index.row(), index.column()))
        rows: dict[int, list[str]] = {}
        for index in chosen:
            if not self.isColumnHidden(index.column()):
                rows.setdefault(index.row(), []).append(_copied(index))
        alone = len(rows) == 1 and len(next(iter(rows.values()))) == 1
        lines = ["\t".join(text if alone else safe_text(" ".join(text.split())) for text in row)
                 for row in rows.values()]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _copied(index: QModelIndex) -> str:
    value = index.data(SHOWN)
    if isinstance(value, Shown) and value.cells and value.cells[0].answer is not None:
        return value.cells[0].answer.text
    return str(index.data() or "")
