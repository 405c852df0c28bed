"""What the user changed about single chunks: kept out of searches, or with another text.

A chunk is named by its place on its page, which stays when its text or its id does not. Changed
passages keep their borders when a document is split anew; the rest is split around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from .types import Chunk, NewChunk, Page

ELLIPSIS = "\n[…]\n"  # stands where a passage was taken out of a page


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """`start` and `end` are character offsets in the text of the page; `page_index` from 0."""

    document_id: int
    page_index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ChunkChange:
    """What is wanted of a passage; the default is the passage as the page has it."""

    excluded: bool = False
    text: str | None = None  # None: as on the page

    @property
    def is_none(self) -> bool:
        """Whether the passage is as the page has it."""
        return self == ChunkChange()


@dataclass(frozen=True, slots=True)
class ListedChunk:
    """A chunk as it is shown: `chunk.text` is what is searched, or would be."""

    chunk: Chunk
    excluded: bool = False
    original: str = ""  # what the page says, where the text was edited

    @property
    def place(self) -> ChunkPlace:
        """What names it."""
        chunk = self.chunk
        return ChunkPlace(chunk.document_id, chunk.page_index, chunk.start, chunk.end)

    @property
    def change(self) -> ChunkChange:
        """What the user changed about it."""
        return ChunkChange(self.excluded, self.chunk.text if self.chunk.edited else None)


@dataclass(frozen=True, slots=True)
class Kept:
    """A changed passage that a document which is split anew must keep."""

    page_index: int
    start: int
    end: int
    original: str  # what the page said there
    change: ChunkChange = field(default_factory=ChunkChange)
    heading: str = ""


def relocated(kept: Iterable[Kept], pages: Sequence[Page]) -> list[Kept]:
    """Where the passages stand in these pages, in their order. One that is not where it was is
    looked for, and left out unless it stands in exactly one place; nor may two overlap."""
    found = [place for each in kept if (place := _find(each, pages)) is not None]
    found.sort(key=lambda each: (each.page_index, each.start))
    apart: list[Kept] = []
    for each in found:
        before = apart[-1] if apart else None
        if before is None or (before.page_index, before.end) <= (each.page_index, each.start):
            apart.append(each)
    return apart


def _find(kept: Kept, pages: Sequence[Page]) -> Kept | None:
    wanted = kept.original
    here = pages[kept.page_index].text if 0 <= kept.page_index < len(pages) else ""
    if not wanted.strip() or here[kept.start:kept.end] == wanted:
        return kept if wanted.strip() else None
    places = [(index, page.text.find(wanted)) for index, page in enumerate(pages)
              if wanted in page.text]
    if len(places) != 1:
        return None
    index, start = places[0]
    if pages[index].text.find(wanted, start + 1) >= 0:
        return None
    return replace(kept, page_index=index, start=start, end=start + len(wanted))


def split_around(
    chunks: Iterable[NewChunk], kept: Sequence[Kept], pages: Sequence[Page]
) -> list[NewChunk]:
    """The chunks without the kept passages, and these as chunks of their own, in reading order.

    `kept` is what `relocated` returns. What is left of a chunk may be two pieces.
    """
    if not kept:
        return list(chunks)
    by_page: dict[int, list[Kept]] = {}
    for each in kept:
        by_page.setdefault(each.page_index, []).append(each)
    made = [piece for chunk in chunks for piece in _without(chunk, by_page)]
    for each in kept:
        made.append(NewChunk(each.page_index, pages[each.page_index].number, each.start, each.end,
                             each.original, each.heading))
    return sorted(made, key=lambda chunk: (chunk.page_index, chunk.start, chunk.end))


def _without(chunk: NewChunk, by_page: dict[int, list[Kept]]) -> Iterable[NewChunk]:
    start = chunk.start
    for each in by_page.get(chunk.page_index, ()):
        if each.start < chunk.end and each.end > start:
            yield from _piece(chunk, start, each.start)
            start = max(start, each.end)
    yield from _piece(chunk, start, chunk.end)


def _piece(chunk: NewChunk, start: int, end: int) -> Iterable[NewChunk]:
    """Without white space around it; nothing that holds no letter or digit."""
    text = chunk.text[start - chunk.start:end - chunk.start] if start < end else ""
    inner = text.strip()
    if any(letter.isalnum() for letter in inner):
        first = start + text.index(inner)
        yield replace(chunk, start=first, end=first + len(inner), text=inner)


def page_as_sent(text: str, changed: Iterable[ListedChunk]) -> str:
    """A page's text for a model that is given whole pages: `changed` are the passages of it
    that are excluded, which are taken out, or edited, which say what the user wrote."""
    for each in sorted(changed, key=lambda listed: -listed.chunk.start):
        chunk = each.chunk
        there = ELLIPSIS if each.excluded else chunk.text
        text = text[:chunk.start] + there + text[chunk.end:]
    return text if text.replace("[…]", "").strip() else ""
