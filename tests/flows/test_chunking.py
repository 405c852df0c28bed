"""Trying how a document would be split."""

import asyncio
from pathlib import Path

from desktop.core.chunk_settings import DEFAULT, ChunkSettings
from desktop.flows import chunking, indexing
from desktop.services import workspace
from tests.fakes import indexing_ports


def test_a_preview_counts_what_would_be_embedded_and_of_long_documents_tries_pages_nearby(
    tmp_path: Path,
) -> None:
    long = "\f".join(f"eyes {n}\nears {n}" for n in range(100))

    async def test() -> None:
        store = await workspace.create(tmp_path / "w.stratex")
        try:
            ports = indexing_ports(store, {"/a.md": long, "/b.md": "one\ntwo"})
            await indexing.index(["/a.md", "/b.md"], ports)
            first, second = await store.documents()
            opened = await chunking.open_document(second, ports)
            same = await chunking.preview(opened, 0, DEFAULT, ports)
            assert (same.total, same.to_embed, same.exact) == (2, 0, True)

            opened = await chunking.open_document(first, ports)
            found = await chunking.preview(opened, 50, ChunkSettings(splitter="fixed"), ports)
            assert found.tried == range(30, 71) and not found.exact
            assert [c.page_index for c in found.chunks] == list(found.tried)
            assert 95 <= found.total <= 105 and found.to_embed == found.total
            assert found.to_embed_all >= found.to_embed
            # Nothing was stored.
            assert [d.chunks for d in await store.documents()] == [200, 2]
        finally:
            await store.aclose()

    asyncio.run(test())
