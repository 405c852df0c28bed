"""Every check fires on the smallest example that has its fault, and never on a good one."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from desktop.core.dataset import across, checks, messages, rows, sensitive, tools
from desktop.core.dataset.across import Across
from desktop.core.dataset.checks import check_example
from desktop.core.dataset.rows import format_of
from desktop.core.types import Example

USER = {"role": "user", "content": "Are eyeglasses covered?"}
ANSWER = {"role": "assistant", "content": "Yes, one pair a year."}
FUNCTION = {"name": "get_cover", "arguments": '{"item": "glasses"}'}
CALL = {"id": "call_1", "type": "function", "function": FUNCTION}
CALLS = {"role": "assistant", "tool_calls": [CALL]}
TOOL = {"type": "function", "function": {"name": "get_cover", "parameters": {"type": "object"}}}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": '{"covered": true}'}
OLD_CALL = {"role": "assistant", "function_call": FUNCTION}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "low"}}

GOOD: dict[str, dict[str, Any]] = {
    "plain": {"messages": [USER, ANSWER]},
    "system": {"messages": [{"role": "system", "content": "Be brief."}, USER, ANSWER]},
    "developer": {"messages": [{"role": "developer", "content": "Be brief."}, USER, ANSWER]},
    "weights": {"messages": [USER, {**ANSWER, "weight": 0}, USER, {**ANSWER, "weight": 1}]},
    "name": {"messages": [{**USER, "name": "dana_w"}, ANSWER]},
    "parts": {"messages": [
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}, ANSWER,
    ]},
    "call at the end": {"messages": [USER, CALLS], "tools": [TOOL], "parallel_tool_calls": False},
    "null content with call": {"messages": [USER, {**CALLS, "content": None}], "tools": [TOOL]},
    "empty content with call": {"messages": [USER, {**CALLS, "content": ""}], "tools": [TOOL]},
    "answered call": {"messages": [USER, CALLS, RESULT, ANSWER], "tools": [TOOL]},
    "functions": {
        "messages": [USER, OLD_CALL, {"role": "function", "name": "get_cover", "content": "1"},
                     ANSWER],
        "functions": [{"name": "get_cover", "parameters": {}}],
    },
    "refusal": {"messages": [USER, {"role": "assistant", "refusal": "I cannot say."}]},
    "completion": {"prompt": "Are eyeglasses covered?", "completion": " Yes."},
    "preference": {
        "input": {"messages": [USER], "tools": [TOOL], "parallel_tool_calls": True},
        "preferred_output": [ANSWER],
        "non_preferred_output": [CALLS, RESULT, {"role": "assistant", "content": "No idea."}],
    },
    "tabs and lines": {"messages": [{"role": "user", "content": "a\tb\r\nc\u2028d"}, ANSWER]},
}


def chat(*turns: Any, **more: Any) -> dict[str, Any]:
    return {"messages": list(turns), **more}


def preference(**changes: Any) -> dict[str, Any]:
    return {**GOOD["preference"], **changes}


# code, severity, row
BAD: list[tuple[str, str, dict[str, Any]]] = [
    ("missing_messages_list", "error", {}),
    ("missing_messages_list", "error", {"messages": "hello"}),
    ("missing_messages_list", "error", {"messages": []}),
    ("missing_messages_list", "error", preference(input={})),
    ("missing_messages_list", "error", preference(input=[USER])),
    ("message_type", "error", chat("hello", ANSWER)),
    ("message_missing_key", "error", chat({"content": "hello"}, ANSWER)),
    ("message_missing_key", "error", chat({"role": "user"}, ANSWER)),
    ("unrecognized_role", "error", chat({"role": "human", "content": "a"}, ANSWER)),
    ("unrecognized_role", "error", chat({"role": ["user"], "content": "a"}, ANSWER)),
    ("message_unrecognized_key", "error", chat({**USER, "id": 3}, ANSWER)),
    ("message_unrecognized_key", "error", chat({**USER, "tool_call_id": "x"}, ANSWER)),
    ("weight_role", "error", chat({**USER, "weight": 1}, ANSWER)),
    ("weight_value", "error", chat(USER, {**ANSWER, "weight": 2})),
    ("weight_value", "error", chat(USER, {**ANSWER, "weight": 0.5})),
    ("weight_value", "error", chat(USER, {**ANSWER, "weight": True})),
    ("weight_value", "error", chat(USER, {**ANSWER, "weight": "1"})),
    ("weight_value", "error", chat(USER, {**ANSWER, "weight": None})),
    ("name_shape", "error", chat({**USER, "name": "Dana Whitfield"}, ANSWER)),
    ("name_shape", "error", chat({**USER, "name": 3}, ANSWER)),
    ("missing_content", "error", chat({"role": "user", "content": " \n"}, ANSWER)),
    ("missing_content", "error", chat(USER, {"role": "assistant", "content": None})),
    ("missing_content", "error", chat({"role": "system", "content": ""}, USER, ANSWER)),
    ("missing_content", "error", chat({"role": "user", "content": []}, ANSWER)),
    ("missing_content", "warning", chat(USER, CALLS, {**RESULT, "content": ""}, ANSWER)),
    ("missing_content", "error", {"prompt": "", "completion": " Yes."}),
    ("content_type", "error", chat({"role": "user", "content": 7}, ANSWER)),
    ("content_type", "error", {"prompt": "a", "completion": ["b"]}),
    ("content_part", "error", chat({"role": "user", "content": ["text"]}, ANSWER)),
    ("content_part", "error", chat({"role": "user", "content": [{"type": "text"}]}, ANSWER)),
    ("content_part", "error", chat({"role": "system", "content": [IMAGE]}, USER, ANSWER)),
    ("content_part", "error", chat(
        {"role": "user", "content": [{"type": "image_url", "image_url": "a.png"}]}, ANSWER)),
    ("image_in_assistant", "error", chat(USER, {"role": "assistant", "content": [IMAGE]})),
    ("too_many_images", "error", chat({"role": "user", "content": [IMAGE] * 65}, ANSWER)),
    ("identical_messages", "warning", chat(USER, {**USER, "role": "assistant"})),
    ("secret", "warning", chat({"role": "user", "content": f"Use {'sk-' + 'a1B2' * 6}."}, ANSWER)),
    ("personal_data", "warning", chat(USER, {
        "role": "assistant", "content": "Ask dana.whitfield@contoso.com."})),
    ("tool_calls_role", "error", chat({**USER, "tool_calls": [CALL]}, ANSWER)),
    ("tool_call_shape", "error", chat(USER, {"role": "assistant", "tool_calls": {"a": 1}})),
    ("tool_call_shape", "error", chat(USER, {**CALLS, "tool_calls": [{**CALL, "type": "x"}]})),
    ("tool_call_shape", "error", chat(USER, {**CALLS, "tool_calls": [{**CALL, "id": None}]})),
    ("tool_call_shape", "error", chat(USER, {**CALLS, "tool_calls": [{**CALL, "function": 1}]})),
    ("tool_call_shape", "error", chat(USER, {**CALLS, "tool_calls": [
        {**CALL, "function": {**FUNCTION, "name": "get cover"}}]})),
    ("tool_call_shape", "error", chat(USER, {
        "role": "assistant", "function_call": {"arguments": "{}"}})),
    ("tool_arguments", "error", chat(USER, {**CALLS, "tool_calls": [
        {**CALL, "function": {**FUNCTION, "arguments": {"item": 1}}}]})),
    ("tool_arguments", "error", chat(USER, {**CALLS, "tool_calls": [
        {**CALL, "function": {**FUNCTION, "arguments": "{item"}}]})),
    ("tool_call_id", "error", chat(USER, CALLS, {"role": "tool", "content": "1"}, ANSWER)),
    ("tool_call_id", "error", chat(USER, CALLS, {**RESULT, "tool_call_id": "call_2"}, ANSWER)),
    ("tool_call_id", "error", chat(USER, RESULT, CALLS)),
    ("tool_call_unanswered", "warning", chat(USER, CALLS, USER, ANSWER)),
    ("function_name", "error", chat(USER, OLD_CALL, {"role": "function", "content": "1"}, ANSWER)),
    ("function_name", "error", chat(
        USER, OLD_CALL, {"role": "function", "name": "other", "content": "1"}, ANSWER)),
    ("unknown_tool", "warning", chat(USER, CALLS)),
    ("unknown_tool", "warning", chat(USER, CALLS, tools=[
        {"type": "function", "function": {"name": "other"}}])),
    ("tools_shape", "error", chat(USER, ANSWER, tools=[])),
    ("tools_shape", "error", chat(USER, ANSWER, tools={"a": 1})),
    ("tools_shape", "error", chat(USER, ANSWER, tools=["a"])),
    ("tools_shape", "error", chat(USER, ANSWER, tools=[{"type": "function"}])),
    ("tools_shape", "error", chat(USER, ANSWER, tools=[{"type": "function", "function": {}}])),
    ("tools_shape", "error", chat(USER, ANSWER, tools=[
        {"type": "function", "function": {"name": "a", "parameters": "b"}}])),
    ("tools_shape", "error", chat(USER, ANSWER, functions=[{"name": "a", "description": 1}])),
    ("tools_shape", "error", chat(USER, ANSWER, parallel_tool_calls="yes")),
    ("example_missing_user_message", "warning", chat(ANSWER)),
    ("system_not_first", "warning", chat(USER, {"role": "system", "content": "a"}, ANSWER)),
    ("example_missing_assistant_message", "error", chat(USER)),
    ("example_missing_assistant_message", "error", preference(preferred_output=[RESULT])),
    ("last_not_assistant", "error", chat(USER, ANSWER, USER)),
    ("nothing_to_learn", "error", chat(USER, {**ANSWER, "weight": 0})),
    ("missing_prompt", "error", {"completion": "Yes."}),
    ("missing_completion", "error", {"prompt": "Are eyeglasses covered?"}),
    ("input_answered", "warning", preference(input={"messages": [USER, ANSWER]})),
    ("missing_output", "error", preference(non_preferred_output="no")),
    ("missing_output", "error", preference(preferred_output=[])),
    ("output_role", "error", preference(preferred_output=[USER, ANSWER])),
    ("same_outputs", "error", preference(non_preferred_output=[ANSWER])),
    ("unrecognized_key", "warning", chat(USER, ANSWER, id=7)),
    ("control_characters", "warning", chat({"role": "user", "content": "a\x00b"}, ANSWER)),
    ("control_characters", "warning", chat({"role": "user", "content": "caf\ufffd"}, ANSWER)),
]


def found(row: dict[str, Any]) -> set[tuple[str, str]]:
    format = format_of(row) or "chat"
    return {(i.code, i.severity) for i in check_example(Example(1, 5, row), format)}


@pytest.mark.parametrize("row", GOOD.values(), ids=GOOD.keys())
def test_a_good_example_has_no_issue(row: dict[str, Any]) -> None:
    assert found(row) == set()


@pytest.mark.parametrize(("code", "severity", "row"), BAD)
def test_a_fault_is_found_and_explained(code: str, severity: str, row: dict[str, Any]) -> None:
    assert (code, severity) in found(row)
    for issue in check_example(Example(1, 5, row), format_of(row) or "chat"):
        assert issue.line == 5
        assert issue.message.endswith(".")


@pytest.mark.parametrize(("raw", "code"), [
    ("{not json", "invalid_json"), ('{"a": NaN}', "invalid_json"), ('{"a": 1e999}', "invalid_json"),
    ("[1, 2]", "data_type"), ("7", "data_type"), ("null", "data_type"),
    ('{"a": ' + "[" * 200 + "]" * 200 + "}", "too_deep"), ("[" * 100_000, "too_deep"),
])
def test_a_line_that_is_no_object(raw: str, code: str) -> None:
    [issue] = check_example(Example(1, 9, {}, raw=raw))
    assert (issue.line, issue.severity, issue.code) == (9, "error", code)


def test_raw_text_that_has_been_mended_is_checked_as_a_row() -> None:
    assert check_example(Example(1, 1, {}, raw='{"messages": []}'))[0].code == (
        "missing_messages_list")


def test_a_line_of_another_format_than_the_dataset() -> None:
    [issue] = check_example(Example(1, 3, GOOD["completion"]), "chat")
    assert (issue.code, issue.severity) == ("mixed_format", "error")


def issues_across(*rows: dict[str, Any]) -> list[tuple[int, str]]:
    together = Across()
    found = [i for line, row in enumerate(rows, 1) for i in together.add(Example(line, line, row))]
    return [(i.line, i.code) for i in [*found, *together.finish()] if i.code != "too_few"]


def test_a_duplicate_is_reported_on_the_later_line() -> None:
    other = chat({"role": "user", "content": "Is  a hearing test COVERED?"}, ANSWER)
    again = chat({"role": "user", "content": "Is a hearing test covered? "}, ANSWER)
    assert issues_across(GOOD["plain"], other, again) == [(3, "duplicate")]


def test_contradictory_answers_are_reported_on_the_later_line() -> None:
    no = chat(USER, {"role": "assistant", "content": "No."})
    assert issues_across(GOOD["plain"], no, no) == [(2, "contradiction"), (3, "duplicate")]
    again = {"prompt": "Are eyeglasses  covered?", "completion": "No."}
    assert issues_across(GOOD["completion"], again) == [(2, "contradiction")]


def test_earlier_turns_and_tools_belong_to_the_question() -> None:
    longer = chat(USER, ANSWER, {"role": "user", "content": "And lenses?"}, ANSWER)
    other = chat(USER, {"role": "assistant", "content": "No."},
                 {"role": "user", "content": "And lenses?"},
                 {"role": "assistant", "content": "Never."})
    assert issues_across(longer, other) == []


def test_preferences_may_share_a_question_but_not_contradict() -> None:
    worse, worst = ({"role": "assistant", "content": c} for c in ("Maybe.", "No."))
    pairs = [preference(preferred_output=[a], non_preferred_output=[b])
             for a, b in ((ANSWER, worse), (ANSWER, worst), (worst, ANSWER))]
    assert issues_across(*pairs) == [(3, "contradiction")]


def with_system(text: str, question: str) -> dict[str, Any]:
    system = [{"role": "system", "content": text}] if text else []
    return chat(*system, {"role": "user", "content": question}, ANSWER)


def test_a_system_message_unlike_the_others() -> None:
    rows = [with_system("Be brief.", str(n)) for n in range(4)]
    odd, none = with_system("Be long.", "a"), with_system("", "b")
    assert issues_across(*rows, odd, none) == [(5, "system_differs"), (6, "system_differs")]


def test_system_messages_that_all_differ_are_one_issue() -> None:
    rows = [with_system(f"Schema {n}", str(n)) for n in range(6)]
    assert [code for _, code in issues_across(*rows)] == ["system_differs"]


@pytest.mark.parametrize(("count", "severity"), [
    (0, "error"), (9, "error"), (10, "warning"), (49, "warning"), (50, None),
])
def test_too_few_examples(count: int, severity: str | None) -> None:
    together = Across()
    for line in range(1, count + 1):
        together.add(Example(line, line, with_system("", str(line))))
    assert [(i.line, i.severity) for i in together.finish()] == (
        [(0, severity)] if severity else [])


def test_broken_rows_do_not_disturb_the_comparison() -> None:
    broken = [row for _, _, row in BAD]
    assert isinstance(issues_across(*broken, *broken), list)


def test_every_code_has_a_test() -> None:
    codes = set()
    for module in (checks, messages, tools, rows, across, sensitive):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("error", "warning"):
                argument = node.args[0]
                codes |= {argument.value} if isinstance(argument, ast.Constant) else set()
    tested = {code for code, _, _ in BAD} | {
        "invalid_json", "data_type", "too_deep", "mixed_format"}
    assert codes - tested == set()
