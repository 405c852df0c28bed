"""Checks of function calling: tool definitions, calls, and the answers to calls.

Shapes: Azure OpenAI "Fine-tuning with tool calling" and the chat completions specification.
`functions` and `function_call` are deprecated there and still accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .findings import Finding, Findings, error, shorten, warning

_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_definitions(row: Mapping[str, Any]) -> Findings:
    """`tools`, `functions` and `parallel_tool_calls` next to the messages."""
    if "tools" in row:
        yield from _definition_list(row["tools"], "tools", wrapped=True)
    if "functions" in row:
        yield from _definition_list(row["functions"], "functions", wrapped=False)
    if not isinstance(row.get("parallel_tool_calls", True), bool):
        yield error("tools_shape", "“parallel_tool_calls” is not true or false. Set it to one.")


def _definition_list(tools: object, key: str, *, wrapped: bool) -> Findings:
    if not isinstance(tools, list) or not tools:
        yield error("tools_shape", f"“{key}” lists nothing. Remove it.")
        return
    for index, tool in enumerate(tools, 1):
        yield from _definition(tool, f"Tool {index}", wrapped=wrapped)


def _definition(tool: object, where: str, *, wrapped: bool) -> Findings:
    if wrapped and not (isinstance(tool, Mapping) and tool.get("type") == "function"):
        yield error("tools_shape", f'{where} has no "type": "function". Add it.')
        return
    function = tool.get("function") if wrapped and isinstance(tool, Mapping) else tool
    if not isinstance(function, Mapping):
        yield error("tools_shape", f"{where} does not describe a function. Add “function”.")
        return
    yield from _function_name(function.get("name"), where, "tools_shape")
    if not isinstance(function.get("parameters", {}), Mapping):
        yield error("tools_shape", f"“parameters” of {where.lower()} is no object. Mend it.")
    if not isinstance(function.get("description", ""), str):
        yield error(
            "tools_shape", f"“description” of {where.lower()} is not text. Write a sentence."
        )


def _function_name(name: object, where: str, code: str) -> Findings:
    if not isinstance(name, str) or not name:
        yield error(code, f"{where} names no function. Add its “name”.")
    elif not _FUNCTION_NAME.fullmatch(name):
        yield error(
            code,
            f"{where} has the function name {shorten(name)}. "
            "Use at most 64 letters, digits, _ and -.",
        )


def has_calls(message: Mapping[str, Any]) -> bool:
    """Whether a turn calls a function, and so needs no content."""
    return bool(message.get("tool_calls") or message.get("function_call"))


def check_calls(message: Mapping[str, Any], where: str) -> Findings:
    """`tool_calls` and `function_call` of one message, by themselves."""
    for key in ("tool_calls", "function_call"):
        if message.get(key) and message.get("role") != "assistant":
            yield error(
                "tool_calls_role",
                f"{where} has “{key}”, which only assistant messages have. Remove it.",
            )
    if message.get("tool_calls") is not None:
        yield from _call_list(message["tool_calls"], where)
    if message.get("function_call") is not None:
        yield from _function(message["function_call"], where)


def _call_list(calls: object, where: str) -> Findings:
    if not isinstance(calls, list) or not calls:
        yield error("tool_call_shape", f"“tool_calls” of {where.lower()} is no list. Mend it.")
        return
    for call in calls:
        if not isinstance(call, Mapping) or call.get("type") != "function":
            yield error(
                "tool_call_shape",
                f'A call in {where.lower()} has no "type": "function". Add it.',
            )
            continue
        if not isinstance(call.get("id"), str) or not call["id"]:
            yield error("tool_call_shape", f"A call in {where.lower()} has no “id”. Add one.")
        yield from _function(call.get("function"), where)


def _function(function: object, where: str) -> Findings:
    if not isinstance(function, Mapping):
        yield error("tool_call_shape", f"A call in {where.lower()} names no function. Add it.")
        return
    yield from _function_name(function.get("name"), f"A call in {where.lower()}", "tool_call_shape")
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        yield error(
            "tool_arguments",
            f"The arguments of a call in {where.lower()} are not text. "
            "Write them as a string that holds JSON.",
        )
    elif not _is_object(arguments):
        yield error(
            "tool_arguments",
            f"The arguments of a call in {where.lower()} are not a JSON object: "
            f"{shorten(arguments)}. The model would learn to write broken calls.",
        )


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def check_answers(messages: Sequence[Any]) -> Findings:
    """Every tool message answers an earlier call, and every call is answered.

    A call at the very end needs no answer: it is what the model is to learn.
    """
    known: set[str] = set()
    waiting: set[str] = set()
    functions: set[str] = set()
    for index, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            continue
        if message.get("role") == "tool":
            yield from _tool_message(message, f"Message {index}", known)
            waiting.discard(str(message.get("tool_call_id")))
            continue
        if message.get("role") == "function":
            yield from _function_message(message, f"Message {index}", functions)
        if waiting:
            yield warning(
                "tool_call_unanswered",
                f"A tool call before message {index} has no answer. Add its tool message.",
            )
        waiting = set(_call_ids(message))
        known |= waiting
        functions |= set(_function_calls(message))


def _tool_message(message: Mapping[str, Any], where: str, known: set[str]) -> Findings:
    call = message.get("tool_call_id")
    if not isinstance(call, str) or not call:
        yield error(
            "tool_call_id", f"{where} has no “tool_call_id”. Add the id of the call it answers."
        )
    elif call not in known:
        yield error(
            "tool_call_id",
            f"{where} answers the call {shorten(call)}, which no earlier message makes. "
            "Use the id of a call.",
        )


def _function_message(message: Mapping[str, Any], where: str, functions: set[str]) -> Findings:
    name = message.get("name")
    if not isinstance(name, str) or not name:
        yield error("function_name", f"{where} has no “name”. Add the function it answers for.")
    elif name not in functions:
        yield error(
            "function_name",
            f"{where} answers {shorten(name)}, which no earlier message calls. Mend the name.",
        )


def _calls(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        yield from (call for call in calls if isinstance(call, Mapping))


def _call_ids(message: Mapping[str, Any]) -> Iterator[str]:
    return (call["id"] for call in _calls(message) if isinstance(call.get("id"), str))


def _function_calls(message: Mapping[str, Any]) -> Iterator[str]:
    named = [message.get("function_call"), *(call.get("function") for call in _calls(message))]
    for function in named:
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            yield function["name"]


def check_known(row: Mapping[str, Any], messages: Sequence[Any]) -> Findings:
    """Calls name a function that `tools` (or `functions`) describes."""
    defined = set(_defined(row))
    seen: set[str] = set()
    for message in messages:
        for name in _function_calls(message) if isinstance(message, Mapping) else ():
            if name not in defined and name not in seen:
                seen.add(name)
                yield _unknown(name, bool(defined))


def _unknown(name: str, any_defined: bool) -> Finding:
    if any_defined:
        what = f"The function {shorten(name)} is called, and “tools” does not describe it."
    else:
        what = f"The function {shorten(name)} is called, and the example has no “tools”."
    return warning("unknown_tool", f"{what} Describe it there, as it will be when asking.")


def _defined(row: Mapping[str, Any]) -> Iterator[str]:
    for key in ("tools", "functions"):
        tools = row.get(key)
        for tool in tools if isinstance(tools, list) else ():
            function = tool.get("function", tool) if isinstance(tool, Mapping) else None
            if isinstance(function, Mapping) and isinstance(function.get("name"), str):
                yield function["name"]
