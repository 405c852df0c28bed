"""How a case and a cell are painted."""

from __future__ import annotations

import functools

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ....core.types import Case, Rung
from ... import theme
from ...components import chip_size, paint_chip
from ...icons import icon
from .grid import Shown
from .model import SHOWN, GridModel
from .score_words import difference_text, score_text

Index = QModelIndex | QPersistentModelIndex
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = _MIDDLE | Qt.AlignmentFlag.AlignLeft
_RIGHT = _MIDDLE | Qt.AlignmentFlag.AlignRight
_VERDICT = {True: ("check", "success"), False: ("x", "danger")}


@functools.lru_cache(4096)
def _elided(text: str, width: int, step: float, _dress: object) -> str:
    return QFontMetrics(theme.font(step)).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _drop(font: QFont) -> tuple[int, QFontMetrics]:
    """How far below the middle of its line text of a font stands, and its measure."""
    measure = QFontMetrics(font)
    return (measure.ascent() - measure.descent()) // 2, measure


class GridDelegate(QStyledItemDelegate):
    """Two lines a cell. Fonts and lengths are looked up once for each look."""

    def __init__(self, model: GridModel, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._dress()
        theme.changes.changed.connect(self._dress)

    def _dress(self) -> None:
        self._icons: dict[tuple[str, str, float], QPixmap] = {}
        self._look = object()  # makes what was elided for another font strange
        self._body, self._small = theme.font(tabular=True), theme.font(-1)
        self._strong = theme.font(bold=True, tabular=True)
        self._figures = theme.font(-1, tabular=True)
        self._drops = {id(font): _drop(font) for font in
                       (self._body, self._small, self._strong, self._figures)}
        self._line = theme.px(20)
        self._gap = theme.px(8)
        self._bar = QSize(theme.px(28), theme.px(4))
        self._measure = QFontMetrics(self._figures)
        self._scores = QFontMetrics(self._strong)
        tokens = theme.current()
        self._colors = {role: QColor(tokens.get(role)) for role in
                        ("text", "muted", "border", "selection", "hover", "accent", "pressed",
                         "surface", "success", "danger")}
        self._hues = {rung: QColor(tokens.rung(rung)) for rung in Rung}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(150), theme.px(46))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, self._colors["selection" if selected else "surface"])
        painter.setPen(QPen(self._colors["border"], 0))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        room = rect.adjusted(self._gap, theme.px(3), -self._gap - 1, -theme.px(3))
        value = index.data(SHOWN)
        if isinstance(value, Shown):
            strategy = self._model.strategy(index.column())
            assert strategy is not None
            rung = self._model.grid.badges[strategy.id][1]
            self._paint_cell(painter, room, value, self._hues[rung])
        elif isinstance(value, Case):
            self._paint_case(painter, room, value)
        if index == self._view.currentIndex():
            self._paint_frame(painter, rect)

    def _paint_frame(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(QPen(self._colors["accent"], 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))

    def _lines(self, room: QRect) -> tuple[QRect, QRect]:
        first = QRect(room.left(), room.top(), room.width(), self._line)
        return first, first.translated(0, room.height() - self._line)

    def _paint_case(self, painter: QPainter, room: QRect, case: Case) -> None:
        first, second = self._lines(room)
        number = theme.px(30)
        self._text(painter, first, str(case.id), self._figures, "muted")
        inside = first.adjusted(number, 0, 0, 0)
        shown = _elided(" ".join(case.question.split()), inside.width(), 0, self._look)
        self._text(painter, inside, shown, self._body, "text")
        turns = f"after {len(case.history)} turns" if case.history else ""
        tags = ", ".join(part for part in (
            turns, *case.tags, "holdout" if case.split == "holdout" else "") if part)
        inside = second.adjusted(number, 0, 0, 0)
        self._text(painter, inside, _elided(tags, inside.width(), -1, self._look),
                   self._small, "muted")

    def _paint_cell(self, painter: QPainter, room: QRect, shown: Shown, hue: QColor) -> None:
        first, second = self._lines(room)
        if shown.state is None:
            self._text(painter, first, "–", self._body, "muted")
            return
        self._paint_verdict(painter, first, shown)
        self._paint_figures(painter, first, shown, hue)
        if shown.chip is not None:
            size = chip_size(shown.chip.icon, shown.chip.word)
            box = QRect(second.left(), second.top() + 1, min(size.width(), second.width()),
                        theme.px(19))
            paint_chip(painter, box, shown.chip.icon, shown.chip.word, shown.chip.tone)
        else:
            text = shown.text or ("Empty answer" if shown.score is not None else "Waiting")
            self._text(painter, second, _elided(text, second.width(), -1, self._look),
                       self._small, "muted")

    def _paint_verdict(self, painter: QPainter, line: QRect, shown: Shown) -> None:
        side = theme.px(14)
        if shown.good is not None:
            name, role = _VERDICT[shown.good]
        else:
            name, role = "minus", "muted"
        place = QRect(line.left(), line.center().y() - side // 2, side, side)
        self._icon(painter, place, name, role)
        bold = shown.good is True
        self._text(painter, line.adjusted(side + theme.px(6), 0, 0, 0),
                   self._score(shown),
                   self._strong if bold else self._body, "muted" if shown.note else "text")

    def _score(self, shown: Shown) -> str:
        """The score; with repeats, how far they are apart."""
        text = score_text(self._model.grid.metric, shown.score)
        spread = score_text(self._model.grid.metric, shown.spread) if shown.spread else ""
        told = any(digit in "123456789" for digit in spread)  # what rounds to 0 says nothing
        return f"{text} ± {spread}" if told else text

    def _paint_figures(
        self, painter: QPainter, line: QRect, shown: Shown, hue: QColor
    ) -> None:
        """Recorded, the difference and the bar, from the right; without room, no bar."""
        metric = self._model.grid.metric
        against = self._model.against and shown.difference is not None
        text = difference_text(metric, shown.difference or 0.0) if against else shown.note
        width = self._measure.horizontalAdvance(text)
        taken = theme.px(26) + self._scores.horizontalAdvance(self._score(shown))
        if shown.note and taken + width > line.width():
            text = ""  # the head says it, too
        left = line.right() + 1
        if line.width() - taken - width >= self._bar.width() + theme.px(6) or not text:
            bar_hue = self._colors["muted"] if shown.note else hue
            left = self._paint_bar(painter, line, shown.share or 0.0, bar_hue) - theme.px(6)
        if text:
            box = QRect(line.left(), line.top(), left - line.left(), line.height())
            self._text(painter, box, text, self._figures, "muted", _RIGHT)
            left -= width + theme.px(4)
        side = theme.px(12)
        if shown.recorded and left - line.left() - side > taken:
            self._icon(painter, QRect(left - side, line.center().y() - side // 2, side, side),
                       "disc", "muted")

    def _paint_bar(self, painter: QPainter, line: QRect, share: float, hue: QColor) -> int:
        """Returns where the bar begins."""
        size = self._bar
        bar = QRect(line.right() - size.width(), line.center().y() - size.height() // 2,
                    size.width(), size.height())
        painter.fillRect(bar, self._colors["pressed"])
        filled = round(bar.width() * min(1.0, max(0.0, share)))
        painter.fillRect(QRect(bar.topLeft(), QSize(filled, bar.height())), hue)
        return bar.left()

    def _icon(self, painter: QPainter, place: QRect, name: str, role: str) -> None:
        """From pixels drawn once: outlines take a tenth of a millisecond, each time."""
        ratio = painter.device().devicePixelRatio()
        key = (name, role, ratio)
        if key not in self._icons:
            self._icons[key] = icon(name, role).pixmap(place.size(), ratio)
        painter.drawPixmap(place.topLeft(), self._icons[key])

    def _text(
        self, painter: QPainter, box: QRect, text: str, font: QFont, role: str,
        align: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        """Drawn at a point: laying text out within a box takes nearly twice as long."""
        painter.setFont(font)
        painter.setPen(self._colors[role])
        drop, measure = self._drops[id(font)]
        left = box.left()
        if align == _RIGHT:
            left = box.right() + 1 - measure.horizontalAdvance(text)
        painter.drawText(left, box.top() + box.height() // 2 + drop, text)
