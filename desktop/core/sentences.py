"""Text of a page or chunk -> sentences and list items, with exact offsets.

Text taken from a PDF breaks its lines where the page ended, so a line's end says little:
lines are joined again unless the next one starts a list item or the last one was short, which
is how headings and the ends of paragraphs look. Headings are kept beside the sentences under
them, never among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r"\s*(?:[•▪◦●·*–—-]|\(?\d{1,2}[.)]|\(?[a-z][)])\s+")
_STOP = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s+[\"“‘'(\[]?[A-Z0-9À-ÖØ-Þ•])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|al|Dr|Mr|Mrs|Ms|St|No|Inc|Ltd|Co|Corp|approx|Fig)|\b[A-Z]"
    r"|\b[A-Za-z]\.[A-Za-z])\.$"
)
_CLOSED = re.compile(r"[.!?:;…][\"”’')\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*$")
_NO_HEADING = re.compile(r"[.!;:,][\"”)\]]*$|[|\t]|[.!?]\s+[A-Z]|[$€£]\s?\d|\d{3}|\d\s?%")
_MARKED = re.compile(r"#{1,6}\s")  # Markdown
_HEADING_MARKS = re.compile(r"^[#\s]+")
HEADING_LENGTH = 80  # characters; longer lines without a full stop are text
NARROW = 40  # characters; a text of shorter lines is a list of them
FILLED = 0.85  # of the widest line: the next word would not have fitted on such a line


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or list item: `text` is `source[start:end]` with its line breaks mended."""

    start: int
    end: int
    text: str
    heading: str = ""  # the nearest heading above it
    item: bool = False  # an entry of a list; its bullet is not part of `text`
    begins: bool = True  # False: the source starts in the middle of it
    ends: bool = True  # False: the source stops in the middle of it


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    item: bool
    last_line: str


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order, headings left out."""
    found: list[Sentence] = []
    heading = ""
    blocks = _blocks(text)
    headings = [_is_heading(text[b.start : b.end]) and not b.item for b in blocks]
    only_headings = all(headings) and not any(_MARKED.match(text, b.start) for b in blocks)
    if headings and headings[-1]:
        headings[-1] = _is_title(text[blocks[-1].start : blocks[-1].end])
    for block, is_heading in zip(blocks, headings, strict=True):
        if is_heading and not only_headings:
            heading = _HEADING_MARKS.sub("", " ".join(text[block.start : block.end].split()))
        else:
            found += _sentences(text, block, heading)
    return found if only_headings else _mark_ends(found)


def _is_heading(body: str) -> bool:
    """A short line without a full stop; not a row of a table nor a line with a figure."""
    if _MARKED.match(body):
        return True
    return len(body) < HEADING_LENGTH and not body[0].islower() and not _NO_HEADING.search(body)


def _is_title(body: str) -> bool:
    """Whether a short last line is a heading rather than a sentence cut by the page's end."""
    if _MARKED.match(body):
        return True
    long = [word for word in body.split() if len(word) > 3]
    return sum(word[0].isupper() for word in long) * 2 > len(long)


def _blocks(text: str) -> list[_Block]:
    """Runs of lines that belong together: a paragraph, a list item or a heading."""
    lines = list(_lines(text))
    width = max([NARROW, *(len(line) for _, line in lines)])
    blocks: list[_Block] = []
    gap = True
    for start, line in lines:
        if not line:
            gap = True
            continue
        item = _BULLET.match(line) is not None
        if gap or item or _breaks(blocks[-1].last_line, line, width):
            blocks.append(_Block(start, start + len(line), item, line))
        else:
            blocks[-1].end = start + len(line)
            blocks[-1].last_line = line
        gap = False
    return blocks


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip()
        start += len(line)


def _breaks(before: str, line: str, width: int) -> bool:
    """Whether a new block starts at `line`. After a full stop it may: nothing is cut there.

    A break before a word that would still have fitted was meant.
    """
    if _CLOSED.search(before) or _MARKED.match(before) or _MARKED.match(line):
        return True
    first = line.split(maxsplit=1)[0]
    return not line[:1].islower() and len(before) + 1 + len(first) < FILLED * width


def _sentences(text: str, block: _Block, heading: str) -> Iterator[Sentence]:
    start = block.start
    if block.item and (bullet := _BULLET.match(text, start)):
        start = bullet.end()
    item = block.item
    for stop in _STOP.finditer(text, start, block.end):
        if _ABBREVIATION.search(text[start : stop.end()]):
            continue
        yield _sentence(text, start, stop.end(), heading, item)
        start = stop.end() + len(text[stop.end() :]) - len(text[stop.end() :].lstrip())
        item = False
    if start < block.end:
        yield _sentence(text, start, block.end, heading, item)


def _sentence(text: str, start: int, end: int, heading: str, item: bool) -> Sentence:
    return Sentence(start, end, " ".join(text[start:end].split()), heading, item)


def _mark_ends(found: list[Sentence]) -> list[Sentence]:
    """Say which sentences the source itself cuts: a chunk may start or stop in one."""
    if not found:
        return found
    first, last = found[0], found[-1]
    begins = first.item or not first.text[:1].islower()
    found[0] = _with(first, begins=begins, ends=first.ends)
    ends = last.item or _CLOSED.search(last.text) is not None
    found[-1] = _with(found[-1], begins=found[-1].begins, ends=ends)
    return found


def _with(one: Sentence, *, begins: bool, ends: bool) -> Sentence:
    return Sentence(one.start, one.end, one.text, one.heading, one.item, begins, ends)


def closes(text: str) -> bool:
    """Whether `text` ends as a sentence does."""
    return _SENTENCE_END.search(text) is not None
