"""Prompts as JSON: ours, a list of ours, or the messages of a chat request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..errors import DocumentError
from ..prompts import chosen_of
from ..types import FewShotExample, Message, Prompt, PromptVersion
from .found import Found, FoundPrompt, LeftOut
from .messages import prompt_of, untold
from .parameters import parameters_of

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_OURS = ("system", "template", "examples")
_REQUEST = ("messages", "stream", "stream_options", "model", "name", "note")


def version_json(version: PromptVersion) -> dict[str, Any]:
    """One version, as the command line lists it and as a file keeps it."""
    return {
        "number": version.number, "name": version.name, "note": version.note,
        "starred": version.starred, "created_at": version.created_at,
        "system": version.prompt.system,
        "examples": [asdict(example) for example in version.prompt.examples],
        "template": version.prompt.template,
        "parameters": version.prompt.parameters.as_dict(),
        **({"chosen": version.prompt.chosen} if version.prompt.chosen else {}),
        **({"variables": dict(version.prompt.variables)} if version.prompt.variables else {}),
    }


def read(text: str, name: str) -> Found:
    """All prompts of a file. Raises DocumentError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{name} cannot be read", why=f"It is not JSON: {error}") from error
    found = [read_value(each, name) for each in _prompts(value)]
    if not found:
        raise DocumentError(f"{name} holds no prompt", remedy="Import an exported prompt, or a "
                            'list of messages with "role" and "content"')
    return Found(tuple(each for one in found for each in one.prompts), (),
                 tuple(each for one in found for each in one.left_out))


def _prompts(value: object) -> list[Any]:
    if is_messages(value) or isinstance(value, Mapping):
        value = [value]
    return [each for each in value if is_messages(each) or _is_prompt(each)] \
        if isinstance(value, list) else []


def _is_prompt(value: object) -> bool:
    return isinstance(value, Mapping) and (
        is_messages(value.get("messages")) or any(name in value for name in _OURS))


def is_messages(value: object) -> bool:
    """A list of messages, whatever they say."""
    return isinstance(value, list) and bool(value) and all(
        isinstance(each, Mapping) and each.get("role") in _ROLES for each in value)


def read_value(value: Any, name: str) -> Found:
    """One prompt from JSON-like values that `is_messages` or one of ours."""
    if is_messages(value):
        return _of_messages(value, {}, name)
    if is_messages(value.get("messages")):
        return _of_messages(value["messages"], value, name)
    return _ours(value, name)


def _of_messages(values: Sequence[Any], request: Mapping[str, Any], name: str) -> Found:
    left: list[LeftOut] = []
    messages = []
    for each in values:
        text, whole = _content(each.get("content"))
        if not whole:
            left.append(LeftOut(f"part of a {each['role']} message", "Only text is sent"))
        role: Any = "tool" if each["role"] == "function" else each["role"]
        messages.append(Message(role, text))
    prompt, told = prompt_of(messages, name)
    rest = {key: value for key, value in request.items() if key not in _REQUEST}
    parameters, unknown = parameters_of(rest)
    made = Prompt(prompt.system, prompt.examples, prompt.template, parameters)
    return Found((FoundPrompt(made, _text(request.get("name")), _text(request.get("note"))),), (),
                 (*left, *told, *unknown))


def _content(value: object) -> tuple[str, bool]:
    """The text of a message, which may come in parts; False where a part is no text."""
    if isinstance(value, str) or value is None:
        return value or "", value is not None
    parts = value if isinstance(value, list) else []
    texts = [part["text"] for part in parts
             if isinstance(part, Mapping) and isinstance(part.get("text"), str)]
    return "\n".join(texts), len(texts) == len(parts) and bool(parts)


def _ours(value: Mapping[str, Any], name: str) -> Found:
    parameters, left = parameters_of(value.get("parameters"))
    examples = value.get("examples")
    made = Prompt(
        _text(value.get("system")), tuple(_examples(examples, name)),
        _text(value.get("template")) or "{{ question }}", parameters,
        chosen_of(value.get("chosen")), _variables(value.get("variables")),
    )
    return Found((FoundPrompt(made, _text(value.get("name")), _text(value.get("note"))),), (),
                 (*left, *untold(made)))


def _examples(values: object, name: str) -> list[FewShotExample]:
    return [
        FewShotExample(each["question"], each["answer"], each.get("on") is not False,
                       _text(each.get("origin")) or name)
        for each in (values if isinstance(values, list) else [])
        if isinstance(each, Mapping) and isinstance(each.get("question"), str)
        and isinstance(each.get("answer"), str)
    ]


def _variables(values: object) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), value) for name, value in values.items()
                        if isinstance(value, str))) if isinstance(values, Mapping) else ()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def write(version: PromptVersion) -> str:
    """One prompt; `read` gives back what is stored, but for its number and date."""
    return json.dumps(version_json(version), ensure_ascii=False, indent=2) + "\n"
