"""Chunks that the user excluded or edited.

An excluded chunk has no full-text row and no place in the vector index. An edited one is a row
of its own with a new id, which `replaces` the original: that stays, hidden, so that its text can
come back under its old id, for which an index on the disk may still hold the vector.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from ...core.chunk_changes import ChunkChange, ChunkPlace, Kept, ListedChunk
from ...core.errors import DocumentError
from ...core.types import Chunk
from . import chunk_rows, search
from .values import clean, next_id

_EXCLUDED, _REPLACED = 1, 2
_ALL = (
    "FROM chunks c JOIN documents d ON d.id = c.document_id"
    " LEFT JOIN chunk_changes x ON x.chunk_id = c.id"
)


def listed(db: sqlite3.Connection, document_id: int) -> list[ListedChunk]:
    """All chunks of a document in reading order, those that are excluded as well."""
    return _listed(db, document_id, "AND NOT d.removed")


def _listed(db: sqlite3.Connection, document_id: int, which: str) -> list[ListedChunk]:
    rows = db.execute(
        f"SELECT coalesce(x.hidden, 0), o.text, {search.CHUNK} {_ALL}"
        " LEFT JOIN chunks o ON o.id = x.replaces"
        f" WHERE c.document_id = ? {which} AND coalesce(x.hidden, 0) != ?"
        ' ORDER BY c.page_index, c."start", c.id', (document_id, _REPLACED),
    )
    return [ListedChunk(Chunk(*row[2:]), row[0] == _EXCLUDED, row[1] or "") for row in rows]


def kept(db: sqlite3.Connection, document_id: int) -> list[Kept]:
    """The changed passages of a document, or else of the older version of its file, or of the
    same file under another name, just removed: what was excluded must not come back because a
    file was saved again or renamed."""
    older = db.execute(
        "SELECT o.id FROM documents d JOIN documents o ON o.id < d.id AND ("
        " o.path = d.path AND d.path != '' AND NOT o.removed"
        " OR o.sha256 = d.sha256 AND o.removed)"
        " WHERE d.id = ? ORDER BY o.id DESC LIMIT 9",
        (document_id,),
    ).fetchall()
    for number in (document_id, *(row[0] for row in older)):
        found = [_kept(each) for each in _listed(db, number, "") if not each.change.is_none]
        if found:
            return found
    return []


def _kept(each: ListedChunk) -> Kept:
    chunk = each.chunk
    original = each.original if chunk.edited else chunk.text
    return Kept(chunk.page_index, chunk.start, chunk.end, original, each.change, chunk.heading)


def change(
    db: sqlite3.Connection, place: ChunkPlace, wanted: ChunkChange
) -> tuple[list[int], list[int]]:
    """Make a passage what is wanted; returns the ids that must no longer be found, and those
    that must be. Raises DocumentError for a passage that is gone, or a text of white space."""
    rows = _rows_at(db, place)
    original = next((row for row, replaces in rows if replaces is None), None)
    if original is None:
        raise DocumentError("This passage is no longer in the workspace",
                            remedy="Show the chunks of its document again")
    text = original.text if wanted.text is None else clean(wanted.text).strip()
    if not text:
        raise DocumentError("An empty passage cannot be searched", remedy="Exclude it instead")
    edited = next((row for row, replaces in rows if replaces is not None), None)
    gone = [row.id for row, _ in rows]
    search.remove(db, gone)
    if edited is not None and edited.text != text:
        db.execute("DELETE FROM chunks WHERE id = ?", (edited.id,))
        edited = None
    if edited is None and text != original.text:
        edited = replace(original, id=next_id(db, "chunks"), text=text, edited=True)
        chunk_rows.insert(db, [edited])
    _note(db, original.id, _REPLACED if edited else wanted.excluded, None)
    if edited is not None:
        _note(db, edited.id, wanted.excluded, original.id)
    shown = [] if wanted.excluded else [edited or original]
    search.add(db, shown)
    recount(db, place.document_id)
    return gone, [chunk.id for chunk in shown]


def _rows_at(db: sqlite3.Connection, place: ChunkPlace) -> list[tuple[Chunk, int | None]]:
    rows = db.execute(
        f"SELECT x.replaces, {search.CHUNK} {_ALL} WHERE c.document_id = ? AND c.page_index = ?"
        ' AND c."start" = ? AND c."end" = ? AND NOT d.removed ORDER BY c.id',
        (place.document_id, place.page_index, place.start, place.end),
    )
    return [(Chunk(*row[1:]), row[0]) for row in rows]


def _note(db: sqlite3.Connection, chunk_id: int, hidden: int, replaces: int | None) -> None:
    db.execute("DELETE FROM chunk_changes WHERE chunk_id = ?", (chunk_id,))
    if hidden or replaces is not None:
        db.execute("INSERT INTO chunk_changes (chunk_id, hidden, replaces) VALUES (?, ?, ?)",
                   (chunk_id, int(hidden), replaces))


def apply(db: sqlite3.Connection, document_id: int, changes: Sequence[Kept]) -> None:
    """After the chunks of a document were stored anew, split around these passages."""
    for each in changes:
        place = ChunkPlace(document_id, each.page_index, each.start, each.end)
        change(db, place, each.change)


def recount(db: sqlite3.Connection, document_id: int) -> None:
    """The ledger's numbers of chunks; only what can be found is counted as a chunk."""
    db.execute(
        "UPDATE documents SET"
        f" chunks = (SELECT count(*) FROM chunks c WHERE document_id = ?1 AND {search.NOT_HIDDEN}),"
        f" embedded = (SELECT count(*) FROM chunks c WHERE document_id = ?1 AND {search.NOT_HIDDEN}"
        "   AND embedding_key IN (SELECT key FROM vectors)),"
        " excluded = (SELECT count(*) FROM chunks c JOIN chunk_changes x ON x.chunk_id = c.id"
        f"   WHERE document_id = ?1 AND x.hidden = {_EXCLUDED}),"
        " edited = (SELECT count(*) FROM chunks c JOIN chunk_changes x ON x.chunk_id = c.id"
        "   WHERE document_id = ?1 AND x.replaces IS NOT NULL) WHERE id = ?1",
        (document_id,),
    )
