"""How a document would be split: tried on its stored pages, before anything is embedded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.chunk_settings import ChunkSettings
from ..core.chunking import embedding_text
from ..core.evaluation.gold_spans import GoldSpan, cases_of_page, gold_spans
from ..core.ports import Ports
from ..core.types import Document, NewChunk, Page
from .indexing_read import settings_of as settings_of

NEAR = 20  # pages before and after the one looked at: a slider cannot wait for thousands


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """What a preview needs of a document, read once."""

    document: Document
    pages: tuple[Page, ...]
    now: frozenset[str]  # the texts that are embedded for it as it is split now
    characters: int  # of all documents


@dataclass(frozen=True, slots=True)
class Preview:
    """The chunks that settings give, and what applying them would take.

    Of a long document only `tried` pages were split; its counts are estimates then.
    """

    settings: ChunkSettings
    chunks: tuple[NewChunk, ...]  # of the pages tried
    tried: range
    exact: bool
    total: int  # chunks of the document
    to_embed: int  # texts of this document that it has not embedded now
    to_embed_all: int  # of all documents, judged by this one


async def open_document(document: Document, ports: Ports) -> OpenDocument:
    """Raises DocumentError for a document that is gone."""
    pages = tuple(await ports.store.pages(document.id))
    now: set[str] = set()
    for index in range(len(pages)):
        chunks = await ports.store.page_chunks(document.id, index)
        now.update(embedding_text(c.document, c.heading, c.text) for c in chunks)
    documents = await ports.store.documents()
    return OpenDocument(document, pages, frozenset(now), sum(d.characters for d in documents))


async def preview(
    opened: OpenDocument, page_index: int, settings: ChunkSettings, ports: Ports
) -> Preview:
    """Of the pages around one. Raises DocumentError when it cannot be split so."""
    name, count = opened.document.name, len(opened.pages)
    tried = range(max(0, page_index - NEAR), min(count, page_index + NEAR + 1))
    pages = opened.pages[tried.start:tried.stop]
    found = await ports.reader.split(name, pages, settings)
    chunks = tuple(replace(c, page_index=c.page_index + tried.start) for c in found)
    new = {embedding_text(name, c.heading, c.text) for c in chunks} - opened.now
    characters = max(1, sum(len(page.text) for page in pages))
    here = max(1.0, opened.document.characters / characters)
    return Preview(settings, chunks, tried, len(tried) == count, round(len(chunks) * here),
                   round(len(new) * here), round(len(new) * opened.characters / characters))


async def golds_of(opened: OpenDocument, page_index: int, ports: Ports) -> Sequence[GoldSpan]:
    """Where the page answers cases that name it."""
    page = opened.pages[page_index]
    cases = cases_of_page(await ports.store.cases(), opened.document.name, page.number)
    return await asyncio.to_thread(gold_spans, page.text, cases)
