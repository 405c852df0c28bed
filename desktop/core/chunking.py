"""Cutting pages into chunks, and the text that is embedded for a chunk.

A chunk never crosses a page, `page.text[start:end] == chunk.text`, together the chunks hold
every character that is not white space, and the text embedded for a chunk fits the embedder.
How is chosen in `chunk_settings`; chunks overlap only when asked to. Splitters take every line
break for a border, so the breaks inside a paragraph are hidden from them first, by spaces of
the same length: offsets stay exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .chunk_settings import DEFAULT, ChunkSettings
from .headings import (
    LIST_ITEM,
    ends_paragraph,
    guess_headings,
    has_marked_headings,
    line_width,
    lines_of,
    outlines,
    path_at,
)
from .splitters import Measure, Span, cut, lengths, structure
from .types import NewChunk, Page

# About 200 tokens of English: room for the document's title and heading within 256, and few
# enough chunks to embed. Measured from 600 to 1,300: the same within the noise.
CHARACTERS = 1000
TOKENS = 256  # the most that all-MiniLM-L6-v2 reads
_TITLE_CHARACTERS = 80
_HEADING_CHARACTERS = 100

TokenCount = Callable[[Sequence[str]], Sequence[int]]
"""Tokens of each text as the embedder counts them, its special tokens included."""


def split(
    pages: Sequence[Page],
    name: str,
    count: TokenCount,
    *,
    characters: int = CHARACTERS,
    tokens: int = TOKENS,
    settings: ChunkSettings = DEFAULT,
) -> list[NewChunk]:
    """The chunks of a document, in order; pages without text have none.

    `name` is the file's name, which is embedded with every chunk. Raises ValueError when not
    even one character fits `tokens` together with the name and heading.
    """
    markdown = has_marked_headings(pages) or name.lower().endswith((".md", ".markdown"))
    measure = _own_tokens(count) if settings.size else lengths
    result: list[NewChunk] = []
    for index, (page, outline) in enumerate(zip(pages, outlines(pages), strict=True)):
        if not page.text.strip():
            continue
        text = page.text if markdown else _hide_wraps(page.text)
        limit = settings.size or characters
        for start, end in cut(text, settings, limit, measure, markdown=markdown):
            heading = path_at(outline, start) if settings.headings else ""
            result.append(NewChunk(
                index, page.number, start, end, page.text[start:end], heading))
    return _fit(result, name, count, tokens)


def title_of(name: str) -> str:
    """The words of a file's name: `PerksPlus_2024-v2.pdf` gives `PerksPlus 2024 v2`."""
    stem = name.rsplit(".", 1)[0] if "." in name.strip(".") else name
    return " ".join(re.sub(r"[_\-+.]+", " ", stem).split())


def embedding_text(document: str, heading: str, text: str) -> str:
    """What is embedded for a chunk: the document's title, its headings, its text.

    The title and heading tell apart passages that say the same of different things.
    """
    above = (title_of(document)[:_TITLE_CHARACTERS], heading[-_HEADING_CHARACTERS:])
    return "\n".join(part for part in (*above, text) if part)


def _own_tokens(count: TokenCount) -> Measure:
    """Tokens of texts without the special ones around each."""
    special = count([""])[0]
    return lambda texts: [size - special for size in count(texts)] if texts else []


def _hide_wraps(text: str) -> str:
    """The same text, as long, with spaces for the line breaks inside paragraphs."""
    lines = lines_of(text)
    width = line_width(lines)
    headings = {heading.start for heading in guess_headings(text)}
    result: list[str] = []
    for (offset, line), (after, following) in zip(lines, [*lines[1:], (len(text), "")],
                                                  strict=True):
        body = line.rstrip("\r\n")
        border = (
            offset in headings or after in headings or not body.strip() or not following.strip()
            or LIST_ITEM.match(following) or _closes(body.rstrip(), width)
        )
        result.append(line if border else body + " " * (len(line) - len(body)))
    return "".join(result)


def _closes(words: str, width: int) -> bool:
    """A short line that ends a sentence: the last of a paragraph."""
    return len(words) < 0.8 * width and ends_paragraph(words, width)


def _fit(
    chunks: Sequence[NewChunk], name: str, count: TokenCount, tokens: int
) -> list[NewChunk]:
    """Cut again what is more than `tokens` with its title and heading."""
    counts = count([embedding_text(name, c.heading, c.text) for c in chunks]) if chunks else []
    result: list[NewChunk] = []
    for chunk, size in zip(chunks, counts, strict=True):
        if size <= tokens:
            result.append(chunk)
        else:
            share = 0.9 * tokens / size
            smaller = [_part(chunk, span) for span in _cut(chunk.text, share, tokens)]
            result.extend(_fit(smaller, name, count, tokens))
    return result


def _cut(text: str, share: float, tokens: int) -> list[Span]:
    """Spans of about `share` of `text`, each shorter than it."""
    if len(text) == 1:
        raise ValueError(f"{tokens} tokens leave no room for text")
    spans = structure(text, max(1, min(len(text) - 1, int(share * len(text)))))
    if len(spans) > 1 or spans[0] != (0, len(text)):
        return spans
    middle = len(text) // 2  # one letter with very many accents
    return [(0, middle), (middle, len(text))]


def _part(chunk: NewChunk, span: Span) -> NewChunk:
    start, end = span
    return NewChunk(
        chunk.page_index, chunk.page, chunk.start + start, chunk.start + end,
        chunk.text[start:end], chunk.heading,
    )
