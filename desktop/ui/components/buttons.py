"""Buttons by kind; an icon alone always has a tooltip and an accessible name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from .. import theme
from ..icons import icon as make_icon
from ..icons import leading_icon, paint_icon
from .painters import paint_focus


def button(
    text: str, *, kind: str = "secondary", icon: str = "", size: str = "", tooltip: str = ""
) -> QPushButton:
    """A push button with a word; kinds as in `theme`."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    if size:
        made.setProperty("scale", size)
    if icon:
        roles = {"primary": "accent_text", "danger": "danger", "link": "accent"}
        made.setIcon(leading_icon(icon, roles.get(kind, "text")))
    made.setToolTip(tooltip)
    made.setAutoDefault(False)
    return made


class IconButton(QToolButton):
    """A quiet button that is only an icon; it grows with the text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._size()

    def _size(self) -> None:
        self.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.setMinimumSize(theme.px(24), theme.px(24))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._size()


def icon_button(icon: str, name: str, *, tooltip: str = "", role: str = "muted") -> QToolButton:
    """An icon button; `name` is read aloud and shown as the tooltip."""
    made = IconButton()
    made.setIcon(make_icon(icon, role))
    made.setAccessibleName(name)
    made.setToolTip(tooltip or name)
    return made


class KeyButton(QPushButton):
    """A push button that shows its key as a cap at the right: Ask [Ctrl+Enter]."""

    def __init__(
        self, text: str, key: str, *, kind: str = "secondary", icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        self.setProperty("cap", "true")  # the sheet aligns the words left
        self.setAutoDefault(False)
        self._key = key
        self._role = "accent_text" if kind == "primary" else "muted"
        if icon:
            self.setIcon(leading_icon(icon, "accent_text" if kind == "primary" else "text"))

    def show_key(self, key: str) -> None:
        """Show another key."""
        self._key = key
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + self._cap_width() + theme.px(12), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _cap_width(self) -> int:
        return QFontMetrics(theme.font(-1)).horizontalAdvance(self._key) + theme.px(10)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self._cap_width(), theme.px(18)
        cap = QRectF(self.width() - width - theme.px(8), (self.height() - height) / 2,
                     width, height)
        role = self._role if self.isEnabled() else "disabled"
        painter.setPen(QPen(theme.color(role), 1))
        painter.setFont(theme.font(-1))
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()


class CaretButton(QToolButton):
    """A tool button with a menu, and a caret at its right that says so.

    An icon in front of its word is a `leading_icon`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(theme.px(20), theme.px(20)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self.setIconSize(QSize(theme.px(20), theme.px(20)))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + theme.px(10), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        width = theme.px(18)
        side = theme.px(12)
        corner = QRectF(self.width() - width - theme.px(3), (self.height() - side) / 2, side, side)
        paint_icon(painter, corner, "caret-down", theme.color("muted"))
        painter.end()


class Segmented(QWidget):
    """A few views of the same thing, one at a time: Ledger | Search. Arrow keys move."""

    ROLE = QAccessible.Role.PageTabList

    changed = Signal(int)

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = list(names)
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    def current(self) -> int:
        """The chosen place, from 0."""
        return self._current

    def choose(self, place: int) -> None:
        """Choose by place; out of range does nothing."""
        if place == self._current or not 0 <= place < len(self._names):
            return
        self._current = place
        self._tell()
        self.update()
        self.changed.emit(place)

    def rename(self, names: Sequence[str]) -> None:
        """Other words for the same places: "Failures 53"."""
        if list(names) != self._names:
            self._names = list(names)
            self._tell()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + 1, theme.px(24) + 2)

    def _widths(self) -> list[int]:
        metrics = self.fontMetrics()
        return [metrics.horizontalAdvance(name) + theme.px(20) for name in self._names]

    def _tell(self) -> None:
        self.setAccessibleName("View: " + self._names[self._current])
        self.setAccessibleDescription("Arrow keys choose: " + ", ".join(self._names))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        for place, width in enumerate(self._widths()):
            if x < width:
                self.choose(place)
                return
            x -= width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._current + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0
        for place, (name, width) in enumerate(zip(self._names, self._widths(), strict=True)):
            box = self.rect().adjusted(left, 0, 0, -1)
            box.setWidth(width)
            painter.setPen(QPen(theme.color("border_strong"), 1))
            painter.setBrush(theme.color("selection" if place == self._current else "surface"))
            painter.drawRect(box)
            painter.setPen(theme.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
            left += width
        if self.hasFocus():
            paint_focus(painter, self.rect())
        painter.end()
