"""The list of what is wrong with the dataset; a click leads to the line."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from ...core.types import DatasetIssue
from .. import theme
from ..components import label, paint_focus, paint_ground, paint_hairline, tone_color
from ..icons import paint_icon
from .fine_tuning_words import ICONS, TONES, in_two, place

_NO_PARENT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class IssuesModel(QAbstractListModel):
    """Issues in the order of their lines."""

    def __init__(self) -> None:
        super().__init__()
        self._issues: list[DatasetIssue] = []
        self.errors = 0

    def issues(self) -> list[DatasetIssue]:
        """All of them."""
        return list(self._issues)

    def show_issues(self, issues: Sequence[DatasetIssue]) -> None:
        """Replace all."""
        self.beginResetModel()
        self._issues = list(issues)
        self.errors = _errors(issues)
        self.endResetModel()

    def show_line(self, line: int, issues: Sequence[DatasetIssue]) -> None:
        """Replace those of one line."""
        start = bisect.bisect_left(self._issues, line, key=lambda issue: issue.line)
        end = bisect.bisect_right(self._issues, line, key=lambda issue: issue.line)
        if self._issues[start:end] != list(issues):
            self.beginResetModel()
            self.errors += _errors(issues) - _errors(self._issues[start:end])
            self._issues[start:end] = issues
            self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._issues)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        issue = self._issues[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{issue.severity.capitalize()}, {place(issue)}: {issue.message}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return issue.message
        return issue if role == Qt.ItemDataRole.UserRole else None


def _errors(issues: Sequence[DatasetIssue]) -> int:
    return sum(issue.severity == "error" for issue in issues)


class IssueDelegate(QStyledItemDelegate):
    """Icon, what is wrong, and under it where and what to do."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(160), theme.px(46))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        issue: DatasetIssue = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        paint_ground(painter, option)
        paint_hairline(painter, box.bottomLeft(), box.bottomRight())
        side = theme.px(16)
        mark = QRect(box.left() + theme.px(10), box.top() + theme.px(6), side, side)
        paint_icon(painter, mark, ICONS[issue.severity], tone_color(TONES[issue.severity]))
        self._paint_words(painter, box, issue)
        if state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, box.adjusted(0, 0, 0, -1), 0)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, issue: DatasetIssue) -> None:
        inside = box.adjusted(theme.px(34), theme.px(4), -theme.px(8), -theme.px(4))
        half = inside.height() // 2
        what, remedy = in_two(issue)
        for place_, text, role, step in (
            (inside.adjusted(0, 0, 0, -half), what, "text", 0),
            (inside.adjusted(0, half, 0, 0), remedy, "muted", -1),
        ):
            painter.setFont(theme.font(step))
            painter.setPen(theme.color(role))
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, place_.width())
            painter.drawText(
                place_, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class IssuesPanel(QFrame):
    """Header with the number, and the list."""

    line_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.model = IssuesModel()
        self.count = label(tone="muted", size="small")
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(IssueDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setMouseTracking(True)
        self.view.setAccessibleName("Issues of the dataset")
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setTabKeyNavigation(False)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.view, 1)
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)
        self.model.modelReset.connect(self._tell)

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setFixedHeight(theme.px(26))
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.px(10), 0, theme.px(8), 0)
        row.addWidget(label("Issues", size="small"))
        row.addWidget(self.count)
        row.addStretch(1)
        return head

    def _tell(self) -> None:
        self.count.setText(f"{self.model.rowCount():,}")
        self.setVisible(self.model.rowCount() > 0)

    def _choose(self, index: QModelIndex) -> None:
        issue: DatasetIssue = index.data(Qt.ItemDataRole.UserRole)
        if issue.line:
            self.line_chosen.emit(issue.line)
