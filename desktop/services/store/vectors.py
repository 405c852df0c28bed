"""Vectors of chunks, kept by embedder and by the text that was embedded."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .search import NOT_HIDDEN

if TYPE_CHECKING:
    from ...core.ports import Ids, Vectors

_FETCH = 4096  # rows at a time: large reads without holding everything twice


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
    import numpy as np

    row = db.execute("SELECT id, dimension FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if row is None:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32)
    embedder_id, dimension = row
    where, values = _where(embedder_id, document_id)
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


def ids(db: sqlite3.Connection, embedder: str) -> Ids:
    """Ids of visible chunks that have a vector, ascending: shape (n,)."""
    import numpy as np

    row = db.execute("SELECT id FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if row is None:
        return np.empty(0, np.int64)
    where, values = _where(row[0], None)
    found = db.execute(f"SELECT c.id {where} ORDER BY c.id", values)
    return np.fromiter((chunk_id for (chunk_id,) in found), np.int64)


def _where(embedder_id: int, document_id: int | None) -> tuple[str, tuple[int, ...]]:
    sql = (
        "FROM chunks c JOIN documents d ON d.id = c.document_id AND NOT d.removed"
        " JOIN vectors v ON v.key = c.embedding_key AND v.embedder_id = ?"
        f" WHERE {NOT_HIDDEN}"
    )
    if document_id is None:
        return sql, (embedder_id,)
    return f"{sql} AND c.document_id = ?", (embedder_id, document_id)


def counts(db: sqlite3.Connection, embedder: str) -> tuple[int, int]:
    """Visible chunks, and those of them that have a vector of this embedder."""
    chunks = db.execute(
        "SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document_id"
        f" WHERE NOT d.removed AND {NOT_HIDDEN}"
    ).fetchone()[0]
    row = db.execute("SELECT id FROM embedders WHERE name = ?", (embedder,)).fetchone()
    if row is None:
        return chunks, 0
    where, values = _where(row[0], None)
    return chunks, db.execute(f"SELECT count(*) {where}", values).fetchone()[0]
