"""The command palette: type a few letters, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from . import theme

MOST = 60  # rows of a group; nobody reads further, they type another letter
GROUPS = ("Actions", "Documents", "Cases", "Strategies")
ENTRY = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to go to or do."""

    group: str
    text: str
    act: Callable[[], object]
    key: str = ""


def matching(entries: Sequence[Entry], query: str) -> list[Entry]:
    """Entries that hold every word of `query`, those that start with it first, groups kept."""
    words = query.casefold().split()
    start = query.casefold().strip()
    found: dict[str, list[Entry]] = {group: [] for group in GROUPS}
    for each in entries:
        text = each.text.casefold()
        if all(word in text for word in words):
            found.setdefault(each.group, []).append(each)
    return [each for group in found.values() for each in sorted(
        group, key=lambda e: not e.text.casefold().startswith(start))[:MOST]]


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, theme.px(28 if index.data(ENTRY) else 26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY)
        rect = option.rect.adjusted(theme.px(12), 0, -theme.px(12), 0)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if entry is None:
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.font(-1))
            painter.drawText(rect, left, str(index.data()))
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
        _paint_entry(painter, rect, entry)


def _paint_entry(painter: QPainter, rect: QRect, entry: Entry) -> None:
    painter.setFont(theme.font())
    painter.setPen(theme.color("text"))
    room = rect.width() - theme.px(110 if entry.key else 0)
    shown = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideMiddle, room)
    side = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignLeft, shown)
    painter.setPen(theme.color("muted"))
    painter.setFont(theme.font(-1))
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignRight, entry.key)


class Palette(QFrame):
    """Frameless, over the window; Esc or a click elsewhere closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("surface", "surface")
        self.setProperty("rule", "box")
        self._entries: list[Entry] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search actions, documents, cases, strategies")
        self.field.setAccessibleName("Search actions, documents, cases, strategies")
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setAccessibleName("Found")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.clicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), theme.px(8))
        column.addWidget(self.field)
        column.addWidget(self.list)

    def open_over(self, window: QWidget, entries: Sequence[Entry]) -> None:
        """Show these entries at the top of the window."""
        self._entries = list(entries)
        self.field.clear()
        self._filter("")
        width = min(theme.px(640), window.width() - theme.px(48))
        self.resize(width, min(theme.px(440), window.height() - theme.px(96)))
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + theme.px(72))
        self.show()
        self.field.setFocus()

    def add(self, entries: Sequence[Entry]) -> None:
        """More to choose from; what is typed and chosen stays."""
        row = self.list.currentIndex().row()
        self._entries += entries
        self._filter(self.field.text())
        if 0 <= row < self._model.rowCount() and self._model.item(row).data(ENTRY) is not None:
            self.list.setCurrentIndex(self._model.index(row, 0))

    def shown(self) -> list[str]:
        """The entries that can be chosen now, in order."""
        entries = (self._model.item(row).data(ENTRY) for row in range(self._model.rowCount()))
        return [entry.text for entry in entries if entry is not None]

    def _filter(self, query: str) -> None:
        self._model.clear()
        group = None
        for entry in matching(self._entries, query):
            if entry.group != group:
                group = entry.group
                self._model.appendRow(_heading(group))
            item = QStandardItem(entry.text)
            item.setData(entry, ENTRY)
            self._model.appendRow(item)
        if not self._model.rowCount():
            self._model.appendRow(_heading("Nothing has these letters"))
        self._step(1)

    def _step(self, by: int) -> None:
        row = self.list.currentIndex().row() + by
        while 0 <= row < self._model.rowCount() and self._model.item(row).data(ENTRY) is None:
            row += by
        if 0 <= row < self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _run(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if entry is not None:
            self.hide()
            entry.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            key = Qt.Key(event.key())
            if key in steps:
                self._step(steps[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item
