"""Columns side by side: they resize, reorder and fold; they never scroll sideways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from .. import theme
from .column import Column
from .fitting import NARROWEST, Layout, Sizes, Slot, drag, fit

_GRIP = 9  # px around a border that can be grabbed


class Grip(QWidget):
    """The border between two open columns; drag it."""

    dragged = Signal(int)  # px since the last time
    released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.between: tuple[int, int] = (0, 0)
        self._from: int | None = None
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = int(event.globalPosition().x())
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = int(event.globalPosition().x())
        if self._from is not None and here != self._from:
            by, self._from = here - self._from, here
            self.dragged.emit(by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from = None
        self.update()
        self.released.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._from is not None:
            painter = QPainter(self)
            painter.fillRect(self.width() // 2 - 1, 0, 2, self.height(), theme.color("accent"))
            painter.end()


class DropLine(QWidget):
    """Where a dragged column would land."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("accent"))
        painter.end()


class ColumnsArea(QWidget):
    """Places the columns it is given; the order in `orderChanged` is theirs."""

    layoutChanged = Signal(dict)
    orderChanged = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layout_ = Layout({})
        self.slots: list[Slot] = []
        self._columns: dict[int, Column] = {}
        self._order: list[int] = []
        self._grips: list[Grip] = []
        self._tabbed: tuple[object, ...] = ()
        self._line = DropLine(self)
        self._line.hide()

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, theme.px(240))

    # --- what stands where -------------------------------------------------------------

    def show_columns(self, columns: Sequence[Column]) -> None:
        """These, in this order; others that stood here are hidden."""
        shown = {column.strategy.id: column for column in columns}
        for gone in set(self._columns) - set(shown):
            self._columns[gone].hide()
            self._columns[gone].strip.hide()
        for column in columns:
            if column.parent() is not self:
                column.setParent(self)
                column.strip.setParent(self)
        self._columns, self._order = shown, list(shown)
        self.place()

    def restore(self, values: Mapping[str, Any]) -> None:
        """A layout that `layoutChanged` gave."""
        self.layout_ = Layout.from_dict(values)
        self.place()

    def _sizes(self) -> Sizes:
        return Sizes.at(theme.text_percent())

    def place(self) -> None:
        """Give every column and strip its rectangle."""
        self.slots = fit(self.width(), self._order, self.layout_, self._sizes())
        for slot in self.slots:
            column = self._columns[slot.column]
            shown, other = (column.strip, column) if slot.strip else (column, column.strip)
            shown.setGeometry(slot.x, 0, slot.width, self.height())
            other.hide()
            shown.show()
        self._place_grips()
        self._chain_tabs()

    def _place_grips(self) -> None:
        borders = [(a, b) for a, b in pairwise(self.slots)
                   if not a.strip and not b.strip]
        while len(self._grips) < len(borders):
            self._grips.append(self._grip())
        for grip in self._grips[len(borders):]:
            grip.hide()
        for grip, (left, right) in zip(self._grips, borders, strict=False):
            grip.between = (left.column, right.column)
            grip.setGeometry(right.x - _GRIP // 2, 0, _GRIP, self.height())
            grip.show()
            grip.raise_()

    def _grip(self) -> Grip:
        grip = Grip(self)
        grip.dragged.connect(self._drag_border)
        grip.released.connect(self._changed)
        return grip

    def _chain_tabs(self) -> None:
        """Tab goes through the columns as they stand, from left to right."""
        standing = tuple((slot.column, slot.strip) for slot in self.slots)
        if standing == self._tabbed:
            return
        self._tabbed = standing
        stops: list[QWidget] = []
        for column, strip in standing:
            stops += [self._columns[column].strip] if strip else self._columns[column].stops()
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    # --- widths ------------------------------------------------------------------------

    def _drag_border(self, by: int) -> None:
        grip = self.sender()
        if isinstance(grip, Grip) and grip.isVisible():
            self.layout_ = drag(self.slots, self.layout_, *grip.between, by, self._sizes())
            self.place()

    def widen(self, column: int, by: int) -> None:
        """The keyboard's way to drag a border: take `by` px from a neighbour."""
        full = [slot.column for slot in self.slots if not slot.strip]
        if column not in full or len(full) < 2:
            return
        place = full.index(column)
        other = full[place + 1] if place + 1 < len(full) else full[place - 1]
        self._choose(drag(self.slots, self.layout_, column, other, by, self._sizes()))

    def fold(self, column: int) -> None:
        """Make a column a strip."""
        self._choose(self.layout_.fold(column))

    def open_column(self, column: int) -> None:
        """Make a strip a column; the one opened longest ago gives way."""
        self._choose(self.layout_.open(column))

    def toggle_maximised(self, column: int) -> None:
        """One column over the whole width, the others as strips; or all as before."""
        self._choose(self.layout_.toggle_maximised(column))

    def is_open(self, column: int) -> bool:
        return any(slot.column == column and not slot.strip for slot in self.slots)

    def _choose(self, layout: Layout) -> None:
        self.layout_ = layout
        self.place()
        self._changed()

    def _changed(self) -> None:
        self.layoutChanged.emit(self.layout_.as_dict())

    # --- order -------------------------------------------------------------------------

    def move_column(self, column: int, by: int) -> None:
        """One place to the left (-1) or right (1)."""
        place = self._order.index(column) + by
        if 0 <= place < len(self._order):
            self._move_to(column, place)

    def drag_header(self, column: int, point: QPoint) -> None:
        """Show where the column would stand."""
        gap = self._gap(point)
        x = self.slots[gap].x if gap < len(self.slots) else self.width() - 2
        self._line.setGeometry(max(0, x - 1), 0, 3, self.height())
        self._line.show()
        self._line.raise_()

    def drop_header(self, column: int, point: QPoint) -> None:
        """Put the dragged column there."""
        self._line.hide()
        gap = self._gap(point)
        place = self._order.index(column)
        self._move_to(column, gap - 1 if gap > place else gap)

    def _gap(self, point: QPoint) -> int:
        """Before which slot a global point stands."""
        x = self.mapFromGlobal(point).x()
        return sum(slot.x + slot.width // 2 < x for slot in self.slots)

    def _move_to(self, column: int, place: int) -> None:
        order = [c for c in self._order if c != column]
        order.insert(place, column)
        if order != self._order:
            self._order = order
            self.place()
            self.orderChanged.emit(list(order))
