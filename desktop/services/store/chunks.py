"""Pages and chunks of documents."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from ...core.chunk_changes import relocated, split_around
from ...core.types import Chunk, DocumentState, NewChunk, Page
from . import chunk_changes, chunk_rows, search
from .documents import document, gone
from .values import clean, marks, next_id

_VISIBLE = (
    "FROM chunks c JOIN documents d ON d.id = c.document_id WHERE NOT d.removed"
    f" AND {search.NOT_HIDDEN}"
)
_BATCH = 500  # ids of one IN list


def save(
    db: sqlite3.Connection, document_id: int, pages: Sequence[Page], chunks: Sequence[NewChunk]
) -> list[Chunk]:
    """Replace a document's pages, chunks and full-text rows. What the user changed stays as it
    is, and the chunks are split around it."""
    name = document(db, document_id).name
    kept = relocated(chunk_changes.kept(db, document_id), pages)
    chunks = split_around(chunks, kept, pages)
    _forget(db, document_id)
    texts = [clean(page.text) for page in pages]
    db.executemany(
        "INSERT INTO pages (document_id, position, number, text) VALUES (?, ?, ?, ?)",
        [(document_id, position, page.number, text)
         for position, (page, text) in enumerate(zip(pages, texts, strict=True))],
    )
    first = next_id(db, "chunks")
    stored = [
        Chunk(first + place, document_id, name, new.page_index, new.page, new.start, new.end,
              clean(new.text), clean(new.heading))
        for place, new in enumerate(chunks)
    ]
    chunk_rows.insert(db, stored)
    search.add(db, stored)
    _count(db, document_id, texts)
    chunk_changes.apply(db, document_id, kept)
    return stored


def _forget(db: sqlite3.Connection, document_id: int) -> None:
    db.execute(
        f"DELETE FROM {search.TABLE} WHERE rowid IN (SELECT id FROM chunks WHERE document_id = ?)",
        (document_id,),
    )
    db.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))
    db.execute("DELETE FROM pages WHERE document_id = ?", (document_id,))


def _count(db: sqlite3.Connection, document_id: int, texts: Sequence[str]) -> None:
    db.execute(
        "UPDATE documents SET state = ?, pages = ?, characters = ?, empty_pages = ?,"
        " error = '', remedy = '' WHERE id = ?",
        (DocumentState.EMBEDDING.value, len(texts), sum(map(len, texts)),
         sum(not text.strip() for text in texts), document_id),
    )
    chunk_changes.recount(db, document_id)


def page(db: sqlite3.Connection, document_id: int, page_index: int) -> Page:
    """Raises DocumentError for a page that is not there, or of a removed document."""
    row = db.execute(
        "SELECT p.number, p.text FROM pages p JOIN documents d ON d.id = p.document_id"
        " WHERE p.document_id = ? AND p.position = ? AND NOT d.removed",
        (document_id, page_index),
    ).fetchone()
    if row is None:
        raise gone()
    return Page(*row)


def pages(db: sqlite3.Connection, document_id: int) -> list[Page]:
    rows = db.execute(
        "SELECT p.number, p.text FROM pages p JOIN documents d ON d.id = p.document_id"
        " WHERE p.document_id = ? AND NOT d.removed ORDER BY p.position",
        (document_id,),
    )
    return [Page(*row) for row in rows]


def chunks(db: sqlite3.Connection, ids: Sequence[int]) -> list[Chunk]:
    """In the order of `ids`; unknown or hidden ones are left out."""
    found: dict[int, Chunk] = {}
    for batch in _batches(ids):
        rows = db.execute(
            f"SELECT {search.CHUNK} {_VISIBLE} AND c.id IN ({marks(len(batch))})", batch
        )
        found.update((row[0], Chunk(*row)) for row in rows)
    return [found[each] for each in ids if each in found]


def places(db: sqlite3.Connection, ids: Sequence[int]) -> list[Chunk]:
    """As `chunks`, without text and heading: a third of the time."""
    found: dict[int, Chunk] = {}
    for batch in _batches(ids):
        rows = db.execute(f"SELECT {search.PLACE} {_VISIBLE} AND c.id IN ({marks(len(batch))})",
                          batch)
        found.update((row[0], Chunk(*(*row, ""))) for row in rows)
    return [found[each] for each in ids if each in found]


def of_page(db: sqlite3.Connection, document_id: int, page_index: int) -> list[Chunk]:
    """Those of one page, in their order."""
    rows = db.execute(
        f"SELECT {search.CHUNK} {_VISIBLE} AND c.document_id = ? AND c.page_index = ?"
        " ORDER BY c.id", (document_id, page_index),
    )
    return [Chunk(*row) for row in rows]


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start:start + _BATCH] for start in range(0, len(ids), _BATCH))


def without_vector(
    db: sqlite3.Connection, embedder: str, document_id: int
) -> list[Chunk]:
    """One chunk for each text of the document that this embedder has not seen."""
    rows = db.execute(
        f"SELECT {search.CHUNK} {_VISIBLE} AND c.id IN (SELECT min(id) FROM chunks c"
        f"   WHERE document_id = ? AND {search.NOT_HIDDEN} AND NOT EXISTS"
        "     (SELECT 1 FROM vectors v JOIN embedders e ON e.id = v.embedder_id"
        "      WHERE v.key = embedding_key AND e.name = ?)"
        "   GROUP BY embedding_key) ORDER BY c.id",
        (document_id, embedder),
    )
    return [Chunk(*row) for row in rows]
