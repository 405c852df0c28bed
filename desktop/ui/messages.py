"""The one door to the user: what happened, why, what next; and questions. Never modal.

Messages stand in a bar above the centre, newest first, three at most. A question is answered
by a button and handed to a callback, so nothing waits and no event loop is nested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..core.errors import StrategyExplorerError
from . import theme
from .accessible import announce
from .components import IconLabel, button, icon_button, label
from .tokens import Tone

MOST = 3
LEAST = 72  # pixels at 100 %: one message of two lines
SIGNS: dict[Tone, str] = {
    "danger": "x-circle", "warning": "warning", "info": "info", "success": "check-circle",
}
Answer = Callable[[str], object]


class Message(QFrame):
    """One message: what in bold, the rest after it, buttons below."""

    closed = Signal()

    def __init__(
        self, what: str, rest: str = "", tone: Tone = "info", details: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.what, self.details, self.tone = what, details, tone
        self._rest = rest
        self._buttons: list[QPushButton] = []
        self.setProperty("surface", tone)
        self.setAccessibleName(self.text())
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(_selectable(label(what, role="strong", wrap=True)))
        if rest:
            words.addWidget(_selectable(label(rest, wrap=True)))
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.px(8))
        self._row.addStretch(1)
        words.addLayout(self._row)
        close = icon_button("x", "Close this message")
        close.clicked.connect(self.closed)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(theme.px(12), theme.px(8), theme.px(8), theme.px(8))
        outer.setSpacing(theme.px(4))
        outer.addWidget(IconLabel(SIGNS.get(tone, "info"), tone))
        outer.addLayout(words, 1)
        outer.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        if details:
            self.add_button("Copy details", self.copy, kind="link")

    def text(self) -> str:
        """What is read aloud and copied, without the details."""
        return " ".join(part for part in (self.what, self._rest) if part)

    def add_button(
        self, text: str, act: Callable[[], object], *, kind: str = "secondary"
    ) -> QPushButton:
        """A way on, at the left under the words."""
        made = button(text, kind=kind, size="" if kind == "link" else "small")
        made.clicked.connect(lambda: act())
        self._row.insertWidget(self._row.count() - 1, made)
        self._buttons.append(made)
        return made

    def buttons(self) -> list[QPushButton]:
        """The ways on, in order."""
        return list(self._buttons)

    def copy(self) -> None:
        """Everything, with the details, on the clipboard."""
        QGuiApplication.clipboard().setText(f"{self.text()}\n\n{self.details}".strip())


class MessageBar(QScrollArea):
    """Where messages stand; takes no room without any, and scrolls where room is short.

    What wraps cannot tell a window how high it is, so the bar does: as high as its messages
    need at this width, down to `LEAST` pixels where the view below needs the rest.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self._need = 0
        self.setAccessibleName("Messages")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidgetResizable(True)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self.setWidget(inner)
        inner.installEventFilter(self)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), self._need)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(240), min(self._need, theme.px(LEAST)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._measure()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        need = self._column.heightForWidth(self.width())
        if need != self._need:
            self._need = need
            self.updateGeometry()

    def messages(self) -> list[Message]:
        """What stands here, newest first."""
        return list(self._messages)

    def add(self, message: Message) -> None:
        """Show a message above the others; the fourth from the top goes."""
        message.closed.connect(lambda: self.remove(message))
        self._messages.insert(0, message)
        self._column.insertWidget(0, message)
        for old in self._messages[MOST:]:
            old.closed.emit()
        self.show()

    def remove(self, message: Message) -> None:
        """Take a message away; twice does no harm."""
        if message in self._messages:
            self._messages.remove(message)
            self._column.removeWidget(message)
            message.hide()
            message.deleteLater()
        self.setVisible(bool(self._messages))


class Messages(QObject):
    """Say things to the user, from anywhere that holds this."""

    def __init__(self, bar: MessageBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bar = bar

    def say(self, text: str, tone: Tone = "info", *, seconds: float = 0) -> Message:
        """One sentence; goes by itself after `seconds` if given."""
        message = self._show(Message(text, tone=tone))
        if seconds:
            QTimer.singleShot(round(seconds * 1000), message, message.closed.emit)
        return message

    def show_error(self, error: StrategyExplorerError) -> Message:
        """A problem the user can mend: what, why, what next."""
        parts = (part.rstrip(".") + "." for part in (error.why, error.remedy) if part)
        return self._show(Message(error.what, " ".join(parts), "danger", error.details))

    def show_bug(self, what: str, details: str) -> Message:
        """A fault of this program: said as such, with everything to copy for a report."""
        rest = "This is a fault of Strategy Explorer, not yours. Your work so far is kept."
        return self._show(Message(what, rest, "danger", details))

    def show_ended(self, what: str, rest: str, details: str) -> Message:
        """What became of something meanwhile, with what is known of it to copy."""
        return self._show(Message(what, rest, "info", details))

    def ask(
        self, question: str, buttons: Sequence[str], then: Answer, *, why: str = "",
        dismissed: str = "",
    ) -> Message:
        """Ask; `then` gets the pressed button's words, or `dismissed` when it was closed."""
        message = Message(question, why, "warning")
        reply = _Reply(message, then, dismissed)
        for place, text in enumerate(buttons):
            kind = "secondary" if place else "primary"
            message.add_button(text, partial(reply.give, text), kind=kind)
        message.closed.connect(reply.dismiss)
        shown = self._show(message)
        message.buttons()[0].setFocus()
        return shown

    def clear(self) -> None:
        """Take every message away."""
        for message in self.bar.messages():
            message.closed.emit()

    def _show(self, message: Message) -> Message:
        # The same words twice say nothing new: the older copy makes room.
        for old in self.bar.messages():
            if old.text() == message.text():
                old.closed.emit()
        self.bar.add(message)
        announce(self.bar, message.text(), urgent=message.tone == "danger")
        return message


class _Reply:
    """Gives one answer, once."""

    def __init__(self, message: Message, then: Answer, dismissed: str) -> None:
        self._message, self._then, self._dismissed = message, then, dismissed
        self._given = False

    def give(self, text: str) -> None:
        if not self._given:
            self._given = True
            self._message.closed.emit()
            self._then(text)

    def dismiss(self) -> None:
        if not self._given:
            self._given = True
            if self._dismissed:
                self._then(self._dismissed)


def _selectable(made: QLabel) -> QLabel:
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
