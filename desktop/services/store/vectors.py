"""Vectors of chunks, kept by embedder and by the text that was embedded."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .search import NOT_HIDDEN, REMOVED

if TYPE_CHECKING:
    from ...core.ports import Ids, Vectors

_FETCH = 4096  # rows at a time: large reads without holding everything twice
_WITH_VECTOR = (
    "FROM chunks c JOIN documents d ON d.id = c.document_id AND NOT d.removed"
    " JOIN vectors v ON v.key = c.embedding_key AND v.embedder_id = ?"
    f" WHERE {NOT_HIDDEN}"
)
_KEYED = (  # the same chunks, found in the indexes alone
    "FROM chunks c INDEXED BY chunks_embedding_key CROSS JOIN vectors v"
    f" ON v.key = c.embedding_key AND v.embedder_id = ? WHERE {NOT_HIDDEN}"
    f" AND c.id NOT IN ({REMOVED})"
)


def save(
    db: sqlite3.Connection, embedder: str, chunk_ids: Sequence[int], vectors: Vectors
) -> None:
    """Chunks that are gone are skipped.

    Raises ValueError unless `vectors` is (len(chunk_ids), the embedder's dimension).
    """
    if vectors.ndim != 2 or len(vectors) != len(chunk_ids):
        raise ValueError(f"{len(chunk_ids)} chunks, but vectors of shape {vectors.shape}")
    embedder_id = _embedder(db, embedder, vectors.shape[1])
    rows = vectors.astype("<f4", copy=False)
    fresh: set[bytes] = set()
    for chunk_id, vector in zip(chunk_ids, rows, strict=True):
        key = _key(db, chunk_id)
        if key is None:
            continue
        known = db.execute("SELECT 1 FROM vectors WHERE key = ?", (key,)).fetchone()
        db.execute(
            "INSERT OR REPLACE INTO vectors (embedder_id, key, vector) VALUES (?, ?, ?)",
            (embedder_id, key, vector.tobytes()),
        )
        if not known:
            fresh.add(key)
    _count(db, fresh)


def _embedder(db: sqlite3.Connection, name: str, dimension: int) -> int:
    db.execute(
        "INSERT OR IGNORE INTO embedders (name, dimension, normalised) VALUES (?, ?, 1)",
        (name, dimension),
    )
    row = db.execute("SELECT id, dimension FROM embedders WHERE name = ?", (name,)).fetchone()
    if row[1] != dimension:
        raise ValueError(f"vectors of {name} have {row[1]} numbers, not {dimension}")
    return int(row[0])


def _key(db: sqlite3.Connection, chunk_id: int) -> bytes | None:
    row = db.execute("SELECT embedding_key FROM chunks WHERE id = ?", (chunk_id,)).fetchone()
    return bytes(row[0]) if row else None


def _count(db: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    """Add to the ledger the chunks that have a vector since now, in whatever document."""
    gained: Counter[int] = Counter()
    for key in keys:
        rows = db.execute(
            f"SELECT document_id FROM chunks c WHERE embedding_key = ? AND {NOT_HIDDEN}", (key,))
        gained.update(row[0] for row in rows)
    db.executemany(
        "UPDATE documents SET embedded = embedded + ? WHERE id = ?",
        [(count, document_id) for document_id, count in gained.items()],
    )


def load(
    db: sqlite3.Connection, embedder: str, document_id: int | None = None
) -> tuple[Ids, Vectors]:
    """Visible chunks that have a vector: ids (n,), vectors (n, dimension).

    Without any the dimension is the embedder's, or 0 when nothing was ever saved for it.
    """
    return _fetch(db, embedder, *_of_document(document_id))


def at(db: sqlite3.Connection, embedder: str, chunk_ids: Sequence[int]) -> tuple[Ids, Vectors]:
    """Those of these chunks, as `load`; chunks that are hidden or have none are left out."""
    listed = json.dumps([int(chunk_id) for chunk_id in chunk_ids])
    return _fetch(db, embedder, " AND c.id IN (SELECT value FROM json_each(?))", (listed,))


def _of_document(document_id: int | None) -> tuple[str, tuple[int, ...]]:
    return ("", ()) if document_id is None else (" AND c.document_id = ?", (document_id,))


def _fetch(
    db: sqlite3.Connection, embedder: str, which: str, given: tuple[int | str, ...]
) -> tuple[Ids, Vectors]:
    import numpy as np

    row = db.execute("SELECT id, dimension FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if row is None:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32)
    embedder_id, dimension = row
    where, values = _WITH_VECTOR + which, (embedder_id, *given)
    count = db.execute(f"SELECT count(*) {where}", values).fetchone()[0]
    ids = np.empty(count, np.int64)
    vectors = np.empty((count, dimension), np.float32)
    cursor = db.execute(f"SELECT c.id, v.vector {where} ORDER BY c.id", values)
    start = 0
    while rows := cursor.fetchmany(_FETCH):
        stop = start + len(rows)
        ids[start:stop] = [row[0] for row in rows]
        joined = b"".join(row[1] for row in rows)
        vectors[start:stop] = np.frombuffer(joined, "<f4").reshape(len(rows), dimension)
        start = stop
    return ids, vectors


def marks(db: sqlite3.Connection, embedder: str) -> tuple[Ids, Ids]:
    """Ids of visible chunks that have a vector, and for each a number that changes with its
    text: both of shape (n,), by ascending id.

    All of it is in two indexes; the rows, with their texts, would take five times as long.
    """
    import numpy as np

    row = db.execute("SELECT id FROM embedders WHERE name = ?", (embedder,)).fetchone()
    rows = [] if row is None else db.execute(
        f"SELECT c.id, substr(c.embedding_key, 1, 8) {_KEYED}", row).fetchall()
    if not rows:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    ids, keys = zip(*rows, strict=True)
    numbers = np.array(ids, np.int64)
    found = np.frombuffer(b"".join(keys), "<i8")
    if len(found) != len(numbers):
        raise ValueError("a key of another length than ours")
    order = np.argsort(numbers)
    return numbers[order], found[order].astype(np.int64)


def counts(db: sqlite3.Connection, embedder: str) -> tuple[int, int]:
    """Visible chunks, and those of them that have a vector of this embedder."""
    chunks = db.execute(
        "SELECT coalesce(sum(chunks), 0) FROM documents WHERE NOT removed"
    ).fetchone()[0]
    row = db.execute("SELECT id FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if row is None:
        return chunks, 0
    return chunks, db.execute(f"SELECT count(*) {_KEYED}", row).fetchone()[0]
