"""The grid's table view: keys, columns that resize, hide and maximise, copying."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ....core.spreadsheets import safe_text
from ... import theme
from ...icons import icon
from .bars import is_run
from .columns import CASE, Columns
from .delegate import GridDelegate
from .grid import Shown
from .header import GridHeader
from .model import SHOWN, GridModel

CASE_WIDTH, LEAST_CASE, LEAST = 244, 150, 152  # pixels at 100 %
TELL_AFTER = 500  # ms after the last pixel that a width has changed by


class GridTable(QTableView):
    """Arrows move, Enter opens the cell, G and B rate it, Ctrl+C copies."""

    openRequested = Signal()
    rateRequested = Signal(float)
    runRequested = Signal(list, list)  # strategy ids, case ids; empty: all
    cellRunRequested = Signal(int, int)  # case id, strategy id
    cellsRunRequested = Signal(list)  # of cell ids
    columnsChanged = Signal(object)  # Columns: to be kept

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid_model = model
        self.head = GridHeader(model, self)
        self._by_hand = False  # the user has set a width: no more fitting
        self._fitting = False
        self._hidden: set[int] = set()  # strategy ids
        self._widths: dict[int, int] = {}  # by strategy id, as Columns keeps them
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TELL_AFTER)
        self._alone: int | None = None  # the maximised strategy
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
        self.head.sectionResized.connect(self._resized)
        self.head.maximiseRequested.connect(self.maximise)
        self.head.menuRequested.connect(self._head_menu)
        self.grid_model.modelAboutToBeReset.connect(self._keep_still)
        self.grid_model.modelReset.connect(self.arrange)
        self._telling.timeout.connect(lambda: self.columnsChanged.emit(self.columns()))
        self.doubleClicked.connect(lambda _: self.openRequested.emit())

    def _size(self) -> None:
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(theme.px(24))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(46))
        self.head.setMinimumSectionSize(theme.px(90))
        self.head.setFixedHeight(theme.px(68))

    # --- columns -------------------------------------------------------------------------

    def arrange(self) -> None:
        """Hide what is hidden and share out the width, unless the user has set widths."""
        self._fitting = True
        shown = []
        for place, strategy in enumerate(self.grid_model.grid.strategies, 1):
            hide = strategy.id in self._hidden or self._alone not in (None, strategy.id)
            self.setColumnHidden(place, hide)
            if not hide:
                shown.append(place)
        if not self._by_hand or self._alone is not None:
            self._share_out(shown)
        elif self._widths:
            self._take_widths(shown)
        self._fitting = False

    def _keep_still(self) -> None:
        """The head gives columns a width of its own when a model is reset: not the user's."""
        self._fitting = True

    def _take_widths(self, shown: list[int]) -> None:
        for place in (0, *shown):
            width = self._widths.get(self._key(place))
            self.setColumnWidth(place, theme.px(width or (LEAST if place else CASE_WIDTH)))

    def _key(self, place: int) -> int:
        strategy = self.grid_model.strategy(place)
        return CASE if strategy is None else strategy.id

    def columns(self) -> Columns:
        """What the user has set, to be kept."""
        return Columns(dict(self._widths) if self._by_hand else {}, frozenset(self._hidden))

    def restore(self, columns: Columns) -> None:
        """What was kept; a workspace without any shares its width out."""
        self._widths, self._hidden = dict(columns.widths), set(columns.hidden)
        self._by_hand, self._alone = bool(columns.widths), None
        self.arrange()

    def _share_out(self, shown: list[int]) -> None:
        width = self.viewport().width()
        roomy = width >= theme.px(CASE_WIDTH + LEAST * max(1, len(shown)))
        case = theme.px(CASE_WIDTH if roomy else LEAST_CASE)
        each = max(theme.px(LEAST), (width - case) // max(1, len(shown)))
        self.setColumnWidth(0, case)
        for column in shown:
            self.setColumnWidth(column, each)
        if shown and each > theme.px(LEAST):
            self.setColumnWidth(shown[-1], width - case - each * (len(shown) - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def _resized(self, place: int, before: int, width: int) -> None:
        if self._fitting or not width:
            return
        if not self._by_hand:  # the others stay as they are, too
            self._by_hand = True
            for other in range(self.grid_model.columnCount()):
                if not self.isColumnHidden(other):
                    self._widths[self._key(other)] = _at_100(self.columnWidth(other))
        self._widths[self._key(place)] = _at_100(width)
        self._telling.start()

    def maximise(self, column: int) -> None:
        """One strategy beside the cases; again: all that were there."""
        strategy = self.grid_model.strategy(column)
        alone = self._alone is not None or strategy is None
        self._alone = None if alone or strategy is None else strategy.id
        self.arrange()

    def hide_strategy(self, strategy_id: int, hidden: bool) -> None:
        """Hide a column, or show it again."""
        (self._hidden.add if hidden else self._hidden.discard)(strategy_id)
        self._alone = None
        self.arrange()
        self._telling.start()

    def fill_columns(self, menu: QMenu) -> None:
        """An entry to show or hide each column."""
        menu.clear()
        for strategy in self.grid_model.grid.strategies:
            action = menu.addAction(strategy.name)
            action.setCheckable(True)
            action.setChecked(strategy.id not in self._hidden)
            action.toggled.connect(
                lambda on, number=strategy.id: self.hide_strategy(number, not on))
        menu.addSeparator()
        menu.addAction("Share out the width", self._fit_again)

    def _fit_again(self) -> None:
        self._by_hand = False
        self._widths.clear()
        self.arrange()
        self._telling.start()

    def _head_menu(self, column: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        strategy = self.grid_model.strategy(column)
        if strategy is not None:
            number = strategy.id
            menu.addAction(icon("play"), "Run this column",
                           lambda: self.runRequested.emit([number], []))
            words = "Show all columns" if self._alone is not None else "Maximise"
            menu.addAction(words, lambda: self.maximise(column))
            menu.addAction("Hide", lambda: self.hide_strategy(number, True))
            menu.addSeparator()
        columns = menu.addMenu("Columns")
        self.fill_columns(columns)
        menu.popup(place)

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


def _at_100(width: int) -> int:
    return round(width * 100 / theme.px(100))


def _copied(index: QModelIndex) -> str:
    value = index.data(SHOWN)
    if isinstance(value, Shown) and value.cells and value.cells[0].answer is not None:
        return value.cells[0].answer.text
    return str(index.data() or "")
