"""The earlier turns of a conversation, above a column's newest answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...core.types import Answer, AnswerState, Message
from .. import theme
from ..components import button, label
from . import figures, states
from .answer_text import AnswerText, breakable
from .passages import source_label

_WORD = 24  # characters: a label is never narrower than its longest word
_ENDED_ILL = (AnswerState.STOPPED, AnswerState.INTERRUPTED, AnswerState.FILTERED)


class Said(QFrame):
    """What the user asked, on a ground of its own, so that it is told from an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.question = ""
        self.setProperty("surface", "raised")
        self.text = label(role="strong", wrap=True)
        row = QVBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(6))
        row.addWidget(self.text)

    def show_question(self, question: str) -> None:
        self.question = question
        self.text.setText(breakable(question, _WORD))
        self.text.setAccessibleName(f"You asked: {question}")


class TurnView(QWidget):
    """One earlier question with its answer, its figures and what was sent."""

    citationOpened = Signal(object)  # Hit
    sentRequested = Signal(object)  # Answer

    def __init__(self, answer: Answer, number: int) -> None:
        super().__init__()
        self.answer = answer
        self.question = Said()
        self.question.show_question(answer.question)
        self.text = AnswerText()
        self.text.setAccessibleName(f"Answer {number} of this conversation")
        self.text.restart()
        self.text.set_sources({hit.rank: ", ".join(filter(None, (hit.document, source_label(hit))))
                               for hit in answer.context})
        self.text.finish(answer.text)
        self.text.citationActivated.connect(self._open)
        self.note = label(states.note(answer, answer.question), tone="muted", size="small",
                          wrap=True)
        self.note.setVisible(bool(self.note.text()))
        self.facts = label(facts_of(answer), tone="muted", size="small", wrap=True)
        self.facts.setVisible(bool(self.facts.text()))
        self.sent = button("Sent", kind="link", icon="eye",
                           tooltip="Show what was sent for this answer")
        self.sent.setAccessibleName(f"Show what was sent for answer {number}")
        self.sent.setVisible(bool(answer.messages))
        self.sent.clicked.connect(lambda: self.sentRequested.emit(self.answer))
        self._lay_out()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.facts, 1)
        foot.addWidget(self.sent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        for part in (self.question, self.text, self.note):
            column.addWidget(part)
        column.addLayout(foot)

    def _open(self, number: int) -> None:
        hit = next((hit for hit in self.answer.context if hit.rank == number), None)
        if hit is not None:
            self.citationOpened.emit(hit)


def facts_of(answer: Answer) -> str:
    """`1.2 s · 310 in, 66 out · $0.00012 · 2 cited`; nothing for a turn known by its words only."""
    if answer.usage is None and answer.seconds is None:
        return ""
    parts = [figures.seconds(answer.seconds), figures.tokens(answer.usage),
             f"cost {figures.cost(answer)}"]
    if answer.citations:
        parts.append(f"{len(answer.citations)} cited")
    if answer.state in _ENDED_ILL:
        parts.insert(0, states.ended(answer).word.split()[0])
    return " · ".join(part for part in parts if figures.NOTHING not in part)


def answers_of(history: Sequence[Message]) -> list[Answer]:
    """The turns of which only the words are known, as a recording or a case has them."""
    return [Answer("", "", asked.content, AnswerState.DONE, said.content)
            for asked, said in pairwise(history)
            if (asked.role, said.role) == ("user", "assistant")]


class Turns(QWidget):
    """All of them, and the question that is being answered now; nothing outside a conversation."""

    citationOpened = Signal(object)  # Hit
    sentRequested = Signal(object)  # Answer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: list[TurnView] = []
        self.on = False
        self.asked = Said()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(14))
        self._column.addWidget(self.asked)
        self.show_turns((), on=False)

    def show_turns(self, answers: Sequence[Answer], *, on: bool) -> None:
        """What was said before; `on`: a conversation is going on, or has only begun. Turns that
        are shown already stay as they are."""
        self.on = on
        kept = 0
        while kept < min(len(answers), len(self.views)) and \
                self.views[kept].answer is answers[kept]:
            kept += 1
        for view in self.views[kept:]:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        del self.views[kept:]
        for number, answer in enumerate(answers[kept:], start=kept + 1):
            view = TurnView(answer, number)
            view.citationOpened.connect(self.citationOpened)
            view.sentRequested.connect(self.sentRequested)
            self._column.insertWidget(len(self.views), view)
            self.views.append(view)
        self._settle()

    def show_question(self, question: str) -> None:
        """The question of the answer below; "" for none."""
        self.asked.show_question(question)
        self._settle()

    def show_answer(self, answer: Answer) -> None:
        """The newest answer has come. One that was recorded in a conversation brings its turns."""
        if answer.history and not self.views and not self.on:
            self.show_turns(answers_of(answer.history), on=False)
        self.show_question(answer.question)

    def _settle(self) -> None:
        asked = bool(self.asked.question) and (self.on or bool(self.views))
        self.asked.setVisible(asked)
        self.setVisible(asked or bool(self.views))

    def stops(self) -> list[QWidget]:
        """Where Tab stops, top to bottom."""
        return [stop for view in self.views for stop in (view.text, view.sent)]
