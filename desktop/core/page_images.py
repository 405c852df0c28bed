"""A page as it looks, and where on it a passage of its text stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Box = tuple[int, int, int, int]  # x, y, width, height in pixels from the top left
_HYPHENS = "-\xad\x02\ufffe\u2010\u2011"  # may come and go where a line ends
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


@dataclass(frozen=True, slots=True)
class PageImage:
    """`pixels` hold rows of `stride` bytes, four bytes a pixel: blue, green, red, nothing."""

    width: int
    height: int
    stride: int
    pixels: bytes
    boxes: tuple[Box, ...] = ()  # of the passage; none where it was not surely found
    places: tuple[tuple[Box, ...], ...] = ()  # of what was found, one for each place


class PageRenderer(Protocol):
    """Draws pages of PDF files in a process of its own, with limits."""

    async def render(
        self, content: bytes, page_index: int, scale: float, text: str = "", start: int = 0,
        end: int = 0, places: Sequence[tuple[int, int]] = (),
    ) -> PageImage:
        """`scale` 1 is 72 pixels an inch; `text[start:end]` is the passage to be found on it,
        `text` the page's stored text, `places` are other parts of it. Raises DocumentError."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


def locate(letters: Sequence[str], text: str, start: int, end: int) -> tuple[int, int] | None:
    """Which of a page's `letters`, in the file's order, hold `text[start:end]`.

    `text` is the same page after cleaning: spaces, hyphens at line ends and ligatures differ,
    and letters outside of the page are missing. The passage must be found exactly once; a wrong
    mark would be worse than none. Returns first and last + 1, or None.
    """
    own, places = _plain(letters)
    before, wanted = _plain(text[:start])[0], _plain(text[start:end])[0]
    if not wanted:
        return None
    place = len(before)
    if not own.startswith(wanted, place) or own[:place] != before:
        place = own.find(wanted)
        if place < 0 or own.find(wanted, place + 1) >= 0:
            return None
    return places[place], places[place + len(wanted) - 1] + 1


def _plain(letters: Sequence[str]) -> tuple[str, list[int]]:
    """The letters that count, and for each its place among `letters`."""
    said: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(letters):
        for each in _LIGATURES.get(letter, letter):
            if each.isprintable() and not each.isspace() and each not in _HYPHENS:
                said.append(each)
                places.append(place)
    return "".join(said), places
