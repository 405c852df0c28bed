"""Rows of other programs become answers, and find their cases."""

from __future__ import annotations

from desktop.core.columns import head_of
from desktop.core.evaluation.elsewhere import (
    MadeAnswer,
    answer_of,
    column_of,
    guessed,
    match,
    read_made,
)
from desktop.core.strategies import badge_of, rung_of
from desktop.core.types import Case, Message, Rung, Strategy, Usage

CASES = [
    Case(1, "Are eyeglasses covered?"), Case(2, "How many days of vacation are there in a year?"),
    Case(3, "And contact lenses?", history=(Message("user", "Hi"),)),
]


def test_columns_of_a_log_are_known_by_their_names() -> None:
    head = head_of([{"user_input": "q", "response": "a", "retrieved_contexts": ["c"],
                     "latency_ms": 1, "input_tokens": 1, "output_tokens": 2}])
    assert guessed(head) == {
        "question": "user_input", "answer": "response", "contexts": "retrieved_contexts",
        "seconds": "latency_ms", "prompt_tokens": "input_tokens",
        "completion_tokens": "output_tokens",
    }


def test_a_row_gives_passages_times_and_tokens_in_whatever_form_they_are() -> None:
    mapping = {"question": "q", "answer": "a", "contexts": "c", "seconds": "took ms",
               "prompt_tokens": "in", "completion_tokens": "out", "cost": "usd"}
    rows = [
        (2, {"q": "Q?", "a": "A.", "c": '["one", {"page_content": "two"}, 3]', "took ms": "1,250",
             "in": "12", "out": 4.0, "usd": "$0.002"}),
        (3, {"q": "Q2?", "a": [{"role": "assistant", "content": "B."}], "c": "plain",
             "took ms": "soon", "usd": "-1"}),
        (4, {"q": "Q3?", "a": None}), (5, "It is not JSON"), (6, {"a": "A."}),
    ]
    made, skipped = read_made(rows, mapping)
    assert made == [
        MadeAnswer(2, "Q?", "A.", ("one", "two"), "", 1.25, Usage(12, 4), 0.002),
        MadeAnswer(3, "Q2?", "B.", ("plain",)),
    ]
    assert [(each.line, each.why) for each in skipped] == [
        (4, "There is no answer"), (5, "It is not JSON"), (6, "There is no question")]


def test_questions_match_exactly_but_for_spacing_then_nearly() -> None:
    made = [
        MadeAnswer(1, "are  eyeglasses covered", "Yes."),
        MadeAnswer(2, "How many days of vacation are there a year?", "Twenty."),
        MadeAnswer(3, "Are eyeglasses covered?", "No."),
        MadeAnswer(4, "And contact lenses?", "Yes."),
        MadeAnswer(5, "Are earglasses covered at home?", "?"),
    ]
    found = match(made, CASES)
    assert [(each.case.id, each.made.line) for each in found.matched] == [(1, 1), (2, 2)]
    assert [each.case.id for each in found.near] == [2]
    assert 0.9 <= found.near[0].share < 1
    assert [each.line for each in found.unmatched] == [4, 5]
    assert [each.line for each in found.skipped] == [3]


def test_the_column_is_no_strategy_and_says_so() -> None:
    column = column_of("bot", [Strategy(4, "A"), Strategy(-1, "Made elsewhere: old")])
    assert (column.id, column.name) == (-2, "Made elsewhere: bot")
    assert (rung_of(column), badge_of(column, [column])) == (Rung.ELSEWHERE, "E")
    answer = answer_of(MadeAnswer(1, "q?", "One [1].", ("text",)), CASES[0], column)
    assert answer.context[0].rank == 1
    assert "not known" in answer.note
