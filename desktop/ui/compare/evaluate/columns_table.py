"""The columns of the grid's table: shared out, set by hand, hidden, maximised, remembered."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from ... import theme
from ...icons import icon
from .columns import CASE, Columns
from .header import GridHeader
from .model import GridModel

CASE_WIDTH, LEAST_CASE, LEAST = 244, 150, 152  # pixels at 100 %
TELL_AFTER = 500  # ms after the last pixel that a width has changed by


class ColumnsTable(QTableView):
    """A width that the user has set stays; without any, the columns share the room."""

    runRequested = Signal(list, list)  # strategy ids, case ids; empty: all
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

    def follow_head(self) -> None:
        """Once the head is in its place and has its model."""
        self.head.sectionResized.connect(self._resized)
        self.head.maximiseRequested.connect(self.maximise)
        self.head.menuRequested.connect(self._head_menu)
        self.grid_model.modelAboutToBeReset.connect(self._keep_still)
        self.grid_model.modelReset.connect(self.arrange)
        self._telling.timeout.connect(lambda: self.columnsChanged.emit(self.columns()))

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
            action = menu.addAction(strategy.name.replace("&", "&&"))
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


def _at_100(width: int) -> int:
    return round(width * 100 / theme.px(100))
