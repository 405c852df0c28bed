"""A folded column: rotated name, badge and key figure on 34 px."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from ...core.types import Rung
from .. import theme
from ..components import badge_size, paint_badge, paint_focus
from ..icons import paint_icon
from .fitting import Sizes

_RULE = 3


class Strip(QAbstractButton):
    """A click or Enter opens the column again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._badge, self._figure = "", "B", ""
        self._rung = Rung.BASELINE
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_strategy(self, name: str, badge: str, rung: Rung) -> None:
        """Whose column it is."""
        self._name, self._badge, self._rung = name, badge, rung
        self._tell()

    def show_figure(self, figure: str) -> None:
        """What the column would say at a glance."""
        if figure != self._figure:
            self._figure = figure
            self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(f"Open {self._name}: {self._figure}")
        self.setToolTip(f"Open {self._name}\n{self._figure}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(Sizes.at(theme.text_percent()).strip, theme.px(200))

    def keyPressEvent(self, event: object) -> None:
        opens = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)  # type: ignore[attr-defined]
        if opens:
            self.click()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("hover" if self.underMouse() else "raised"))
        painter.fillRect(0, 0, self.width(), _RULE, QColor(theme.current().rung(self._rung)))
        painter.fillRect(0, 0, 1, self.height(), theme.color("border"))
        side = theme.px(16)
        top = _RULE + theme.px(8)
        middle = self.width() // 2
        paint_icon(painter, QRect(middle - side // 2, top, side, side), "caret-left",
                   theme.color("text_muted"))
        size = badge_size(self._badge)
        width = min(size.width(), self.width() - 6)
        badge = QRect(middle - width // 2, top + side + theme.px(8), width, size.height())
        paint_badge(painter, badge, self._badge, self._rung)
        self._paint_words(painter, badge.bottom() + theme.px(10))
        if self.hasFocus():
            paint_focus(painter, self.rect().adjusted(0, _RULE, 0, 0), 0)
        painter.end()

    def _paint_words(self, painter: QPainter, top: int) -> None:
        painter.save()
        painter.translate(self.width(), top)
        painter.rotate(90)
        room = self.height() - top - theme.px(8)
        x = 0
        for text, bold, role in ((self._name, True, "text"), (self._figure, False, "text_muted")):
            painter.setFont(theme.font(-0.5, bold=bold))
            painter.setPen(theme.color(role))
            metrics = QFontMetrics(painter.font())
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room - x))
            painter.drawText(QRect(x, 0, max(0, room - x), self.width()),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            x += metrics.horizontalAdvance(shown) + theme.px(8)
        painter.restore()
