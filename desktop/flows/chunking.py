"""How a document would be split: tried on its stored pages, before anything is embedded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ..core.chunk_settings import ChunkSettings
from ..core.chunking import embedding_text
from ..core.evaluation.gold_spans import GoldSpan, cases_of_page, gold_spans
from ..core.ports import Ports
from ..core.types import Document, NewChunk, Page
from .indexing_read import settings_of as settings_of


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """What a preview needs of a document, read once."""

    document: Document
    pages: tuple[Page, ...]
    now: frozenset[str]  # the texts that are embedded for it as it is split now
    characters: int  # of all documents


@dataclass(frozen=True, slots=True)
class Preview:
    """The chunks that settings give, and what applying them would take."""

    settings: ChunkSettings
    chunks: tuple[NewChunk, ...]
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


async def preview(opened: OpenDocument, settings: ChunkSettings, ports: Ports) -> Preview:
    """Raises DocumentError when it cannot be split so."""
    name = opened.document.name
    chunks = await ports.reader.split(name, opened.pages, settings)
    new = {embedding_text(name, c.heading, c.text) for c in chunks} - opened.now
    share = opened.characters / max(1, opened.document.characters)
    return Preview(settings, chunks, len(new), round(len(new) * share))


async def golds_of(opened: OpenDocument, page_index: int, ports: Ports) -> Sequence[GoldSpan]:
    """Where the page answers cases that name it."""
    page = opened.pages[page_index]
    cases = cases_of_page(await ports.store.cases(), opened.document.name, page.number)
    return await asyncio.to_thread(gold_spans, page.text, cases)
