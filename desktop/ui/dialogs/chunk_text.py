"""A page's text with the borders of its chunks drawn where they fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from ...core.evaluation.gold_spans import GoldSpan
from .. import theme
from ..compare.places import qt_place

Span = tuple[int, int]
MARGIN = 210  # pixels at 100 % for the words beside the text


class ChunkText(QPlainTextEdit):
    """Read only. A stepped line stands where a chunk begins, with its number on the page in the
    margin; where it cuts a gold answer it is red, dashed and thicker, beside the question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setProperty("flat", "true")
        self.setAccessibleName("Text of the page with the borders of its chunks")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse
                                     | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self._chunks: Sequence[Span] = ()
        self._cuts: Mapping[int, GoldSpan] = {}
        self._wide = False
        self._beside = _Margin(self)
        self.updateRequest.connect(lambda *_: self._beside.update())
        self.setViewportMargins(0, 0, theme.px(MARGIN), 0)

    def show_text(self, text: str) -> None:
        """Another page; its chunks come with `show_chunks`."""
        self._wide = any(character > "\uffff" for character in text)
        self._chunks, self._cuts = (), {}
        # One for one: what Qt would turn into a line end or drop must not shift the places.
        self.setPlainText(text.replace("\r", "\n").replace("\x00", " "))

    def show_chunks(self, chunks: Sequence[Span], cuts: Mapping[int, GoldSpan]) -> None:
        """Chunks of the page in order, and those of their starts that cut a gold answer."""
        self._chunks, self._cuts = chunks, cuts
        marks = [self._mark(start, end, "selection") for start, end in self._repeated()]
        marks += [self._mark(gold.start, gold.end, "danger_tint") for gold in cuts.values()]
        self.setExtraSelections(marks)
        self.viewport().update()
        self._beside.update()

    def go_to_cut(self) -> None:
        """The next border that cuts a gold answer comes to the middle; then the first again."""
        if self._cuts:
            here = self.textCursor().position()
            places = sorted(self._place(start) for start in self._cuts)
            cursor = QTextCursor(self.document())
            cursor.setPosition(next((p for p in places if p > here), places[0]))
            self.setTextCursor(cursor)
            self.centerCursor()

    def _repeated(self) -> list[Span]:
        """What a chunk begins with that the one before ends with."""
        pairs = zip(self._chunks, self._chunks[1:], strict=False)
        return [(after[0], before[1]) for before, after in pairs if after[0] < before[1]]

    def _place(self, index: int) -> int:
        return qt_place(self.toPlainText(), index) if self._wide else index

    def _cursor(self, index: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(self._place(index), max(0, self.document().characterCount() - 1)))
        return cursor

    def _mark(self, start: int, end: int, role: str) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor = self._cursor(start)
        cursor.setPosition(self._cursor(end).position(), QTextCursor.MoveMode.KeepAnchor)
        made.cursor = cursor
        style = QTextCharFormat()
        style.setBackground(theme.color(role))
        style.setForeground(theme.color("text"))
        made.format = style
        return made

    def borders(self) -> list[tuple[QPoint, int, str, GoldSpan | None]]:
        """What is in view: the top left of a border, the height of its line, the words beside
        it, and the gold answer that it cuts."""
        last = self.cursorForPosition(self.viewport().rect().bottomRight()).position()
        top = self.cursorForPosition(QPoint(0, 0)).position()
        found = []
        for number, (start, end) in enumerate(self._chunks, start=1):
            cursor = self._cursor(start)
            if top <= cursor.position() <= last:
                rect = self.cursorRect(cursor)
                gold = self._cuts.get(start)
                words = f"Cuts: {gold.question}" if gold else (
                    f"Chunk {number:,}, {end - start:,} characters")
                found.append((rect.topLeft(), rect.height(), words, gold))
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        right = self.viewport().width()
        for corner, height, _, gold in self.borders():
            painter.setPen(_pen(gold is not None))
            below = corner.y() + height
            painter.drawLine(corner.x(), corner.y(), right, corner.y())
            painter.drawLine(corner.x(), corner.y(), corner.x(), below)
            painter.drawLine(0, below, corner.x(), below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        view = self.viewport().geometry()
        self._beside.setGeometry(view.right() + 1, view.top(), theme.px(MARGIN), view.height())


class _Margin(QWidget):
    """The words beside the borders, none over another."""

    def __init__(self, text: ChunkText) -> None:
        super().__init__(text)
        self._text = text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("raised"))
        free = 0
        for corner, _, words, gold in self._text.borders():
            painter.setPen(_pen(gold is not None))
            painter.drawLine(0, corner.y(), theme.px(6), corner.y())
            font = theme.font(-1, bold=gold is not None)
            room = self._room(QFontMetrics(font), max(free, corner.y() + theme.px(1)), gold)
            painter.setFont(font)
            painter.setPen(theme.color("danger" if gold else "muted"))
            _write(painter, room, words)
            free = room.bottom() + theme.px(2)

    def _room(self, metrics: QFontMetrics, top: int, gold: GoldSpan | None) -> QRect:
        lines = 2 if gold else 1
        return QRect(theme.px(10), top, self.width() - theme.px(14), lines * metrics.height())


def _write(painter: QPainter, room: QRect, words: str) -> None:
    """On as many lines as `room` has, with an ellipsis where more was to be said."""
    metrics = painter.fontMetrics()
    lines = max(1, room.height() // metrics.height())
    # A line breaks at a word: two lines hold a little less than twice the width.
    most = room.width() * lines - (lines - 1) * metrics.averageCharWidth() * 8
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap),
                     metrics.elidedText(words, Qt.TextElideMode.ElideRight, most))


def _pen(cuts: bool) -> QPen:
    ink: QColor = theme.color("danger" if cuts else "accent")
    return QPen(ink, theme.px(2), Qt.PenStyle.DashLine) if cuts else QPen(ink, 1)
