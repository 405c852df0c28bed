"""What a report consists of. Formats only know how to write these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from ..plots import Picture, Words

Tone = Literal["", "muted"]
Scrub = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; line breaks are kept."""

    words: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading within a section."""

    words: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`numbers` are the columns that stand at the right, by place from 0."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """Text exactly as it was sent."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot with its caption; `picture.words` says the same in sentences."""

    picture: Picture
    caption: str


Block = Text | Subheading | Bullets | Table | Code | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` names it within the file."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`cells` is the table of all cells as CSV; the other formats do not hold it."""

    title: str
    subtitle: str
    recommendation: str
    strength: str
    about: str  # over how many cases, which run, when
    sections: tuple[Section, ...]
    made: str  # by which program, when
    cells: bytes = b""

    def cleaned(self, scrub: Scrub) -> Report:
        """With every text that a reader sees passed through `scrub`."""
        sections = tuple(
            Section(each.anchor, each.title, tuple(_clean(block, scrub) for block in each.blocks))
            for each in self.sections
        )
        return Report(
            scrub(self.title), scrub(self.subtitle), scrub(self.recommendation), self.strength,
            scrub(self.about), sections, self.made, _clean_lines(self.cells, scrub),
        )


def _clean_lines(table: bytes, scrub: Scrub) -> bytes:
    """Line by line: one search through megabytes would hold up every other thread."""
    return "".join(map(scrub, table.decode().splitlines(keepends=True))).encode()


def _clean(block: Block, scrub: Scrub) -> Block:
    if isinstance(block, Text | Subheading):
        return replace(block, words=scrub(block.words))
    if isinstance(block, Bullets):
        return Bullets(tuple(scrub(item) for item in block.items))
    if isinstance(block, Table):
        return replace(block, rows=tuple(tuple(scrub(c) for c in row) for row in block.rows))
    if isinstance(block, Code):
        return Code(scrub(block.title), scrub(block.words))
    picture = block.picture
    shapes = tuple(replace(s, text=scrub(s.text)) if isinstance(s, Words) else s
                   for s in picture.shapes)
    spots = tuple(replace(spot, words=scrub(spot.words)) for spot in picture.spots)
    return Figure(replace(picture, shapes=shapes, spots=spots), scrub(block.caption))
