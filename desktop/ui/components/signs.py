"""Badge and chip as widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..tokens import Tone
from .painters import badge_size, chip_size, paint_badge, paint_chip

if TYPE_CHECKING:
    from ...core.types import Rung


class RungBadge(QWidget):
    """The letters of a rung on its hue: B, P, PD2."""

    def __init__(self, letters: str, rung: Rung, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_rung(letters, rung)

    def show_rung(self, letters: str, rung: Rung) -> None:
        """Show another rung."""
        self._letters, self._rung = letters, rung
        self.setAccessibleName(f"{letters}, {rung.value}")
        self.setToolTip(rung.value)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return badge_size(self._letters)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_badge(painter, self.rect(), self._letters, self._rung)
        painter.end()


class StateChip(QWidget):
    """Icon and word, tinted by what they mean. Never colour alone."""

    def __init__(
        self, icon: str = "", word: str = "", tone: Tone = "neutral",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_state(icon, word, tone)

    def show_state(self, icon: str, word: str, tone: Tone, tooltip: str = "") -> None:
        """Show another state; without a word the chip takes no room."""
        widened = word != getattr(self, "_word", None)
        self._icon, self._word, self._tone = icon, word, tone
        self.setAccessibleName(word)
        self.setToolTip(tooltip)
        if not word:
            self.hide()
        elif widened and self.isHidden() and self.parent() is not None:
            self.show()
        if widened:
            self.updateGeometry()
        self.update()

    def word(self) -> str:
        """The word shown."""
        return self._word

    def tone(self) -> Tone:
        """The tone shown."""
        return self._tone

    def sizeHint(self) -> QSize:
        return chip_size(self._icon, self._word)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(48, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self._icon, self._word, self._tone)
        painter.end()
