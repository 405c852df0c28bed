"""An example as a person reads it: its question, its answer, its turns."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..types import Example

ROLES = ("system", "developer", "user", "assistant")
_KEYS = frozenset({"role", "content", "weight"})
_ROW_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that is only text. `weight` None: the row does not say, so it is learned."""

    role: str
    content: str
    weight: int | None = None


def turns_of(example: Example) -> list[Turn] | None:
    """The turns of a plain chat example, with tools or without; None for what only JSON can
    show: calls of tools, pictures, names, other formats, lines that are no JSON."""
    row = example.row
    messages = row.get("messages")
    if example.raw or not set(row) <= _ROW_KEYS or not isinstance(messages, list):
        return None
    if not row.get("tools") and len(row) > 1:
        return None  # an empty list of tools, or a switch for none
    turns = [_turn(message) for message in messages]
    if None in turns or any(t.role in ROLES[:2] for t in turns[1:] if t):
        return None
    return [turn for turn in turns if turn]


def _turn(message: object) -> Turn | None:
    if not isinstance(message, Mapping) or not set(message) <= _KEYS:
        return None
    role, content, weight = message.get("role"), message.get("content"), message.get("weight")
    plain = isinstance(role, str) and role in ROLES and isinstance(content, str)
    weighed = role == "assistant" and weight in (0, 1) and not isinstance(weight, bool)
    if not plain or not (weighed or "weight" not in message):
        return None
    return Turn(str(role), str(content), weight)


def with_turns(
    example: Example, turns: Sequence[Turn], tools: list[Any] | None = None
) -> Example:
    """The example with these turns instead of its own; `tools` None keeps those it has."""
    messages = [
        {"role": turn.role, "content": turn.content}
        | ({} if turn.weight is None else {"weight": turn.weight})
        for turn in turns
    ]
    tools = example.row.get("tools", []) if tools is None else tools
    kept = {key: value for key, value in example.row.items() if key == "parallel_tool_calls"}
    row = {"messages": messages, **({"tools": tools, **kept} if tools else {})}
    return dataclasses.replace(example, row=row, raw="")


def question_of(example: Example) -> str:
    """What the example asks: the last user message before the answer."""
    row = example.row
    if example.raw:
        return example.raw
    if "prompt" in row:
        return text_of(row["prompt"])
    given = row["input"] if isinstance(row.get("input"), Mapping) else row
    return _last(given.get("messages"), "user")


def answer_of(example: Example) -> str:
    """What the model should learn to say; a call of a tool is shown as one."""
    row = example.row
    if "completion" in row:
        return text_of(row["completion"])
    return _last(row.get("preferred_output", row.get("messages")), "assistant")


def system_of(example: Example) -> str:
    """The system message, or ""."""
    return _last(example.row.get("messages"), "system")


def _last(messages: object, role: str) -> str:
    for message in reversed(messages) if isinstance(messages, list) else ():
        if isinstance(message, Mapping) and message.get("role") == role:
            return text_of(message.get("content")) or _calls(message)
    return ""


def text_of(content: Any) -> str:
    """The text of a message's content; a picture is shown as what it is."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(
        part["text"] if isinstance(part.get("text"), str) else f"[{part.get('type')}]"
        for part in parts if isinstance(part, Mapping)
    )


def _calls(message: Mapping[str, Any]) -> str:
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls if isinstance(call, Mapping)] if isinstance(
        calls, list) else [message.get("function_call")]
    return ", ".join(
        f"{function.get('name')}({function.get('arguments', '')})"
        for function in functions if isinstance(function, Mapping)
    )
