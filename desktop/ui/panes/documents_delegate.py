"""How the ledger and the hits of a search are painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...core.search_results import snippet
from ...core.types import Document, Hit
from .. import theme
from ..compare.places import qt_place
from ..components import paint_bar, paint_focus, paint_ground, paint_hairline, paint_word
from ..icons import file_icon, paint_icon
from .documents_columns import SPECS, Column, sign_of
from .documents_model import DOCUMENT

Index = QModelIndex | QPersistentModelIndex
HIT = int(Qt.ItemDataRole.UserRole)
MATCHED = HIT + 1  # the words that matched, in lower case
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = _MIDDLE | Qt.AlignmentFlag.AlignLeft
_RIGHT = _MIDDLE | Qt.AlignmentFlag.AlignRight


def paint_row(painter: QPainter, option: QStyleOptionViewItem) -> QRect:
    """Selection, hover and hairline of a row; returns the room for its content."""
    rect: QRect = option.rect
    paint_ground(painter, option)
    paint_hairline(painter, rect.bottomLeft(), rect.bottomRight())
    return rect.adjusted(theme.px(8), 0, -theme.px(8), -1)


class LedgerDelegate(QStyledItemDelegate):
    """Icon and name elided in the middle, numbers at the right, state word or word and bar."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        document: Document = index.data(DOCUMENT)
        column = Column(index.column())
        room = paint_row(painter, option)
        if column is Column.NAME:
            _paint_name(painter, room, document)
        elif column is Column.STATE:
            _paint_state(painter, room, document)
        else:
            painter.setFont(theme.font(tabular=True))
            painter.setPen(theme.color("text"))
            side = _RIGHT if SPECS[column].number else _LEFT
            painter.drawText(room, side, QFontMetrics(painter.font()).elidedText(
                index.data(), Qt.TextElideMode.ElideMiddle, room.width()))
        if index.row() == self._focused():
            _paint_row_focus(painter, option.rect.adjusted(0, 0, 0, -1), column)

    def _focused(self) -> int:
        view = self.parent()
        assert isinstance(view, QAbstractItemView)
        return view.currentIndex().row() if view.hasFocus() else -1


def _paint_row_focus(painter: QPainter, cell: QRect, column: Column) -> None:
    """This cell's part of the frame around the whole row."""
    color = theme.color("accent")
    painter.fillRect(cell.x(), cell.y(), cell.width(), 2, color)
    painter.fillRect(cell.x(), cell.bottom() - 1, cell.width(), 2, color)
    if column is Column.NAME:
        painter.fillRect(cell.x(), cell.y(), 2, cell.height(), color)
    if column is Column.STATE:
        painter.fillRect(cell.right() - 1, cell.y(), 2, cell.height(), color)


def _paint_name(painter: QPainter, room: QRect, document: Document) -> None:
    side = theme.px(16)
    paint_icon(painter, QRect(room.left(), room.center().y() - side // 2, side, side),
               file_icon(document.name), theme.color("muted"))
    font = theme.font()
    left = room.adjusted(theme.px(20), 0, 0, 0)
    shown = QFontMetrics(font).elidedText(
        document.name, Qt.TextElideMode.ElideMiddle, left.width())
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    painter.drawText(left, _LEFT, shown)


def _paint_state(painter: QPainter, room: QRect, document: Document) -> None:
    sign = sign_of(document)
    used = paint_word(painter, room, sign.icon, sign.word, sign.tone, step=-1)
    if sign.bar:
        bar = room.adjusted(used + theme.px(8), 0, 0, 0)
        if bar.width() >= theme.px(16):
            paint_bar(painter, bar, sign.share)


class HitDelegate(QStyledItemDelegate):
    """Four lines: rank, document, page, score; both ranks; two of the passage, around the words
    that matched, which are marked and bold."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(200), theme.px(82))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit: Hit = index.data(HIT)
        room = paint_row(painter, option).adjusted(0, theme.px(4), 0, -theme.px(4))
        height = room.height() // 4
        _paint_hit_head(painter, QRect(room.left(), room.top(), room.width(), height), hit)
        inside = room.adjusted(theme.px(24), height, 0, 0)
        font = theme.font(-1)
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        said = ranks_text(hit) + (", edited here" if hit.edited else "")
        painter.drawText(inside.x(), inside.y(), inside.width(), height, _LEFT,
                         QFontMetrics(font).elidedText(
                             said, Qt.TextElideMode.ElideRight, inside.width()))
        text, marks = snippet(hit.text, index.data(MATCHED) or frozenset())
        _paint_marked(painter, inside.adjusted(0, height, 0, 0), text, marks)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, option.rect.adjusted(0, 0, 0, -1))


def _paint_marked(
    painter: QPainter, room: QRect, text: str, marks: Sequence[tuple[int, int]]
) -> None:
    """Two lines of text. Qt counts in UTF-16, so that a mark may stand after an emoji."""
    layout = QTextLayout(text, theme.font(-1))
    layout.setFormats([_marked(qt_place(text, start), qt_place(text, end))
                       for start, end in marks])
    layout.beginLayout()
    top = 0.0
    for _ in range(2):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(room.width())
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    painter.setPen(theme.color("text"))
    layout.draw(painter, QPointF(room.topLeft()))


def _marked(start: int, end: int) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = start, end - start
    style = QTextCharFormat()
    style.setBackground(theme.color("mark"))
    style.setFontWeight(QFont.Weight.DemiBold)
    made.format = style
    return made


def _paint_hit_head(painter: QPainter, line: QRect, hit: Hit) -> None:
    painter.setFont(theme.font(tabular=True))
    painter.setPen(theme.color("accent"))
    painter.drawText(line, _LEFT, str(hit.rank))
    painter.setPen(theme.color("muted"))
    right = place_text(hit)
    painter.drawText(line, _RIGHT, right)
    metrics = QFontMetrics(theme.font(tabular=True))
    name = line.adjusted(theme.px(24), 0, -metrics.horizontalAdvance(right) - theme.px(8), 0)
    painter.setPen(theme.color("text"))
    painter.setFont(theme.font())
    painter.drawText(name, _LEFT, QFontMetrics(theme.font()).elidedText(
        hit.document, Qt.TextElideMode.ElideMiddle, name.width()))


def place_text(hit: Hit) -> str:
    """Page and score of a hit: "p. 4   0.83"."""
    page = "" if hit.page is None else f"p. {hit.page}   "
    digits = 2 if abs(hit.score) >= 0.1 else 3  # rank fusion gives scores like 0.033
    return f"{page}{hit.score:.{digits}f}"


def ranks_text(hit: Hit) -> str:
    """Where each search had it: "meaning: 3rd (0.61), words: not found"."""
    return ", ".join((_rank("meaning", hit.dense_rank, hit.dense_score),
                      _rank("words", hit.lexical_rank, hit.lexical_score)))


def _rank(name: str, rank: int | None, score: float | None) -> str:
    if rank is None:
        return f"{name}: not found"
    return f"{name}: rank {rank}" + ("" if score is None else f" ({score:.2f})")
