"""What happens when the user excludes, edits or restores a chunk, and what pages say then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ..core.chunk_changes import ChunkChange, ChunkPlace, ListedChunk, page_as_sent
from ..core.chunking import embedding_text
from ..core.errors import DocumentError, EmbedderUnavailable
from ..core.events import DocumentChanged, Emit, ignore
from ..core.ports import Ports, Store
from ..core.types import Document, DocumentState, Page
from .indexing_shared import shared_by


async def change(
    place: ChunkPlace, wanted: ChunkChange, ports: Ports, emit: Emit = ignore
) -> None:
    """One passage, as `change_all` does it."""
    await change_all([(place, wanted)], ports, emit)


async def change_all(
    changes: Sequence[tuple[ChunkPlace, ChunkChange]], ports: Ports, emit: Emit = ignore
) -> None:
    """Make passages what is wanted, in the searches by words and by meaning.

    What has no vector yet gets one; without an embedder the document waits for it, found by
    words alone. Raises DocumentError for a passage that is gone, or an empty text; those
    before it are changed then.
    """
    changed: dict[int, None] = {}
    try:
        for place, wanted in changes:
            gone, _ = await ports.store.change_chunk(place, wanted)
            await ports.vectors.remove(gone)
            changed[place.document_id] = None
    finally:
        for document_id in changed:
            document = await document_of(document_id, ports)
            if document.state is DocumentState.READY:
                async with shared_by(ports.store).same_embedder():
                    document = await _embed(document, ports)
            emit(DocumentChanged(document))


async def _embed(document: Document, ports: Ports) -> Document:
    """The document, with a vector for every chunk, or waiting for the embedder."""
    store, embedder = ports.store, ports.embedder
    chunks = await store.chunks_to_embed(embedder.id, document.id)
    try:
        if chunks:
            texts = [embedding_text(c.document, c.heading, c.text) for c in chunks]
            vectors = await embedder.embed(texts, urgent=True)
            await store.save_vectors(embedder.id, [c.id for c in chunks], vectors)
    except EmbedderUnavailable as error:
        return await store.set_document(
            document.id, DocumentState.EMBEDDING, error=error.what, remedy=error.remedy)
    ids, vectors = await store.vectors_of(embedder.id, document.id)
    await ports.vectors.add(ids.tolist(), vectors)
    return await document_of(document.id, ports)


async def document_of(document_id: int, ports: Ports) -> Document:
    """The row of the ledger. Raises DocumentError for a document that is gone."""
    for document in await ports.store.documents():
        if document.id == document_id:
            return document
    raise DocumentError("This document is no longer in the workspace")


async def pages_as_sent(document: Document, store: Store) -> list[Page]:
    """The pages of a document as a model may see them: without what is excluded, and with what
    was edited."""
    pages = await store.pages(document.id)
    if not document.excluded and not document.edited:
        return pages
    changed: dict[int, list[ListedChunk]] = defaultdict(list)
    for each in await store.listed_chunks(document.id):
        if not each.change.is_none:
            changed[each.chunk.page_index].append(each)
    return [replace(page, text=page_as_sent(page.text, changed[index]))
            if index in changed else page for index, page in enumerate(pages)]
