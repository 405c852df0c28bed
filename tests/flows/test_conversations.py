"""Questions that continue a conversation: what is sent, searched for, counted and stored."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import Throttled
from desktop.core.events import ColumnSent
from desktop.core.prompts import parse_context
from desktop.core.recording import best_take
from desktop.core.types import (
    BUILTIN_CONNECTION,
    HYBRID,
    Answer,
    AnswerState,
    Message,
    Prompt,
    Strategy,
    Usage,
)
from desktop.flows import asking
from desktop.flows.following import Conversation
from desktop.flows.talking import messages_of
from desktop.services import workspace
from desktop.services.chat_replay import recording_of
from tests.flows.test_asking import Script, World, play
from tests.flows.test_asking import searches as searches

TURNS = (Message("user", "Are eyeglasses covered?"), Message("assistant", "Yes, one pair."))
FOLLOW_UP = "And for children?"
CARRIED = "eyeglasses covered: And for children?"
BY_MODEL = f"{HYBRID.name}, follow-ups by the model"


async def follow(world: World, strategy: Strategy, *ids: int) -> Answer:
    stored = await world.store.save_strategy(strategy)
    before = {stored.id: Conversation(TURNS, ids)}
    (answer,) = await asking.ask(FOLLOW_UP, [stored], world.ports(), world.events.append, before)
    return answer


def test_a_model_reads_the_turns_and_documents_are_searched_for_the_whole_question(
    tmp_path: Path, searches: list[str]
) -> None:
    script = Script(["Yes [1]."])

    async def scenario(world: World) -> None:
        await world.store.save_prompt(Prompt("Be brief."))
        answer = await follow(world, Strategy(0, "a", "azure", "a", prompt="current",
                                              retrieval=HYBRID.name))
        assert searches == [CARRIED]
        assert answer.rewriting and answer.rewriting.question == CARRIED
        assert answer.usage == Usage(10, 5), "carrying terms over is no call"

    world = play(tmp_path, {"a": script}, scenario)
    system, *turns, last = script.seen[0]
    assert (system.content, tuple(turns)) == ("Be brief.", TURNS)
    assert parse_context(last.content)[1].strip() == FOLLOW_UP, "the question as it was typed"
    assert world.of(ColumnSent)[0].rewriting.question == CARRIED


def test_the_built_in_model_is_asked_the_whole_question(tmp_path: Path) -> None:
    script = Script(["Yes."])
    play(tmp_path, {"a": script},
         lambda world: follow(world, Strategy(0, "a", BUILTIN_CONNECTION, "a")))
    assert script.seen == [(*TURNS, Message("user", CARRIED))]


def test_the_columns_model_rewrites_where_the_profile_says_so_and_it_is_counted(
    tmp_path: Path, searches: list[str]
) -> None:
    async def scenario(world: World) -> None:
        async def a_second() -> None:
            world.clock.time += 1.0
            row, = await world.store.answers_since(0)
            assert row.answer and row.answer.state is AnswerState.RUNNING, "before any request"
            assert row.answer.history == TURNS

        world.scripts["a"] = Script([a_second, "Are eyeglasses covered for children?"])
        answer = await follow(world, Strategy(0, "a", "azure", "a", retrieval=BY_MODEL))
        assert searches == ["Are eyeglasses covered for children?"]
        made = answer.rewriting
        assert made and (made.by, made.usage, made.seconds) == ("model", Usage(10, 5), 1.0)
        assert made.messages == world.scripts["a"].seen[0]
        assert answer.usage == Usage(20, 10)
        assert (answer.first_token_seconds, answer.seconds) == (2.0, 2.0), "whoever asks waits"
        assert world.scripts["a"].seen[1][:2] == TURNS

    play(tmp_path, {}, scenario)


def test_a_reply_that_is_no_question_is_passed_over_and_said(
    tmp_path: Path, searches: list[str]
) -> None:
    async def scenario(world: World) -> None:
        answer = await follow(world, Strategy(0, "a", "azure", "a", retrieval=BY_MODEL))
        assert searches == [CARRIED]
        assert answer.rewriting and answer.rewriting.by == "terms"
        assert "wrote no question" in answer.rewriting.note
        assert answer.usage == Usage(20, 10), "it was paid for all the same"

    play(tmp_path, {"a": Script(["word " * 200])}, scenario)


def test_a_rewriting_that_fails_fails_its_column_only(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        answer = await follow(world, Strategy(0, "a", "azure", "a", retrieval=BY_MODEL), 7)
        assert (answer.state, answer.history, answer.earlier) == (AnswerState.FAILED, TURNS, (7,))

    play(tmp_path, {"a": Script([Throttled("Too many requests")])}, scenario)


def test_a_conversation_is_stored_with_its_answer_and_comes_back(
    tmp_path: Path, searches: list[str]
) -> None:
    async def scenario(world: World) -> None:
        (first,) = await world.ask("a")
        column = (await world.store.strategies())[-1]
        answer = await follow(world, column, first.id)
        assert answer.id > first.id > 0
        newest, oldest = await world.store.answers_since(first.id - 1)
        assert newest.answer == answer and oldest.answer == first
        assert newest.answer.id == answer.id and newest.answer.earlier == (first.id,)
        assert await world.store.answers_since(answer.id) == []

    play(tmp_path, {"a": Script(["Yes."])}, scenario)


def test_a_recorded_follow_up_is_taken_from_its_own_conversation(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        answer = await follow(world, Strategy(0, "a", "azure", "a", position=10))
        column = (await world.store.strategies())[-1]
        cells = await world.store.answers_to(FOLLOW_UP)

        def taken(*history: Message) -> Answer | None:
            found = best_take(cells, column, None, [], history=history)
            return found.answer if found else None

        assert taken(*TURNS) == answer
        assert taken(Message("user", "Is dental covered?"), TURNS[1]) is None
        assert taken() == answer, "chosen from the list of questions: shown with its turns"

    play(tmp_path, {"a": Script(["Yes."], label="a")}, scenario)


def test_a_recorded_conversation_replays_turn_by_turn(
    tmp_path: Path, searches: list[str]
) -> None:
    async def scenario(world: World) -> None:
        (first,) = await world.ask("a", retrieval=BY_MODEL)
        column = (await world.store.strategies())[-1]
        turns = {column.id: Conversation(messages_of([first]), (first.id,))}
        (second,) = await asking.ask(FOLLOW_UP, [column], world.ports(), conversations=turns)
        await workspace.record(world.store, tmp_path / "r.stratex")
        store = await workspace.open_workspace(tmp_path / "r.stratex")
        try:
            ports = replace(world.ports(), store=store, recording=await recording_of(store))
            (again,) = await asking.ask("Are eyeglasses covered?", [column], ports)
            turns = {column.id: Conversation(messages_of([again]), (again.id,))}
            (follow_up,) = await asking.ask(FOLLOW_UP, [column], ports, conversations=turns)
            assert follow_up == replace(second, recorded=True, earlier=(again.id,))
            assert follow_up.rewriting and follow_up.rewriting.by == "model"
            (alone,) = await asking.ask(FOLLOW_UP, [column], ports)
            assert alone.history == second.history, "it comes with the turns it was asked after"
            assert len(world.scripts["a"].seen) == 3, "nobody was asked again"
        finally:
            await store.aclose()

    play(tmp_path, {"a": Script(["Covered [1]."], label="a")}, scenario)


@pytest.mark.parametrize("details", [
    '"rewriting":{"question":7,"by":"terms","messages":[],"usage":null,"seconds":0,"note":""}',
    '"rewriting":{"question":"q"}', '"history":[{"role":"user"}]',
])
def test_turns_of_another_shape_in_a_strangers_file_are_refused_in_words(
    tmp_path: Path, details: str
) -> None:
    from desktop.core.errors import WorkspaceError

    async def scenario(world: World) -> None:
        await world.ask("a")

        def spoil(db: Any) -> None:
            db.execute("UPDATE cells SET details = replace(details, '\"note\":', ?)",
                       (f'{details},"note":',))

        await world.store._write(spoil)
        with pytest.raises(WorkspaceError):
            await world.store.answers_since(0)

    play(tmp_path, {"a": Script(["Yes."])}, scenario)
