"""The bytes of the Responses API: events of a stream, and a whole answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from . import wire
from .behaviours import Reply

_ID = "resp_emulated000000000000000000"


def _event(kind: str, number: int, **more: Any) -> bytes:
    data = {"type": kind, "sequence_number": number, **more}
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def _response(model: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": _ID, "object": "response", "created_at": 1795651200, "model": model,
            "status": status, "output": [], "error": None, "incomplete_details": None, **more}


def _messages(given: Any) -> list[Mapping[str, Any]]:
    return [{"role": "user", "content": given}] if isinstance(given, str) else list(given)


def _ended(reply: Reply, model: str, given: Any, text: str) -> dict[str, Any]:
    counts = wire.usage_of(_messages(given), text)
    usage = {"input_tokens": counts["prompt_tokens"], "output_tokens": counts["completion_tokens"],
             "total_tokens": counts["total_tokens"],
             "input_tokens_details": {"cached_tokens": 0},
             "output_tokens_details": {"reasoning_tokens": 0}}
    part = {"type": "output_text", "text": text, "annotations": []}
    output = [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
               "content": [part]}]
    cut = {"incomplete_details": {"reason": "max_output_tokens"}} if (
        reply.finish == "length") else {}
    status = "incomplete" if cut else "completed"
    return _response(model, status, output=output, usage=usage, **cut)


def events(reply: Reply, model: str, given: Any) -> Iterator[bytes]:
    """As the service streams them: created, deltas, the end with its usage."""
    text = reply.answer(_messages(given))
    yield _event("response.created", 0, response=_response(model, "in_progress"))
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    for number, piece in enumerate(wire.words(text), start=1):
        yield _event("response.output_text.delta", number, delta=piece, obfuscation="x", **where)
    if reply.error_event:
        yield _event("error", 98, param=None, **reply.error_event)
        return
    yield _event("response.output_text.done", 98, text=text, **where)
    kind = "response.incomplete" if reply.finish == "length" else "response.completed"
    yield _event(kind, 99, response=_ended(reply, model, given, text))


def whole(reply: Reply, model: str, given: Any) -> dict[str, Any]:
    """The answer to a request without `stream`."""
    return _ended(reply, model, given, reply.answer(_messages(given)))
