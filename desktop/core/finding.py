"""Finding words in the pages of a document, as a reader means it: in any case, over line ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 2_000  # places; more help nobody
Place = tuple[int, int, int]  # page index from 0, start, end


def find_in_pages(pages: Sequence[str], wanted: str) -> list[Place]:
    """Where `wanted` stands, at most `MOST` times; white space in it is any white space."""
    words = wanted.split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    found: list[Place] = []
    for index, text in enumerate(pages):
        for match in pattern.finditer(text):
            found.append((index, match.start(), match.end()))
            if len(found) == MOST:
                return found
    return found


def first_from(places: Sequence[Place], page: int) -> int:
    """The place to begin with for somebody who looks at a page: on it, after it, or the first."""
    return next((number for number, place in enumerate(places) if place[0] >= page), 0)
