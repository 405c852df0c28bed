"""The state of a conversation, and what is made of a stranger's."""

import asyncio
from typing import Any

import pytest

from desktop.core.evaluation.types import Cell, CellState
from desktop.core.types import Answer, AnswerState, Hit, Message
from desktop.flows.talking import FACT, Talk, messages_of, stored

HIT = Hit(2, 0.9, 1, 1, "Plan.pdf", 4, 3, 0, 9, "The plan pays.")


def said(number: int, text: str = "Yes.", *earlier: int, **more: Any) -> Answer:
    return Answer("a", "m", f"q{number}", AnswerState.DONE, text, id=number, earlier=earlier,
                  **more)


class Kept:
    """The part of a workspace that a conversation is read from."""

    def __init__(self, fact: Any, *answers: tuple[int, Answer]) -> None:
        self.kept, self.answers = fact, answers

    async def fact(self, key: str) -> Any:
        return self.kept if key == FACT else None

    async def latest_answers(self) -> dict[int, Answer]:
        return dict(self.answers)

    async def answers_since(self, answer_id: int) -> list[Cell]:
        return [Cell(answer.id, 0, 0, column, 0, CellState.DONE, answer)
                for column, answer in reversed(self.answers) if answer.id > answer_id]


def test_marks_of_passages_that_are_not_sent_again_are_left_out() -> None:
    turns = [said(1, "Paid [2], see a[7].", context=(HIT,)), said(2, "list[2]")]
    assert messages_of(turns) == (
        Message("user", "q1"), Message("assistant", "Paid, see a[7]."),
        Message("user", "q2"), Message("assistant", "list[2]"))


def test_columns_keep_their_own_turns() -> None:
    talk = Talk()
    answers = {1: said(4), 2: said(5, "")}
    assert talk.upcoming(answers) == {}
    talk.begin(answers.values())
    assert talk.after == 3
    talk.next_turn([1, 2, 3], answers)
    assert {c: b.earlier for c, b in talk.before([1, 2, 3]).items()} == {1: (4,)}, \
        "an answer without text said nothing"
    assert talk.upcoming({1: said(6)})[1].earlier == (4, 6)
    talk.end(6)
    assert (talk.on, talk.after, talk.turns) == (False, 6, {})


def test_a_conversation_is_put_together_from_its_answers() -> None:
    first, second, other = said(4), said(6, "No.", 4, 99), said(5)
    kept: Any = Kept({"on": True, "after": 3}, (1, said(2)), (1, first), (2, other), (1, second))
    talk, answers = asyncio.run(stored(kept))
    assert answers == {1: second, 2: other}
    assert talk.turns == {1: (first,), 2: ()}


@pytest.mark.parametrize("fact", [
    None, "on", {"on": "yes"}, {"on": True}, {"after": True}, {"after": -1}, {"after": "1"},
    {"on": True, "after": 2**63}, [],
])
def test_a_fact_of_another_shape_is_no_conversation(fact: Any) -> None:
    kept: Any = Kept(fact, (1, said(1)))
    talk, answers = asyncio.run(stored(kept))
    assert (talk.on, talk.after) == (False, 0) and set(answers) == {1}


def test_what_a_new_conversation_cleared_stays_cleared() -> None:
    kept: Any = Kept({"on": False, "after": 4}, (1, said(4)), (2, said(5)))
    assert set(asyncio.run(stored(kept))[1]) == {2}
