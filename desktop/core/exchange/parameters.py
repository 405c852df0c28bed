"""Generation parameters under the names that other tools have for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ConfigurationError
from ..parameters import checked_parameters
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
            value = value.get("type")
        try:
            checked_parameters({ours: value})
        except ConfigurationError as error:
            left.append(LeftOut(f"parameter {name}", str(error)))
        else:
            known[ours] = value
    return checked_parameters(known), left


def _flat(values: object) -> Iterable[tuple[str, Any]]:
    """The names beside `additionalProperties`, and those in it; what is not set is no value."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            if name == "additionalProperties":
                yield from _flat(value)
            elif value is not None:
                yield str(name), value


def as_sent(parameters: Parameters) -> dict[str, Any]:
    """As the chat API takes them."""
    values = parameters.as_dict()
    if "response_format" in values:
        values["response_format"] = {"type": values["response_format"]}
    return values
