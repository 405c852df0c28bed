"""Documents with the same text in different files."""

import asyncio
from pathlib import Path

from desktop.flows import indexing
from desktop.flows.duplicates import same_text
from desktop.services import workspace
from tests.fakes import indexing_ports


def test_equal_texts_are_named_and_equal_lengths_are_not(tmp_path: Path) -> None:
    files = {"/a.md": "eyes\fears", "/b.md": "ears\feyes"}

    async def test() -> dict[int, str]:
        store = await workspace.create(tmp_path / "w.stratex")
        try:
            ports = indexing_ports(store, files)
            await indexing.index(["/a.md", "/b.md"], ports)
            third = await store.add_document("c.md", "/c.md", "other bytes", b"")
            read = await ports.reader.read("c.md", b"eyes\n\n\fears ")
            await store.save_pages(third.id, read.pages, read.chunks)
            return await same_text(ports)
        finally:
            await store.aclose()

    assert asyncio.run(test()) == {3: "a.md"}
