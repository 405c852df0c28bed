"""What costs calls is asked for in two steps: first what it would take, then yes or no."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ... import theme
from ...components import button, label


class ProbeBox(QWidget):
    """A button; then the estimate with Start and Not now; while it runs, what is going on."""

    planned = Signal()  # somebody wants to know what it would take
    started = Signal()
    dropped = Signal()

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        """`what` is on the button: verb first."""
        super().__init__(parent)
        self.told = label("", tone="muted", wrap=True)
        self.ask = button(what, kind="secondary")
        self.start = button("Start", kind="primary")
        self.start.setAccessibleName(f"Start: {what}")
        self.drop = button("Not now", kind="quiet")
        self.ask.clicked.connect(self.planned)
        self.start.clicked.connect(self.started)
        self.drop.clicked.connect(self._drop)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        for each in (self.ask, self.start, self.drop):
            row.addWidget(each)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(5), 0, theme.px(5))
        column.setSpacing(theme.px(6))
        column.addWidget(self.told)
        column.addLayout(row)
        self.show_idle()

    def show_idle(self, words: str = "") -> None:
        """Nothing is asked; `words` say what it is for."""
        self._show(words, ask=True)

    def show_estimate(self, words: str) -> None:
        """What it would take; yes or no."""
        self._show(words, start=True)
        self.start.setFocus()

    def show_working(self, words: str) -> None:
        """Nothing to press: the jobs tray stops it."""
        self._show(words)

    def _show(self, words: str, *, ask: bool = False, start: bool = False) -> None:
        self.told.setText(words)
        self.told.setVisible(bool(words))
        self.ask.setVisible(ask)
        self.start.setVisible(start)
        self.drop.setVisible(start)

    def _drop(self) -> None:
        self.show_idle()
        self.ask.setFocus()
        self.dropped.emit()
