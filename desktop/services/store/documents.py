"""The ingest ledger: rows of documents and the bytes they came from."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ...core.errors import DocumentError
from ...core.types import Document, DocumentState
from . import search
from .values import clean, is_number

_COLUMNS = (
    "id, name, path, sha256, size, state, pages, characters, chunks, embedded, empty_pages,"
    " seconds, error, remedy, warning, language, tables, excluded, edited, gone"
)

_PURGED = 1000  # chunks deleted in one transaction


_NUMBERS = (4, *range(6, 12), 16, 17, 18)  # places of columns that the ledger counts with
_TEXTS = (1, 2, 3, 12, 13, 14, 15)


def _document(row: tuple[object, ...]) -> Document:
    """Raises ValueError for values of another kind: SQLite lets a stranger's file hold any."""
    if not all(is_number(row[n]) for n in _NUMBERS if n != 16 or row[16] is not None) or not all(
            isinstance(row[n], str) for n in _TEXTS):
        raise ValueError("a document whose facts are none of ours")
    values = list(row)
    values[5], values[-1] = DocumentState(str(row[5])), bool(row[-1])
    return Document(*values)  # type: ignore[arg-type]


def documents(db: sqlite3.Connection) -> list[Document]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM documents WHERE NOT removed ORDER BY id")
    return [_document(row) for row in rows]


def document(db: sqlite3.Connection, document_id: int) -> Document:
    """Removed or not. Raises DocumentError for an unknown id."""
    row = db.execute(f"SELECT {_COLUMNS} FROM documents WHERE id = ?", (document_id,)).fetchone()
    if row is None:
        raise gone()
    return _document(row)


def gone() -> DocumentError:
    """For a document, or page of one, that was removed."""
    return DocumentError(
        "This document is no longer in the workspace", remedy="Add its file again to read it"
    )


def by_hash(db: sqlite3.Connection, sha256: str) -> Document | None:
    row = db.execute(
        f"SELECT {_COLUMNS} FROM documents WHERE sha256 = ? AND NOT removed ORDER BY id",
        (sha256,),
    ).fetchone()
    return _document(row) if row else None


def add(
    db: sqlite3.Connection, name: str, path: str, sha256: str, content: bytes
) -> Document:
    db.execute("INSERT OR IGNORE INTO contents (sha256, bytes) VALUES (?, ?)", (sha256, content))
    cursor = db.execute(
        "INSERT INTO documents (name, path, sha256, size, state) VALUES (?, ?, ?, ?, ?)",
        (clean(name), clean(path), sha256, len(content), DocumentState.QUEUED.value),
    )
    assert cursor.lastrowid is not None
    return document(db, cursor.lastrowid)


def content(db: sqlite3.Connection, document_id: int) -> bytes:
    """Raises DocumentError for a removed document."""
    row = db.execute(
        "SELECT bytes FROM contents JOIN documents USING (sha256) WHERE id = ? AND NOT removed",
        (document_id,),
    ).fetchone()
    if row is None:
        raise gone()
    return bytes(row[0])


def set_state(
    db: sqlite3.Connection, document_id: int, state: DocumentState,
    seconds: float | None, error: str, remedy: str, warning: str | None,
    language: str | None, tables: int | None,
) -> Document:
    db.execute(
        "UPDATE documents SET state = ?, seconds = coalesce(?, seconds), error = ?, remedy = ?,"
        " warning = coalesce(?, warning), language = coalesce(?, language),"
        " tables = coalesce(?, tables) WHERE id = ?",
        (state.value, seconds, clean(error), clean(remedy),
         None if warning is None else clean(warning), language, tables, document_id),
    )
    return document(db, document_id)


def mark_gone(db: sqlite3.Connection, ids: Sequence[int], gone: bool) -> list[Document]:
    db.executemany("UPDATE documents SET gone = ? WHERE id = ?",
                   [(int(gone), each) for each in ids])
    return [found for found in documents(db) if found.id in set(ids)]


def remove(db: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Hide documents; returns the ids of the chunks that are hidden by it."""
    hidden: list[int] = []
    for document_id in ids:
        cursor = db.execute(
            "UPDATE documents SET removed = 1 WHERE id = ? AND NOT removed", (document_id,)
        )
        if cursor.rowcount:
            rows = db.execute(
                f"SELECT id FROM chunks c WHERE document_id = ? AND {search.NOT_HIDDEN}"
                " ORDER BY id", (document_id,)
            )
            hidden.extend(row[0] for row in rows)
    return hidden


def restore(db: sqlite3.Connection, ids: Sequence[int]) -> list[Document]:
    """Show documents again, except where the same bytes were added anew meanwhile."""
    restored = []
    for document_id in ids:
        cursor = db.execute(
            "UPDATE documents SET removed = 0 WHERE id = ? AND removed AND sha256 NOT IN"
            " (SELECT sha256 FROM documents WHERE NOT removed)",
            (document_id,),
        )
        if cursor.rowcount:
            restored.append(document(db, document_id))
    return restored


def purge_some(db: sqlite3.Connection) -> bool:
    """Delete some of what was removed, for good; whether more is left."""
    row = _first_removed(db)
    if row is None:
        return False
    chunks = db.execute(
        "SELECT id, embedding_key FROM chunks WHERE document_id = ? LIMIT ?", (*row, _PURGED)
    ).fetchall()
    _delete_chunks(db, chunks)
    if len(chunks) == _PURGED:
        return True
    db.execute("DELETE FROM documents WHERE id = ?", row)
    db.execute("DELETE FROM contents WHERE sha256 NOT IN (SELECT sha256 FROM documents)")
    if _first_removed(db):
        return True
    search.forget_deleted(db)
    return False


def _first_removed(db: sqlite3.Connection) -> tuple[int] | None:
    found: tuple[int] | None = db.execute(
        "SELECT id FROM documents WHERE removed LIMIT 1"
    ).fetchone()
    return found


def _delete_chunks(db: sqlite3.Connection, chunks: Sequence[tuple[int, bytes]]) -> None:
    """With their full-text rows, and the vectors that no other chunk has."""
    ids = [(chunk[0],) for chunk in chunks]
    db.executemany(f"DELETE FROM {search.TABLE} WHERE rowid = ?", ids)
    db.executemany("DELETE FROM chunks WHERE id = ?", ids)
    db.executemany(
        "DELETE FROM vectors WHERE key = ?1"
        " AND NOT EXISTS (SELECT 1 FROM chunks WHERE embedding_key = ?1)",
        {(chunk[1],) for chunk in chunks},
    )
