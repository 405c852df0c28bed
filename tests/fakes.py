"""Stand-ins for the world, for tests of flows in milliseconds."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from desktop.core.chunk_settings import DEFAULT, ChunkSettings
from desktop.core.errors import DocumentError
from desktop.core.ports import FileContent, FoundFile, Ports, ReadDocument
from desktop.core.types import NewChunk, Page
from tests.contracts.word_embedder import WordEmbedder

if TYPE_CHECKING:
    from desktop.core.ports import Embedder, Store, Vectors


class FakeFiles:
    """A disk in memory. Folders end with a slash; `.zip` is a kind that is not read."""

    def __init__(self, contents: dict[str, str]) -> None:
        self.contents = contents

    async def expand(self, paths: Sequence[str]) -> list[FoundFile]:
        found = []
        for path in paths:
            inside = [each for each in sorted(self.contents) if each.startswith(f"{path}/")]
            found += [FoundFile(each, Path(each).name, other=each.endswith(".zip"))
                      for each in inside] or [FoundFile(path, Path(path).name)]
        return found

    async def read(self, path: str) -> FileContent:
        if path not in self.contents:
            raise DocumentError(f"{Path(path).name} is not there", remedy="Check its path")
        content = self.contents[path].encode()
        return FileContent(content, hashlib.sha256(content).hexdigest())


class FakeReader:
    """A form feed ends a page, a line is a chunk. "BAD" fails, "HANG" waits to be cancelled."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def read(
        self, name: str, content: bytes, settings: ChunkSettings = DEFAULT
    ) -> ReadDocument:
        self.names.append(name)
        text = content.decode()
        if text.startswith("BAD"):
            raise DocumentError("Is damaged", why="It says so", remedy="Mend it")
        if text.startswith("HANG"):
            await asyncio.Event().wait()
        pages = [Page(number, page) for number, page in enumerate(text.split("\f"), start=1)]
        chunks = await self.split(name, pages, settings)
        return ReadDocument(tuple(pages), chunks, "odd" if "odd" in text else "")

    async def split(
        self, name: str, pages: Sequence[Page], settings: ChunkSettings
    ) -> tuple[NewChunk, ...]:
        """Whole pages when the splitter is "fixed"."""
        if settings.splitter == "fixed":
            return tuple(NewChunk(index, page.number, 0, len(page.text), page.text)
                         for index, page in enumerate(pages) if page.text.strip())
        return tuple(_lines(pages))

    async def aclose(self) -> None:
        """Nothing to end."""


def _lines(pages: Sequence[Page]) -> list[NewChunk]:
    chunks = []
    for index, page in enumerate(pages):
        start = 0
        for line in page.text.splitlines(keepends=True):
            text = line.strip()
            if text:
                chunks.append(NewChunk(index, page.number, start, start + len(text), text))
            start += len(line)
    return chunks


class MemoryIndex:
    """A VectorIndex in a dictionary."""

    def __init__(self) -> None:
        self.vectors: dict[int, Any] = {}

    @property
    def count(self) -> int:
        return len(self.vectors)

    approximation = None
    wants_groups = False

    async def group(self, tell: Callable[[str, float], None]) -> None:
        """Nothing to group."""

    def without(self, ids: Sequence[int]) -> set[int]:
        return set(ids) - self.vectors.keys()

    async def load(self, embedder_id: str, dimension: int, store: Store) -> int:
        ids, vectors = await store.vectors(embedder_id)
        self.vectors = dict(zip(ids.tolist(), vectors, strict=True))
        return len(ids)

    async def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        assert len(ids) == len(vectors)
        self.vectors.update(zip(ids, vectors, strict=True))

    async def remove(self, ids: Sequence[int]) -> None:
        for each in ids:
            self.vectors.pop(each, None)

    async def search(self, vector: Vectors, top: int) -> list[tuple[int, float]]:
        scores = [(each, float(np.dot(row, vector))) for each, row in self.vectors.items()]
        return sorted(scores, key=lambda hit: (-hit[1], hit[0]))[:top]

    async def save(self) -> None:
        """Nothing to save."""

    async def aclose(self) -> None:
        """Nothing to free."""


class StepClock:
    """A second passes with each look."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> str:
        return "2026-11-21T00:00:00+00:00"

    def seconds(self) -> float:
        self.time += 1.0
        return self.time


class GatedEmbedder(WordEmbedder):
    """Answers `free` requests, then waits for `open()`; `on_call` sees each request."""

    def __init__(self, free: int = 10**9, on_call: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._free = free
        self._on_call = on_call
        self._gate = asyncio.Event()
        self.waiting = 0
        self.most_waiting = 0

    def open(self) -> None:
        self._gate.set()

    def hold(self, after: int = 0) -> None:
        """Answer so many requests more, then wait for `open()` again."""
        self._free = after
        self._gate.clear()

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        self._on_call()
        self._free -= 1
        if self._free < 0:
            self.waiting += 1
            self.most_waiting = max(self.waiting, self.most_waiting)
            try:
                await self._gate.wait()
            finally:
                self.waiting -= 1
        return await super().embed(texts, urgent=urgent)


def indexing_ports(
    store: Store, files: dict[str, str], embedder: Embedder | None = None
) -> Ports:
    """What the indexing flows need, and nothing else."""
    nothing: Any = None
    disk: Any = FakeFiles(files)
    return Ports(
        Path("w.stratex"), store, MemoryIndex(), embedder or WordEmbedder(), FakeReader(),
        nothing, nothing, nothing, StepClock(), disk, nothing,
    )
