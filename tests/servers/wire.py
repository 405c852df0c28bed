"""The bytes of answers: chunks of a stream, whole bodies, errors."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from .behaviours import Messages, Reply

SAFE = {"filtered": False, "severity": "safe"}
VERDICT = {"hate": SAFE, "self_harm": SAFE, "sexual": SAFE, "violence": SAFE}
OUTAGE = {"error": {"code": "content_filter_error", "message": "The contents are not filtered"}}
_ID = "chatcmpl-Cemulated0000000000000000000"


def event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def words(text: str) -> list[str]:
    """Pieces of one word, as models stream them; joined they are the text."""
    return [f"{word} " for word in text.split(" ")[:-1]] + text.split(" ")[-1:]


def usage_of(messages: Messages, text: str) -> dict[str, Any]:
    prompt = sum(len(str(message.get("content") or "").split()) + 3 for message in messages) + 3
    completion = len(words(text))
    return {
        "prompt_tokens": prompt, "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _chunk(model: str, choices: list[dict[str, Any]], **more: Any) -> bytes:
    return event({
        "id": _ID, "object": "chat.completion.chunk", "created": 1795651200, "model": model,
        "system_fingerprint": "fp_emulated", "choices": choices, **more,
    })


def _choice(
    delta: Mapping[str, Any], finish: str | None = None, **more: Any
) -> dict[str, Any]:
    return {"index": 0, "delta": dict(delta), "finish_reason": finish, "logprobs": None, **more}


def _annotation(offset: int, *, done: bool = False) -> bytes:
    """What the asynchronous filter sends between and after the text: no delta at all."""
    return event({
        "id": "", "object": "", "created": 0, "model": "",
        "choices": [{
            "index": 0, "finish_reason": None, "content_filter_results": VERDICT,
            "content_filter_offsets": {
                "check_offset": offset, "start_offset": offset, "end_offset": offset + 20},
            **({"logprobs": None} if done else {}),
        }],
    })


def prologue(model: str, *, azure: bool) -> Iterator[bytes]:
    """Azure speaks about the prompt first, in a chunk without choices."""
    if azure:
        yield event({
            "id": "", "object": "", "created": 0, "model": "", "choices": [],
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": VERDICT}],
        })
    yield _chunk(model, [_choice({"role": "assistant", "content": "", "refusal": None})])


def body(reply: Reply, model: str, pieces: list[str], *, azure: bool) -> Iterator[bytes]:
    """One chunk a piece."""
    annotated = azure and not reply.async_filter
    verdict = OUTAGE if reply.filter_outage else VERDICT
    more: dict[str, Any] = {"content_filter_results": verdict} if annotated else {}
    for position, piece in enumerate(pieces):
        yield _chunk(model, [_choice({"content": piece}, **more)])
        if reply.async_filter and position % 4 == 3:
            yield _annotation(position * 5)


def epilogue(
    reply: Reply, model: str, usage: Mapping[str, Any] | None
) -> Iterator[bytes]:
    """The finish, a late annotation, usage, [DONE]."""
    inside = {"usage": usage} if usage and reply.usage == "with choice" else {}
    yield _chunk(model, [_choice({}, reply.finish)], **inside)
    if reply.async_filter:
        yield _annotation(999, done=True)
    if usage and reply.usage == "alone":
        yield _chunk(model, [], usage=usage)
    yield b"data: [DONE]\n\n"


def whole(reply: Reply, model: str, messages: Messages, *, azure: bool) -> dict[str, Any]:
    """The answer to a request without `stream`."""
    text = reply.answer(messages)
    filters = {"content_filter_results": VERDICT} if azure else {}
    top = {"prompt_filter_results": [
        {"prompt_index": 0, "content_filter_results": VERDICT}]} if azure else {}
    return {
        "id": _ID, "object": "chat.completion", "created": 1795651200, "model": model,
        "choices": [{
            "index": 0, "finish_reason": reply.finish, "logprobs": None,
            "message": {"role": "assistant", "content": text, "refusal": None}, **filters,
        }],
        "usage": usage_of(messages, text), **top,
    }


def embedding(text: str, dimension: int, encoding: str) -> list[float] | str:
    """A vector of length 1 for OpenAI's models, and of another for others: what has words in
    common is near, and what has none is told apart by a little noise."""
    seed = hashlib.sha256(text.encode()).digest()
    raw = [(seed[i % 32] - 127.5 + i % 7) / 5_000 / dimension ** 0.5 for i in range(dimension)]
    for word in set(re.findall(r"\w{4,}", text.lower())):
        raw[zlib.crc32(word.encode()) % dimension] += 1.0
    length = sum(value * value for value in raw) ** 0.5
    vector = [value / length for value in raw]
    if encoding == "base64":
        return base64.b64encode(struct.pack(f"<{dimension}f", *vector)).decode()
    return [value * 3 for value in vector] if dimension == 384 else vector
