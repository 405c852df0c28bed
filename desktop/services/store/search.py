"""Full-text search over chunks. The table is a cache: made again whenever its recipe changes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from ...core.chunking import title_of
from ...core.retrieval import BM25_WEIGHTS, FTS_COLUMNS, FTS_TOKENIZE, words_of
from ...core.types import Chunk
from .values import marks

# The columns of a `Chunk`, from chunks c and documents d; PLACE: those before its texts.
PLACE = 'c.id, c.document_id, d.name, c.page_index, c.page, c."start", c."end"'
CHUNK = (
    f"{PLACE}, c.text, c.heading,"
    " EXISTS (SELECT 1 FROM chunk_changes e WHERE e.chunk_id = c.id AND e.replaces IS NOT NULL)"
)
NOT_HIDDEN = "c.id NOT IN (SELECT chunk_id FROM chunk_changes WHERE hidden)"
"""The condition on `chunks c` for what may be found, see `chunk_changes`."""
TABLE = "chunk_words"
REMOVED = (  # CROSS JOIN: documents first, which are few
    "SELECT c.id FROM documents d CROSS JOIN chunks c ON c.document_id = d.id WHERE d.removed"
)
CREATED = f"CREATE VIRTUAL TABLE {TABLE} USING fts5("
SQL = f"{CREATED}{', '.join(FTS_COLUMNS)}, tokenize = '{FTS_TOKENIZE}')"
_MARKED = re.compile("\x02(.*?)\x03", re.DOTALL)
_MANY = 5_000  # chunks from which on common words are worth looking for
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
    """`(chunk id, BM25)`, highest first. Removed documents are left out before counting.

    What was removed is little and found once; looking up the document of each chunk that holds a
    word took as long as scoring it. Words of more than half of many chunks are left out: BM25
    gives them a weight of a millionth, and scoring what they find takes most of the time.
    """
    weights = ", ".join(str(weight) for weight in BM25_WEIGHTS)
    rows = db.execute(
        f"SELECT rowid, -bm25({TABLE}, {weights}) AS score FROM {TABLE}"
        f" WHERE {TABLE} MATCH ? AND rowid NOT IN ({REMOVED})"
        " ORDER BY score DESC, rowid LIMIT ?",
        (_telling(db, match), top),
    )
    return [(chunk_id, score) for chunk_id, score in rows]


def _telling(db: sqlite3.Connection, match: str) -> str:
    """`match` without words that most chunks hold, unless it has no others."""
    words = words_of(match)
    total = db.execute("SELECT coalesce(sum(chunks), 0) FROM documents").fetchone()[0]
    if len(words) == 1 or total < _MANY:
        return match
    count = f"SELECT count(*) FROM {TABLE} WHERE {TABLE} MATCH ?"
    rare = [word for word in words if 2 * db.execute(count, (word,)).fetchone()[0] <= total]
    return " OR ".join(rare) or match


def matched_words(db: sqlite3.Connection, match: str, ids: Sequence[int]) -> set[str]:
    """The words of these chunks that `match` found, as they stand there, in lower case."""
    rows = db.execute(
        f"SELECT highlight({TABLE}, 0, char(2), char(3)) FROM {TABLE} WHERE {TABLE} MATCH ?"
        f" AND rowid IN ({marks(len(ids))})", (match, *ids),
    )
    return {word.lower() for (text,) in rows for word in _MARKED.findall(text)}
