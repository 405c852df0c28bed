"""Results of a search as they are looked at: with the words that matched, and side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from .types import Hit

_WORD = re.compile(r"[^\W_]+")
_LEAD = 40  # characters before the first matched word that are shown


def snippet(text: str, matched: Set[str], length: int = 260) -> tuple[str, list[tuple[int, int]]]:
    """The part of a passage that holds most different matched words, the first of equals, and
    where they stand in it. `matched` are words in lower case; white space becomes one space."""
    plain = " ".join(text.split())
    found = [(word.start(), word.end(), word[0].lower()) for word in _WORD.finditer(plain)
             if word[0].lower() in matched]
    best, most = 0, 0
    for first, _, _ in found:
        start = max(0, first - _LEAD) if first + 1 > length else 0
        held = {word for begin, end, word in found if start <= begin and end <= start + length}
        if len(held) > most:
            best, most = start, len(held)
    if best:
        best = plain.rfind(" ", 0, best + 1) + 1
    shown = plain[best:best + length]
    lead = "… " if best else ""
    return lead + shown, [(begin - best + len(lead), end - best + len(lead))
                          for begin, end, _ in found if begin >= best and end <= best + length]


@dataclass(frozen=True, slots=True)
class Beside:
    """One passage under several profiles; `ranks` and `scores` in their order, None: not among
    its hits. `hit` is that of the profile that has it highest."""

    hit: Hit
    ranks: tuple[int | None, ...]
    scores: tuple[float | None, ...]


def side_by_side(results: Sequence[Sequence[Hit]]) -> list[Beside]:
    """Each page, or passage of a format without pages, once; the best places first."""
    places: dict[tuple[int, int, int], dict[int, Hit]] = {}
    for column, hits in enumerate(results):
        for hit in hits:
            start = hit.start if hit.page is None else 0
            places.setdefault((hit.document_id, hit.page_index, start), {}).setdefault(column, hit)
    rows = [_beside(found, len(results)) for found in places.values()]
    return sorted(rows, key=lambda row: (
        min(rank for rank in row.ranks if rank is not None),
        -sum(rank is not None for rank in row.ranks)))


def _beside(found: dict[int, Hit], columns: int) -> Beside:
    here = [found.get(column) for column in range(columns)]
    return Beside(
        min(found.values(), key=lambda hit: hit.rank),
        tuple(None if hit is None else hit.rank for hit in here),
        tuple(None if hit is None else hit.score for hit in here),
    )
