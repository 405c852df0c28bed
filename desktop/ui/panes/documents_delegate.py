"""How the ledger and the hits of a search are painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...core.types import Document, Hit
from .. import theme
from ..components import paint_bar, paint_focus, paint_ground, paint_hairline, paint_word
from ..icons import file_icon, paint_icon
from .documents_columns import SPECS, Column, sign_of
from .documents_model import DOCUMENT

Index = QModelIndex | QPersistentModelIndex
HIT = int(Qt.ItemDataRole.UserRole)
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
    """Three lines: rank, document, page, score; both ranks; the start of the passage."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(200), theme.px(66))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit: Hit = index.data(HIT)
        room = paint_row(painter, option).adjusted(0, theme.px(4), 0, -theme.px(4))
        height = room.height() // 3
        lines = [QRect(room.left(), room.top() + n * height, room.width(), height)
                 for n in range(3)]
        _paint_hit_head(painter, lines[0], hit)
        indent = theme.px(24)
        for line, text, role in ((lines[1], ranks_text(hit), "muted"),
                                 (lines[2], " ".join(hit.text.split()), "text")):
            font = theme.font(-1)
            painter.setFont(font)
            painter.setPen(theme.color(role))
            inside = line.adjusted(indent, 0, 0, 0)
            shown = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, _LEFT, shown)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, option.rect.adjusted(0, 0, 0, -1))


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
