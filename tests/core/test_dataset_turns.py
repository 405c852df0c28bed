"""An example as turns, and back, changing nothing that was not edited."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.core.dataset.turns import (
    Turn,
    answer_of,
    question_of,
    system_of,
    turns_of,
    with_turns,
)
from desktop.core.types import Example

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Covered?"}
ANSWER = {"role": "assistant", "content": "Yes."}
CALL = {"role": "assistant", "tool_calls": [
    {"id": "a", "function": {"name": "look_up", "arguments": '{"x": 1}'}}]}


def chat(*messages: Any, **more: Any) -> Example:
    return Example(1, 1, {"messages": list(messages), **more})


@pytest.mark.parametrize("example", [
    chat(), chat(USER, ANSWER), chat(SYSTEM, USER, {**ANSWER, "weight": 0}, USER, ANSWER),
    chat(USER, {**ANSWER, "weight": 1}),
    chat(USER, ANSWER, tools=[{"type": "function"}], parallel_tool_calls=False),
])
def test_plain_examples_survive_the_form(example: Example) -> None:
    turns = turns_of(example)
    assert turns is not None
    assert with_turns(example, turns) == example


@pytest.mark.parametrize("example", [
    Example(1, 1, {}, raw="{broken"), Example(1, 1, {"prompt": "a", "completion": "b"}),
    chat(USER, ANSWER, tools=[]), chat({**USER, "name": "x"}), chat(USER, CALL), chat("text"),
    chat({"role": "user", "content": [{"type": "text", "text": "a"}]}), chat({"role": "user"}),
    chat({**ANSWER, "weight": 2}), chat({**ANSWER, "weight": True}), chat({**USER, "weight": 1}),
    chat({**ANSWER, "weight": None}), chat(USER, SYSTEM), chat({"role": [], "content": "a"}),
    Example(1, 1, {"messages": {}}),
])
def test_what_the_form_cannot_show_stays_json(example: Example) -> None:
    assert turns_of(example) is None


def test_a_mended_line_is_no_longer_raw() -> None:
    mended = with_turns(Example(3, 7, {}, raw="{broken"), [Turn("user", "Covered?")])
    assert (mended.id, mended.line, mended.raw) == (3, 7, "")


def test_question_and_answer_in_every_format() -> None:
    last = {"role": "user", "content": "And lenses?"}
    assert question_of(chat(SYSTEM, USER, ANSWER, last, ANSWER)) == "And lenses?"
    assert system_of(chat(SYSTEM, USER)) == "Be brief."
    assert answer_of(chat(USER, CALL)) == 'look_up({"x": 1})'
    assert answer_of(chat(USER, {"role": "assistant", "function_call": {"name": "f"}})) == "f()"
    pair = Example(1, 1, {"prompt": "Covered?", "completion": " Yes."})
    assert (question_of(pair), answer_of(pair)) == ("Covered?", " Yes.")
    preference = Example(1, 1, {"input": {"messages": [USER]}, "preferred_output": [ANSWER]})
    assert (question_of(preference), answer_of(preference)) == ("Covered?", "Yes.")
    picture = chat({"role": "user", "content": [
        {"type": "text", "text": "What?"}, {"type": "image_url"}]})
    assert question_of(picture) == "What? [image_url]"


@pytest.mark.parametrize("row", [
    {}, {"messages": "x"}, {"messages": [1]}, {"prompt": 3}, {"input": 1}, {"completion": None},
    {"messages": [{"role": "assistant", "tool_calls": 3}]},
    {"messages": [{"role": "assistant", "tool_calls": [None, {"function": 1}]}]},
])
def test_broken_rows_show_nothing_and_raise_nothing(row: dict[str, Any]) -> None:
    assert (question_of(Example(1, 1, row)), answer_of(Example(1, 1, row))) == ("", "")
