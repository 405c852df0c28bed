"""The question box with its button, and the line of hint and estimate under it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from .. import theme
from ..actions import TABLE, key_text
from ..components import ElidedLabel, button, icon_button
from ..icons import icon, paint_icon

_MOST_LINES = 4
QUESTION = "Ask a question about your documents"
FOLLOW_UP = "Ask a follow-up question"
_KEYS = {row.id: row.key for row in TABLE}


class KeyButton(QPushButton):
    """A button that shows its key in a small frame beside its word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = self._icon = ""
        self.setAutoDefault(False)

    def show_action(self, word: str, key: str, icon: str, kind: str) -> None:
        """Another word, key and kind on the same place."""
        self._key, self._icon = key, icon
        self.setText(word)
        self.setAccessibleName(word)
        self.setAccessibleDescription(key)
        theme.set_property(self, "kind", kind)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + theme.px(40), theme.px(32))

    def _widths(self) -> tuple[int, int, int]:
        words = self.fontMetrics().horizontalAdvance(self.text()) + theme.px(4)
        key = self.fontMetrics().horizontalAdvance(self._key)
        return theme.px(16), words, key

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        primary = self.property("kind") == "primary"
        role = "accent_text" if primary else "text"
        color = theme.color(role if self.isEnabled() else "text_disabled")
        icon, words, key = self._widths()
        left = (self.width() - icon - words - key - theme.px(16)) // 2
        middle = self.height() // 2
        paint_icon(painter, QRect(left, middle - icon // 2, icon, icon), self._icon, color)
        left += icon + theme.px(4)
        painter.setPen(color)
        painter.setFont(theme.font(bold=primary))
        painter.drawText(QRect(left, 0, words + theme.px(4), self.height()),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        frame = QRect(left + words + theme.px(4), middle - theme.px(9),
                      key + theme.px(6), theme.px(18))
        painter.setFont(theme.font(-1.5))
        painter.setPen(QPen(color, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(frame, 3, 3)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()


class QuestionBox(QPlainTextEdit):
    """One line that grows to four; Ctrl+Enter asks."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(QUESTION)
        self.setAccessibleName("Question")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self.fit)
        self.dress()

    def dress(self) -> None:
        """A step larger than other text, at the text size of now."""
        self.setFont(theme.font(1))
        self.document().setDocumentMargin(theme.px(6))
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """As tall as its lines, up to four."""
        lines = max(1, int(self.document().size().height()))
        shown = min(lines, _MOST_LINES)
        room = shown * self.fontMetrics().lineSpacing() + theme.px(22)
        if room != self.maximumHeight():
            self.setFixedHeight(room)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if lines > _MOST_LINES else policy.ScrollBarAlwaysOff
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # stopping is the view's business
        else:
            super().keyPressEvent(event)


class QuestionBar(QFrame):
    """Emits what the user wants; the view decides whether it can be done."""

    asked = Signal()
    stopped = Signal()
    hintDismissed = Signal()
    talkPressed = Signal()  # continue, or begin a new conversation

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.box = QuestionBox()
        self.box.asked.connect(self.asked)
        self.button = KeyButton()
        self.button.clicked.connect(self._pressed)
        self.hint = ElidedLabel()
        self.hint.setProperty("size", "small")
        self.hint.setProperty("tone", "muted")
        self.dismiss = icon_button("x", "Dismiss this hint")
        self.dismiss.clicked.connect(self._dismissed)
        self.estimate = ElidedLabel()
        self.estimate.setProperty("tone", "muted")
        self.estimate.setProperty("scale", "small")
        self.estimate.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.talk = button("Continue", kind="quiet", icon="chat-circle")
        self.talk.clicked.connect(self.talkPressed)
        self._running = self._talking = False
        self._lay_out()
        self.show_talk(on=False, possible=False)
        self.show_hint("")
        self.set_running(False)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.px(8))
        first.addWidget(self.box, 1)
        first.addWidget(self.button)
        self.second = QHBoxLayout()
        self.second.setSpacing(theme.px(8))
        self.second.addWidget(self.hint, 1)
        self.second.addWidget(self.dismiss)
        self.second.addStretch(0)
        self.second.addWidget(self.estimate)
        self.second.addWidget(self.talk)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(6))
        column.setSpacing(theme.px(2))
        column.addLayout(first)
        column.addLayout(self.second)

    def set_running(self, running: bool) -> None:
        """Ask becomes Stop while answers are on their way."""
        self._running = running
        if running:
            self.button.show_action("Stop", "Esc", "stop", "secondary")
        else:
            word = "Continue" if self._talking else "Ask"
            self.button.show_action(word, "Ctrl+Enter", "play", "primary")

    def show_talk(self, *, on: bool, possible: bool) -> None:
        """`on`: the next question continues a conversation; `possible`: there is an answer that
        one could go on from."""
        self._talking = on
        self.talk.setVisible(on or possible)
        self.talk.setText("New conversation" if on else "Continue…")
        self.talk.setIcon(icon("plus" if on else "arrow-bend-down-right"))
        words = "Clear the columns; what was said stays in the workspace" if on else \
            "Ask a follow-up question: each column goes on from its own answer"
        key = key_text(_KEYS["new_conversation" if on else "continue"])
        self.talk.setToolTip(f"{words} ({key})")
        self.box.setPlaceholderText(FOLLOW_UP if on else QUESTION)
        self.set_running(self._running)

    def _pressed(self) -> None:
        (self.stopped if self._running else self.asked).emit()

    def show_hint(self, text: str) -> None:
        """One line of help; empty hides it."""
        self.hint.setText(text)
        self.dismiss.setVisible(bool(text))

    def _dismissed(self) -> None:
        self.show_hint("")
        self.hintDismissed.emit()
