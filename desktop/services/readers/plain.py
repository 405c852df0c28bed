"""Markdown and plain text, in whatever encoding."""

from __future__ import annotations

import codecs

from ...core.errors import DocumentError
from .parsed import Parsed, one_page

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),  # before UTF-16's, as longer
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 100_000  # bytes are enough to guess an encoding from
_MOST_CONTROLS = 0.02  # share of the characters; more is no text


def read(content: bytes) -> Parsed:
    """Raises DocumentError for bytes that are not text."""
    return one_page(decode(content))


def decode(content: bytes) -> str:
    """By its byte order mark, as UTF-8, or else by guessing. Raises DocumentError."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode(_guess(content), "replace")
    controls = sum(map(text.count, map(chr, (*range(9), *range(14, 27)))))
    if controls > _MOST_CONTROLS * len(text):
        raise _no_text()
    return text


def _guess(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_SAMPLE]).best()
    if best is None:
        raise _no_text()
    return best.encoding


def _no_text() -> DocumentError:
    return DocumentError(
        "Is not a text file", why="Its bytes are no letters in any known encoding",
        remedy="Check that its name ends as its kind does",
    )
