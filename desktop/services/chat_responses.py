"""The Responses API behind the same words: some models answer through nothing else.

A chat body becomes a request of that API, and its events become the same text, reason and
counts. Nothing is stored at the service, and no tools are offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.types import Usage
from .chat_answers import ChatAnswer, mapping

_REASONS = {"max_output_tokens": "length", "content_filter": "content_filter"}
_SAME = ("model", "temperature", "top_p", "stream")


def as_responses(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the Responses API has no field for (seed, stop, penalties) is left out."""
    made = {name: body[name] for name in _SAME if name in body}
    made |= {"input": body["messages"], "store": False}
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    if most:
        made["max_output_tokens"] = most
    if "reasoning_effort" in body:
        made["reasoning"] = {"effort": body["reasoning_effort"]}
    text = {}
    if "response_format" in body:
        named = body["response_format"]
        text["format"] = {"type": named["type"], **named.get("json_schema", {})}
    if "verbosity" in body:
        text["verbosity"] = body["verbosity"]
    return made | ({"text": text} if text else {})


class ResponsesAnswer(ChatAnswer):
    """Reads `response.*` events; unknown kinds are passed over."""

    def take(self, chunk: Any) -> str:
        """Note what the event says; returns its text."""
        self.chunks += 1
        event = mapping(chunk)
        kind = str(event.get("type") or "")
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            text = event.get("delta")
            if not isinstance(text, str):
                return ""
            self.text.append(text)
            return text
        if kind == "error":
            self.failure = event
        elif kind.startswith("response."):
            self._note(mapping(event.get("response")))
        return ""

    def take_whole(self, body: object) -> str:
        """The answer of a model that does not stream."""
        whole = mapping(body)
        self._note(whole)
        output = whole.get("output")
        parts = [mapping(part) for item in (output if isinstance(output, list) else ())
                 for part in mapping(item).get("content") or ()]
        text = "".join(str(part.get("text") or part.get("refusal") or "") for part in parts)
        self.text.append(text)
        return text

    def _note(self, response: Mapping[str, Any]) -> None:
        self.model = response.get("model") or self.model
        status = response.get("status")
        if status == "completed":
            self.reason = "stop"
        elif status == "incomplete":
            why = mapping(response.get("incomplete_details")).get("reason")
            self.reason = _REASONS.get(str(why), str(why or "incomplete"))
        elif status == "failed":
            self.failure = mapping(response.get("error")) or {"message": "The response failed"}
        usage = mapping(response.get("usage"))
        counts = (usage.get("input_tokens"), usage.get("output_tokens"))
        if isinstance(counts[0], int) and isinstance(counts[1], int):
            self.usage = Usage(counts[0], counts[1])
