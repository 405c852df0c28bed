"""The head of a column: rung rule, badge, name, state chip, what it adds, model, menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ...core.types import Rung
from .. import theme
from ..components import ElidedLabel, RungBadge, StateChip, icon_button, paint_focus
from .states import Chip

_RULE = 3  # px


class ColumnHeader(QFrame):
    """Focusable: F2 renames, the menu key opens the menu, Ctrl+Shift+arrows move the column."""

    ROLE = QAccessible.Role.Grouping

    menuRequested = Signal(QPoint)  # global
    renamed = Signal(str)
    moved = Signal(int)  # -1: one place to the left, 1: to the right
    stepped = Signal(int)  # the focus should go to a neighbour's header
    maximiseToggled = Signal()
    dragged = Signal(QPoint)  # global, while the header is dragged
    dropped = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "bottom")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rung = Rung.BASELINE
        self._pressed: QPoint | None = None
        self._dragging = False
        self._focus_shown = False
        self.badge = RungBadge("B", Rung.BASELINE)
        self.name = ElidedLabel()
        self.name.setProperty("role", "strong")
        self.chip = StateChip()
        self.adds = ElidedLabel()
        self.model = ElidedLabel()
        for line, tone in ((self.adds, ""), (self.model, "muted")):
            line.setProperty("size", "small")
            line.setProperty("tone", tone)
        self.menu_button = icon_button("dots-three-vertical", "Column menu")
        self.menu_button.clicked.connect(self._ask_menu)
        self._edit = QLineEdit()
        self._edit.setAccessibleName("Name of the strategy")
        self._edit.editingFinished.connect(self._end_rename)
        self._edit.installEventFilter(self)
        self._edit.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.px(8))
        first.addWidget(self.badge)
        first.addWidget(self.name, 1)
        first.addWidget(self._edit, 1)
        first.addWidget(self.chip)
        lines = QVBoxLayout()
        lines.setSpacing(theme.px(1))
        lines.addWidget(self.adds)
        lines.addWidget(self.model)
        second = QHBoxLayout()
        second.setSpacing(theme.px(4))
        second.addLayout(lines, 1)
        second.addWidget(self.menu_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), _RULE + theme.px(6), theme.px(6), theme.px(6))
        column.setSpacing(theme.px(2))
        column.addLayout(first)
        column.addLayout(second)
        first.setContentsMargins(0, 0, theme.px(2), 0)
        self.badge.setMinimumHeight(theme.px(20))
        self.name.setMinimumHeight(theme.px(24))  # as the chip's, which comes and goes

    # --- what it shows -----------------------------------------------------------------

    def show_strategy(self, name: str, badge: str, rung: Rung, adds: str, model: str) -> None:
        """Everything but the state."""
        self._rung = rung
        self.badge.show_rung(badge, rung)
        self.name.setText(name)
        self.adds.setText(adds)
        self.model.setText(model)
        self.menu_button.setAccessibleName(f"Menu of {name}")
        self.setAccessibleName(f"{name}, {rung.value}. {adds}. Model: {model}")
        self.update()

    def show_chip(self, chip: Chip) -> None:
        """The state; an empty word hides the chip."""
        if (chip.word, chip.tone) != (self.chip.word(), self.chip.tone()):
            self.chip.show_state(chip.icon, chip.word, chip.tone)
            self.setAccessibleDescription(chip.word)

    # --- renaming ----------------------------------------------------------------------

    def rename(self) -> None:
        """Edit the name in place: Enter takes it, Esc leaves it."""
        self._edit.setText(self.name.text())
        self.name.hide()
        self._edit.show()
        self._edit.setFocus()
        self._edit.selectAll()

    def _end_rename(self) -> None:
        if self._edit.isHidden():
            return
        name = " ".join(self._edit.text().split())
        self._close_edit()
        if name and name != self.name.text():
            self.renamed.emit(name)

    def _close_edit(self) -> None:
        self._edit.hide()
        self.name.show()
        self.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if watched is not self._edit or not escape:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:  # not for the window's Stop
            event.accept()
        elif event.type() is QEvent.Type.KeyPress:
            self._close_edit()
            return True
        return False

    # --- keys and mouse ----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrows = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = arrows.get(Qt.Key(event.key()))
        moving = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if step is not None and event.modifiers() == moving:
            self.moved.emit(step)
        elif step is not None and not event.modifiers():
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.maximiseToggled.emit()
        else:
            super().keyPressEvent(event)

    def _ask_menu(self) -> None:
        self.menuRequested.emit(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._ask_menu()
        else:
            self.menuRequested.emit(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        here = event.globalPosition().toPoint()
        far = (here - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._dragging or far:
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(here)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if self._dragging:
            self._dragging = False
            self.unsetCursor()
            self.dropped.emit(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.maximiseToggled.emit()

    # --- painting ----------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_shown = event.reason() is not Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        rule = self.rect()
        rule.setHeight(_RULE)
        painter.fillRect(rule, QColor(theme.current().rung(self._rung)))
        if self._rung is Rung.WHOLE_DOCUMENTS:  # shares a hue, so its rule is dashed
            for x in range(8, self.width(), 14):
                painter.fillRect(x, 0, 6, _RULE, theme.color("raised"))
        if self.hasFocus() and self._focus_shown:
            paint_focus(painter, self.rect().adjusted(0, _RULE, 0, 0), 0)
        painter.end()


