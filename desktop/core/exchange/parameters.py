"""Generation parameters under the names that other tools have for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ConfigurationError
from ..parameters import as_sent, checked_parameters
from ..response_schema import check_schema
from ..types import Parameters
from .found import LeftOut

_OURS = {
    "maxOutputTokens": "max_tokens", "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens", "topP": "top_p", "stopSequences": "stop",
    "frequencyPenalty": "frequency_penalty", "presencePenalty": "presence_penalty",
    "responseFormat": "response_format", "reasoningEffort": "reasoning_effort",
}


def parameters_of(values: object) -> tuple[Parameters, list[LeftOut]]:
    """What is known of a mapping; the rest is told."""
    known: dict[str, Any] = {}
    left: list[LeftOut] = []
    for name, value in _flat(values):
        ours = _OURS.get(name, name)
        if ours == "response_format" and isinstance(value, Mapping):
            known |= _schema(value)
            value = value.get("type")
        try:
            checked_parameters({ours: value})
        except ConfigurationError as error:
            left.append(LeftOut(f"parameter {name}", str(error)))
        else:
            known[ours] = value
    return checked_parameters(known), left


def _schema(response_format: Mapping[str, Any]) -> dict[str, str]:
    """The schema in a response format, of the chat API or as the Responses API has it."""
    inner = response_format.get("json_schema", response_format)
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return {"schema": text} if isinstance(schema, Mapping) and check_schema(text).ok else {}


def _flat(values: object) -> Iterable[tuple[str, Any]]:
    """The names beside `additionalProperties`, and those in it; what is not set is no value."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            if name == "additionalProperties":
                yield from _flat(value)
            elif value is not None:
                yield str(name), value


__all__ = ["as_sent", "parameters_of"]
