"""Nearest vectors by cosine, with FAISS, on one thread of its own.

The workspace's vectors are the truth; the file in the cache folder only saves making the
index again. FAISS has no checksum and reads a damaged file without complaint, so a manifest
beside it holds its sha256 and what it was made from, and anything that differs is rebuilt.
Shapes are checked here, because FAISS checks them by `assert`, which `python -O` removes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ..core.ports import Ids, Store, Vectors

FORMAT = 1  # raise it when the kind of index changes: older cache files are then rebuilt
_READ = 1 << 20  # bytes hashed at a time
T = TypeVar("T")
_log = logging.getLogger(__name__)


class FaissIndex:
    """Exact inner product on vectors of length 1, for one open workspace."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        """`folder` keeps the cache files of all workspaces; it need not exist yet."""
        name = hashlib.sha256(str(workspace.absolute()).encode()).hexdigest()[:32]
        self._cache = CacheFile(folder / f"{name}.faiss")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faiss")
        self._flat: _Flat | None = None
        self._embedder = ""

    async def load(self, embedder_id: str, dimension: int, store: Store) -> int:
        """Make the index hold exactly the store's vectors; returns how many.

        Raises ValueError when the store's vectors have another dimension.
        """
        ids = await store.vector_ids(embedder_id)
        read = partial(self._cache.read, embedder_id, dimension, ids)
        flat = await self._run(read) if len(ids) else _Flat(dimension)
        if flat is None:
            ids, vectors = await store.vectors(embedder_id)
            flat = _Flat(dimension)
            await self._run(partial(flat.add, ids, vectors))
        self._flat, self._embedder = flat, embedder_id
        return len(flat.ids)

    async def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Ids that are there already get the new vector. Before `load` it does nothing.

        Raises ValueError for a wrong shape or a number that is not finite.
        """
        if self._flat is not None and len(ids):
            await self._run(partial(self._flat.add, ids, vectors))

    async def remove(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""
        if self._flat is not None and len(ids):
            await self._run(partial(self._flat.remove, ids))

    async def search(self, vector: Vectors, top: int) -> list[tuple[int, float]]:
        """`(chunk id, cosine)`, best first; `vector` has shape (dimension,).

        Empty before `load`. Raises ValueError for a wrong shape.
        """
        if self._flat is None:
            return []
        return await self._run(partial(self._flat.search, vector, top))

    async def save(self) -> None:
        """Write the cache file, if anything changed; a failure is only logged."""
        if self._flat is not None and self._flat.changed:
            await self._run(partial(self._cache.write, self._flat, self._embedder))

    async def aclose(self) -> None:
        """Save and free."""
        await self.save()
        self._flat = None
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class _Flat:
    """IndexIDMap2(IndexFlatIP) that checks what it is given. Used on the index's thread."""

    def __init__(self, dimension: int, index: Any = None) -> None:
        self.dimension = dimension
        self.index = index
        self.ids: set[int] = set()
        self.changed = index is None
        if index is not None:
            self.ids.update(stored_ids(index).tolist())

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        import numpy as np

        numbers = np.ascontiguousarray(ids, np.int64)
        rows = np.ascontiguousarray(vectors, np.float32)
        if len(numbers) == 0:
            return
        if rows.shape != (len(numbers), self.dimension):
            raise ValueError(
                f"{len(numbers)} vectors of {self.dimension} numbers wanted, got {rows.shape}"
            )
        if len(np.unique(numbers)) != len(numbers) or numbers.min() < 0:
            raise ValueError("ids must differ and not be negative")
        if not np.isfinite(rows).all():
            raise ValueError("a vector holds a number that is not finite")
        self.remove(numbers.tolist())
        if self.index is None:
            self.index = _new_index(self.dimension)
        self.index.add_with_ids(rows, numbers)
        self.ids.update(numbers.tolist())
        self.changed = True

    def remove(self, ids: Sequence[int]) -> None:
        import numpy as np

        known = self.ids.intersection(ids)
        if known:
            self.index.remove_ids(np.fromiter(known, np.int64))
            self.ids -= known
            self.changed = True

    def search(self, vector: Vectors, top: int) -> list[tuple[int, float]]:
        import numpy as np

        row = np.ascontiguousarray(vector, np.float32)
        if row.shape != (self.dimension,):
            raise ValueError(f"a vector of {self.dimension} numbers wanted, got {row.shape}")
        count = min(top, len(self.ids))
        if count < 1:
            return []
        scores, ids = self.index.search(row[None, :], count)
        pairs = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        found = [(number, score) for number, score in pairs if number >= 0]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


class CacheFile:
    """The index on disk, and the manifest that says what it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path.with_suffix(".json")

    def read(self, embedder: str, dimension: int, ids: Ids) -> _Flat | None:
        """The index, if file and manifest are whole and hold exactly `ids`; else None."""
        import numpy as np

        try:
            said = json.loads(self.manifest.read_text("utf-8"))
            wanted = _facts(embedder, dimension, len(ids)) | {"sha256": _hash(self.path)}
            if said != wanted:
                return None
            index = _read_index(self.path)
        except (OSError, ValueError, RuntimeError, RecursionError) as error:
            _log.info("the index file is made again: %s", error)
            return None
        if index.d != dimension or not np.array_equal(np.sort(stored_ids(index)), np.sort(ids)):
            return None
        return _Flat(dimension, index)

    def write(self, flat: _Flat, embedder: str) -> None:
        """Each file appears whole or not at all; between the two the old manifest does not
        fit the new file, which is then made again. Without vectors there is no file."""
        try:
            if not flat.ids:
                self.manifest.unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)
            else:
                self._write(flat, embedder)
        except (OSError, RuntimeError) as error:
            _log.warning("the index file could not be written: %s", error)
            return
        flat.changed = False

    def _write(self, flat: _Flat, embedder: str) -> None:
        import faiss

        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            faiss.write_index(flat.index, str(fresh))
            facts = _facts(embedder, flat.dimension, len(flat.ids)) | {"sha256": _hash(fresh)}
            _replace(fresh, self.path)
            fresh.write_text(json.dumps(facts), "utf-8")
            _replace(fresh, self.manifest)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


def stored_ids(index: Any) -> Ids:
    """The ids of an IndexIDMap2, in its own order: shape (n,)."""
    import faiss

    ids: Ids = faiss.vector_to_array(index.id_map)
    return ids


def _new_index(dimension: int) -> Any:
    import faiss

    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def _read_index(path: Path) -> Any:
    """Raises RuntimeError for a file that FAISS cannot read or of another kind."""
    import faiss

    index = faiss.read_index(str(path))
    if not isinstance(index, faiss.IndexIDMap2):
        raise RuntimeError(f"{type(index).__name__} where IndexIDMap2 was written")
    flat = faiss.downcast_index(index.index)
    if not isinstance(flat, faiss.IndexFlat) or flat.metric_type != faiss.METRIC_INNER_PRODUCT:
        raise RuntimeError("not an inner product index")
    return index


def _facts(embedder: str, dimension: int, count: int) -> dict[str, object]:
    return {"format": FORMAT, "embedder": embedder, "dimension": dimension, "count": count}


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ):
            digest.update(block)
    return digest.hexdigest()


def _replace(fresh: Path, target: Path) -> None:
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
