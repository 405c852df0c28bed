"""Vectors of texts that are no chunks, such as the questions of training examples.

They stand in the same table, under keys that no chunk has: one byte, then the sha256 of the
text. What is not asked for any more is deleted by `keep`, so that the file does not only grow.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...core.ports import Vectors

_MARK = b"t"
_LENGTH = 33  # of a key: chunks have 32
_SOME = 500  # keys in one statement


def _key(text: str) -> bytes:
    return _MARK + hashlib.sha256(text.encode("utf-8", "replace")).digest()


def load(
    db: sqlite3.Connection, embedder: str, dimension: int, texts: Sequence[str]
) -> tuple[list[int], Vectors]:
    """The places in `texts` that have a vector, ascending, and the vectors (n, dimension).

    What is no vector of that dimension, in a file from elsewhere, counts as none.
    """
    import numpy as np

    row = db.execute("SELECT id FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if row is None:
        return [], np.empty((0, dimension), np.float32)
    known: dict[bytes, bytes] = {}
    keys = [_key(text) for text in texts]
    for start in range(0, len(keys), _SOME):
        some = keys[start:start + _SOME]
        marks = ",".join("?" * len(some))
        known.update(db.execute(
            "SELECT key, vector FROM vectors WHERE embedder_id = ?"
            " AND typeof(vector) = 'blob' AND length(vector) = ?"
            f" AND key IN ({marks})", (row[0], 4 * dimension, *some)))
    places = [place for place, key in enumerate(keys) if key in known]
    joined = b"".join(known[keys[place]] for place in places)
    vectors = np.frombuffer(joined, "<f4").reshape(len(places), dimension)
    good = np.isfinite(vectors).all(axis=1)
    return [place for place, fine in zip(places, good, strict=True) if fine], vectors[good]


def save(
    db: sqlite3.Connection, embedder: str, texts: Sequence[str], vectors: Vectors
) -> None:
    """Raises ValueError unless `vectors` is (len(texts), the embedder's dimension)."""
    if vectors.ndim != 2 or len(vectors) != len(texts):
        raise ValueError(f"{len(texts)} texts, but vectors of shape {vectors.shape}")
    db.execute(
        "INSERT OR IGNORE INTO embedders (name, dimension, normalised) VALUES (?, ?, 1)",
        (embedder, vectors.shape[1]),
    )
    number, dimension = db.execute(
        "SELECT id, dimension FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if dimension != vectors.shape[1]:
        raise ValueError(f"vectors of {embedder} have {dimension} numbers")
    db.executemany(
        "INSERT OR REPLACE INTO vectors (embedder_id, key, vector) VALUES (?, ?, ?)",
        [(number, _key(text), row.tobytes())
         for text, row in zip(texts, vectors.astype("<f4", copy=False), strict=True)],
    )


def keep(db: sqlite3.Connection, texts: Sequence[str]) -> None:
    """Delete the vectors of all other texts, of whatever embedder."""
    wanted = {_key(text) for text in texts}
    held = db.execute("SELECT DISTINCT key FROM vectors WHERE length(key) = ?", (_LENGTH,))
    gone = [(key,) for (key,) in held if key not in wanted]
    db.executemany("DELETE FROM vectors WHERE key = ?", gone)


def forget(db: sqlite3.Connection) -> None:
    """Delete them all: a recording holds no training examples, so not their vectors either."""
    db.execute("DELETE FROM vectors WHERE length(key) = ?", (_LENGTH,))
