"""The index in memory: FAISS behind checks that it leaves to asserts. Used on one thread.

Exact: every vector is looked at. Grouped: the vectors lie in groups by likeness, and only the
groups nearest to the question are looked into (`vector_groups` makes them).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..core.approximation import Approximation
    from ..core.ports import Ids, Vectors


class Held:
    """Vectors of one dimension under ids that differ. `drift` counts what was changed since
    `index` came from the disk; None: it never did."""

    def __init__(
        self, dimension: int, index: Any = None, approximation: Approximation | None = None,
        *, drift: int | None = None,
    ) -> None:
        self.dimension = dimension
        self.index = index
        self.approximation = approximation
        self.drift = drift
        self.ids: set[int] = set()
        if index is not None:
            self.ids.update(stored_ids(index).tolist())

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Ids that are there already get the new vector. Raises ValueError for a wrong shape,
        ids that are equal or negative, and numbers that are not finite."""
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
            self.index = new_index(self.dimension)
        self.index.add_with_ids(rows, numbers)
        self.ids.update(numbers.tolist())
        self._changed(len(numbers))

    def remove(self, ids: Iterable[int]) -> None:
        """Unknown ids are ignored."""
        import numpy as np

        known = self.ids.intersection(ids)
        if known:
            self.index.remove_ids(np.fromiter(known, np.int64))
            self.ids -= known
            self._changed(len(known))

    def search(self, vector: Vectors, top: int) -> list[tuple[int, float]]:
        """`(id, cosine)`, best first. Raises ValueError for a wrong shape."""
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

    def rows(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """The vectors of those of `ids` that are here; of an exact index only."""
        import numpy as np

        known = [each for each in ids if each in self.ids]
        if not known:
            return [], np.empty((0, self.dimension), np.float32)
        vectors: Vectors = self.index.reconstruct_batch(np.array(known, np.int64))
        return known, vectors

    def _changed(self, count: int) -> None:
        if self.drift is not None:
            self.drift += count


def new_index(dimension: int) -> Any:
    """An empty exact one."""
    import faiss

    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def new_groups(dimension: int, centres: Vectors) -> Any:
    """An empty grouped one, around centres of shape (groups, dimension)."""
    import faiss

    quantizer: Any = faiss.IndexFlatIP(dimension)
    quantizer.add(centres)
    index = faiss.IndexIVFFlat(quantizer, dimension, len(centres), faiss.METRIC_INNER_PRODUCT)
    index.own_fields = True
    quantizer.this.disown()
    index.is_trained = True
    return index


def stored_ids(index: Any) -> Ids:
    """The ids that an index holds, in its own order: shape (n,)."""
    import faiss
    import numpy as np

    if isinstance(index, faiss.IndexIDMap2):
        ids: Ids = faiss.vector_to_array(index.id_map)
        return ids
    lists = index.invlists
    parts = [
        faiss.rev_swig_ptr(lists.get_ids(place), lists.list_size(place)).copy()
        for place in range(index.nlist) if lists.list_size(place)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def check_kind(index: Any, *, grouped: bool) -> None:
    """Raises RuntimeError for an index of another kind than was written."""
    import faiss

    wanted: Any = faiss.IndexIVFFlat if grouped else faiss.IndexIDMap2
    if not isinstance(index, wanted):
        raise RuntimeError(f"{type(index).__name__} where {wanted.__name__} was written")
    inner = faiss.downcast_index(index.quantizer if grouped else index.index)
    if not isinstance(inner, faiss.IndexFlat):
        raise RuntimeError(f"{type(inner).__name__} inside the index")
    if {index.metric_type, inner.metric_type} != {faiss.METRIC_INNER_PRODUCT}:
        raise RuntimeError("not an inner product index")
