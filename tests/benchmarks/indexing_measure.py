"""What `indexing.py` measures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from desktop.core.chunking import embedding_text
from desktop.core.events import DocumentChanged, Event
from desktop.core.types import DocumentState
from desktop.flows import indexing
from desktop.services.embedder import OnnxEmbedder
from tests.contracts.word_embedder import WordEmbedder
from tests.end2end.killing import open_ports


class Watch:
    """When all rows had been read, by the events."""

    def __init__(self) -> None:
        self._states: dict[int, DocumentState] = {}
        self._started = time.perf_counter()
        self.words = 0.0

    def __call__(self, event: Event) -> None:
        if not isinstance(event, DocumentChanged):
            return
        document = event.document
        if self._states.get(document.id) != document.state:
            self._states[document.id] = document.state
            if document.state is DocumentState.EMBEDDING:
                self.words = time.perf_counter() - self._started


async def raw(texts: Sequence[str], embedder: OnnxEmbedder) -> float:
    """Chunks a second of a warm process."""
    await embedder.prepare()
    started = time.perf_counter()
    await embedder.embed(texts)
    return len(texts) / (time.perf_counter() - started)


async def texts_in(folder: Path, root: Path) -> list[str]:
    """What is to be embedded, found with an embedder that costs nothing."""
    async with open_ports(root / "texts.stratex", WordEmbedder()) as ports:
        await indexing.index([folder], ports)
        return sorted({
            embedding_text(chunk.document, chunk.heading, chunk.text)
            for document in await ports.store.documents()
            for chunk in await ports.store.chunks_to_embed("nobody", document.id)
        })


async def measure(folder: Path, root: Path) -> float:
    """Prints the figures and returns the ratio; `root` is an empty folder."""
    texts = await texts_in(folder, root)
    embedder = OnnxEmbedder()
    async with open_ports(root / "w.stratex", embedder) as ports:
        before = await raw(texts, embedder)  # warm, as in a window after its first paint
        watch = Watch()
        started = time.perf_counter()
        outcomes = await indexing.index([folder], ports, watch)
        speed = len(texts) / (time.perf_counter() - started)
        memory = psutil.Process(embedder.pid).memory_info().rss / 1e6
        after = await raw(texts, embedder)
    ratio = 2 * speed / (before + after)
    print(f"{len(outcomes)} files, {sum(o.pages for o in outcomes)} pages, {len(texts)} texts")
    print(f"searchable by words   {watch.words:6.2f} s after the drop, which starts the reader")
    print(f"indexed               {len(texts) / speed:6.2f} s after the drop")
    print(f"embedder alone        {before:6.1f} and {after:.1f} texts a second, before and after"
          + ("" if abs(before - after) < 0.1 * before else ": THE MACHINE IS NOT QUIET"))
    print(f"indexing              {speed:6.1f} texts a second, ratio {ratio:.3f}")
    print(f"embedder's memory     {memory:6.0f} MB resident")
    print(f"this process          {psutil.Process().memory_info().rss / 1e6:6.0f} MB resident")
    return ratio
