"""Ctrl+F over all answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from .. import theme
from ..components import icon_button, label
from .column import Column


@dataclass(frozen=True, slots=True)
class Match:
    """A place in one answer's document, in characters."""

    column: int
    start: int
    end: int


def find_matches(text: str, columns: Sequence[Column]) -> list[Match]:
    """Every place the words stand, in screen order; case does not matter."""
    if not text:
        return []
    wanted = re.compile(re.escape(text), re.IGNORECASE)
    return [
        Match(column.strategy.id, *found.span())
        for column in columns
        for found in wanted.finditer(column.text.document().toPlainText())
    ]


class FindBar(QFrame):
    """Hidden until it is opened; marks every match and steps through them."""

    reached = Signal(int, int)  # column, position in its answer's document
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "bottom")
        self._columns: Sequence[Column] = ()
        self._matches: list[Match] = []
        self._current = -1
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in all answers")
        self.field.setAccessibleName("Find in all answers")
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(theme.px(320))
        self.field.textChanged.connect(self._search_anew)
        self.count = label(tone="muted", size="small")
        self.previous = icon_button("caret-up", "Previous match", tooltip="Previous (Shift+Enter)")
        self.next = icon_button("caret-down", "Next match", tooltip="Next (Enter)")
        self.done = icon_button("x", "Close find", tooltip="Close (Esc)")
        self.previous.clicked.connect(self.step_back)
        self.next.clicked.connect(self.step)
        self.done.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        row.setSpacing(theme.px(4))
        row.addWidget(self.field, 1)
        for part in (self.previous, self.next, self.count):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.done)
        self.hide()

    def open_bar(self, columns: Sequence[Column]) -> None:
        """Search these columns."""
        self._columns = columns
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._search_anew()

    def close_bar(self) -> None:
        """Hide, and take the marks away."""
        if self.isHidden():
            return
        self.hide()
        self._mark([])
        self.closed.emit()

    def refresh(self, columns: Sequence[Column]) -> None:
        """The answers have changed."""
        if self.isHidden():
            return
        self._columns = columns
        kept = self._matches[self._current] if self._matches else None
        self._matches = find_matches(self.field.text(), columns)
        self._current = self._matches.index(kept) if kept in self._matches else 0
        self._show()

    def _search_anew(self) -> None:
        self._matches = find_matches(self.field.text(), self._columns)
        self._current = 0
        self._show()
        self._reach()

    def step(self) -> None:
        """The next match; after the last comes the first."""
        self._step(1)

    def step_back(self) -> None:
        """The match before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._matches:
            self._current = (self._current + by) % len(self._matches)
            self._show()
            self._reach()

    def _reach(self) -> None:
        if self._matches:
            match = self._matches[self._current]
            self.reached.emit(match.column, match.start)

    def _show(self) -> None:
        self._mark(self._matches)
        if not self.field.text():
            self.count.setText("")
        elif self._matches:
            self.count.setText(f"{self._current + 1} of {len(self._matches)}")
        else:
            self.count.setText("No match")
        for part in (self.previous, self.next):
            part.setEnabled(len(self._matches) > 1)

    def _mark(self, matches: Sequence[Match]) -> None:
        current = matches[self._current] if matches else None
        for column in self._columns:
            own = [(m.start, m.end) for m in matches if m.column == column.strategy.id]
            here = current is not None and current.column == column.strategy.id
            column.text.highlight(own, (current.start, current.end) if here and current else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)
