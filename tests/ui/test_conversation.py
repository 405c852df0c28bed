"""Going on with a conversation: in all columns, in one, after a restart, and beginning anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.core.types import Answer, AnswerState, Message, Strategy
from desktop.ui.compare.column import Column
from tests.conftest import Run

from .session_tools import Opened, opened, until

pytestmark = pytest.mark.usefixtures("dressed")
FIRST, SECOND, THIRD = "Are eyeglasses covered?", "And for children?", "How often?"


def columns(window: Opened) -> list[Column]:
    return window.views.ask.board.visible_columns()


def told(column: Column) -> list[str]:
    """The questions above its newest answer, and its own."""
    asked = column.turns.asked
    return [view.answer.question for view in column.turns.views] + (
        [asked.question] if asked.isVisibleTo(column) else [])


async def follow(window: Opened, question: str, command: str = "continue") -> None:
    window.views.ask.bar.box.setPlainText(question)
    window.session.commands[command]()
    await window.idle()


async def reread(window: Opened) -> None:
    """As after a restart: nothing is left but what the file says."""
    asking = window.session.ask
    ports = asking.ports
    asking.close()
    window.views.ask.show_answers({})
    await asking.open(ports)


def test_all_columns_go_on_and_come_back_after_a_restart(run: Run[None], tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            bar = window.views.ask.bar
            assert bar.talk.isHidden()
            await follow(window, FIRST)
            assert window.answers() == [], "there is nothing to go on from yet"
            window.ask(FIRST)
            await window.idle()
            assert told(columns(window)[0]) == [] and bar.talk.text() == "Continue…"
            await follow(window, FIRST)  # the question that was asked: only the mode changes
            assert window.views.ask.question() == "" and bar.button.text() == "Continue"
            assert [told(column) for column in columns(window)] == [[FIRST]] * 3
            await follow(window, SECOND)
            answer = window.answers()[0]
            assert answer.history == (
                Message("user", FIRST), Message("assistant", "Yes, they are."))
            assert answer.rewriting and "eyeglasses" in answer.rewriting.question
            assert "Understood as" in columns(window)[0].note.text()
            assert [told(column) for column in columns(window)] == [[FIRST, SECOND]] * 3
            await reread(window)
            assert [told(column) for column in columns(window)] == [[FIRST, SECOND]] * 3
            await follow(window, THIRD)
            assert len(window.answers()[2].history) == 4 and window.answers()[2].rewriting
            assert window.reported == []

    run(story())


def test_a_new_conversation_clears_the_columns_for_good(run: Run[None], tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            bar = window.views.ask.bar
            window.ask(FIRST)
            await window.idle()
            await follow(window, FIRST)
            await follow(window, "", "new_conversation")
            assert window.answers() == [] and told(columns(window)[0]) == []
            assert bar.button.text() == "Ask" and bar.talk.isHidden()
            await reread(window)
            assert window.answers() == []
            window.ask(SECOND)
            await window.idle()
            assert window.answers()[0].history == () and window.reported == []

    run(story())


def test_one_column_goes_on_alone_is_asked_again_and_becomes_a_case(
    run: Run[None], tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            board = window.views.ask.board
            window.ask(FIRST)
            await window.idle()
            window.views.ask.bar.box.setPlainText(SECOND)
            chosen = columns(window)[1]
            chosen_id = chosen.strategy.id
            board.continueRequested.emit(chosen_id)
            await window.idle()
            assert [told(column) for column in columns(window)] == \
                [[FIRST], [FIRST, SECOND], [FIRST]]
            window.chats.gate.clear()
            board.retryRequested.emit(chosen_id)
            await until(lambda: window.chats.streaming)
            window.views.ask.stop()
            window.chats.gate.set()
            await window.idle()
            assert told(chosen) == [FIRST, SECOND], "the same turn, with the same turns before it"
            assert chosen.answer is not None and chosen.answer.state is AnswerState.STOPPED
            chosen.header.setFocus()
            window.session.center.make_case()
            await window.idle()
            case = (await window.session.ask.ports.store.cases())[-1]
            assert case.question == SECOND and case.history == chosen.answer.history
            assert window.reported == []

    run(story())


def test_a_recorded_follow_up_shown_alone_brings_its_turns(qtbot: QtBot) -> None:
    column = Column(Strategy(1, "Prompt"))
    qtbot.addWidget(column)
    history = (Message("user", FIRST), Message("assistant", "Yes."))
    column.show_answer(Answer("Prompt", "m", SECOND, AnswerState.DONE, "No.", history=history))
    column.show_turns((), on=False)
    assert told(column) == [FIRST, SECOND]
    column.start(THIRD)
    column.show_turns((), on=False)
    assert told(column) == []


def test_a_turn_leads_to_its_page_and_to_what_was_sent(run: Run[None], tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text("Eyeglasses are covered.", encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.session.documents.add([plan])
            await window.idle()
            window.ask(FIRST)
            await window.idle()
            await follow(window, SECOND)
            turn = columns(window)[2].turns.views[0]
            assert "out" in turn.facts.text() and turn.question.text.text() == FIRST
            turn.sent.click()
            turn.text.citationActivated.emit(1)
            await window.idle()
            pages = window.session.pages
            assert pages._sent is not None and pages._sent._answer == turn.answer
            assert pages._viewer is not None and pages._viewer.isVisible()
            columns(window)[2].foot.sentRequested.emit()
            assert window.reported == []

    run(story())
