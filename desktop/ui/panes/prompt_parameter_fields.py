"""What each generation parameter is called, what it does, and how it is read from a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_STOPS = 4  # sequences; more are refused by Azure OpenAI


class Field(NamedTuple):
    """A parameter that is typed."""

    name: str
    title: str  # short, beside the field
    full: str
    does: str
    rule: str  # said when what is typed is none
    read: Callable[[str], Any]  # raises ValueError


class Choice(NamedTuple):
    """A parameter with a few values; None leaves it to the model."""

    name: str
    title: str
    full: str
    does: str
    options: tuple[tuple[str, str | None], ...]


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text.replace(",", "."))
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def read_stops(text: str) -> tuple[str, ...]:
    r"""Stop sequences from one line: commas between them, `\n` a new line, `\,` a comma.

    Raises ValueError for more than four.
    """
    parts = [re.sub(r"\\(.)", _unescape, part) for part in re.findall(r"(?:\\.|[^,\\])+", text)]
    stops = tuple(part.strip(" ") for part in parts if part.strip(" "))
    if len(stops) > MAX_STOPS:
        raise ValueError(text)
    return stops


def _unescape(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(found[1], found[1])


def write_stops(stops: tuple[str, ...]) -> str:
    """The inverse of `read_stops`."""
    for plain, escaped in (("\\", "\\\\"), (",", "\\,"), ("\n", "\\n"), ("\t", "\\t")):
        stops = tuple(stop.replace(plain, escaped) for stop in stops)
    return ", ".join(stops)


def text_of(value: Any) -> str:
    """A value as it is typed."""
    if value is None:
        return ""
    return write_stops(value) if isinstance(value, tuple) else str(value)


def _options(*values: str) -> tuple[tuple[str, str | None], ...]:
    return (("Default", None), *((value.capitalize(), value) for value in values))


FIELDS = (
    Field("temperature", "Temperature", "Temperature",
          "Low answers alike each time, high varies more",
          "Temperature is a number from 0 to 2.", _number(0, 2)),
    Field("max_tokens", "Max tokens", "Max tokens", "Answers are cut off after so many tokens",
          "Max tokens is a whole number from 1 up.", _whole(1, 10_000_000)),
    Field("top_p", "Top p", "Top p", "Only the likeliest words that make up this share; set this "
          "or the temperature, not both", "Top p is a number from 0 to 1.", _number(0, 1)),
    Field("seed", "Seed", "Seed", "The same seed answers much the same, where the model can",
          "Seed is a whole number.", _whole(-(2**63), 2**63 - 1)),
    Field("presence_penalty", "Presence", "Presence penalty",
          "Above 0 makes words that occurred before less likely",
          "Presence penalty is a number from -2 to 2.", _number(-2, 2)),
    Field("frequency_penalty", "Frequency", "Frequency penalty",
          "Above 0 makes words less likely the more often they occurred",
          "Frequency penalty is a number from -2 to 2.", _number(-2, 2)),
    Field("stop", "Stop", "Stop sequences", r"The answer ends before any of these. Put commas "
          r"between them; \n is a new line", f"At most {MAX_STOPS} stop sequences are taken.",
          read_stops),
)
CHOICES = (
    Choice("response_format", "Format", "Format", "What form the answer has", (
        ("Default", None), ("Text", "text"), ("JSON object", "json_object"),
        ("JSON schema", "json_schema"))),
    Choice("reasoning_effort", "Effort", "Reasoning effort",
           "How long a reasoning model thinks before it answers",
           _options("none", "minimal", "low", "medium", "high")),
    Choice("verbosity", "Verbosity", "Verbosity", "How much a model of the GPT-5 family says",
           _options("low", "medium", "high")),
)
EMPTY: dict[str, Any] = {"stop": ()}
