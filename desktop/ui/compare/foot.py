"""The foot of a column: what the answer took, copying it, and what was sent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from ...core.types import Answer
from .. import theme
from ..components import button, icon_button, label
from ..components.version_link import VersionLink
from ..icons import icon
from . import figures
from .passages import as_markdown

_NAMES = ("First text", "Total", "Tokens", "Cost", "Finish")


class Foot(QFrame):
    """Figures in a small grid; a dash for what is not known yet."""

    sentRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setProperty("rule", "top")
        self._answer: Answer | None = None
        self._lower: list[QLabel] = []  # all but the first line
        self._values = {name: _value() for name in _NAMES}
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(8), theme.px(6))
        column.setSpacing(theme.px(6))
        column.addLayout(self._grid())
        column.addLayout(self._buttons())
        self.clear()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(3))
        for place, name in enumerate(_NAMES):
            row, side = divmod(place, 2)
            head = label(name, tone="muted", size="small")
            grid.addWidget(head, row, side * 2)
            self._lower += (head, self._values[name]) if row else ()
            span = 3 if name == "Finish" else 1
            grid.addWidget(self._values[name], row, side * 2 + 1, 1, span)
        grid.setColumnStretch(1, 1)  # tokens are the longest: they get what the others leave
        return grid

    def set_short(self, short: bool) -> None:
        """In a low column the first line of figures only: the answer needs the room."""
        for part in self._lower:
            part.setVisible(not short)

    def _buttons(self) -> QHBoxLayout:
        self.copy = icon_button("copy", "Copy the answer")
        menu = QMenu(self.copy)
        menu.addAction(icon("text-t"), "Copy as text", self.copy_text)
        menu.addAction(icon("copy"), "Copy as Markdown, with sources", self.copy_markdown)
        self.copy.setMenu(menu)
        self.copy.setPopupMode(self.copy.ToolButtonPopupMode.InstantPopup)
        self.sent = button("Show what was sent", kind="link", icon="eye")
        self.sent.clicked.connect(self.sentRequested)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.copy)
        self.version = VersionLink()
        row.addWidget(self.version)
        row.addStretch(1)
        row.addWidget(self.sent)
        return row

    def clear(self) -> None:
        """Nothing was asked yet."""
        self._answer = None
        for value in self._values.values():
            _show(value, figures.NOTHING)
        self.copy.setEnabled(False)
        self.sent.setEnabled(False)
        self.version.show_version(None)

    def show_sent(self) -> None:
        """The messages are known from now on."""
        self.sent.setEnabled(True)

    def show_first(self, seconds: float) -> None:
        """The first text came after that many seconds."""
        _show(self._values["First text"], figures.seconds(seconds))

    def show_answer(self, answer: Answer) -> None:
        """All figures of a finished answer."""
        self._answer = answer
        texts = (
            figures.seconds(answer.first_token_seconds), figures.seconds(answer.seconds),
            figures.tokens(answer.usage), figures.cost(answer),
            figures.finish(answer.finish_reason),
        )
        for name, text in zip(_NAMES, texts, strict=True):
            _show(self._values[name], text)
        if answer.usage is not None and answer.usage.estimated:
            self._values["Tokens"].setToolTip("Estimated: the server did not count")
        self.version.show_version(answer.prompt_version)
        self.copy.setEnabled(bool(answer.text))
        self.sent.setEnabled(bool(answer.messages))

    def figure(self, name: str) -> str:
        """The shown value of "First text", "Total", "Tokens", "Cost" or "Finish"."""
        return self._values[name].text()

    def copy_text(self) -> None:
        """The answer as it reads, citations as [n]."""
        if self._answer is not None:
            QGuiApplication.clipboard().setText(self._answer.text)

    def copy_markdown(self) -> None:
        """The answer with its question, model and sources."""
        if self._answer is not None:
            QGuiApplication.clipboard().setText(as_markdown(self._answer))


def _value() -> QLabel:
    made = label(size="small")
    made.setFont(theme.font(tabular=True))
    made.setMinimumWidth(1)
    return made


def _show(value: QLabel, text: str) -> None:
    value.setText(text)
    value.setToolTip("")
