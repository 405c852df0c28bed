"""One column of the Ask view: header, streaming answer, sources, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...core.errors import StrategyExplorerError
from ...core.types import Answer, AnswerState, Hit, Message, Rewriting, Rung, Strategy
from .. import theme
from ..components import ErrorBox, label
from . import states
from .answer_text import AnswerText
from .column_header import ColumnHeader
from .foot import Foot
from .sources import Sources
from .strip import Strip
from .turns import Turns, answers_of

_LOW = 260  # pixels at 100 %: a column below has room for its answer or its figures


class Column(QFrame):
    """Fed by AskView. Streamed text waits in a list until `flush` paints all of it at once."""

    citationOpened = Signal(int)  # the passage's number
    sentRequested = Signal()
    retryRequested = Signal()
    turnCitationOpened = Signal(object)  # Hit, of an earlier turn
    turnSentRequested = Signal(object)  # Answer, of an earlier turn

    def __init__(self, strategy: Strategy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setProperty("rule", "left")
        self.strategy = strategy
        self.answer: Answer | None = None
        self.running = False
        self._waiting: list[str] = []  # streamed, not painted yet
        self._first: float | None = None
        self._clock = QElapsedTimer()
        self._asked = ""
        self._following = True
        self._to_newest = False  # a conversation from the workspace: its end is what one wants
        self._rung = Rung.BASELINE
        self.header = ColumnHeader()
        self.strip = Strip()
        self.turns = Turns()
        self.text = AnswerText()
        self.note = label(tone="muted", size="small", wrap=True)
        self.error: ErrorBox | None = None
        self.sources = Sources()
        self.foot = Foot()
        self._lay_out()
        self._connect()
        self.clear()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("columnBody")
        self._parts = QVBoxLayout(inside)
        self._parts.setContentsMargins(theme.px(12), theme.px(12), theme.px(10), theme.px(12))
        self._parts.setSpacing(theme.px(12))
        for part in (self.turns, self.text, self.note, self.sources):
            self._parts.addWidget(part)
        self._parts.addStretch(1)
        self.body = QScrollArea()
        self.body.setFrameShape(QFrame.Shape.NoFrame)
        self.body.setWidgetResizable(True)
        self.body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setWidget(inside)
        self.body.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.body, 1)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.text.citationActivated.connect(self.open_citation)
        self.sources.opened.connect(self._source_opened)
        self.sources.closed.connect(self._source_closed)
        self.sources.rebuilt.connect(self._chain_tabs)
        self.foot.sentRequested.connect(self.sentRequested)
        self.turns.citationOpened.connect(self.turnCitationOpened)
        self.turns.sentRequested.connect(self.turnSentRequested)
        bar = self.body.verticalScrollBar()
        bar.rangeChanged.connect(self._follow)
        bar.sliderMoved.connect(self._user_scrolled)
        bar.actionTriggered.connect(self._user_scrolled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.foot.set_short(self.height() < theme.px(_LOW))

    # --- what it is --------------------------------------------------------------------

    def show_strategy(
        self, strategy: Strategy, badge: str, rung: Rung, adds: str, model: str
    ) -> None:
        """The recipe; the answer stays."""
        self.strategy = strategy
        self.header.show_strategy(strategy.name, badge, rung, adds, model)
        self.strip.show_strategy(strategy.name, badge, rung)
        self.text.setAccessibleName(f"Answer of {strategy.name}")
        self.foot.sent.setAccessibleName(f"Show what was sent by {strategy.name}")
        self.foot.copy.setAccessibleName(f"Copy the answer of {strategy.name}")
        self._rung = rung
        if self.answer is None:
            self.clear()

    def clear(self) -> None:
        """Not asked yet: say what will happen."""
        self.answer, self.running = None, False
        self._waiting.clear()
        self._drop_error()
        self.sources.show_hits(())
        self.text.hide()
        self.turns.show_question("")
        self.foot.clear()
        self._set_note(states.promise(self._rung))
        self._show_chip(states.NOT_ASKED)
        self.strip.show_figure(states.key_figure(None))

    def show_turns(self, answers: Sequence[Answer], *, on: bool) -> None:
        """The conversation before the newest answer; `on`: one is going on. A recorded answer
        brings the turns it was asked after."""
        if not (on or answers or self.answer is None):
            answers = answers_of(self.answer.history)
        self._to_newest = bool(answers) and not self.running
        self.turns.show_turns(answers, on=on)
        self._chain_tabs()

    def _set_note(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    # --- an answer on its way ----------------------------------------------------------

    def start(self, question: str) -> None:
        """The question went out; what stood here is gone."""
        self.answer = Answer(self.strategy.name, self.header.model.text(), question,
                             AnswerState.RUNNING)
        self.running, self._first, self._asked = True, None, question
        self._waiting.clear()
        self._following = True
        self._clock.start()
        self._drop_error()
        self._set_note("")
        self.foot.clear()
        self.text.set_sources({})
        self.sources.show_hits(())
        self.text.restart()
        self.text.show()
        self.turns.show_question(question)
        self._show_chip(states.WAITING)

    def show_sent(
        self, messages: Sequence[Message], context: Sequence[Hit], recorded: bool = False,
        rewriting: Rewriting | None = None,
    ) -> None:
        """The messages are on their way; the model's time runs from here."""
        if self.answer is None:
            return
        self.answer = replace(self.answer, messages=tuple(messages), context=tuple(context),
                              recorded=recorded, rewriting=rewriting)
        self._set_note(states.understood(rewriting, self.answer.question))
        self._clock.restart()
        self._show_context(context)
        self.foot.show_sent()
        self.tick()

    def _show_context(self, context: Sequence[Hit]) -> None:
        self.sources.show_hits(context)
        self.text.set_sources(self.sources.numbers())

    def add_text(self, text: str) -> None:
        """Keep text for the next `flush`."""
        if self._first is None:
            self._first = self._clock.elapsed() / 1000
            self.foot.show_first(self._first)
        self._waiting.append(text)

    def flush(self) -> None:
        """Paint what came since the last time, in one step."""
        if not self._waiting or self.answer is None:
            return
        text = "".join(self._waiting)
        self._waiting.clear()
        self.answer = replace(self.answer, text=self.answer.text + text)
        self.text.append_text(text)
        if "]" in text:
            self.sources.show_answer(self.answer.text)

    def tick(self) -> None:
        """Let the running chip tell the time."""
        if self.running and self.answer is not None and self.answer.messages:
            elapsed = self._clock.elapsed() / 1000
            self._show_chip(states.streaming(elapsed, self.answer.recorded))

    def _show_chip(self, chip: states.Chip) -> None:
        self.header.show_chip(chip)
        self.strip.show_figure(chip.word)

    # --- an answer that has ended ------------------------------------------------------

    def show_answer(self, answer: Answer, error: StrategyExplorerError | None = None) -> None:
        """The end: done, stopped, filtered or failed; also an answer from the workspace."""
        self.flush()
        self.running = False
        if self.answer is None or self.answer.context != answer.context:
            self._show_context(answer.context)
        self.answer = answer
        self.turns.show_answer(answer)
        self.text.show()
        self.text.finish(answer.text)
        self.text.setVisible(bool(answer.text))
        self.sources.show_answer(answer.text)
        self.foot.show_answer(answer)
        self.header.show_chip(states.ended(answer, error))
        self.strip.show_figure(states.key_figure(answer))
        self.tell_question(self._asked)
        self._drop_error()
        if error is not None:
            self._show_error(error)
        elif answer.error:
            self._show_error(states.stored_error(answer.error, answer.remedy or ""))
        elif answer.citations:
            self._open(answer.citations[0].number)

    def tell_question(self, asked: str) -> None:
        """Say so where this answer is to another question than the one asked last."""
        self._asked = asked
        if self.answer is not None and not self.running:
            self._set_note(states.note(self.answer, asked))

    def _show_error(self, error: StrategyExplorerError) -> None:
        self.error = ErrorBox()
        self.error.show_error(error)
        self.error.add_button("Retry", self.retryRequested.emit, kind="primary",
                              icon="arrow-clockwise")
        self._parts.insertWidget(self._parts.indexOf(self.note) + 1, self.error)
        self._chain_tabs()

    def _drop_error(self) -> None:
        if self.error is not None:
            self._parts.removeWidget(self.error)
            self.error.hide()
            self.error.deleteLater()
            self.error = None

    # --- citations ---------------------------------------------------------------------

    def open_citation(self, number: int) -> None:
        """A chip was activated: its passage here, its page in the viewer."""
        self._open(number)
        self.citationOpened.emit(number)

    def _open(self, number: int) -> None:
        self.sources.open_passage(number)
        self.text.set_open(self.sources.open_number())

    def _source_opened(self, number: int) -> None:
        self.text.set_open(number)
        self.citationOpened.emit(number)

    def _source_closed(self) -> None:
        self.text.set_open(None)

    def hit(self, number: int) -> Hit | None:
        """The passage with that number."""
        context = self.answer.context if self.answer is not None else ()
        return next((hit for hit in context if hit.rank == number), None)

    def stops(self) -> list[QWidget]:
        """Where Tab stops in this column, top to bottom."""
        ways_out = self.error.findChildren(QPushButton) if self.error is not None else []
        return [self.header, self.header.menu_button, *self.turns.stops(), self.text, *ways_out,
                *self.sources.stops(), self.foot.copy, self.foot.sent]

    def _chain_tabs(self) -> None:
        for before, after in pairwise(self.stops()):
            QWidget.setTabOrder(before, after)

    # --- scrolling ---------------------------------------------------------------------

    def _user_scrolled(self) -> None:
        self._to_newest = False
        bar = self.body.verticalScrollBar()
        self._following = bar.sliderPosition() >= self._caret_place()

    def _caret_place(self) -> int:
        return self.text.geometry().bottom() + theme.px(8) - self.body.viewport().height()

    def _follow(self) -> None:
        if self.running and self._following:
            self.body.verticalScrollBar().setValue(max(0, self._caret_place()))
        elif self._to_newest and not self.running:
            self.body.verticalScrollBar().setValue(self.turns.y() + self.turns.asked.y())

    def show_position(self, position: int) -> None:
        """Scroll to a position of the answer's document."""
        box = self.text.rect_of(position)
        self.body.ensureVisible(0, self.text.y() + int(box.center().y()), 0, theme.px(60))


