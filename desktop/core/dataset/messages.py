"""Checks of one chat message: role, keys, weight, name, content.

The codes are those of the OpenAI cookbook "Data preparation and analysis for chat model
fine-tuning" where it has one; its rules are widened to tools, images and developer messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import tools
from .findings import Findings, error, shorten, warning

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
KEYS = frozenset({
    "role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal",
})
MAX_IMAGES = 64  # in one example
_NAME = re.compile(r"[^\s<|\\/>]{1,64}")
_PARTS = {
    "user": ("text", "image_url", "input_audio", "file"),
    "assistant": ("text", "refusal"),
}


def check_message(message: object, where: str) -> Findings:
    """One message by itself; `where` names it, like "Message 2"."""
    if not isinstance(message, Mapping):
        yield error(
            "message_type", f"{where} is not an object. Write it with “role” and “content”."
        )
        return
    yield from _role(message, where)
    yield from _keys(message, where)
    yield from _weight(message, where)
    yield from _name(message, where)
    yield from _content(message, where)
    yield from tools.check_calls(message, where)


def _role(message: Mapping[str, Any], where: str) -> Findings:
    if "role" not in message:
        yield error("message_missing_key", f"{where} has no “role”. Add user, assistant or system.")
    elif message["role"] not in ROLES:
        yield error(
            "unrecognized_role",
            f"{where} has the role {shorten(message['role'])}. Use one of {', '.join(ROLES)}.",
        )


def _keys(message: Mapping[str, Any], where: str) -> Findings:
    unknown = [key for key in message if key not in KEYS]
    if unknown:
        yield error(
            "message_unrecognized_key",
            f"{where} has the unknown key {shorten(unknown[0])}. Remove it.",
        )
    if "tool_call_id" in message and message.get("role") != "tool":
        yield error(
            "message_unrecognized_key",
            f"{where} has “tool_call_id”, which only tool messages have. Remove it.",
        )


def _weight(message: Mapping[str, Any], where: str) -> Findings:
    if "weight" not in message:
        return
    weight = message["weight"]
    if message.get("role") != "assistant":
        yield error(
            "weight_role",
            f"{where} has a weight, which only assistant messages have. Remove it.",
        )
    elif isinstance(weight, bool) or weight not in (0, 1):
        yield error(
            "weight_value",
            f"{where} has the weight {shorten(weight)}. Use 1 to learn from it or 0 to skip it.",
        )


def _name(message: Mapping[str, Any], where: str) -> Findings:
    name = message.get("name", "x")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield error(
            "name_shape",
            f"{where} has the name {shorten(name)}. "
            "Use at most 64 characters, without spaces and < | \\ / >.",
        )


def _content(message: Mapping[str, Any], where: str) -> Findings:
    content = message.get("content")
    if content is None or content == []:
        if not (tools.has_calls(message) or message.get("refusal")):
            code = "missing_content" if "content" in message else "message_missing_key"
            yield error(code, f"{where} has no content. Write it, or remove the message.")
    elif isinstance(content, str):
        yield from _text(content, message, where)
    elif isinstance(content, list):
        yield from _parts(content, message, where)
    else:
        yield error(
            "content_type",
            f"The content of {where.lower()} is neither text nor a list of parts. Write text.",
        )


def _text(content: str, message: Mapping[str, Any], where: str) -> Findings:
    if content.strip() or tools.has_calls(message):
        return
    if message.get("role") in ("tool", "function"):
        yield warning(
            "missing_content", f"{where} is an empty tool result. Check that it is meant."
        )
    else:
        yield error("missing_content", f"{where} is empty. Write its text, or remove the message.")


def _parts(parts: list[Any], message: Mapping[str, Any], where: str) -> Findings:
    allowed = _PARTS.get(str(message.get("role")), ("text",))
    for part in parts:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind == "image_url" and message.get("role") == "assistant":
            yield error(
                "image_in_assistant", f"{where} is an answer with an image. Answers are text only."
            )
        elif kind not in allowed:
            yield error(
                "content_part",
                f"{where} has a part of type {shorten(kind)}. Use {' or '.join(allowed)}.",
            )
        else:
            yield from _part(part, str(kind), where)
    yield from _many_images(parts, where)


def _part(part: Mapping[str, Any], kind: str, where: str) -> Findings:
    if kind in ("text", "refusal") and not isinstance(part.get(kind), str):
        yield error("content_part", f"A text part of {where.lower()} has no “{kind}”. Add it.")
    if kind == "image_url" and not _image_address(part.get("image_url")):
        yield error(
            "content_part",
            f"An image of {where.lower()} has no address. Use an https address or a data URI.",
        )


def _image_address(image: object) -> bool:
    url = image.get("url") if isinstance(image, Mapping) else None
    return isinstance(url, str) and url.startswith(("https://", "http://", "data:image/"))


def _many_images(parts: list[Any], where: str) -> Findings:
    images = sum(isinstance(part, Mapping) and part.get("type") == "image_url" for part in parts)
    if images > MAX_IMAGES:
        yield error(
            "too_many_images", f"{where} has {images} images. Keep at most {MAX_IMAGES}."
        )
