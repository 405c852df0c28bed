"""Review of proposed pairs by keyboard: the pair at the left, its passage beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.dataset.turns import answer_of, question_of
from ...core.types import Chunk, Example
from .. import theme
from ..components import EmptyState, SectionHeader, button, dialog_foot, label

DONE = "Nothing waits for review."
NEXT = ("Pairs that a model writes from your documents come here, one at a time. Have some written "
        "under Train, Generate pairs from documents.")
NO_PASSAGE = "The document this was written from is not in the workspace any more."


class ReviewDialog(QDialog):
    """Y keeps, N refuses, E edits, U takes the last answer back. Each answer is told at once,
    so that closing loses nothing."""

    kept = Signal(object)  # Example, as it is to be
    refused = Signal(object)  # Example
    reopened = Signal(object)  # Example, as it was proposed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Review generated pairs")
        self.setModal(False)
        self.resize(theme.dialog_size(960, 560))
        self._proposals: list[tuple[Example, Chunk | None]] = []
        self._answers: list[bool] = []  # kept?
        self._make()
        self._lay_out()
        self._connect()
        self.show_proposals([])

    def _make(self) -> None:
        self.count = label(role="strong")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Reviewed")
        self.question, self.answer = _text("Question"), _text("Answer")
        self.passage = _text("Passage")
        self.source = label(tone="muted", size="small", wrap=True)
        self.yes = button("Keep (Y)", kind="primary", icon="check")
        self.no = button("Refuse (N)", icon="x")
        self.edit = button("Edit (E)", icon="pencil-simple")
        self.back = button("Undo (U)", kind="quiet", icon="arrow-counter-clockwise")
        self.save = button("Keep as edited (Ctrl+Enter)", kind="primary", icon="check")
        self.cancel = button("Do not edit (Esc)", kind="quiet")
        self.empty = EmptyState(NEXT, "Close")

    def _lay_out(self) -> None:
        pair, passage = QWidget(), QWidget()
        for side, parts in ((pair, (SectionHeader("Question"), self.question,
                                    SectionHeader("Answer"), self.answer)),
                            (passage, (SectionHeader("Passage it was written from"), self.source,
                                       self.passage))):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(theme.px(6))
            for part in parts:
                room = 2 if part is self.answer else isinstance(part, QPlainTextEdit)
                column.addWidget(part, int(room))
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(12))
        row.setSpacing(theme.px(16))
        row.addWidget(pair, 1)
        row.addWidget(passage, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(body)
        self._pages.addWidget(self.empty)
        head = QVBoxLayout()
        head.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), 0)
        head.setSpacing(theme.px(6))
        head.addWidget(self.count)
        head.addWidget(self.progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(dialog_foot(self, QWidget(), self.back, self.cancel, self.edit, self.no,
                                     self.yes, self.save))

    def _connect(self) -> None:
        acts: tuple[tuple[QPushButton, Callable[[], None]], ...] = (
            (self.yes, self.keep), (self.no, self.refuse), (self.edit, self.begin_edit),
            (self.back, self.undo), (self.save, self.keep), (self.cancel, self.end_edit))
        for each, act in acts:
            each.clicked.connect(act)
        self.empty.pressed.connect(self.close)

    # --- what is shown -----------------------------------------------------------------

    def show_proposals(self, proposals: Sequence[tuple[Example, Chunk | None]]) -> None:
        """Other pairs; answers given so far are told already."""
        self._proposals, self._answers = list(proposals), []
        self._show()

    def current(self) -> Example | None:
        """The pair on screen."""
        place = len(self._answers)
        return self._proposals[place][0] if place < len(self._proposals) else None

    def editing(self) -> bool:
        """Whether the pair can be typed into."""
        return not self.question.isReadOnly()

    def _show(self) -> None:
        done, of = len(self._answers), len(self._proposals)
        kept = sum(self._answers)
        told = f"{kept:,} kept, {done - kept:,} refused"
        example = self.current()
        self.count.setText(f"{done + 1:,} of {of:,}; {told}" if example else
                           f"All reviewed: {told}" if done else DONE)
        self.progress.setRange(0, max(1, of))
        self.progress.setValue(done)
        self._pages.setCurrentIndex(0 if example else 1)
        if example is not None:
            self._fill(example, self._proposals[done][1])
        self._set_editing(False)

    def _fill(self, example: Example, chunk: Chunk | None) -> None:
        self.question.setPlainText(question_of(example))
        self.answer.setPlainText(answer_of(example))
        source = example.lineage
        page = f", page {source.page}" if source.page is not None else ""
        self.source.setText(f"{source.document}{page}" if chunk else NO_PASSAGE)
        self.passage.setPlainText(chunk.text if chunk else "")

    def _set_editing(self, on: bool) -> None:
        waits = self.current() is not None
        for box in (self.question, self.answer):
            box.setReadOnly(not on)
        for each in (self.yes, self.no, self.edit):
            each.setVisible(waits and not on)
        self.back.setVisible(bool(self._answers) and not on)
        self.save.setVisible(on)
        self.cancel.setVisible(on)
        (self.question if on else self.yes if waits else self.empty).setFocus()

    # --- answers -----------------------------------------------------------------------

    def keep(self) -> None:
        """Yes, as it is on screen."""
        example = self.current()
        if example is None or not self.question.toPlainText().strip() \
                or not self.answer.toPlainText().strip():
            return
        question, answer = self.question.toPlainText().strip(), self.answer.toPlainText().strip()
        if (question, answer) != (question_of(example), answer_of(example)):
            example = _with(example, question, answer)
        self.kept.emit(example)
        self._answered(True)

    def refuse(self) -> None:
        """No."""
        example = self.current()
        if example is not None and not self.editing():
            self.refused.emit(example)
            self._answered(False)

    def _answered(self, kept: bool) -> None:
        self._answers.append(kept)
        self._show()

    def undo(self) -> None:
        """The last answer was wrong: its pair is on screen again, as it was proposed."""
        if self._answers and not self.editing():
            self._answers.pop()
            self.reopened.emit(self._proposals[len(self._answers)][0])
            self._show()

    def begin_edit(self) -> None:
        """Type into the pair."""
        if self.current() is not None:
            self._set_editing(True)

    def end_edit(self) -> None:
        """As it was proposed."""
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {Qt.Key.Key_Y: self.keep, Qt.Key.Key_N: self.refuse, Qt.Key.Key_E: self.begin_edit,
                Qt.Key.Key_U: self.undo}
        key = Qt.Key(event.key())
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self.editing():
            if key == Qt.Key.Key_Escape:
                self.end_edit()
            elif enter and control:
                self.keep()
            else:
                super().keyPressEvent(event)
        elif key in acts and not control:
            acts[key]()
        else:
            super().keyPressEvent(event)


def _text(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    return made


def _with(example: Example, question: str, answer: str) -> Example:
    """Generated pairs are plain: one question, one answer, perhaps a system message."""
    said = {"user": question, "assistant": answer}
    messages = [{**each, "content": said.get(each["role"], each["content"])}
                for each in example.row["messages"]]
    return replace(example, row={**example.row, "messages": messages})
