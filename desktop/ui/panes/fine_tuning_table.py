"""The table of examples: how a cell is painted, and which columns a width has room for."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
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
from .fine_tuning_model import Column, ExamplesModel, Index
from .fine_tuning_words import ICONS, TONES

_RIGHT = (Column.LINE, Column.TOKENS)
_MUTED = (Column.LINE, Column.ASSISTANT)
_WIDTHS = {Column.LINE: 46, Column.TOKENS: 60, Column.ORIGIN: 78, Column.CHECK: 130}
# The narrowest table, in design pixels, that still shows a column.
_FROM = {Column.ORIGIN: 560, Column.TOKENS: 460}


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
        if issue is None:
            return
        icon, word = ICONS[issue.severity], str(index.data())
        size = chip_size(icon, word)
        height = min(size.height(), box.height() - 4)
        width = min(size.width(), box.width() - theme.px(8))
        place = QRect(box.left() + theme.px(4), box.center().y() - height // 2, width, height)
        paint_chip(painter, place, icon, word, TONES[issue.severity])


class ExamplesTable(QTableView):
    """Rows of one height; whole rows are chosen."""

    def __init__(self, model: ExamplesModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(ExampleDelegate(self))
        self.setAccessibleName("Examples")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.px(28))
        self.verticalHeader().setDefaultSectionSize(theme.px(28))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._set_columns(self.horizontalHeader())

    def _set_columns(self, header: QHeaderView) -> None:
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(theme.px(40))
        for column in Column:
            wide = _WIDTHS.get(column)
            if wide is None:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, theme.px(wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        for column, width in _FROM.items():
            self.setColumnHidden(column, self.width() < theme.px(width))
        super().resizeEvent(event)

    def chosen_rows(self) -> list[int]:
        """Rows that are selected, ascending."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())
