"""Nearest vectors by cosine, with FAISS, on one thread of its own.

The parts: `vector_forms` holds the vectors, `vector_cache` keeps them on disk, `vector_groups`
makes a large index approximate. This file says when.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import vector_groups
from .threads import Threads
from .vector_cache import Cached, CacheFile
from .vector_forms import Held

if TYPE_CHECKING:
    from ..core.approximation import Approximation
    from ..core.ports import Ids, Store, Vectors

MENDED = 0.2  # of the index: with more differences it is made anew
UNSAVED = 0.05  # of the index: with fewer changes the file on disk is left as it is
LITTLE = 500  # vectors; reading so many again takes no time
T = TypeVar("T")


class FaissIndex:
    """Inner product on vectors of length 1, for one open workspace.

    Exact up to `vector_groups.EXACT_UP_TO` vectors; beyond, once `group` has ended, approximate.
    """

    def __init__(self, folder: Path, workspace: Path) -> None:
        """`folder` keeps the cache files of all workspaces; it need not exist yet."""
        name = hashlib.sha256(str(workspace.absolute()).encode()).hexdigest()[:32]
        self._cache = CacheFile(folder / f"{name}.faiss")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faiss")
        self._held: Held | None = None
        self._store: Store | None = None
        self._embedder = ""
        self._touched: set[int] | None = None  # ids that changed while groups are made

    @property
    def count(self) -> int:
        """How many vectors are searched; 0 before `load`."""
        return len(self._held.ids) if self._held is not None else 0

    @property
    def approximation(self) -> Approximation | None:
        """How well this index finds what an exact one would; None: it is exact."""
        return self._held.approximation if self._held is not None else None

    @property
    def wants_groups(self) -> bool:
        """Too many vectors to look at all of them, and not grouped yet, or long ago."""
        if self.count <= vector_groups.EXACT_UP_TO or self._touched is not None:
            return False
        before = self.approximation
        return before is None or self.count > vector_groups.GROWN * before.chunks

    def without(self, ids: Sequence[int]) -> set[int]:
        """Those of `ids` that have no vector here."""
        return set(ids) - self._held.ids if self._held is not None else set(ids)

    async def load(self, embedder_id: str, dimension: int, store: Store) -> int:
        """Make the index hold exactly the store's vectors; returns how many.

        Raises ValueError when the store's vectors have another dimension.
        """
        reading = self._run(partial(self._cache.read, embedder_id, dimension))
        cached, (ids, marks) = await asyncio.gather(reading, store.vector_marks(embedder_id))
        held = None
        if cached is not None and len(ids):
            held = await self._mended(cached, embedder_id, store, ids, marks)
        if held is None:
            held = Held(dimension)
            if len(ids):
                await self._run(partial(held.add, *await store.vectors(embedder_id)))
        self._held, self._embedder, self._store = held, embedder_id, store
        return len(held.ids)

    async def _mended(
        self, cached: Cached, embedder: str, store: Store, ids: Ids, marks: Ids
    ) -> Held | None:
        """The index from the disk with what changed since; None when that is too much."""
        gone, new = cached.differences(ids, marks)
        if len(gone) + len(new) > max(LITTLE, MENDED * len(ids)):
            return None
        held = cached.held
        await self._run(partial(held.remove, gone.tolist()))
        if len(new):
            await self._run(partial(held.add, *await store.vectors_at(embedder, new.tolist())))
        return held

    async def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Ids that are there already get the new vector. Before `load` it does nothing.

        Raises ValueError for a wrong shape or a number that is not finite.
        """
        if self._held is not None and len(ids):
            self._note(ids)
            await self._run(partial(self._held.add, ids, vectors))

    async def remove(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""
        if self._held is not None and len(ids):
            self._note(ids)
            await self._run(partial(self._held.remove, ids))

    def _note(self, ids: Sequence[int]) -> None:
        if self._touched is not None:
            self._touched.update(ids)

    async def search(self, vector: Vectors, top: int) -> list[tuple[int, float]]:
        """`(chunk id, cosine)`, best first; `vector` has shape (dimension,).

        Empty before `load`. Raises ValueError for a wrong shape.
        """
        if self._held is None:
            return []
        return await self._run(partial(self._held.search, vector, top))

    # --- grouping

    async def group(self, tell: Callable[[str, float], None]) -> None:
        """Make the index approximate; it is searched as it is until that is done.

        `tell` gets a sentence and the share that is done. Cancelled, all stays as it was.
        """
        if self._held is None or self._store is None or self._touched is not None:
            return
        self._touched = set()
        before = self._held
        try:
            exact = before
            if exact.approximation is not None:  # groups hold no vectors by id
                exact = Held(exact.dimension)
                await self._run(partial(exact.add, *await self._store.vectors(self._embedder)))
            held = await self._grouped(exact, tell)
            # What came and went meanwhile; the workspace knows.
            while self._touched and self._held is before:
                some, self._touched = sorted(self._touched), set()
                new = await self._store.vectors_at(self._embedder, some)
                await self._run(partial(_replace, held, some, *new))
            if self._held is before:  # else another embedding model is searched with by now
                self._held = held
        finally:
            self._touched = None
        await self.save()

    async def _grouped(self, exact: Held, tell: Callable[[str, float], None]) -> Held:
        """On a thread of its own; the vectors are read on the index's thread, between searches."""
        loop, stop = asyncio.get_running_loop(), threading.Event()
        own = Threads(1, "groups")

        def rows(ids: Sequence[int]) -> tuple[list[int], Vectors]:
            return self._thread.submit(exact.rows, ids).result()

        def said(sentence: str, share: float) -> None:
            loop.call_soon_threadsafe(tell, sentence, share)

        work = vector_groups.Grouping(exact.dimension, rows, said, stop)
        try:
            return await loop.run_in_executor(own, partial(work.make, sorted(exact.ids)))
        finally:
            stop.set()
            own.shutdown(wait=False)

    # --- the file

    async def save(self) -> None:
        """Write the cache file, if enough changed; a failure is only logged.

        A little is left for the next `load` to put right: the file of a large workspace takes
        longer to write than closing may.
        """
        held, store = self._held, self._store
        if held is None or store is None:
            return
        little = max(LITTLE, UNSAVED * len(held.ids))
        if held.drift is None or held.drift > little or not held.ids:
            ids, marks = await store.vector_marks(self._embedder)
            await self._run(partial(self._cache.write, held, self._embedder, ids, marks))

    async def aclose(self) -> None:
        """Save and free."""
        await self.save()
        self._held = self._store = None
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _replace(held: Held, ids: Sequence[int], found: Ids, vectors: Vectors) -> None:
    """Of `ids` only those are there that were found. On the index's thread."""
    held.remove(ids)
    held.add(found, vectors)
