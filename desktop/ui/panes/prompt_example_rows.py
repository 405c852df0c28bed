"""The few-shot examples as rows: a model that can be reordered, and how a row is painted."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...core.types import FewShotExample
from .. import theme
from ..components import chip_size, paint_chip, paint_focus, paint_ground, paint_hairline
from ..icons import paint_icon

Examples = tuple[FewShotExample, ...]
_NO_PARENT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class FewShotModel(QAbstractListModel):
    """Rows of few-shot examples. `edited` carries the rows before and after, and what was done;
    the model itself changes only through `show_examples`, so that undo is the same road back."""

    edited = Signal(tuple, tuple, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: Examples = ()

    def examples(self) -> Examples:
        """All rows, in order."""
        return self._rows

    def show_examples(self, rows: Examples) -> None:
        """Replace the rows; a row that only changed keeps its selection."""
        if len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        example = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return example.question
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if example.on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "on" if example.on else "off"
            return f"Example {index.row() + 1}, {state}: {example.question}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{example.question}\n\n{example.answer}"
        return example if role == Qt.ItemDataRole.UserRole else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        on = Qt.CheckState(value) is Qt.CheckState.Checked
        self.change(index.row(), dataclasses.replace(self._rows[index.row()], on=on),
                    "Turn example on" if on else "Turn example off")
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return (
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def moveRows(
        self, source: Index, row: int, count: int, destination: Index, child: int
    ) -> bool:
        """Called by the view for a drop; `child` counts before the move."""
        target = child - 1 if child > row else child
        return count == 1 and self.move(row, target)

    def move(self, row: int, target: int) -> bool:
        """Put a row at another place; False: there is no such place."""
        if not (0 <= row < len(self._rows) and 0 <= target < len(self._rows)) or row == target:
            return False
        rows = list(self._rows)
        rows.insert(target, rows.pop(row))
        self._edit(rows, "Move example")
        return True

    def change(self, row: int, example: FewShotExample, what: str) -> None:
        """Replace one row."""
        if example != self._rows[row]:
            self._edit([*self._rows[:row], example, *self._rows[row + 1 :]], what)

    def add(self, example: FewShotExample) -> None:
        """A new last row."""
        self._edit([*self._rows, example], "Add example")

    def remove(self, row: int) -> None:
        """Take one row away."""
        self._edit([*self._rows[:row], *self._rows[row + 1 :]], "Remove example")

    def _edit(self, rows: Sequence[FewShotExample], what: str) -> None:
        self.edited.emit(self._rows, tuple(rows), what)


class FewShotDelegate(QStyledItemDelegate):
    """Handle, check box, question over answer, where it comes from."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(120), theme.px(46))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        example: FewShotExample = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        painter.save()
        paint_ground(painter, option)
        paint_hairline(painter, box.bottomLeft(), box.bottomRight())
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, box.adjusted(0, 0, 0, -1), 0)
        paint_icon(painter, self._square(box, 10, 16), "dots-six-vertical", theme.color("muted"))
        self._paint_check(painter, self.check_box(box), example.on)
        chip = chip_size("", example.origin)
        place = QRect(box.right() - theme.px(10) - chip.width(),
                      box.center().y() - chip.height() // 2, chip.width(), chip.height())
        paint_chip(painter, place, "", example.origin, "neutral")
        self._paint_texts(painter, box.adjusted(theme.px(56), theme.px(4),
                                                place.left() - box.right() - theme.px(8),
                                                -theme.px(4)), example)
        painter.restore()

    def _square(self, box: QRect, left: int, side: int) -> QRect:
        size = theme.px(side)
        return QRect(box.left() + theme.px(left), box.center().y() - size // 2, size, size)

    def check_box(self, box: QRect) -> QRect:
        """Where the check box of a row is."""
        return self._square(box, 34, 14)

    def _paint_check(self, painter: QPainter, place: QRect, on: bool) -> None:
        painter.setPen(QPen(theme.color("accent" if on else "border_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        if on:
            paint_icon(painter, place.adjusted(1, 1, 0, 0), "check", theme.color("accent"))

    def _paint_texts(self, painter: QPainter, box: QRect, example: FewShotExample) -> None:
        half = box.height() // 2
        for place, text, role, step in (
            (box.adjusted(0, 0, 0, -half), example.question, "text", 0),
            (box.adjusted(0, half, 0, 0), example.answer, "muted", -1),
        ):
            painter.setFont(theme.font(step))
            painter.setPen(theme.color(role if example.on else "muted"))
            flat = " ".join(text[:400].split()) or "–"
            shown = painter.fontMetrics().elidedText(
                flat, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                             shown)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if not self._toggles(event, option):
            return False
        on = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
        state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
        return bool(model.setData(index, state, Qt.ItemDataRole.CheckStateRole))

    def _toggles(self, event: QEvent, option: QStyleOptionViewItem) -> bool:
        if isinstance(event, QKeyEvent):
            return event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space
        if not isinstance(event, QMouseEvent) or event.type() is not QEvent.Type.MouseButtonRelease:
            return False
        around = theme.px(5)  # a target of 24 px around a box of 14
        box: QRect = option.rect
        target = self.check_box(box).adjusted(-around, -around, around, around)
        return target.contains(event.position().toPoint())
