"""Between the formats: chat, prompt and completion, and the plain chat of Llama's tools.

A conversation becomes one prompt with a label before each turn ("User: ..."), as completion
models were shown conversations; a question alone stays as it is. The way back reads the same
labels. What the other format cannot say (tools, pictures, weights of 0) is refused, not lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from .rows import format_of
from .turns import text_of

Target = Literal["chat", "completion", "llama"]
_LABELS = {"system": "System", "developer": "System", "user": "User", "assistant": "Assistant"}
_ROLES = {"System": "system", "User": "user", "Assistant": "assistant"}
_LABEL = re.compile(r"(?:^|\n\n)(System|User|Assistant): ")
_CUE = "\n\nAssistant:"
# What old guides told to put after a prompt and after a completion. Not " END": SQL has it too.
_PROMPT_ENDS = ("\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n->", " ->")
_COMPLETION_ENDS = (" ###", "\n###")
Row = dict[str, Any]


def convert(row: Mapping[str, Any], to: Target) -> Row | str:
    """The row in another format, or why it cannot be one."""
    format = format_of(row)
    if format is None:
        return "It is neither a chat, a completion nor a preference example"
    try:
        chat = dict(row) if format == "chat" else _to_chat(row, format)
        if to == "chat":
            return chat
        return _to_completion(chat) if to == "completion" else _to_llama(chat)
    except (KeyError, TypeError, AttributeError):
        return "Its shape is broken: check the file first"
    except ValueError as why:
        return str(why)


def _to_chat(row: Mapping[str, Any], format: str) -> Row:
    if format == "preference":
        given = row["input"]
        more = {key: given[key] for key in ("tools", "parallel_tool_calls") if key in given}
        return {"messages": [*given["messages"], *row["preferred_output"]], **more}
    prompt, answer = row["prompt"], row["completion"]
    if not isinstance(prompt, str) or not isinstance(answer, str):
        raise TypeError
    turns = _turns(prompt) or [{"role": "user", "content": _without(prompt, _PROMPT_ENDS)}]
    return {"messages": [*turns, {
        "role": "assistant", "content": _without(answer.removeprefix(" "), _COMPLETION_ENDS)}]}


def _without(text: str, ends: tuple[str, ...]) -> str:
    return next((text.removesuffix(end) for end in ends if text.endswith(end)), text)


def _turns(prompt: str) -> list[dict[str, str]]:
    """The turns of a prompt that `_to_completion` wrote; [] for any other."""
    if not prompt.endswith(_CUE) or not _LABEL.match(prompt):
        return []
    text = prompt.removesuffix(_CUE)
    found = list(_LABEL.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [{"role": _ROLES[match[1]], "content": text[match.end():end]}
            for match, end in zip(found, ends, strict=True)]


def _to_completion(chat: Mapping[str, Any]) -> Row:
    messages = _plain(chat, "a completion example")
    *given, answer = messages
    if answer["role"] != "assistant" or not given:
        raise ValueError("It does not end with an answer to something")
    if len(given) == 1 and given[0]["role"] == "user" and not _turns(given[0]["content"]):
        prompt = given[0]["content"]
    else:
        prompt = "\n\n".join(f"{_LABELS[turn['role']]}: {turn['content']}" for turn in given) + _CUE
    return {"prompt": prompt, "completion": f" {answer['content']}"}


def _to_llama(chat: Mapping[str, Any]) -> Row:
    messages = _plain(chat, "a Llama chat example")
    roles = [turn["role"] for turn in messages]
    if roles[0] in ("system", "developer"):
        roles = roles[1:]
        messages[0] = {**messages[0], "role": "system"}
    if roles != ["user", "assistant"] * (len(roles) // 2) or not roles:
        raise ValueError("Questions and answers do not take turns, which Llama's tools ask for")
    return {"messages": messages}


def _plain(chat: Mapping[str, Any], what: str) -> list[dict[str, str]]:
    if chat.get("tools") or chat.get("functions"):
        raise ValueError(f"It has tools, which {what} cannot have")
    plain = []
    for message in chat["messages"]:
        if message["role"] not in _LABELS or not isinstance(message.get("content"), str | list):
            raise ValueError(f"It has tool calls or other roles, which {what} cannot have")
        if message.get("weight") == 0:
            raise ValueError(f"It has an answer with weight 0, which {what} cannot have")
        if isinstance(message["content"], list) and any(
                part.get("type") != "text" for part in message["content"]):
            raise ValueError(f"It has pictures, which {what} cannot have")
        plain.append({"role": message["role"], "content": text_of(message["content"])})
    return plain
