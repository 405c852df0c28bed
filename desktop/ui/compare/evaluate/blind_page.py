"""One question with two answers side by side, or with one; keys choose, nothing says whose."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.blind import LEFT, RIGHT, TIE
from ....flows.rating import Item
from ... import theme
from ...components import FlowRow, KeyButton, StateChip, button, label
from ..answer_text import FlatText

Choices = dict[Qt.Key, float]
PAIR: Choices = {
    Qt.Key.Key_1: LEFT, Qt.Key.Key_Left: LEFT, Qt.Key.Key_2: RIGHT, Qt.Key.Key_Right: RIGHT,
    Qt.Key.Key_0: TIE, Qt.Key.Key_Space: TIE,
}
SINGLE: Choices = {Qt.Key.Key_1: 1.0, Qt.Key.Key_5: 0.5, Qt.Key.Key_0: 0.0}
_HIDDEN = "Names, models, sources and times are hidden"


class _Answer(QFrame):
    """One answer under its place; scrolls by itself."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.setProperty("rule", "box")
        self.head = label(name, role="strong")
        self.text = FlatText()
        self.text.setAccessibleName(name)
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area = _upright(self.text, theme.px(12))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, theme.px(8), 1, 1)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        row.addWidget(self.head)
        column.addLayout(row)
        column.addWidget(self.area, 1)

    def show_text(self, text: str) -> None:
        """From its beginning."""
        self.text.setPlainText(text)
        whole = QTextCursor(self.text.document())
        whole.select(QTextCursor.SelectionType.Document)
        self.text.set_line_height(whole)
        self.area.verticalScrollBar().setValue(0)


class _Reference(QScrollArea):
    """The reference answer, as tall as it is, up to a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.text = FlatText()
        self.text.setAccessibleName("Reference answer")
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self.text)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.text.document().documentLayout().documentSizeChanged.connect(self._fit)

    def show_text(self, text: str) -> None:
        """From its beginning."""
        self.text.setPlainText(text)
        self.verticalScrollBar().setValue(0)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(min(self.text.height(), theme.px(110)))


class RatingPage(QFrame):
    """Emits what the keys and buttons say; the controller answers with the next item."""

    ROLE = QAccessible.Role.Grouping

    chosen = Signal(float)
    skipped = Signal()
    undone = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "bg")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Blind rating")
        self._keys: Choices = PAIR
        self.question = label(role="section", wrap=True)
        self.earlier = label(tone="muted", size="small", wrap=True)
        self.reference = _Reference()
        self.one, self.other = _Answer("Left answer"), _Answer("Right answer")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Rated so far")
        self.count = label(tone="muted", size="small")
        self.hidden = StateChip("eye-slash", _HIDDEN, "neutral")
        self.show_reference = button("Hide the reference (R)", kind="link")
        self._make_buttons()
        self._lay_out()
        self._connect()

    def _make_buttons(self) -> None:
        self.first = KeyButton("Left is better", "1 or ←")
        self.middle = KeyButton("Tie", "0")
        self.last = KeyButton("Right is better", "2 or →")
        self.skip = KeyButton("Skip", "S", kind="quiet")
        self.undo = KeyButton("Undo", "U", kind="quiet")
        self.stop = KeyButton("Stop", "Esc")
        for each in (self.first, self.middle, self.last, self.skip, self.undo, self.stop,
                     self.show_reference):
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # each has a key; Space means a tie

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addWidget(self._head())
        answers = QHBoxLayout()
        answers.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        answers.setSpacing(theme.px(12))
        answers.addWidget(self.one, 1)
        answers.addWidget(self.other, 1)
        column.addLayout(answers, 1)
        column.addWidget(self._foot())

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setProperty("rule", "bottom")
        first = QHBoxLayout()
        first.addWidget(self.count)
        first.addWidget(self.hidden)
        first.addStretch(1)
        first.addWidget(self.show_reference)
        lines = QVBoxLayout(head)
        lines.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(10))
        lines.setSpacing(theme.px(4))
        lines.addLayout(first)
        for part in (self.earlier, self.question, self.reference):
            lines.addWidget(part)
        return head

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("surface", "raised")
        foot.setProperty("rule", "top")
        row = FlowRow(foot)
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8))
        row.setSpacing(theme.px(8))
        for part in (self.first, self.middle, self.last, self.skip, self.undo):
            row.addWidget(part)
        row.add_right(self.stop)
        return foot

    def _connect(self) -> None:
        for part, place in ((self.first, 0), (self.middle, 1), (self.last, 2)):
            part.clicked.connect(lambda _=False, place=place: self._press(place))
        self.skip.clicked.connect(self.skipped)
        self.undo.clicked.connect(self.undone)
        self.stop.clicked.connect(self.stopped)
        self.show_reference.clicked.connect(self.toggle_reference)

    # --- what is shown -----------------------------------------------------------------

    def show_mode(self, *, single: bool) -> None:
        """Single answers to label, or pairs; the reference is shown at first."""
        if self.reference.isHidden():
            self.toggle_reference()
        self._keys = SINGLE if single else PAIR
        self.other.setVisible(not single)
        words = (("Good", "1"), ("Partly", "5"), ("Bad", "0")) if single else (
            ("Left is better", "1 or ←"), ("Tie", "0"), ("Right is better", "2 or →"))
        for part, (text, key) in zip((self.first, self.middle, self.last), words, strict=True):
            part.setText(text)
            part.show_key(key)
        self.one.head.setText("Answer" if single else "Left answer")
        self.one.text.setAccessibleName(self.one.head.text())

    def show_item(self, item: Item, done: int, total: int, *, can_undo: bool) -> None:
        """The next thing to rate, after `done` of `total`."""
        turns = [f"{'Before that' if turn.role == 'user' else 'Answered'}: {turn.content}"
                 for turn in item.case.history]
        self.earlier.setText("\n".join(turns))
        self.earlier.setVisible(bool(turns))
        self.question.setText(item.case.question)
        reference = (f"Reference: {item.case.reference}" if item.case.reference
                     else "This case has no reference answer: go by what you know.")
        self.reference.show_text(reference)
        self.one.show_text(item.answers[0])
        if len(item.answers) > 1:
            self.other.show_text(item.answers[1])
        self.undo.setEnabled(can_undo)
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)
        self.count.setText(f"{done + 1:,} of {total:,}")
        self.setAccessibleDescription(
            f"{self.count.text()}. {item.case.question} {reference} "
            + " ".join(f"{part.head.text()}: {text}" for part, text
                       in zip((self.one, self.other), item.answers, strict=False)))
        self.setFocus()

    def toggle_reference(self) -> None:
        """Whoever wants to judge without it can."""
        hidden = not self.reference.isHidden()
        self.reference.setVisible(not hidden)
        self.show_reference.setText(f"{'Show' if hidden else 'Hide'} the reference (R)")

    # --- what the user does --------------------------------------------------------------

    def _press(self, place: int) -> None:
        values = (1.0, 0.5, 0.0)  # left, tie, right; good, partly, bad
        self.chosen.emit(values[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in self._keys:
            if not event.isAutoRepeat():  # a key held down is one choice
                self.chosen.emit(self._keys[key])
        elif key is Qt.Key.Key_S:
            self.skipped.emit()
        elif key in (Qt.Key.Key_U, Qt.Key.Key_Backspace):
            self.undone.emit()
        elif key is Qt.Key.Key_R:
            self.toggle_reference()
        elif key in _SCROLL:
            self._scroll(_SCROLL[key])
        else:
            super().keyPressEvent(event)

    def _scroll(self, lines: int) -> None:
        for part in (self.one, self.other):
            bar = part.area.verticalScrollBar()
            bar.setValue(bar.value() + lines * theme.px(20))


_SCROLL = {Qt.Key.Key_Up: -2, Qt.Key.Key_Down: 2, Qt.Key.Key_PageUp: -12,
           Qt.Key.Key_PageDown: 12}


def _upright(inside: QWidget, margin: int) -> QScrollArea:
    holder = QFrame()
    holder.setProperty("surface", "surface")
    column = QVBoxLayout(holder)
    column.setContentsMargins(margin, margin // 2, margin, margin)
    column.addWidget(inside)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidget(holder)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return scroll
