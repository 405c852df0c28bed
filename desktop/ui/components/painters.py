"""The small signs of the program, painted: widgets and delegates share these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from .. import theme
from ..icons import paint_icon
from ..tokens import Tone

if TYPE_CHECKING:
    from ...core.types import Rung

RADIUS = 4


def tone_color(tone: Tone) -> QColor:
    """The colour of a word of that tone."""
    return theme.color("text_muted" if tone in ("neutral", "muted") else tone)


def badge_size(letters: str) -> QSize:
    """How large `paint_badge` draws these letters."""
    width = QFontMetrics(theme.font(-1, bold=True)).horizontalAdvance(letters) + theme.px(10)
    return QSize(max(theme.px(24), width), theme.px(20))


def paint_badge(painter: QPainter, rect: QRect, letters: str, rung: Rung) -> None:
    """A rung's badge, filled with its hue."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.current().rung(rung)))
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    painter.setPen(theme.color("badge_text"))
    painter.setFont(theme.font(-1, bold=True))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letters)
    painter.restore()


def chip_size(icon: str, text: str) -> QSize:
    """How large `paint_chip` draws this icon and word."""
    width = QFontMetrics(theme.font(-1)).horizontalAdvance(text) + theme.px(16) + 2
    return QSize(width + (theme.px(20) if icon else 0), theme.px(24))


def paint_chip(
    painter: QPainter, rect: QRect, icon: str, text: str, tone: Tone, *, outlined: bool = False
) -> None:
    """Icon and word on a tint; neutral chips have an outline instead."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if outlined or tone in ("neutral", "muted"):
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().tint(tone)))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    inner = rect.adjusted(theme.px(8), 0, -theme.px(8), 0)
    paint_word(painter, inner, icon, text, tone, step=-1)
    painter.restore()


def paint_word(
    painter: QPainter, rect: QRect, icon: str, text: str, tone: Tone, *, step: float = 0
) -> int:
    """Icon and word without a fill, elided at the right; returns the width it took."""
    color = tone_color(tone)
    left = rect.left()
    if icon:
        side = theme.px(16)
        top = rect.center().y() - side // 2 + 1
        paint_icon(painter, QRect(left, top, side, side), icon, color)
        left += theme.px(20)
    font = theme.font(step)
    metrics = QFontMetrics(font)
    room = rect.right() - left + 1
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.setPen(color)
    painter.setFont(font)
    painter.drawText(QRect(left, rect.top(), room, rect.height()),
                     Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    return left - rect.left() + metrics.horizontalAdvance(shown)


def paint_bar(painter: QPainter, rect: QRect, share: float | None, role: str = "accent") -> None:
    """A 4 px progress bar in the middle of `rect`; None: going on, nobody knows how far."""
    height = theme.px(4)
    track = QRect(rect.left(), rect.center().y() - height // 2, rect.width(), height)
    painter.fillRect(track, theme.color("pressed"))
    if share is None:
        third = track.width() // 3
        painter.fillRect(track.adjusted(third, 0, -third, 0), theme.color(role))
        return
    filled = round(track.width() * min(1.0, max(0.0, share)))
    painter.fillRect(QRect(track.topLeft(), QSize(filled, height)), theme.color(role))


def paint_focus(painter: QPainter, rect: QRect, radius: int = RADIUS) -> None:
    """The 2 px accent frame, inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """What a row of a list or table stands on: its selection, else the mouse over it."""
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, theme.color("selection"))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, theme.color("hover"))


def paint_hairline(painter: QPainter, left: QPoint, right: QPoint) -> None:
    """A border line, one device pixel thick."""
    painter.setPen(QPen(theme.color("border"), 0))
    painter.drawLine(left, right)
