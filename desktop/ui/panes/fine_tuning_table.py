"""The table of examples: how a row is painted, sorted and chosen, and which columns have room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ...core.types import DatasetIssue
from .. import theme
from ..components import chip_size, paint_chip, paint_focus, paint_ground, paint_hairline
from .fine_tuning_model import SORTS, Column, ExamplesModel, Index
from .fine_tuning_words import ICONS, TONES

_RIGHT = (Column.LINE, Column.TOKENS)
_MUTED = (Column.LINE, Column.ASSISTANT, Column.TAGS)
_WIDTHS = {Column.LINE: 52, Column.TOKENS: 66, Column.TAGS: 90, Column.ORIGIN: 90,
           Column.CHECK: 130}
# The narrowest table, in design pixels, that still shows a column.
_FROM = {Column.TAGS: 680, Column.ORIGIN: 590, Column.TOKENS: 460}


class ExampleDelegate(QStyledItemDelegate):
    """Text elided in its column; the check as a chip."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(64), theme.px(28))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        paint_ground(painter, option)
        paint_hairline(painter, box.bottomLeft(), box.bottomRight())
        column = Column(index.column())
        if column is Column.CHECK:
            self._paint_check(painter, box, index)
        else:
            self._paint_text(painter, box, column, str(index.data() or ""))
        if state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, box.adjusted(0, 0, 0, -1), 0)
        painter.restore()

    def _paint_text(self, painter: QPainter, box: QRect, column: Column, text: str) -> None:
        painter.setFont(theme.font(tabular=column in _RIGHT))
        painter.setPen(theme.color("muted" if column in _MUTED else "text"))
        inside = box.adjusted(theme.px(8), 0, -theme.px(8), 0)
        side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_check(self, painter: QPainter, box: QRect, index: Index) -> None:
        issue: DatasetIssue | None = index.data(Qt.ItemDataRole.UserRole)
        word = str(index.data() or "")
        if issue is None:
            self._paint_text(painter, box, Column.TAGS, word)
            return
        icon = ICONS[issue.severity]
        size = chip_size(icon, word)
        height = min(size.height(), box.height() - 4)
        width = min(size.width(), box.width() - theme.px(8))
        place = QRect(box.left() + theme.px(4), box.center().y() - height // 2, width, height)
        paint_chip(painter, place, icon, word, TONES[issue.severity])


class ExamplesTable(QTableView):
    """Rows of one height; whole rows are chosen; a click on a head sorts."""

    sorted = Signal(str, bool)  # a word of `SORTS`, and whether it descends

    def __init__(self, model: ExamplesModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(ExampleDelegate(self))
        self.setAccessibleName("Examples")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._sort = (Column.LINE, False)
        self._set_columns(self.horizontalHeader())
        self._size()
        theme.changes.changed.connect(self._size)

    def _size(self) -> None:
        """Rows and columns for the text's size."""
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(theme.px(28))
        rows.setDefaultSectionSize(theme.px(28))
        header.setMinimumSectionSize(theme.px(40))
        for column, wide in _WIDTHS.items():
            header.resizeSection(column, theme.px(wide))

    def _set_columns(self, header: QHeaderView) -> None:
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(Column.LINE, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self._sort_by)
        for column in Column:
            fixed = column in _WIDTHS
            header.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Stretch)

    def _sort_by(self, section: int) -> None:
        column, descending = self._sort
        self._sort = (Column(section), section == column and not descending)
        way = Qt.SortOrder.DescendingOrder if self._sort[1] else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(section, way)
        self.sorted.emit(SORTS[section], self._sort[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        for column, width in _FROM.items():
            self.setColumnHidden(column, self.width() < theme.px(width))
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())  # an editor opens under it

    def chosen(self) -> list[range]:
        """The rows that are selected, as ranges: there may be 100,000."""
        selection = self.selectionModel().selection()
        parts = map(selection.at, range(selection.count()))
        found = sorted({(each.top(), each.bottom() + 1) for each in parts})
        return [range(top, bottom) for top, bottom in found]

    def number_chosen(self) -> int:
        """How many rows are selected."""
        return sum(map(len, self.chosen()))
