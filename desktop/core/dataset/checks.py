"""What is wrong with one example, in the format of its dataset.

Shapes: Azure OpenAI fine-tuning data (chat), direct preference optimisation (preference),
and the older prompt/completion files. Checks that need other lines are in `across`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..types import DatasetIssue, Example
from . import sensitive, tools
from .findings import Finding, Findings, error, shorten, warning
from .messages import check_message
from .rows import Format, format_of, parse_row

_CHAT_KEYS = frozenset({"messages", "tools", "functions", "parallel_tool_calls"})
_INPUT_KEYS = _CHAT_KEYS
_PREFERENCE_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
_COMPLETION_KEYS = frozenset({"prompt", "completion"})
# C0 and C1 controls but tab, LF and CR, and the mark a failed decoding leaves.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


def check_example(example: Example, format: Format = "chat") -> list[DatasetIssue]:
    """All that is wrong with one line by itself, errors and warnings."""
    return [DatasetIssue(example.line, *finding) for finding in _findings(example, format)]


def _findings(example: Example, format: Format) -> Findings:
    row = parse_row(example.raw) if example.raw else dict(example.row)
    if isinstance(row, Finding):
        yield row
        return
    actual = format_of(row)
    if actual is not None and actual != format:
        yield error(
            "mixed_format",
            f"This line is a {actual} example, and the dataset is {format}. "
            "Convert it or remove it.",
        )
    yield from _CHECKS[actual or format](row)
    yield from check_texts(_texts(row))


def _chat(row: Mapping[str, Any]) -> Findings:
    yield from _unknown_keys(row, _CHAT_KEYS)
    yield from tools.check_definitions(row)
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        yield error(
            "missing_messages_list",
            "There is no list of “messages”. Add a user message and its answer.",
        )
        return
    yield from _conversation(row, messages)
    yield from _answered(messages)


def _conversation(row: Mapping[str, Any], messages: Sequence[Any]) -> Findings:
    for index, message in enumerate(messages, 1):
        yield from check_message(message, f"Message {index}")
    yield from tools.check_answers(messages)
    yield from tools.check_known(row, messages)
    roles = _roles(messages)
    if "user" not in roles:
        yield warning(
            "example_missing_user_message", "No message is from the user. Add the question."
        )
    yield from _identical(messages)
    if any(role in ("system", "developer") for role in roles[1:]):
        yield warning(
            "system_not_first", "A system message is not the first. Move it to the start."
        )


def _identical(messages: Sequence[Any]) -> Findings:
    """Two turns in a row with the same text: an answer that echoes, or a slip of copying."""
    texts = [m.get("content") if isinstance(m, Mapping) else None for m in messages]
    for number, (before, text) in enumerate(pairwise(texts), 2):
        if isinstance(text, str) and text.strip() and text == before:
            yield warning(
                "identical_messages",
                f"Message {number} is the same as message {number - 1}. Write what was meant.",
            )
            return


def _answered(messages: Sequence[Any]) -> Findings:
    assistants = [m for m in messages if isinstance(m, Mapping) and m.get("role") == "assistant"]
    if not assistants:
        yield error(
            "example_missing_assistant_message",
            "No message is from the assistant. Add the answer the model should learn.",
        )
        return
    if _roles(messages)[-1] != "assistant":
        yield error(
            "last_not_assistant", "The last message is not an answer. Add one or remove the line."
        )
    if all(_is_zero(message.get("weight")) for message in assistants):
        yield error(
            "nothing_to_learn",
            "Every answer has weight 0, so nothing is learned. Set one to 1 or remove the line.",
        )


def _is_zero(weight: object) -> bool:
    return weight == 0 and not isinstance(weight, bool)


def _roles(messages: Sequence[Any]) -> list[object]:
    return [m.get("role") if isinstance(m, Mapping) else None for m in messages]


def _completion(row: Mapping[str, Any]) -> Findings:
    yield from _unknown_keys(row, _COMPLETION_KEYS)
    for key in ("prompt", "completion"):
        if key not in row:
            yield error(f"missing_{key}", f"There is no “{key}”. Add it.")
        elif not isinstance(row[key], str):
            yield error("content_type", f"“{key}” is not text. Write it as a string.")
        elif not row[key].strip():
            yield error("missing_content", f"“{key}” is empty. Write it or remove the line.")


def _preference(row: Mapping[str, Any]) -> Findings:
    yield from _unknown_keys(row, _PREFERENCE_KEYS)
    yield from _preference_input(row.get("input"))
    for key in ("preferred_output", "non_preferred_output"):
        yield from _output(row.get(key), key)
    if row.get("preferred_output") and row["preferred_output"] == row.get("non_preferred_output"):
        yield error(
            "same_outputs", "Both outputs are the same, so nothing is preferred. Change one."
        )


def _preference_input(given: object) -> Findings:
    messages = given.get("messages") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(messages, list) or not messages:
        yield error(
            "missing_messages_list",
            "“input” has no list of “messages”. Add the conversation so far.",
        )
        return
    yield from _unknown_keys(given, _INPUT_KEYS)
    yield from tools.check_definitions(given)
    yield from _conversation(given, messages)
    if _roles(messages)[-1] == "assistant":
        yield warning(
            "input_answered",
            "“input” ends with an answer. Move it to an output, or add a question.",
        )


def _output(messages: object, key: str) -> Findings:
    if not isinstance(messages, list) or not messages:
        yield error("missing_output", f"“{key}” is not a list of messages. Add an answer.")
        return
    for index, message in enumerate(messages, 1):
        where = f"Message {index} of “{key}”"
        yield from check_message(message, where)
        role = message.get("role") if isinstance(message, Mapping) else "assistant"
        if role in ("system", "developer", "user", "function"):
            yield error("output_role", f"{where} has the role “{role}”. Use assistant or tool.")
    if "assistant" not in _roles(messages):
        yield error(
            "example_missing_assistant_message",
            f"“{key}” has no assistant message. Add the answer.",
        )


_CHECKS = {"chat": _chat, "completion": _completion, "preference": _preference}


def _unknown_keys(row: Mapping[str, Any], known: frozenset[str]) -> Findings:
    unknown = [key for key in row if key not in known]
    if unknown:
        yield warning(
            "unrecognized_key",
            f"The key {shorten(unknown[0])} is not part of the format and may be refused. "
            "Remove it.",
        )


def check_texts(texts: Iterable[str]) -> Findings:
    """What the texts of an example hold that should not be learned; each kind once."""
    seen: set[str] = set()
    for text in texts:
        if may_be_wrong(text):
            yield from _new((*_control_characters(text), *sensitive.check_text(text)), seen)


def may_be_wrong(text: str) -> bool:
    """Whether a text has to be looked at more closely; most have not."""
    return not text.isprintable() or "\ufffd" in text or sensitive.may_hold(text)


def _new(findings: Iterable[Finding], seen: set[str]) -> Findings:
    for finding in findings:
        if finding.message not in seen:
            seen.add(finding.message)
            yield finding


def _control_characters(text: str) -> Findings:
    if found := CONTROL.search(text):
        yield warning(
            "control_characters",
            f"The text has the unprintable character U+{ord(found[0]):04X}. Remove it.",
        )


def _texts(row: object) -> Iterator[str]:
    waiting = [row]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
