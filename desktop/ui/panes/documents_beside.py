"""One query under several profiles: a row a passage, and its place under each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ...core.search_results import Beside
from .. import theme
from .documents_delegate import paint_row

Index = QModelIndex | QPersistentModelIndex
_ROW = int(Qt.ItemDataRole.UserRole)


class _Cell(QStyledItemDelegate):
    """Of a passage the document, elided in the middle, then page and beginning; else a place."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        room = paint_row(painter, option)
        row: Beside | None = index.data(_ROW)
        if row is None:
            painter.setFont(theme.font(tabular=True))
            painter.setPen(theme.color("text"))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, index.data())
            return
        page = "" if row.hit.page is None else f"p. {row.hit.page}  "
        half = room.height() // 2
        _line(painter, QRect(room.left(), room.top(), room.width(), half), row.hit.document,
              Qt.TextElideMode.ElideMiddle, "text", 0)
        _line(painter, QRect(room.left(), room.top() + half, room.width(), half),
              page + " ".join(row.hit.text[:200].split()), Qt.TextElideMode.ElideRight, "muted",
              -1)


def _line(painter: QPainter, room: QRect, text: str, mode: Qt.TextElideMode, role: str,
          step: int) -> None:
    font = theme.font(step)
    painter.setFont(font)
    painter.setPen(theme.color(role))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                     QFontMetrics(font).elidedText(text, mode, room.width()))


class BesideTable(QTableWidget):
    """Places count from 1; a dash is a passage that the profile does not bring."""

    hitOpened = Signal(object)  # Hit

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Places of each passage under the profiles")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(44))
        self.setShowGrid(False)
        self.setItemDelegate(_Cell(self))
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemActivated.connect(self._open)
        self.itemClicked.connect(self._open)

    def show_rows(self, profiles: Sequence[str], rows: Sequence[Beside]) -> None:
        """`profiles` are their names, in the order of each row's ranks."""
        self.clear()
        self.setColumnCount(1 + len(profiles))
        self.setRowCount(len(rows))
        self.setHorizontalHeaderLabels(["Passage", *map(short_name, profiles)])
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column in range(1, 1 + len(profiles)):
            header.resizeSection(column, theme.px(64))
        header.setMinimumSectionSize(theme.px(40))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.model().setHeaderData(0, Qt.Orientation.Horizontal, Qt.AlignmentFlag.AlignLeft
                                   | Qt.AlignmentFlag.AlignVCenter,
                                   Qt.ItemDataRole.TextAlignmentRole)
        for column, name in enumerate(profiles, start=1):
            self.model().setHeaderData(column, Qt.Orientation.Horizontal, name,
                                       Qt.ItemDataRole.ToolTipRole)
        for place, row in enumerate(rows):
            self._show_row(place, row, profiles)

    def _show_row(self, place: int, row: Beside, profiles: Sequence[str]) -> None:
        hit = row.hit
        page = "" if hit.page is None else f", p. {hit.page}"
        first = QTableWidgetItem(f"{hit.document}{page}: {' '.join(hit.text.split())[:80]}")
        first.setData(_ROW, row)
        first.setToolTip(hit.text)
        self.setItem(place, 0, first)
        for column, (rank, score) in enumerate(zip(row.ranks, row.scores, strict=True), start=1):
            item = QTableWidgetItem("–" if rank is None else str(rank))
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            said = "not among its passages" if score is None else f"place {rank}, score {score:.2f}"
            item.setToolTip(f"{profiles[column - 1]}: {said}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{profiles[column - 1]}: {said}")
            self.setItem(place, column, item)

    def _open(self, item: QTableWidgetItem) -> None:
        first = self.item(item.row(), 0)
        if first is not None:
            self.hitOpened.emit(first.data(_ROW).hit)


def short_name(profile: str) -> str:
    """What a column can be headed with: "Hybrid", "Meaning", "Words"."""
    return profile.split(",")[0].split()[0]
