"""The strategies: their list, and the form of the chosen one. Stays open beside the answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ...core.strategies import badge_of, rung_of
from ...core.types import Connection, PromptVersion, Strategy
from .. import theme
from ..components import (
    badge_size,
    button,
    dialog_foot,
    icon_button,
    label,
    paint_badge,
    paint_focus,
    paint_ground,
)
from ..icons import paint_icon
from .strategy_form import StrategyForm

_STRATEGY = Qt.ItemDataRole.UserRole
_BADGE = Qt.ItemDataRole.UserRole + 1


class _Row(QStyledItemDelegate):
    """Badge and name; an eye with a stroke for a hidden one."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(theme.px(160), theme.px(32))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        strategy, badge = index.data(_STRATEGY), index.data(_BADGE)
        rect: QRect = option.rect
        state = option.state
        paint_ground(painter, option)
        size = badge_size(badge)
        box = QRect(rect.left() + theme.px(8), rect.center().y() - size.height() // 2 + 1,
                    size.width(), size.height())
        paint_badge(painter, box, badge, rung_of(strategy))
        left, right = box.right() + theme.px(8), rect.right() - theme.px(8)
        if strategy.hidden:
            side = theme.px(16)
            paint_icon(painter, QRect(right - side, rect.center().y() - side // 2 + 1, side, side),
                       "eye-slash", theme.color("text_muted"))
            right -= side + theme.px(4)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text_muted" if strategy.hidden else "text"))
        name = painter.fontMetrics().elidedText(
            strategy.name, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, rect.top(), right - left, rect.height()),
                         Qt.AlignmentFlag.AlignVCenter, name)
        if state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect)


class _List(QListWidget):
    """Ctrl+arrows move a strategy, Delete removes it; rows can be dragged."""

    stepped = Signal(int)
    deleted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)


class StrategiesDialog(QDialog):
    """Not modal: what changes here is seen at once in the columns behind it."""

    strategySaved = Signal(object)
    strategyRemoved = Signal(int)
    strategyDuplicated = Signal(int)
    orderChanged = Signal(list)
    addRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Strategies")
        self.setModal(False)
        self.resize(theme.dialog_size(760, 620))
        self._strategies: list[Strategy] = []
        self._versions: Sequence[PromptVersion] = ()
        self._connections: Sequence[Connection] = ()
        self._expecting = False
        self.list = _List()
        self.list.setAccessibleName("Strategies, left to right")
        self.list.setItemDelegate(_Row(self.list))
        self.list.setMouseTracking(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.form = StrategyForm()
        self.add = button("Add", icon="plus", size="small")
        self.duplicate = icon_button("copy", "Duplicate the strategy")
        self.up = icon_button("arrow-up", "Move up: further left", tooltip="Move up (Ctrl+Up)")
        self.down = icon_button("arrow-down", "Move down: further right",
                                tooltip="Move down (Ctrl+Down)")
        self.remove = icon_button("trash", "Remove the strategy", tooltip="Remove (Delete)")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(theme.px(2))
        tools.addWidget(self.add)
        tools.addStretch(1)
        for part in (self.duplicate, self.up, self.down, self.remove):
            tools.addWidget(part)
        left = QVBoxLayout()
        left.setSpacing(theme.px(8))
        left.addWidget(self.list, 1)
        left.addLayout(tools)
        side = QFrame()
        side.setProperty("surface", "surface")
        side.setLayout(left)
        side.setFixedWidth(theme.px(240))
        scroll = QScrollArea()
        scroll.setProperty("surface", "raised")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QFrame()
        inside.setProperty("surface", "raised")
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inner.addWidget(self.form)
        scroll.setWidget(inside)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(side)
        body.addWidget(scroll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        note = label("Changes are saved as you make them.", tone="muted", size="small")
        column.addWidget(dialog_foot(self, note))

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_form)
        self.list.stepped.connect(self._step)
        self.list.deleted.connect(self._remove)
        # Queued: showing the new order clears the list, which is still moving its rows.
        self.list.model().rowsMoved.connect(self._dropped, Qt.ConnectionType.QueuedConnection)
        self.form.saved.connect(self.strategySaved)
        self.add.clicked.connect(self.addRequested)
        self.duplicate.clicked.connect(self._duplicate)
        self.up.clicked.connect(self._step_up)
        self.down.clicked.connect(self._step_down)
        self.remove.clicked.connect(self._remove)

    # --- showing -----------------------------------------------------------------------

    def show_strategies(
        self, strategies: Sequence[Strategy], versions: Sequence[PromptVersion],
        connections: Sequence[Connection],
    ) -> None:
        """The chosen strategy stays chosen; a newly added one is chosen instead."""
        chosen = self.current()
        known = {s.id for s in self._strategies}
        new = [s.id for s in strategies if s.id not in known]
        self._strategies = list(strategies)
        self._versions, self._connections = versions, connections
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for strategy in strategies:
            self.list.addItem(_item(strategy, badge_of(strategy, strategies)))
        self.list.blockSignals(blocked)
        if self._expecting and known and new:
            self._expecting = False
            self.choose(new[-1])
            self.form.name.setFocus()
            self.form.name.selectAll()
        else:
            self.choose(chosen.id if chosen is not None else None)

    def expect_new(self) -> None:
        """The next strategy that appears was asked for here: choose it."""
        self._expecting = True

    def choose(self, strategy_id: int | None) -> None:
        """Show the form of one strategy; of the first when it is gone."""
        ids = [s.id for s in self._strategies]
        row = ids.index(strategy_id) if strategy_id in ids else 0
        self.list.setCurrentRow(row if ids else -1)
        self._show_form(self.list.currentRow())

    def current(self) -> Strategy | None:
        """The chosen one."""
        row = self.list.currentRow()
        return self._strategies[row] if 0 <= row < len(self._strategies) else None

    def _show_form(self, row: int) -> None:
        strategy = self.current()
        self.form.show_strategy(strategy, self._strategies, self._versions, self._connections)
        for part in (self.duplicate, self.remove):
            part.setEnabled(strategy is not None)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self._strategies) - 1)

    # --- doing -------------------------------------------------------------------------

    def _duplicate(self) -> None:
        strategy = self.current()
        if strategy is not None:
            self.expect_new()
            self.strategyDuplicated.emit(strategy.id)

    def _remove(self) -> None:
        strategy = self.current()
        if strategy is not None:
            self.strategyRemoved.emit(strategy.id)

    def _step_up(self) -> None:
        self._step(-1)

    def _step_down(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        row = self.list.currentRow()
        ids = [s.id for s in self._strategies]
        if 0 <= row + by < len(ids) and row >= 0:
            ids.insert(row + by, ids.pop(row))
            self.orderChanged.emit(ids)

    def _dropped(self) -> None:
        ids = [self.list.item(row).data(_STRATEGY).id for row in range(self.list.count())]
        if ids != [s.id for s in self._strategies]:
            self.orderChanged.emit(ids)


def _item(strategy: Strategy, badge: str) -> QListWidgetItem:
    made = QListWidgetItem(strategy.name + (", hidden" if strategy.hidden else ""))
    made.setData(_STRATEGY, strategy)
    made.setData(_BADGE, badge)
    return made
