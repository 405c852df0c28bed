"""JSON and JSON lines: each record a paragraph of `name: value`, so that words can be found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .parsed import MOST_TEXT, Parsed, one_page, too_much_text
from .plain import decode
from .tables import shown

LONG = 120  # characters; a longer value has a line of its own


def read(content: bytes) -> Parsed:
    """What is not JSON is read as the text it is, with a warning. Raises DocumentError for
    bytes that are no text."""
    text = decode(content)
    try:
        records = _records(text)
        return one_page("\n\n".join(_paragraphs(records)))
    except (ValueError, RecursionError):
        parsed = one_page(text)
        return Parsed(parsed.pages, "Is not valid JSON: it was read as plain text")


def _records(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _paragraphs(records: list[Any]) -> Iterator[str]:
    total = 0
    for record in records:
        paragraph = _paragraph(record)
        total += len(paragraph)
        if total > MOST_TEXT:
            raise too_much_text()
        if paragraph:
            yield paragraph


def _paragraph(record: Any) -> str:
    """Short values side by side, long ones on lines of their own."""
    found: list[str] = []
    apart = True
    for name, value in _leaves(record, ""):
        said = value if isinstance(value, str) else _plain(value)
        if not said.strip():
            continue
        long = len(said) > LONG or "\n" in said
        one = f"{name}: {said}" if name else said
        if apart or long:
            found.append(one)
        else:
            found[-1] += f" | {one}"
        apart = long
    return "\n".join(found)


def _plain(value: Any) -> str:
    return "" if value is None else shown(value)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """`(dotted name, plain value)`; places in lists are left out of names. No recursion: a file
    may be nested deeper than Python's stack."""
    waiting = [(name, value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            dot = f"{name}." if name else ""
            waiting += [(f"{dot}{key}", each) for key, each in reversed(value.items())]
        elif isinstance(value, list):
            if all(not isinstance(each, dict | list) for each in value):
                yield name, ", ".join(_plain(each) for each in value)
            else:
                waiting += [(name, each) for each in reversed(value)]
        else:
            yield name, value
