"""Generation parameters from outside: which there are, and what each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import ConfigurationError
from .response_schema import check_schema, sent_schema
from .types import Parameters

MOST_STOPS = 4  # the services refuse more
Check = Callable[[Any], bool]


def _number(low: float, high: float) -> Check:
    return lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    )


def _whole(low: int) -> Check:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and low <= value < 2**63
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _stops(value: Any) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list | tuple) and len(texts) <= MOST_STOPS and all(map(_text, texts))


_TAKES: dict[str, tuple[Check, str]] = {
    "temperature": (_number(0, 2), "a number from 0 to 2"),
    "top_p": (_number(0, 1), "a number from 0 to 1"),
    "max_tokens": (_whole(1), "a whole number from 1"),
    "seed": (_whole(-(2**63)), "a whole number"),
    "stop": (_stops, f"a text, or a list of at most {MOST_STOPS}"),
    "presence_penalty": (_number(-2, 2), "a number from -2 to 2"),
    "frequency_penalty": (_number(-2, 2), "a number from -2 to 2"),
    "response_format": (lambda value: value in ("text", "json_object", "json_schema"),
                        "text, json_object or json_schema"),
    "reasoning_effort": (_text, "a word such as low, medium or high"),
    "verbosity": (_text, "low, medium or high"),
    "schema": (lambda value: isinstance(value, str) and check_schema(value).ok,
               "a JSON schema, as text"),
}
NAMES = {  # what they are called on screen
    "temperature": "Temperature", "top_p": "Top p", "max_tokens": "Max tokens", "seed": "Seed",
    "stop": "Stop", "presence_penalty": "Presence penalty",
    "frequency_penalty": "Frequency penalty", "response_format": "Format",
    "reasoning_effort": "Reasoning effort", "verbosity": "Verbosity",
}


def as_sent(parameters: Parameters) -> dict[str, Any]:
    """As the chat API takes them. Raises ConfigurationError for a schema that is none."""
    values = parameters.as_dict()
    schema = str(values.pop("schema", ""))
    kind = values.pop("response_format", None)
    if kind == "json_schema":
        try:
            values["response_format"] = sent_schema(schema)
        except ValueError as error:
            raise ConfigurationError(
                "The JSON schema of the answer cannot be used", why=str(error),
                remedy="Mend it under Parameters in the Prompt pane") from error
    elif kind is not None:
        values["response_format"] = {"type": kind}
    return values


def checked_parameters(values: Mapping[str, Any]) -> Parameters:
    """Parameters from JSON values. Raises ConfigurationError for the first that is not one."""
    for name, value in values.items():
        if name not in _TAKES:
            raise ConfigurationError(
                f'There is no parameter "{name}"', remedy="Choose from: " + ", ".join(_TAKES)
            )
        takes, words = _TAKES[name]
        if not takes(value):
            raise ConfigurationError(f'"{value}" is no {name}', remedy=f"Give {words}")
    return Parameters.from_dict(values)
