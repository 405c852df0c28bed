"""A plot on screen: as wide as its place, read aloud row by row, rows open their evidence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ....core.plots import Picture
from ... import theme
from ...components import paint_focus
from .painting import PicturePainter

Draw = Callable[[float], Picture]


class PlotView(QWidget):
    """`draw` makes the picture for a width; with `opens` its rows are links."""

    ROLE = QAccessible.Role.Chart

    opened = Signal(int)  # the row, from 0

    def __init__(self, name: str, *, opens: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw: Draw | None = None
        self._opens = opens
        self._row = 0
        self.picture: Picture | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(opens)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if opens:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_picture(self, draw: Draw | None) -> None:
        """Draw something else; None: nothing, and no room."""
        self._draw = draw
        self._row = 0
        self._redraw()

    def _redraw(self) -> None:
        unit = theme.px(100) / 100
        self.picture = self._draw(max(self.width() / unit, 320)) if self._draw else None
        height = round(self.picture.height * unit) if self.picture else 0
        self.setVisible(bool(height))
        self.setFixedHeight(height)
        self.setAccessibleDescription(self.picture.words if self.picture else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._redraw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key, rows = Qt.Key(event.key()), len(self.picture.spots) if self.picture else 0
        if key in steps and 0 <= self._row + steps[key] < rows:
            self._row += steps[key]
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and rows:
            self.opened.emit(self._row)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._at(event)
        if self._opens and row is not None and event.button() is Qt.MouseButton.LeftButton:
            self._row = row
            self.opened.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._at(event)
        self.setCursor(Qt.CursorShape.ArrowCursor if row is None
                       else Qt.CursorShape.PointingHandCursor)
        if row is not None and self.picture is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self.picture.spots[row].words, self)

    def _at(self, event: QMouseEvent) -> int | None:
        for place in range(len(self.picture.spots) if self.picture else 0):
            if self._box(place).contains(event.position().toPoint()):
                return place
        return None

    def _box(self, place: int) -> QRect:
        assert self.picture is not None
        unit, spot = theme.px(100) / 100, self.picture.spots[place]
        return QRect(round(spot.x * unit), round(spot.y * unit), round(spot.width * unit),
                     round(spot.height * unit))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            return
        painter = QPainter(self)
        PicturePainter(painter, theme.px(100) / 100, theme.color, _font).paint(self.picture)
        if self.hasFocus() and self.picture.spots:
            paint_focus(painter, self._box(self._row).adjusted(0, 0, -1, -1))
        painter.end()


def _font(step: int, bold: bool) -> QFont:
    return theme.font(step, bold=bold, tabular=True)
