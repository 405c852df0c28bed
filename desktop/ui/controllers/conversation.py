"""Conversations under Ask: going on with one in all columns or in one, and beginning anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...core.ports import Ports
from ...core.types import Answer, Hit
from ...flows.tasks import Tasks
from ..main_window import MainWindow
from . import Controller
from .ask import ASK, AskController
from .pages import PagesController


class ConversationController(Controller):
    """The question bar's second button, its two commands and each column's menu entry."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, ask: AskController, pages: PagesController,
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._ask = ask
        self._pages = pages
        view = ask.view
        view.bar.talkPressed.connect(self.press)
        view.board.continueRequested.connect(self.continue_column)
        view.board.turnCitationOpened.connect(self._show_citation)
        view.board.turnSentRequested.connect(self._show_sent)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"continue": self.go_on, "new_conversation": self.begin_anew}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._ask.show_talk()

    def press(self) -> None:
        if self._ask.talk.on:
            self.begin_anew()
        else:
            self.go_on()

    def go_on(self) -> None:
        """The next question continues; one that is typed already is asked at once."""
        if not self._begin():
            return
        question = self._new_question()
        if question:
            self._ask.ask(question)
        else:
            self._ask.view.show_question("")
            self._ask.view.focus_question()

    def continue_column(self, column: int) -> None:
        """The question goes on with this column's conversation alone."""
        if not self._begin():
            return
        question = self._new_question()
        if question:
            self._ask.continue_one(question, column)
            return
        self._ask.view.show_question("")
        self._ask.view.focus_question()
        self._window.messages.say(
            "Type the follow-up question, then choose Continue only this column again.", seconds=8)

    def _begin(self) -> bool:
        if not self.is_open:
            return False
        self._window.show_ask()
        if self._ask.talk.on:
            return True
        if not any(answer.text for answer in self._ask.answers.values()):
            self._window.messages.say("Ask a question first: then you can go on from its answers.",
                                      "warning", seconds=8)
            return False
        self._ask.talk.begin(self._ask.answers.values())
        self._ask.talk_changed()
        return True

    def _new_question(self) -> str:
        """What is typed, unless it is the question that was answered just now."""
        typed = self._ask.view.question().strip()
        return "" if typed in {each.question for each in self._ask.answers.values()} else typed

    def begin_anew(self) -> None:
        """Clear the columns; the answers stay in the workspace."""
        if not self.is_open:
            return
        self._window.show_ask()
        self.tasks.start("New conversation", self._begin_anew(), key=ASK)  # ends what is asked

    async def _begin_anew(self) -> None:
        self._ask.forget_answers()
        await self.ports.store.set_fact("question", None)
        self._ask.view.show_question("")
        self._ask.view.focus_question()

    # --- earlier turns -------------------------------------------------------------------

    def _show_citation(self, hit: Hit) -> None:
        self._pages.show_hit(hit)

    def _show_sent(self, column: int, answer: Answer) -> None:
        self._pages.show_sent_answer(column, answer)
