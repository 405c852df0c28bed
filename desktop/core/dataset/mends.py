"""Mends that need no thought: what is wrong is certain, and so is what is meant.

`SAFE` ones change nothing that a model would learn; the others are offered one kind at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..types import DatasetIssue, Example
from .checks import CONTROL
from .convert import convert
from .messages import KEYS

Row = dict[str, Any]
REMOVE = frozenset({"duplicate", "data_type", "missing_messages_list"})
SAFE = frozenset({
    "duplicate", "control_characters", "message_unrecognized_key", "unrecognized_key",
    "weight_role", "name_shape", "system_not_first",
})
LABELS = {
    "duplicate": "Remove", "data_type": "Remove", "missing_messages_list": "Remove",
    "control_characters": "Strip", "message_unrecognized_key": "Remove keys",
    "unrecognized_key": "Remove keys", "weight_role": "Remove weight", "name_shape": "Rename",
    "system_not_first": "Move to start", "mixed_format": "Convert",
    "system_differs": "Use the same", "completion_format": "Convert all",
}
_NOT_IN_NAMES = re.compile(r"[\s<|\\/>]+")
_TOP = frozenset({"messages", "tools", "functions", "parallel_tool_calls", "prompt", "completion",
                  "input", "preferred_output", "non_preferred_output"})


def label_of(issue: DatasetIssue) -> str:
    """What one click does about such issues, "" where a person has to."""
    if issue.code == "system_differs" and issue.message.startswith("The examples"):
        return ""  # there is none that most of them have
    return LABELS.get(issue.code, "")


def mended(example: Example, code: str, system: str = "") -> Example:
    """The example without that fault; unchanged where it cannot be mended by itself.

    `system` is the common system message, for `system_differs`.
    """
    if example.raw:
        return example
    row: Row = dict(example.row)
    if code == "system_differs":
        row = _with_system(row, system)
    elif code in ("mixed_format", "completion_format"):
        converted = convert(row, "chat")
        row = converted if isinstance(converted, dict) else row
    elif code in _MENDS:
        row = _MENDS[code](row)
    return example if row == example.row else replace(example, row=row)


def _each_message(row: Row, change: Callable[[Row], Row]) -> Row:
    """`change` on every message of a row, wherever the format keeps them."""
    def of_list(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [change(dict(each)) if isinstance(each, Mapping) else each for each in value]

    new = {key: of_list(value) if key in ("messages", "preferred_output", "non_preferred_output")
           else value for key, value in row.items()}
    if isinstance(row.get("input"), Mapping):
        new["input"] = {key: of_list(value) if key == "messages" else value
                        for key, value in row["input"].items()}
    return new


def _known_keys(message: Row) -> Row:
    return {key: value for key, value in message.items()
            if key in KEYS and (key != "tool_call_id" or message.get("role") == "tool")}


def _weighed(message: Row) -> Row:
    return message if message.get("role") == "assistant" else {
        key: value for key, value in message.items() if key != "weight"}


def _named(message: Row) -> Row:
    name = message.get("name")
    if not isinstance(name, str):
        return {key: value for key, value in message.items() if key != "name"}
    return {**message, "name": _NOT_IN_NAMES.sub("_", name.strip())[:64] or "user"}


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list) else value


def _system_first(row: Row) -> Row:
    messages = row.get("messages")
    if not isinstance(messages, list):
        return row
    system = [m for m in messages if isinstance(m, Mapping) and m.get("role") in
              ("system", "developer")]
    return {**row, "messages": [*system, *(m for m in messages if m not in system)]}


def _with_system(row: Row, system: str) -> Row:
    messages = row.get("messages")
    if not isinstance(messages, list):
        return row
    rest = [m for m in messages if not (isinstance(m, Mapping)
                                        and m.get("role") in ("system", "developer"))]
    return {**row, "messages": [*([{"role": "system", "content": system}] if system else []),
                                *rest]}


_MENDS: dict[str, Callable[[Row], Row]] = {
    "control_characters": _printable,
    "message_unrecognized_key": lambda row: _each_message(row, _known_keys),
    "unrecognized_key": lambda row: {key: row[key] for key in row if key in _TOP},
    "weight_role": lambda row: _each_message(row, _weighed),
    "name_shape": lambda row: _each_message(row, lambda m: _named(m) if "name" in m else m),
    "system_not_first": _system_first,
}
