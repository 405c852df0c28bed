"""What the user sees when something went wrong, and when there is nothing yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import StrategyExplorerError
from .. import theme
from ..icons import icon
from .buttons import button
from .labels import ElidedLabel, label


class IconLabel(QLabel):
    """An icon beside words that say the same: nothing to read aloud, nothing to focus."""

    def __init__(self, name: str, role: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.show_icon(name, role)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon."""
        self._shown = (name, role)
        side = theme.px(16)
        self.setFixedWidth(theme.px(20))
        self.setPixmap(icon(name, role).pixmap(side, side))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.show_icon(*self._shown)


class ErrorBox(QFrame):
    """What, why, what you can do with buttons, and the wire's own words to copy. Never modal."""

    def __init__(
        self, what: str = "", why: str = "", remedy: str = "", details: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("errorBox")
        self._what = label(role="strong", tone="danger", wrap=True)
        self._why = label(wrap=True)
        self._remedy_head = label("What you can do", tone="muted", size="small")
        self._remedy = label(wrap=True)
        self._details_line = ElidedLabel()
        self._copy = button("Copy details", kind="link")
        self._copy.clicked.connect(self._copy_details)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.px(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addWidget(self._middle())
        column.addWidget(self._foot())
        self.show_problem(what, why, remedy, details)

    def _top(self) -> QFrame:
        top = _frame("danger")
        box = QVBoxLayout(top)
        box.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        box.setSpacing(theme.px(4))
        first = QHBoxLayout()
        first.setSpacing(0)
        first.addWidget(IconLabel("x-circle", "danger"))
        first.addWidget(self._what, 1)
        box.addLayout(first)
        box.addWidget(self._why)
        for part in (self._what, self._why, self._remedy):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return top

    def _middle(self) -> QFrame:
        self._middle_frame = _frame("surface")
        box = QVBoxLayout(self._middle_frame)
        box.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        box.setSpacing(theme.px(4))
        box.addWidget(self._remedy_head)
        box.addWidget(self._remedy)
        self._buttons.addStretch(1)
        box.addLayout(self._buttons)
        return self._middle_frame

    def _foot(self) -> QFrame:
        self._foot_frame = _frame("raised")
        row = QHBoxLayout(self._foot_frame)
        row.setContentsMargins(theme.px(12), theme.px(2), theme.px(8), theme.px(2))
        self._details_line.setProperty("code", "true")
        self._details_line.setProperty("scale", "small")
        self._details_line.setProperty("tone", "muted")
        row.addWidget(self._details_line, 1)
        row.addWidget(self._copy)
        return self._foot_frame

    def show_error(self, error: StrategyExplorerError) -> None:
        """Show an error of the program's own kind."""
        self.show_problem(error.what, error.why, error.remedy, error.details)

    def show_problem(self, what: str, why: str = "", remedy: str = "", details: str = "") -> None:
        """Show other words; buttons stay."""
        self._problem = (what, why, remedy, details)
        self._what.setText(what)
        for part, text in ((self._why, why), (self._remedy, remedy)):
            part.setText(text)
            part.setVisible(bool(text))
        self._remedy_head.setVisible(bool(remedy))
        self._middle_frame.setVisible(bool(remedy) or self._buttons.count() > 1)
        self._details_line.setText(" ".join(details.split())[:400])
        self._foot_frame.setVisible(bool(details))
        self.setAccessibleName(what)
        self.setAccessibleDescription(self.text())

    def text(self) -> str:
        """All of it, as copied."""
        return "\n".join(part for part in self._problem if part)

    def add_button(
        self, text: str, act: Callable[[], object], *, kind: str = "secondary", icon: str = ""
    ) -> QPushButton:
        """A way out; the first one should be the primary one."""
        made = button(text, kind=kind, icon=icon)
        made.clicked.connect(lambda: act())
        self._buttons.insertWidget(self._buttons.count() - 1, made)
        self._middle_frame.setVisible(True)
        return made

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._copy.setText("Copied")


class EmptyState(QWidget):
    """One sentence and one button, top left."""

    pressed = Signal()

    def __init__(
        self, sentence: str, button_text: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.sentence = label(sentence, tone="muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(16), theme.px(12), theme.px(16))
        column.setSpacing(theme.px(12))
        column.addWidget(self.sentence)
        if button_text:
            self.button = button(button_text, icon=icon)
            self.button.clicked.connect(self.pressed)
            self._buttons = QHBoxLayout()
            self._buttons.setSpacing(theme.px(8))
            self._buttons.addWidget(self.button)
            self._buttons.addStretch(1)
            column.addLayout(self._buttons)
        column.addStretch(1)

    def add_button(self, text: str, icon: str = "") -> QPushButton:
        """Another way on, beside the first."""
        made = button(text, icon=icon)
        self._buttons.insertWidget(self._buttons.count() - 1, made)
        return made


def dialog_foot(dialog: QDialog, *parts: QWidget) -> QFrame:
    """The bar under a dialog: `parts`, the first of which takes the room, and Close."""
    foot = _frame("bg")
    foot.setProperty("rule", "top")
    close = button("Close")
    close.clicked.connect(dialog.close)
    row = QHBoxLayout(foot)
    row.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
    row.setSpacing(theme.px(8))
    first = parts[0] if parts else None
    if isinstance(first, QLabel) and not isinstance(first, ElidedLabel):
        first.setWordWrap(True)  # a hint never widens its dialog
    for part in (*parts, close):
        row.addWidget(part, 1 if part is parts[0] else 0)
    return foot


def _frame(surface: str) -> QFrame:
    made = QFrame()
    made.setProperty("surface", surface)
    return made
