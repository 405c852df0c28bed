"""The chunks of one document as a list, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...core.chunk_changes import ListedChunk
from .. import theme
from ..components import paint_focus, paint_word
from .documents_delegate import paint_row

Index = QModelIndex | QPersistentModelIndex
CHUNK = int(Qt.ItemDataRole.UserRole)
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
SHOWN = ("All", "Changed", "Excluded", "Edited")


def state_of(each: ListedChunk) -> str:
    """"Excluded, edited" in words; "" for a chunk as its page has it."""
    words = [word for word, holds in (("Excluded", each.excluded), ("Edited here",
                                                                     each.chunk.edited)) if holds]
    return ", ".join(words)


def place_of(each: ListedChunk) -> str:
    """Where it stands: "p. 4, Vision > Glasses"."""
    chunk = each.chunk
    page = "" if chunk.page is None else f"p. {chunk.page}"
    return ", ".join(part for part in (page, chunk.heading) if part)


class ChunksModel(QAbstractListModel):
    """`rows` are those that pass the filter, as `(number from 1, chunk)`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[ListedChunk] = ()
        self._words: list[str] = []
        self._shown = SHOWN[0]
        self.rows: list[tuple[int, ListedChunk]] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        number, each = self.rows[index.row()]
        if role == CHUNK:
            return number, each
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            said = ", ".join(part for part in (place_of(each), state_of(each)) if part)
            return f"{number}. {said}: {' '.join(each.chunk.text.split())[:200]}"
        return None

    def show_chunks(self, chunks: Sequence[ListedChunk]) -> None:
        """Replace everything."""
        self._all = chunks
        self._filter()

    def filter(self, words: str, shown: str) -> None:
        """Every word must occur, in any case; `shown` is one of `SHOWN`."""
        self._words, self._shown = words.casefold().split(), shown
        self._filter()

    def _filter(self) -> None:
        self.beginResetModel()
        self.rows = [(number, each) for number, each in enumerate(self._all, start=1)
                     if self._passes(each)]
        self.endResetModel()

    def _passes(self, each: ListedChunk) -> bool:
        change = each.change
        if self._shown != SHOWN[0] and not {
                SHOWN[1]: not change.is_none, SHOWN[2]: change.excluded,
                SHOWN[3]: each.chunk.edited}[self._shown]:
            return False
        said = f"{each.chunk.text} {each.chunk.heading}".casefold() if self._words else ""
        return all(word in said for word in self._words)

    def counts(self) -> tuple[int, int, int]:
        """Of the document: chunks that can be found, excluded ones, edited ones."""
        excluded = sum(each.excluded for each in self._all)
        return (len(self._all) - excluded, excluded,
                sum(each.chunk.edited for each in self._all))

    def row_at(self, place: object) -> int:
        """The row of the chunk that stands at a `ChunkPlace`, or -1."""
        return next((row for row, (_, each) in enumerate(self.rows) if each.place == place), -1)


class ChunkDelegate(QStyledItemDelegate):
    """Number, place and state; then two lines of text, struck through when excluded."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(200), theme.px(64))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        number, each = index.data(CHUNK)
        room = paint_row(painter, option).adjusted(0, theme.px(4), 0, -theme.px(4))
        height = room.height() // 3
        self._head(painter, QRect(room.left(), room.top(), room.width(), height), number, each)
        font = theme.font(-1)
        font.setStrikeOut(each.excluded)
        painter.setFont(font)
        painter.setPen(theme.color("muted" if each.excluded else "text"))
        metrics = QFontMetrics(font)
        text = " ".join(each.chunk.text[:400].split())
        for line in range(1, 3):
            inside = QRect(room.left(), room.top() + line * height, room.width(), height)
            first = text if line == 2 else _fitting(text, metrics, inside.width())
            text = text[len(first):].lstrip()
            painter.drawText(inside, _MIDDLE | Qt.AlignmentFlag.AlignLeft, metrics.elidedText(
                first, Qt.TextElideMode.ElideRight, inside.width()))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, option.rect.adjusted(0, 0, 0, -1))

    def _head(self, painter: QPainter, line: QRect, number: int, each: ListedChunk) -> None:
        word = state_of(each)
        width = 0
        if word:
            metrics = QFontMetrics(theme.font(-1))
            width = metrics.horizontalAdvance(word) + theme.px(24)
            icon = "eye-slash" if each.excluded else "pencil-simple"
            paint_word(painter, line.adjusted(line.width() - width, 0, 0, 0), icon, word,
                       "warning" if each.excluded else "info", step=-1)
        font = theme.font(-1, tabular=True)
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        room = line.adjusted(0, 0, -width - theme.px(8) * bool(width), 0)
        painter.drawText(room, _MIDDLE | Qt.AlignmentFlag.AlignLeft, QFontMetrics(font).elidedText(
            f"{number}   {place_of(each)}", Qt.TextElideMode.ElideRight, room.width()))


def _fitting(text: str, metrics: QFontMetrics, width: int) -> str:
    """As many whole words of the text as one line holds, at least one."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if metrics.horizontalAdvance(
            text[:middle]) <= width else (low, middle - 1)
    if low == len(text):
        return text
    return text[:text.rfind(" ", 0, low + 1)] if " " in text[:low + 1] else text[:low]
