"""A person's word on a cell: good or bad, a comment, the answer it should have been."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ....core.evaluation.types import Rating
from ... import theme
from ...components import button, icon_button, label


class People(QFrame):
    """The foot of the detail panel. Enter keeps a comment; a correction has its button."""

    rated = Signal(float)
    commented = Signal(str)
    corrected = Signal(str)
    copyRequested = Signal()
    sentRequested = Signal()
    runRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "top")
        self._answer = ""
        self.figures = label(tone="muted", size="small")
        self.figures.setFont(theme.font(-1, tabular=True))
        self.good = icon_button("thumbs-up", "Good (G)")
        self.bad = icon_button("thumbs-down", "Bad (B)")
        self.comment = icon_button("chat-text", "Comment")
        self.copy = icon_button("copy", "Copy the answer")
        for part in (self.good, self.bad, self.comment):
            part.setCheckable(True)
        self.note = QLineEdit()
        self.note.setPlaceholderText("Comment, then Enter")
        self.note.setAccessibleName("Comment")
        self.correction = QPlainTextEdit()
        self.correction.setAccessibleName("The answer it should have been")
        self.correction.setFixedHeight(theme.px(92))
        self.correction.setTabChangesFocus(True)
        self.keep = button("Keep the correction", kind="primary")
        self.correct = button("Correct", icon="pencil-simple")
        self.correct.setCheckable(True)
        self.sent = button("Sent", icon="eye", tooltip="Show what was sent, exactly")
        self.again = button("Run again", icon="arrow-clockwise")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.px(4))
        first.addWidget(self.figures, 1)
        for part in (self.good, self.bad, self.comment, self.copy):
            first.addWidget(part)
        last = QHBoxLayout()
        last.setSpacing(theme.px(8))
        last.addWidget(self.correct)
        last.addWidget(self.sent)
        last.addStretch(1)
        last.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        column.setSpacing(theme.px(8))
        column.addLayout(first)
        for hidden in (self.note, self.correction, self.keep):
            hidden.hide()
            column.addWidget(hidden)
        column.addLayout(last)

    def _connect(self) -> None:
        self.good.clicked.connect(lambda: self._rate(1.0))
        self.bad.clicked.connect(lambda: self._rate(0.0))
        self.comment.toggled.connect(self._open_note)
        self.note.returnPressed.connect(lambda: self.commented.emit(self.note.text().strip()))
        self.correct.toggled.connect(self._open_correction)
        self.keep.clicked.connect(self._keep)
        self.copy.clicked.connect(self.copyRequested)
        self.sent.clicked.connect(self.sentRequested)
        self.again.clicked.connect(self.runRequested)

    def show_rating(self, rating: Rating | None, answer: str) -> None:
        """What a person said before, and the answer a correction starts from."""
        self._answer = answer
        self.show_value(rating.value if rating else None)
        self.note.setText(rating.comment if rating else "")
        self.comment.setChecked(bool(rating and rating.comment))
        self.correction.setPlainText(rating.correction if rating else "")
        self.correct.setChecked(bool(rating and rating.correction))

    def show_value(self, value: float | None) -> None:
        """Which of the thumbs is down."""
        self.good.setChecked(value == 1.0)
        self.bad.setChecked(value == 0.0)

    def _rate(self, value: float) -> None:
        self.show_value(value)
        self.rated.emit(value)

    def _open_note(self, on: bool) -> None:
        self.note.setVisible(on)
        if on and self.comment.hasFocus():
            self.note.setFocus()

    def _open_correction(self, on: bool) -> None:
        if on and not self.correction.toPlainText():
            self.correction.setPlainText(self._answer)
        for part in (self.correction, self.keep):
            part.setVisible(on)
        if on and self.correct.hasFocus():
            self.correction.setFocus()

    def _keep(self) -> None:
        text = self.correction.toPlainText().strip()
        if text:
            self.corrected.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in the comment keeps it and goes no further.
        if not self.note.hasFocus():
            super().keyPressEvent(event)
