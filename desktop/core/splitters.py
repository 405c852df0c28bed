"""The three ways to cut a page: at its structure, into whole sentences, or at a fixed size.

Each returns spans of the text, in order, that leave out nothing but white space. Overlapping
spans start later than the one before, so that none is part of another.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any

from .chunk_settings import ChunkSettings
from .sentences import split_sentences

Span = tuple[int, int]
Measure = Callable[[Sequence[str]], Sequence[int]]
"""The size of each text, in whatever the limit is counted in."""

_WORD = re.compile(r"\S+")


def lengths(texts: Sequence[str]) -> list[int]:
    """Sizes in characters."""
    return [len(text) for text in texts]


def cut(
    text: str, settings: ChunkSettings, limit: int, measure: Measure, *, markdown: bool = False
) -> list[Span]:
    """Spans of up to `limit` as `measure` counts; a single word may be longer."""
    overlap = limit * settings.overlap // 100
    if settings.splitter == "structure":
        return structure(text, limit, overlap, measure, markdown=markdown)
    units = _words(text) if settings.splitter == "fixed" else _sentences(text, limit, measure)
    return _packed(text, units, limit, overlap, measure)


def structure(
    text: str, limit: int, overlap: int = 0, measure: Measure = lengths, *,
    markdown: bool = False,
) -> list[Span]:
    """Paragraphs before sentences before words before characters (semantic-text-splitter)."""
    from semantic_text_splitter import MarkdownSplitter, TextSplitter

    kind: Any = MarkdownSplitter if markdown else TextSplitter
    splitter = kind(limit, overlap) if measure is lengths else kind.from_callback(
        lambda part: measure([part])[0], limit, overlap)
    return [(start, start + len(piece)) for start, piece in splitter.chunk_indices(text)]


def _words(text: str) -> list[Span]:
    return [found.span() for found in _WORD.finditer(text)]


def _sentences(text: str, limit: int, measure: Measure) -> list[Span]:
    """Sentences with the headings and bullets before them; the words of one that is too long."""
    ends = [sentence.end for sentence in split_sentences(text)]
    borders = [0, *(end for end in ends if end < len(text)), len(text)]
    spans = [_trimmed(text, span) for span in itertools.pairwise(borders)]
    spans = [(start, end) for start, end in spans if start < end]
    sizes = measure([text[start:end] for start, end in spans])
    units: list[Span] = []
    for (start, end), size in zip(spans, sizes, strict=True):
        if size <= limit:
            units.append((start, end))
        else:
            units += [(start + first, start + last) for first, last in _words(text[start:end])]
    return units


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _packed(
    text: str, units: Sequence[Span], limit: int, overlap: int, measure: Measure
) -> list[Span]:
    """As many units as fit, again and again; the next begins with those that may repeat."""
    if not units:
        return []
    starts = [start for start, _ in units[1:]]
    # With the white space after it, so that characters add up to the length of the span.
    sizes = list(measure([text[unit[0]:after] for unit, after in
                          zip(units, [*starts, units[-1][1]], strict=True)]))
    found: list[Span] = []
    first = 0
    while first < len(units):
        last, held = first, 0
        while last < len(units) and (last == first or held + sizes[last] <= limit):
            held += sizes[last]
            last += 1
        found.append((units[first][0], units[last - 1][1]))
        if last == len(units):
            break
        # What did not fit must fit now: a span that ends where this one did says nothing new.
        first = _again(sizes, first, last, min(overlap, limit - sizes[last]))
    return found


def _again(sizes: Sequence[int], first: int, last: int, overlap: int) -> int:
    """Where the next span begins: as far back as `overlap` allows, yet past `first`."""
    start, repeated = last, 0
    while start - 1 > first and repeated + sizes[start - 1] <= overlap:
        start -= 1
        repeated += sizes[start]
    return start
