"""Groups the vectors of a large index, so that a search need not look at all of them.

Beyond `EXACT_UP_TO` chunks looking at every vector takes longer than people want to wait. The
vectors are put into groups by k-means (an inverted file, J. Sivic and A. Zisserman, 2003; FAISS'
IndexIVFFlat), and a search looks into the groups whose centres are nearest. A graph (HNSW) was not
taken, because nothing can be removed from one; `tests/benchmarks/approximate.py --graph` measures
it beside the groups.

How many groups are looked into is not guessed. While the vectors are put in, the exact answers
for a sample of them are gathered on the way; then the fewest groups are taken that find `WANTED`
of the `DEEP` nearest for one half of the sample (retrieval weighs more than the first ten), and
what is told, the share of the ten nearest that is found, is measured on the other half.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.approximation import Approximation
from .vector_forms import Held, new_groups

if TYPE_CHECKING:
    from ..core.ports import Vectors

EXACT_UP_TO = 200_000  # vectors; 60 to 70 ms a search here
GROWN = 1.5  # so many times the chunks of the last grouping: grouped anew
WANTED = 0.98  # of the DEEP nearest, on the tuning half; of the ten nearest it is then more
DEEP = 100
SAMPLE = 200  # vectors of each half
NEAREST = 10
TRAINED_ON = 40  # vectors for each group
ROUNDS = 8  # of k-means
BLOCK = 10_000  # vectors put in at a time
_EQUAL = 1e-5  # cosines that differ by less are the same

Tell = Callable[[str, float], None]
"""A sentence, and the share that is done: 0 to 1. Called on the working thread."""
Rows = Callable[[Sequence[int]], tuple[list[int], "Vectors"]]
"""The vectors of those of these ids that are still there."""


class Stopped(Exception):
    """Somebody asked for it."""


@dataclass
class Grouping:
    """One grouping, on a thread of its own. `stop` ends it after the step at hand."""

    dimension: int
    rows: Rows
    tell: Tell
    stop: threading.Event

    def make(self, ids: Sequence[int], seed: int = 7) -> Held:
        """Raises Stopped."""
        import faiss
        import numpy as np

        # One core is left to the window. This concerns the calling thread alone.
        faiss.omp_set_num_threads(max(1, (os.cpu_count() or 2) - 1))
        draw = np.random.default_rng(seed)
        order = draw.permutation(np.array(ids, np.int64)).tolist()
        groups = groups_of(len(order))
        held = Held(self.dimension, new_groups(self.dimension, self._centres(order, groups)))
        _, queries = self.rows(order[:2 * SAMPLE])
        nearest = self._put_in(held, order, queries)
        self._step("Measuring what it finds", 0.95)
        held.approximation = _measured(held, queries, nearest)
        self._step("Measuring what it finds", 1.0)
        return held

    def _step(self, sentence: str, share: float) -> None:
        if self.stop.is_set():
            raise Stopped
        self.tell(sentence, share)

    def _centres(self, order: Sequence[int], groups: int) -> Vectors:
        """By k-means over some of the vectors, a round at a time so that it can be stopped."""
        import faiss

        _, some = self.rows(order[:groups * TRAINED_ON])
        centres: Any = None
        for number in range(ROUNDS):
            self._step("Finding groups of alike passages", 0.6 * number / ROUNDS)
            means = faiss.Kmeans(
                self.dimension, groups, niter=1, spherical=True, seed=7 + number,
                min_points_per_centroid=1, max_points_per_centroid=10 * TRAINED_ON)
            means.train(some, init_centroids=centres)
            centres = means.centroids
        found: Vectors = centres
        return found

    def _put_in(self, held: Held, order: Sequence[int], queries: Vectors) -> Vectors:
        """All vectors, by blocks; returns the highest cosines of each query, itself included:
        (queries, DEEP + 1)."""
        import numpy as np

        best = np.full((len(queries), DEEP + 1), -2.0, np.float32)
        for start in range(0, len(order), BLOCK):
            self._step("Putting passages into groups", 0.6 + 0.35 * start / len(order))
            ids, vectors = self.rows(order[start:start + BLOCK])
            held.add(ids, vectors)
            both = np.concatenate([best, queries @ vectors.T], axis=1)
            best = -np.partition(-both, DEEP, axis=1)[:, :DEEP + 1]
        ordered: Vectors = -np.sort(-best, axis=1)
        return ordered


def groups_of(count: int) -> int:
    """Twice the square root: putting in and looking up then cost about the same."""
    return max(1, min(count, round(2 * math.sqrt(count))))


def _measured(held: Held, queries: Vectors, nearest: Vectors) -> Approximation:
    """Tune on the first half of the queries, tell what the second half finds."""
    half = len(queries) // 2 or len(queries)
    tuned = queries[:half], nearest[:half]
    probes = 1
    groups: int = held.index.nlist
    while probes < groups and recall(held, *tuned, probes, DEEP) < WANTED:
        probes = min(groups, probes + max(1, probes // 4))
    told = slice(half, None) if len(queries) > half else slice(None)
    share = recall(held, queries[told], nearest[told], probes, NEAREST)
    return Approximation(share, len(queries[told]), len(held.ids), probes, groups)


def recall(held: Held, queries: Vectors, nearest: Vectors, probes: int, depth: int) -> float:
    """The share of the `depth` nearest that are found, without the query itself; equals count."""
    wanted = min(depth, len(held.ids) - 1)
    if wanted < 1 or not len(queries):
        return 1.0
    held.index.nprobe = probes
    scores, _ = held.index.search(queries, wanted + 1)
    least = nearest[:, wanted, None] - _EQUAL
    return float((scores[:, 1:] >= least).mean())
