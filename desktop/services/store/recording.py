"""A recording: a copy of a workspace that replays what was asked, and holds no more than that.

Left out are keys (no workspace has any), what only this machine has (paths, jobs, the addresses
in errors, how fast its deployments were) and what a replay does not need (training examples,
drafts, the cache).
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from ...core.evaluation.types import Cell
from ...core.recording import MARK, Mark
from ...core.report.privacy import without_paths, without_servers
from . import answers, cell_rows, copying, dataset, text_vectors
from .values import dumps

_LEFT_OUT = ("examples", "jobs", "draft", "cached")  # tables
_LEFT_OUT_FACTS = ("pace", "watched folders", "indexing paused", "embedder wanted")
_OF_THIS_MACHINE = ("database", "path", "folder")  # names of values that are places on a disk


def record(db: sqlite3.Connection, target: Path, mark: Mark) -> None:
    """Write the recording of `db`. One of a recording keeps the mark of the first."""
    copying.copy(db, target, lambda new: _cut(new, mark))


def _cut(db: sqlite3.Connection, mark: Mark) -> None:
    known = _places(db)
    for table in _LEFT_OUT:
        db.execute(f"DELETE FROM {table}")
    text_vectors.forget(db)
    # A question that was typed and not asked is nobody else's.
    db.execute("DELETE FROM facts WHERE key = 'question' AND json_valid(value)"
               " AND json_extract(value, '$') NOT IN (SELECT question FROM cells)")
    db.execute("UPDATE documents SET path = '', error = '', remedy = ''")
    db.execute("UPDATE cells SET recorded = 1 WHERE details != ''")
    _cut_errors(db, known)
    _cut_facts(db, known)
    db.execute("INSERT OR IGNORE INTO facts (key, value) VALUES (?, ?)",
               (MARK, dumps(mark.as_dict())))


def _places(db: sqlite3.Connection) -> dict[str, str]:
    """Where documents came from, and their folders: known paths of this machine."""
    paths = [Path(row[0]) for row in db.execute("SELECT path FROM documents") if row[0]]
    return {str(path): path.name for path in paths} | {str(path.parent): "…" for path in paths}


def _cut_errors(db: sqlite3.Connection, known: dict[str, str]) -> None:
    """Errors may name files and servers; what was sent and answered stays to the letter."""
    named = '%"error":"%'
    rows = db.execute("SELECT id, details FROM cells WHERE details LIKE ?", (named,)).fetchall()
    for number, details in rows:
        values = json.loads(details)
        error = without_paths(str(values.get("error") or ""), known)
        values["error"] = without_servers(error)
        db.execute("UPDATE cells SET details = ? WHERE id = ?", (dumps(values), number))


def _cut_facts(db: sqlite3.Connection, known: dict[str, str]) -> None:
    for (key,) in db.execute("SELECT key FROM facts").fetchall():
        cut = None if key in _LEFT_OUT_FACTS else _without_places(dataset.fact(db, key), known)
        if cut is None:
            db.execute("DELETE FROM facts WHERE key = ?", (key,))
        else:
            db.execute("UPDATE facts SET value = ? WHERE key = ?", (dumps(cut), key))


def _without_places(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _without_places(each, known) for name, each in value.items()
                if name not in _OF_THIS_MACHINE}
    if isinstance(value, list):
        return [_without_places(each, known) for each in value]
    return without_paths(value, known) if isinstance(value, str) else value


def answers_to(db: sqlite3.Connection, question: str) -> list[Cell]:
    """Of runs and by hand, newest first."""
    found = [*cell_rows.of_question(db, question), *answers.of_question(db, question)]
    return sorted(found, key=lambda cell: -cell.id)
