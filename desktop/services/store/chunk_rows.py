"""Rows of chunks, and the key under which equal texts share one vector."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

from ...core.chunking import embedding_text
from ...core.types import Chunk


def embedding_key(chunk: Chunk) -> bytes:
    """Names the text that is embedded: equal texts share one vector."""
    text = embedding_text(chunk.document, chunk.heading, chunk.text)
    return hashlib.sha256(text.encode()).digest()


def insert(db: sqlite3.Connection, chunks: Sequence[Chunk]) -> None:
    """Under the ids they have; without full-text rows."""
    db.executemany(
        'INSERT INTO chunks (id, document_id, page_index, page, "start", "end", text, heading,'
        " embedding_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(c.id, c.document_id, c.page_index, c.page, c.start, c.end, c.text, c.heading,
          embedding_key(c)) for c in chunks],
    )
