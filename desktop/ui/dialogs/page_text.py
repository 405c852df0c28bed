"""The text of a page: one passage marked, places found, and a size of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from .. import theme
from ..compare.places import qt_place

SIZES = range(-2, 11)  # steps from the size of all text


class PageText(QPlainTextEdit):
    """Offsets are those of Python's text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = 0
        self._passage: tuple[int, int] | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setProperty("flat", "true")
        self.setAccessibleName("Text of the page")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_text(self, text: str, passage: tuple[int, int] | None) -> None:
        """Another page; the passage, which fits it, is marked and scrolled to."""
        # One paragraph separator for one character: QPlainTextEdit must not shift the offsets.
        self.setPlainText(_one_for_one(text))
        self._passage = passage
        self.show_places((), -1)
        if passage:
            self.scroll_to(*passage)

    def show_places(self, places: Sequence[tuple[int, int]], current: int) -> None:
        """Mark what was found, and bring the current place into view."""
        selections = [_selection(self._cursor(*self._passage), "mark", "text")
                      ] if self._passage else []
        for number, place in enumerate(places):
            back, front = ("accent", "accent_text") if number == current else ("selection", "text")
            selections.append(_selection(self._cursor(*place), back, front))
        self.setExtraSelections(selections)
        if 0 <= current < len(places):
            self.setTextCursor(self._at(self._cursor(*places[current]).selectionEnd()))
            self.ensureCursorVisible()

    def marked_text(self) -> str:
        """The passage that is marked, "" for none."""
        if self._passage is None:
            return ""
        return self._cursor(*self._passage).selectedText().replace("\u2029", "\n")

    def chosen(self) -> tuple[int, int]:
        """Start and end of what the user selected."""
        cursor, text = self.textCursor(), self.toPlainText()
        start, end = (len(_python_part(text, place))
                      for place in (cursor.selectionStart(), cursor.selectionEnd()))
        return start, end

    def zoom(self, steps: int) -> None:
        """Larger (1) or smaller (-1) letters; 0: as all text."""
        step = self._step + steps if steps else 0
        if step in SIZES:
            self._step = step
            self.setFont(theme.font(step))

    def scroll_to(self, start: int, end: int) -> None:
        """Bring the beginning of a passage to the middle, its end into view before."""
        cursor = self._cursor(start, end)
        self.setTextCursor(self._at(cursor.selectionEnd()))
        self.ensureCursorVisible()
        self.setTextCursor(self._at(cursor.selectionStart()))
        self.centerCursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _cursor(self, start: int, end: int) -> QTextCursor:
        text = self.toPlainText()
        cursor = QTextCursor(self.document())
        cursor.setPosition(qt_place(text, start))
        cursor.setPosition(qt_place(text, end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _at(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        return cursor


def _python_part(text: str, place: int) -> str:
    """`text` up to a place that Qt counts in UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * place].decode("utf-16-le", "ignore")


def _one_for_one(text: str) -> str:
    """Each character that Qt would turn into a line end or drop, as one that it keeps."""
    return text.replace("\r", "\n").replace("\x00", " ")


def _selection(cursor: QTextCursor, back: str, front: str) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    made.cursor = cursor
    style = QTextCharFormat()
    style.setBackground(theme.color(back))
    style.setForeground(theme.color(front))
    made.format = style
    return made
