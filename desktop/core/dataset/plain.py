"""The most common kind of example, told apart cheaply: chat in plain text without a fault.

Hundreds of thousands of lines are looked at; nearly all are of this kind, and none of the
checks of their shape has anything to say about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Messages = list[dict[str, str]]


def plain_messages(row: Mapping[str, Any]) -> Messages | None:
    """The messages of a row whose shape has no fault; None: look closer.

    Only `messages`; each with a role and text; a system message only at the start; a question,
    and an answer at the end; no two messages alike. Where these messages are returned,
    `checks` finds nothing but what is in the texts.
    """
    messages = row.get("messages")
    if len(row) != 1 or type(messages) is not list:
        return None
    asked, role = False, None
    contents = set()
    for message in messages:
        if type(message) is not dict or len(message) != 2:
            return None
        first, role, content = role is None, message.get("role"), message.get("content")
        if type(content) is not str or not content or content.isspace():
            return None
        if role == "user":
            asked = True
        elif role != "assistant" and not (first and role in ("system", "developer")):
            return None
        contents.add(content)
    plain = asked and role == "assistant" and len(contents) == len(messages)
    return messages if plain else None
