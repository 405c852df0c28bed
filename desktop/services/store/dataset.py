"""The examples of the dataset, and small facts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ...core.types import Example, Lineage
from .values import clean, dumps, marks, next_id

_EXAMPLE = "id, line, row, raw, origin, tags, accepted, split, state, lineage"
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in _EXAMPLE.split(", ")[1:])
_MARKS = marks(_EXAMPLE.count(",") + 1)


# --- examples ----------------------------------------------------------------------------


def examples(db: sqlite3.Connection) -> list[Example]:
    rows = db.execute(
        f"SELECT {_EXAMPLE} FROM examples WHERE dataset_id = 1 AND NOT removed"
        " ORDER BY position, id"
    )
    return [
        Example(number, line, json.loads(row), json.loads(raw), origin, tuple(json.loads(tags)),
                tuple(json.loads(accepted)), split, state, Lineage(**json.loads(lineage)))
        for number, line, row, raw, origin, tags, accepted, split, state, lineage in rows
    ]


def replace_examples(db: sqlite3.Connection, examples: Sequence[Example]) -> list[Example]:
    """The whole dataset, in this order; ids are given anew where they are 0."""
    free = max([next_id(db, "examples"), *(example.id + 1 for example in examples)])
    stored = []
    for example in examples:
        stored.append(example if example.id else replace(example, id=free))
        free += not example.id
    db.execute("DELETE FROM examples WHERE dataset_id = 1")
    db.executemany(
        f"INSERT INTO examples ({_EXAMPLE}, position) VALUES ({_MARKS}, ?)",
        [(*_columns(example), position) for position, example in enumerate(stored)],
    )
    return stored


def _columns(example: Example) -> tuple[int | str, ...]:
    # `raw` as JSON too: a line that could not be decoded must come out as it went in.
    from_what = {name: value for name, value in asdict(example.lineage).items() if value}
    return (example.id, example.line, dumps(example.row), dumps(example.raw),
            clean(example.origin), dumps(example.tags), dumps(example.accepted), example.split,
            example.state, dumps(from_what))


def save_example(db: sqlite3.Connection, example: Example) -> Example:
    """Replace in place, bring back a removed one where it was, or append (id 0)."""
    stored = example if example.id else replace(example, id=next_id(db, "examples"))
    db.execute(
        f"INSERT INTO examples ({_EXAMPLE}, position)"
        f" VALUES ({_MARKS}, (SELECT coalesce(max(position) + 1, 0) FROM examples))"
        f" ON CONFLICT (id) DO UPDATE SET {_CHANGED}, removed = 0",
        _columns(stored),
    )
    return stored


def remove_examples(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Hidden until the workspace closes, so that undo puts them back in their place."""
    db.executemany("UPDATE examples SET removed = 1 WHERE id = ?", [(each,) for each in ids])


def purge_examples(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM examples WHERE removed")


# --- facts -------------------------------------------------------------------------------


def fact(db: sqlite3.Connection, key: str) -> Any:
    row = db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row else None


def set_fact(db: sqlite3.Connection, key: str, value: Any) -> None:
    if value is None:
        db.execute("DELETE FROM facts WHERE key = ?", (key,))
    else:
        db.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (key, dumps(value)))
