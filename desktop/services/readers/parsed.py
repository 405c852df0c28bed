"""What a reader makes of a file, and the limits and cleaning that all readers share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...core.errors import DocumentError
from ...core.types import Page

MOST_PAGES = 5_000
MOST_TEXT = 50_000_000  # characters

# Control characters; zero-width and bidirectional marks and tag characters, which can hide
# text from the eye that a model still reads.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_PLAIN = str.maketrans({**_LIGATURES, "\xa0": " ", "\r": "\n", "\u2028": "\n", "\u2029": "\n"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pages of a file in its own order, and what the user should know about them."""

    pages: tuple[Page, ...]
    warning: str = ""


def clean(text: str) -> str:
    """Text that can be shown, searched and stored: `\\n` line ends, nothing invisible."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").translate(_PLAIN))


def one_page(text: str) -> Parsed:
    """For formats without pages."""
    if len(text) > MOST_TEXT:
        raise too_much_text()
    return Parsed((Page(None, clean(text)),))


def too_much_text() -> DocumentError:
    return DocumentError(
        "Holds too much text", why=f"More than {MOST_TEXT // 1_000_000} million characters",
        remedy="Split it and drop the parts",
    )
