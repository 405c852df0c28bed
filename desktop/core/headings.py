"""Which headings stand above a place in a document.

Markdown says so itself. Elsewhere (text of a PDF) a heading is guessed: a short line that
starts with a capital, does not end like a sentence, is no list item and follows a line that
ends a paragraph. Lines that come back all through a document ("Tips", "Exceptions") name a
part of a section, rare ones the section itself: so the path has at most those two levels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .types import Page

SEPARATOR = " > "
_MARKDOWN = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_FENCE = re.compile(r"[ \t]{0,3}(```|~~~)")
LIST_ITEM = re.compile(r"[ \t]*(?:[•▪◦·*–—o-]|\d{1,3}[.)])[ \t]")
_LONGEST = 80  # characters of a guessed heading
_MOST_WORDS = 12
_FULL_LINE = 0.8  # of the page's longest line: a shorter one does not run on
_SHORTEST_WIDTH = 40  # characters; below it a page has no lines that run on
_COMMON = 3  # a heading seen more often than this names parts of sections


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line: offsets in its page's text; `level` 1-6, or 0 where it was guessed."""

    start: int
    end: int
    text: str
    level: int = 0


Outline = list[tuple[int, str]]  # ascending (offset, path in force from there on)


def lines_of(text: str) -> list[tuple[int, str]]:
    """`(offset, line with its line break)` for every line."""
    lines, offset = [], 0
    for line in text.splitlines(keepends=True):
        lines.append((offset, line))
        offset += len(line)
    return lines


def line_width(lines: Iterable[tuple[int, str]]) -> int:
    """Characters of the longest line: the measure of a line that runs on to the next."""
    return max((len(line.rstrip()) for _, line in lines), default=0)


def outlines(pages: Sequence[Page]) -> list[Outline]:
    """One outline a page; headings carry on from page to page. Each starts at offset 0."""
    if has_marked_headings(pages):
        return _nested([_markdown_headings(page.text) for page in pages])
    found = [guess_headings(page.text) for page in pages]
    return _two_levels(found, [page.text for page in pages])


def has_marked_headings(pages: Sequence[Page]) -> bool:
    """Whether headings are marked with `#`: Markdown, and what readers make of Word and HTML.

    In a format with pages such lines are accidents of their text.
    """
    return any(page.number is None and _markdown_headings(page.text) for page in pages)


def path_at(outline: Outline, offset: int) -> str:
    """The headings above `offset`, outermost first."""
    path = ""
    for start, here in outline:
        if start > offset:
            break
        path = here
    return path


def guess_headings(text: str) -> list[Heading]:
    """Lines of running text that look like headings."""
    lines = lines_of(text)
    width = line_width(lines)
    found: list[Heading] = []
    paragraph_ended = True
    for offset, line in lines:
        words = line.strip()
        if not words:
            continue
        marked = _MARKDOWN.match(words)
        is_heading = bool(marked) or (paragraph_ended and _looks_like_heading(words, width))
        if is_heading:
            label = (marked[2] if marked else words).strip().rstrip(":")
            found.append(Heading(offset, offset + len(line), label))
        paragraph_ended = is_heading or ends_paragraph(words, width)
    return [heading for heading in found if heading.text]


def ends_paragraph(words: str, width: int) -> bool:
    """Whether a line of running text is the last of its paragraph."""
    if words.endswith((".", "!", "?", ":")):
        return True
    return bool(LIST_ITEM.match(words)) and len(words) < _FULL_LINE * width


def _looks_like_heading(words: str, width: int) -> bool:
    if len(words) > _LONGEST or len(words.split()) > _MOST_WORDS:
        return False
    if not words[0].isupper() or words[-1] in ".,;" or LIST_ITEM.match(words):
        return False
    if words.endswith(":") and len(words.split()) > _MOST_WORDS // 2:
        return False
    return len(words) < _FULL_LINE * max(width, _SHORTEST_WIDTH)


def _markdown_headings(text: str) -> list[Heading]:
    found: list[Heading] = []
    fenced = False
    for offset, line in lines_of(text):
        if _FENCE.match(line):
            fenced = not fenced
        marked = None if fenced else _MARKDOWN.match(line.rstrip())
        if marked and marked[2]:
            found.append(Heading(offset, offset + len(line), marked[2], len(marked[1])))
    return found


def _nested(pages: Sequence[Sequence[Heading]]) -> list[Outline]:
    result: list[Outline] = []
    above: list[Heading] = []
    for headings in pages:
        outline: Outline = [(0, _join(h.text for h in above))]
        for heading in headings:
            above = [h for h in above if h.level < heading.level] + [heading]
            outline.append((heading.start, _join(h.text for h in above)))
        result.append(outline)
    return result


def _two_levels(pages: Sequence[Sequence[Heading]], texts: Sequence[str]) -> list[Outline]:
    often = Counter(heading.text.casefold() for headings in pages for heading in headings)
    section: list[str] = []  # the lines of the section's heading: at most two that differ
    part = ""
    result: list[Outline] = []
    for headings, text in zip(pages, texts, strict=True):
        outline: Outline = [(0, _join([*section, part]))]
        before: Heading | None = None
        growing = False
        for heading in headings:
            follows = before is not None and not text[before.end : heading.start].strip()
            if growing and follows:
                _grow(section, heading.text)
            elif often[heading.text.casefold()] > _COMMON:
                part, growing = heading.text, False
            else:
                section, part, growing = [heading.text], "", True
            outline.append((heading.start, _join([*section, part])))
            before = heading
        result.append(outline)
    return result


def _grow(section: list[str], line: str) -> None:
    """A heading over several lines; a line that only repeats another adds nothing."""
    folded = line.casefold()
    repeats = any(folded in s.casefold() or s.casefold() in folded for s in section)
    if len(section) < 2 and not repeats:
        section.append(line)


def _join(parts: Iterable[str]) -> str:
    return SEPARATOR.join(part for part in parts if part)
