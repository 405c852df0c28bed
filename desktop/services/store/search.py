"""Full-text search over chunks. The table is a cache: made again whenever its recipe changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ...core.chunking import title_of
from ...core.retrieval import BM25_WEIGHTS, FTS_COLUMNS, FTS_TOKENIZE
from ...core.types import Chunk

CHUNK = (  # the columns of a `Chunk`, from chunks c and documents d
    'c.id, c.document_id, d.name, c.page_index, c.page, c."start", c."end", c.text, c.heading,'
    " EXISTS (SELECT 1 FROM chunk_changes e WHERE e.chunk_id = c.id AND e.replaces IS NOT NULL)"
)
NOT_HIDDEN = "c.id NOT IN (SELECT chunk_id FROM chunk_changes WHERE hidden)"
"""The condition on `chunks c` for what may be found, see `chunk_changes`."""
TABLE = "chunk_words"
CREATED = f"CREATE VIRTUAL TABLE {TABLE} USING fts5("
SQL = f"{CREATED}{', '.join(FTS_COLUMNS)}, tokenize = '{FTS_TOKENIZE}')"
SHADOWS = frozenset(f"{TABLE}_{part}" for part in ("data", "idx", "content", "docsize", "config"))


def columns_of(chunk: Chunk) -> tuple[str, ...]:
    """What is searched of a chunk, in the order of `FTS_COLUMNS`."""
    return chunk.text, chunk.heading, title_of(chunk.document)


def ensure(db: sqlite3.Connection) -> None:
    """Make the table as this version wants it, from the chunks, unless it is so already."""
    row = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone()
    if row and row[0] == SQL:
        return
    db.execute(f"DROP TABLE IF EXISTS {TABLE}")
    db.execute(SQL)
    rows = db.execute(
        f"SELECT {CHUNK} FROM chunks c JOIN documents d ON d.id = c.document_id"
        f" WHERE {NOT_HIDDEN}"
    )
    add(db, [Chunk(*each) for each in rows])


def add(db: sqlite3.Connection, chunks: Sequence[Chunk]) -> None:
    db.executemany(
        f"INSERT INTO {TABLE} (rowid, {', '.join(FTS_COLUMNS)})"
        f" VALUES (?{', ?' * len(FTS_COLUMNS)})",
        [(chunk.id, *columns_of(chunk)) for chunk in chunks],
    )


def remove(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Chunks without a row are ignored."""
    db.executemany(f"DELETE FROM {TABLE} WHERE rowid = ?", [(each,) for each in ids])


def forget_deleted(db: sqlite3.Connection) -> None:
    """Rewrite the table's index, which else keeps the words of deleted rows for long."""
    db.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")


def search(db: sqlite3.Connection, match: str, top: int) -> list[tuple[int, float]]:
    """`(chunk id, BM25)`, highest first. Removed documents are left out before counting."""
    weights = ", ".join(str(weight) for weight in BM25_WEIGHTS)
    rows = db.execute(
        f"SELECT c.id, -bm25({TABLE}, {weights}) AS score FROM {TABLE}"
        f" JOIN chunks c ON c.id = {TABLE}.rowid JOIN documents d ON d.id = c.document_id"
        f" WHERE {TABLE} MATCH ? AND NOT d.removed ORDER BY score DESC, c.id LIMIT ?",
        (match, top),
    )
    return [(chunk_id, score) for chunk_id, score in rows]
