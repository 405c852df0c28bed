"""The foot of the Prompt pane: which techniques the prompt lacks, each with a starting text."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ...core.prompt_review import Finding, Insert, Review
from .. import theme
from ..components import ElidedLabel, IconLabel, button, label
from .fold import Fold

SHOWN = 2  # rows before it scrolls


class ReviewRow(QWidget):
    """A warning, and the link that inserts a text to begin with."""

    inserted = Signal(object)  # Insert

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self.words = ElidedLabel(finding.words)
        self.setToolTip(f"{finding.words}\n{finding.why}")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        row.setSpacing(theme.px(4))
        sign = IconLabel("warning", "warning")
        sign.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(sign)
        row.addWidget(self.words, 1)
        if finding.insert is not None:
            link = button("Insert", kind="link", tooltip=preview(finding.insert))
            link.setAccessibleName(f"Insert: {finding.words}")
            link.clicked.connect(partial(self._insert, finding.insert))
            row.addWidget(link)
        self.setFixedHeight(theme.px(26))

    def _insert(self, insert: Insert, checked: bool = False) -> None:
        self.inserted.emit(insert)


def preview(insert: Insert) -> str:
    """What would be inserted, and where."""
    if insert.example is not None:
        return f"An example whose answer is “{insert.example.answer}”"
    place = "system message" if insert.part == "system" else "user template"
    return f"Into the {place}:\n{insert.text.strip()}"


class ReviewPanel(QFrame):
    """Folds; grows to a few rows, then scrolls."""

    inserted = Signal(object)  # Insert
    opened = Signal()  # all techniques are wanted

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "raised")
        self.review = Review()
        self.rows: list[ReviewRow] = []
        self._body = QFrame()
        self._body.setProperty("surface", "raised")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.note = label(tone="muted", size="small", wrap=True)
        self.note.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        self._column.addWidget(self.note)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fold = Fold("Review", self._scroll, margin=0)
        self.all = button("Techniques", kind="link", tooltip="Every technique with an example")
        self.fold.add_widget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fold)
        self.all.clicked.connect(self.opened)
        self.show_review(Review())

    def show_review(self, review: Review) -> None:
        """What was found now; rows that say the same stay, with the focus."""
        self.review = review
        if [row.finding for row in self.rows] != list(review.missing):
            self._fill(review)
        self.fold.note.setText(
            f"{review.found} of {review.asked_for} found" if review.findings else "")
        words = review.note or ("" if review.missing else
                                "Nothing is missing that the rules know of.")
        self.note.setText(words if review.findings or review.note else "")
        self.note.setVisible(bool(self.note.text()))
        rows = min(len(self.rows), SHOWN) * theme.px(26)
        self._scroll.setFixedHeight(rows + (
            self.note.sizeHint().height() + theme.px(4) if self.note.text() else 0))

    def _fill(self, review: Review) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [ReviewRow(finding) for finding in review.missing]
        for row in self.rows:
            row.inserted.connect(self.inserted)
            self._column.addWidget(row)
