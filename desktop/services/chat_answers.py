"""Gathers the answer of a service from what it streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.types import Usage


class ChatAnswer:
    """Of the chat API; tolerates everything services were seen to send."""

    def __init__(self) -> None:
        self.failure: Mapping[str, Any] = {}  # an error that the stream itself told
        self.text: list[str] = []
        self.reason = ""
        self.model = ""
        self.usage: Usage | None = None
        self.chunks = 0

    def take(self, chunk: Any) -> str:
        """Note what the chunk says; returns its text, "" for annotations and usage."""
        self.chunks += 1
        chunk = mapping(chunk)
        self.model = chunk.get("model") or self.model
        self._take_usage(mapping(chunk.get("usage")))
        choices = chunk.get("choices")
        if not isinstance(choices, list) or not choices:
            return ""  # the prompt's filter results, or usage alone
        choice = mapping(choices[0])
        # A late content_filter verdict overrules an earlier "stop".
        self.reason = choice.get("finish_reason") or self.reason
        delta = mapping(choice.get("delta"))  # empty: an asynchronous filter's note
        text = delta.get("content") or delta.get("refusal")
        if not isinstance(text, str):
            return ""
        self.text.append(text)
        return text

    def take_whole(self, body: object) -> str:
        """The answer of a model that does not stream."""
        whole = dict(mapping(body))
        choices = whole.get("choices")
        whole["choices"] = [
            {**choice, "delta": choice.get("message")}
            for choice in (choices if isinstance(choices, list) else ())
            if isinstance(choice, dict)
        ]
        return self.take(whole)

    def _take_usage(self, usage: Mapping[str, Any]) -> None:
        counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
        if isinstance(counts[0], int) and isinstance(counts[1], int):
            self.usage = Usage(counts[0], counts[1])


def mapping(value: Any) -> Mapping[str, Any]:
    """What a service sent, where an object belongs."""
    return value if isinstance(value, dict) else {}
