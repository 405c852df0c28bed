"""What a check says about one example, before the line number is put on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """`message` says what is wrong and what to do about it.

    An error will be refused by the service, or the example teaches nothing; a warning is
    accepted but probably not meant.
    """

    severity: Severity
    code: str
    message: str


Findings = Iterator[Finding]
Check = Callable[[dict[str, Any]], Findings]


def error(code: str, message: str) -> Finding:
    """Something that has to be mended before training."""
    return Finding("error", code, message)


def warning(code: str, message: str) -> Finding:
    """Something to look at before training."""
    return Finding("warning", code, message)


def shorten(value: object, limit: int = 40) -> str:
    """A quoted value of unknown kind and size, short enough for a sentence."""
    text = value if isinstance(value, str) else repr(value)
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= limit else flat[: limit - 1] + '…'}”"
