"""The examples of the dataset, and small facts."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ...core.types import Example, Lineage
from .values import clean, dumps, marks, next_id

COLUMNS = "id, line, row, raw, origin, tags, accepted, split, state, lineage"
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:])
_NO_LINEAGE = Lineage()
_MARKS = marks(COLUMNS.count(",") + 1)


# --- examples ----------------------------------------------------------------------------


def examples(db: sqlite3.Connection) -> list[Example]:
    rows = db.execute(
        f"SELECT {COLUMNS} FROM examples WHERE dataset_id = 1 AND NOT removed"
        " ORDER BY position, id"
    )
    return [example_from(row) for row in rows]


def example_from(columns: tuple[Any, ...]) -> Example:
    """The example in a row of `COLUMNS`."""
    number, line, row, raw, origin, tags, accepted, split, state, lineage = columns
    return Example(
        number, line, dict(json.loads(row)), json.loads(raw), origin, tuple(json.loads(tags)),
        tuple(json.loads(accepted)), split, state, Lineage(**json.loads(lineage)))


def replace_examples(db: sqlite3.Connection, examples: Sequence[Example]) -> list[Example]:
    """The whole dataset, in this order; ids are given anew where they are 0."""
    free = max([next_id(db, "examples"), *(example.id + 1 for example in examples)])
    stored = []
    for example in examples:
        stored.append(example if example.id else replace(example, id=free))
        free += not example.id
    db.execute("DELETE FROM examples WHERE dataset_id = 1")
    db.executemany(
        f"INSERT INTO examples ({COLUMNS}, position) VALUES ({_MARKS}, ?)",
        [(*_columns(example), position) for position, example in enumerate(stored)],
    )
    return stored


def _columns(example: Example) -> tuple[int | str, ...]:
    # `raw` as JSON too: a line that could not be decoded must come out as it went in.
    from_what = {} if example.lineage == _NO_LINEAGE else {
        name: value for name, value in asdict(example.lineage).items() if value}
    return (example.id, example.line, dumps(example.row), dumps(example.raw),
            clean(example.origin), dumps(example.tags), dumps(example.accepted), example.split,
            example.state, dumps(from_what))


def save_example(db: sqlite3.Connection, example: Example) -> Example:
    """Replace in place, bring back a removed one where it was, or append (id 0).

    Line 0 of a new one is the line after the last.
    """
    if not example.id:
        return add_examples(db, [example])[0]
    save_all(db, [example])
    return example


def add_examples(db: sqlite3.Connection, examples: Sequence[Example]) -> list[Example]:
    """Append examples without ids; those with line 0 get the next lines."""
    free = next_id(db, "examples")
    last = db.execute("SELECT coalesce(max(line), 0) FROM examples WHERE NOT removed").fetchone()[0]
    stored = []
    for at, example in enumerate(examples):
        last = max(last + (not example.line), example.line)
        stored.append(replace(example, id=free + at, line=example.line or last))
    save_all(db, stored)
    return stored


def save_all(db: sqlite3.Connection, examples: Sequence[Example]) -> None:
    """As `save_example`, for examples that have ids and lines."""
    free = db.execute("SELECT coalesce(max(position) + 1, 0) FROM examples").fetchone()[0]
    db.executemany(
        f"INSERT INTO examples ({COLUMNS}, position) VALUES ({_MARKS}, ?)"
        f" ON CONFLICT (id) DO UPDATE SET {_CHANGED}, removed = 0",
        [(*_columns(example), free + at) for at, example in enumerate(examples)],
    )


def remove_examples(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Hidden until the workspace closes, so that undo puts them back in their place."""
    db.executemany("UPDATE examples SET removed = 1 WHERE id = ?", [(each,) for each in ids])


def purge_examples(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM examples WHERE removed")


# --- facts -------------------------------------------------------------------------------


def fact(db: sqlite3.Connection, key: str) -> Any:
    """None also for one that cannot be read: facts are small, and none is worth a workspace."""
    row = db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        return json.loads(row[0]) if row else None
    return None


def set_fact(db: sqlite3.Connection, key: str, value: Any) -> None:
    if value is None:
        db.execute("DELETE FROM facts WHERE key = ?", (key,))
    else:
        db.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (key, dumps(value)))
