"""The editor of system messages and templates: monospace, numbered, with marked lines."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from .. import theme
from .code_names import Completion


class Numbers(QWidget):
    """The line numbers beside a CodeEdit; painted by it."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_numbers(event)


class CodeEdit(QPlainTextEdit):
    """Grows with its text between two numbers of lines; Tab leaves it."""

    entered = Signal()  # it has the keyboard now

    def __init__(
        self, name: str, *, lines: tuple[int, int] = (3, 12), numbers: bool = True
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("code", "true")
        self.setTabChangesFocus(True)
        self._lines = lines
        self._changed: list[int] = []
        self._wrong: int | None = None
        self.completion: Completion | None = None
        self._numbers = Numbers(self)
        self._numbered = numbers
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._make_room()
        self._fit()

    def replace_text(self, text: str, *, undoable: bool) -> None:
        """Show another text; `undoable` leaves Ctrl+Z a way back to the one before."""
        if text == self.toPlainText():
            return
        if not undoable:
            self.setPlainText(text)
            return
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def mark_changed(self, lines: Iterable[int]) -> None:
        """Tint lines (from 0) that differ from the saved version."""
        self._changed = list(lines)
        self._mark()

    def mark_wrong(self, line: int | None) -> None:
        """Underline the line (from 1) where a mistake is."""
        self._wrong = line
        self._mark()

    def _mark(self) -> None:
        marks = [self._line_mark(line, wrong=False) for line in self._changed]
        if self._wrong is not None:
            marks.append(self._line_mark(self._wrong - 1, wrong=True))
        self.setExtraSelections([mark for mark in marks if mark is not None])

    def _line_mark(self, line: int, *, wrong: bool) -> QTextEdit.ExtraSelection | None:
        block = self.document().findBlockByNumber(line)
        if not block.isValid():
            return None
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(block)
        shown = QTextCharFormat()
        if wrong:
            cursor.select(QTextCursor.SelectionType.LineUnderCursor)
            shown.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            shown.setUnderlineColor(theme.color("danger"))
        else:
            shown.setBackground(theme.color("success_tint"))
            shown.setProperty(QTextFormat.Property.FullWidthSelection, True)
        mark.cursor, mark.format = cursor, shown
        return mark

    def _fit(self) -> None:
        # A QPlainTextEdit's document is as high as it has lines on screen, wrapped ones too.
        low, high = self._lines
        lines = min(max(math.ceil(self.document().size().height()), low), high)
        text = lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin()
        self.setFixedHeight(math.ceil(text) + theme.px(12))  # and the frame

    def _make_room(self) -> None:
        digits = max(2, len(str(self.blockCount()))) if self._numbered else 0
        width = self.fontMetrics().horizontalAdvance("9") * digits + theme.px(8 if digits else 0)
        self._numbers.setFixedWidth(width)
        self.setViewportMargins(width, 0, 0, 0)

    def _scroll_numbers(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.viewport().geometry()
        self._numbers.setGeometry(
            inside.left() - self._numbers.width(), inside.top(),
            self._numbers.width(), inside.height(),
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "_numbers"):
            self._make_room()
            self._fit()
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_numbers"):
            self._mark()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.completion is not None and self.completion.wants(event):
            event.ignore()  # so that the list of names takes it
            return
        super().keyPressEvent(event)
        if self.completion is not None and event.text():
            self.completion.offer()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines on screen."""
        painter = QPainter(self._numbers)
        painter.setPen(theme.color("text_muted"))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > event.rect().bottom():
                break
            self._paint_number(painter, block, place)
            block = block.next()
        painter.end()

    def _paint_number(self, painter: QPainter, block: QTextBlock, place: QRectF) -> None:
        width = self._numbers.width() - theme.px(4)
        painter.drawText(
            QRect(0, round(place.top()), width, self.fontMetrics().height()),
            Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), super().minimumSizeHint().height())
