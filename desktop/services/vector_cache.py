"""The index on disk, which only saves making it again: the workspace's vectors are the truth.

FAISS has no checksum and reads a damaged file without complaint. So a manifest beside the file
holds the sha256 of all that belongs to it, and anything that differs is made anew. The third
file holds the chunks that are in the index, each with a number that is another one once its text
has changed: what came and went since is then put right, instead of reading all vectors again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.approximation import Approximation
from .vector_forms import Held, check_kind, stored_ids

if TYPE_CHECKING:
    from ..core.ports import Ids

FORMAT = 2  # raise it when the files change: older ones are then made anew
_READ = 1 << 20  # bytes hashed at a time
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cached:
    """An index as it was written, and the marks of its chunks: ids and marks (n,)."""

    held: Held
    ids: Ids
    marks: Ids

    def differences(self, ids: Ids, marks: Ids) -> tuple[Ids, Ids]:
        """What is in the index and should not be, and what should be and is not.

        `ids` ascend, as those that were written do.
        """
        import numpy as np

        same = np.intersect1d(self.ids, ids, assume_unique=True)
        known = self.marks[np.searchsorted(self.ids, same)]
        same = same[known == marks[np.searchsorted(ids, same)]]
        return (np.setdiff1d(self.ids, same, assume_unique=True),
                np.setdiff1d(ids, same, assume_unique=True))


class CacheFile:
    """The index of one workspace."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path.with_suffix(".json")
        self.chunks = path.with_suffix(".chunks")

    def read(self, embedder: str, dimension: int) -> Cached | None:
        """What was written for this embedder, if all of it is whole; else None."""
        try:
            said = json.loads(self.manifest.read_text("utf-8"))
            approximation = _approximation(said)
            facts = _facts(embedder, dimension, approximation)
            if said != {**facts, "sha256": _hash(self.path), "chunks": _hash(self.chunks)}:
                return None
            index = _read_index(self.path, approximation)
            ids, marks = _read_chunks(self.chunks)
        except (OSError, ValueError, TypeError, RuntimeError, RecursionError) as error:
            _log.info("the index file is made again: %s", error)
            return None
        return _checked(index, dimension, approximation, ids, marks)

    def write(self, held: Held, embedder: str, ids: Ids, marks: Ids) -> None:
        """Each file appears whole or not at all; before the manifest does, the older one does
        not fit them, and they are made anew. Without vectors there are no files.

        `ids` and `marks` are of the chunks in the workspace; some may not be in the index.
        """
        try:
            if not held.ids:
                for path in (self.manifest, self.path, self.chunks):
                    path.unlink(missing_ok=True)
            else:
                self._write(held, embedder, ids, marks)
        except (OSError, RuntimeError) as error:
            _log.warning("the index file could not be written: %s", error)
            return
        held.drift = 0

    def _write(self, held: Held, embedder: str, ids: Ids, marks: Ids) -> None:
        import faiss
        import numpy as np

        here = np.isin(ids, np.fromiter(held.ids, np.int64), assume_unique=True)
        if int(here.sum()) != len(held.ids):
            raise RuntimeError("it holds chunks that the workspace does not")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            faiss.write_index(held.index, str(fresh))
            facts = _facts(embedder, held.dimension, held.approximation)
            facts["sha256"] = _hash(fresh)
            _replace(fresh, self.path)
            fresh.write_bytes(np.stack([ids[here], marks[here]]).astype("<i8").tobytes())
            facts["chunks"] = _hash(fresh)
            _replace(fresh, self.chunks)
            fresh.write_text(json.dumps(facts), "utf-8")
            _replace(fresh, self.manifest)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


def _checked(
    index: Any, dimension: int, approximation: Approximation | None, ids: Ids, marks: Ids
) -> Cached | None:
    import numpy as np

    if index.d != dimension or not np.array_equal(np.sort(stored_ids(index)), ids):
        return None
    if approximation is not None:
        if not 1 <= approximation.probes <= index.nlist:
            return None
        index.nprobe = approximation.probes
    return Cached(Held(dimension, index, approximation, drift=0), ids, marks)


def _read_index(path: Path, approximation: Approximation | None) -> Any:
    """Raises RuntimeError for a file that FAISS cannot read or of another kind."""
    import faiss

    index = faiss.read_index(str(path))
    check_kind(index, grouped=approximation is not None)
    return index


def _read_chunks(path: Path) -> tuple[Ids, Ids]:
    import numpy as np

    ids, marks = np.frombuffer(path.read_bytes(), "<i8").astype(np.int64).reshape(2, -1)
    return ids, marks


def _facts(
    embedder: str, dimension: int, approximation: Approximation | None
) -> dict[str, object]:
    return {
        "format": FORMAT, "embedder": embedder, "dimension": dimension,
        "approximation": None if approximation is None else asdict(approximation),
    }


def _approximation(said: Any) -> Approximation | None:
    """Raises TypeError or ValueError for what is none."""
    found = said.get("approximation") if isinstance(said, dict) else None
    if found is None:
        return None
    made = Approximation(**found)
    numbers = (made.sample, made.chunks, made.probes, made.groups)
    if not all(type(each) is int and each >= 0 for each in numbers):
        raise ValueError("strange numbers")
    if type(made.recall) not in (int, float) or not math.isfinite(made.recall):
        raise ValueError("a strange recall")
    return made


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
