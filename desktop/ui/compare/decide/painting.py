"""Paints the shapes of a plot with QPainter; the window and the PDF share it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from ....core.plots import Bar, Line, Mark, Picture, Shape, Words

Color = Callable[[str], QColor]
Font = Callable[[int, bool], QFont]


class PicturePainter:
    """`unit` is how many of the device's pixels one pixel of the picture takes."""

    def __init__(self, painter: QPainter, unit: float, color: Color, font: Font) -> None:
        self._painter = painter
        self._unit = unit
        self._color = color
        self._font = font

    def paint(self, picture: Picture) -> None:
        """All shapes, in order."""
        self._painter.save()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in picture.shapes:
            self._shape(shape)
        self._painter.restore()

    def _shape(self, shape: Shape) -> None:
        if isinstance(shape, Line):
            self._line(shape)
        elif isinstance(shape, Bar):
            u = self._unit
            box = QRectF(shape.x * u, shape.y * u, shape.width * u, shape.height * u)
            self._painter.fillRect(box, self._color(shape.role))
        elif isinstance(shape, Mark):
            self._mark(shape)
        else:
            self._words(shape)

    def _line(self, line: Line) -> None:
        pen = QPen(self._color(line.role), line.width * max(1.0, self._unit * 0.9))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if line.dashed:
            pen.setDashPattern([4, 3])
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        # Hairlines on half pixels stay sharp.
        half = 0.5 if line.width == 1 else 0.0
        self._painter.drawPolyline([
            QPointF(round(x * self._unit) + half, round(y * self._unit) + half)
            if len(line.points) == 2 else QPointF(x * self._unit, y * self._unit)
            for x, y in line.points
        ])

    def _mark(self, mark: Mark) -> None:
        color = self._color(mark.role)
        middle, side = QPointF(mark.x * self._unit, mark.y * self._unit), mark.size * self._unit
        self._painter.setPen(QPen(color, 2) if mark.kind == "hollow" else Qt.PenStyle.NoPen)
        self._painter.setBrush(self._color("surface") if mark.kind == "hollow" else color)
        if mark.kind in ("hollow", "circle"):
            self._painter.drawEllipse(middle, side / 2, side / 2)
        elif mark.kind == "square":
            self._painter.drawRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side))
        else:
            self._painter.drawPolygon(_polygon(mark.kind, middle, side))

    def _words(self, words: Words) -> None:
        font = self._font(words.step, words.bold)
        metrics = QFontMetricsF(font, self._painter.device())
        text = words.text
        if words.room is not None:
            room = words.room * self._unit
            text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        width = metrics.horizontalAdvance(text)
        shift = {"start": 0.0, "middle": width / 2, "end": width}[words.anchor]
        self._painter.setFont(font)
        self._painter.setPen(self._color(words.role))
        self._painter.drawText(QPointF(words.x * self._unit - shift, words.y * self._unit), text)


def _polygon(kind: str, middle: QPointF, side: float) -> QPolygonF:
    if kind == "star":
        turns = [(place * math.pi / 5, side * (0.62 if place % 2 == 0 else 0.28))
                 for place in range(10)]
    elif kind == "diamond":
        turns = [(place * math.pi / 2, side * 0.62) for place in range(4)]
    else:
        turns = [(place * 2 * math.pi / 3, side * 0.62) for place in range(3)]
    return QPolygonF([
        QPointF(middle.x() + radius * math.sin(turn), middle.y() - radius * math.cos(turn))
        for turn, radius in turns
    ])
