"""A person's word on a cell: good or bad, a comment, the answer it should have been."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.reuse import USES
from ....core.evaluation.types import Rating
from ....core.types import Hit
from ... import theme
from ...components import CaretButton, button, icon_button, label


class People(QFrame):
    """The foot of the detail panel. Enter keeps a comment; a correction has its button."""

    rated = Signal(float)
    commented = Signal(str)
    corrected = Signal(str)
    copyRequested = Signal()
    sentRequested = Signal()
    runRequested = Signal()
    used = Signal(str, int)  # see core/evaluation/reuse.Use; the rank of a gold passage

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
        self._make_use()
        self._lay_out()
        self._connect()

    def _make_use(self) -> None:
        self.use = CaretButton()
        self.use.setProperty("kind", "secondary")
        self.use.setText("Use as")
        self.use.setToolTip("Use this answer, as corrected, for something else")
        self.use.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.use.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.use)
        for kind, words in USES.items():
            if kind == "gold":
                self.gold = menu.addMenu(words)
            else:
                menu.addAction(words, partial(self.used.emit, kind, 0))
        self.use.setMenu(menu)

    def show_passages(self, hits: Sequence[Hit]) -> None:
        """What can be named as the gold passage."""
        self.gold.clear()
        for hit in hits:
            place = hit.document if hit.page is None else f"{hit.document}, p. {hit.page}"
            self.gold.addAction(f"{hit.rank}  {place}",
                                partial(self.used.emit, "gold", hit.rank))
        self.gold.setEnabled(bool(hits))

    def typed(self) -> str:
        """The correction as it stands, "" while none is being made."""
        return "" if self.correction.isHidden() else self.correction.toPlainText().strip()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.px(4))
        first.addWidget(self.figures, 1)
        for part in (self.good, self.bad, self.comment, self.copy):
            first.addWidget(part)
        last = QHBoxLayout()
        last.setSpacing(theme.px(8))
        last.addWidget(self.correct)
        last.addWidget(self.use)
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

    def keep_typed(self) -> None:
        """What is used somewhere is kept here as well, if it is a correction."""
        if self.typed() not in ("", self._answer.strip()):
            self._keep()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in the comment keeps it and goes no further.
        if not self.note.hasFocus():
            super().keyPressEvent(event)
