"""Cases: questions with their reference answers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace

from ...core.types import Case, Message
from .values import clean, dumps, marks, next_id, pairs_of

_CASE = "id, question, reference, sources, tags, split, history, origin, variables"
_MARKS = marks(_CASE.count(",") + 1)


def cases(db: sqlite3.Connection) -> list[Case]:
    rows = db.execute(f"SELECT {_CASE} FROM cases WHERE NOT removed ORDER BY id")
    return [
        Case(number, _text(question), _text(reference),
             tuple((name, page) for name, page in json.loads(sources)),
             tuple(json.loads(tags)), split,
             tuple(Message(**each) for each in json.loads(history)), origin,
             pairs_of(json.loads(variables)))
        for (number, question, reference, sources, tags, split, history, origin,
             variables) in rows
    ]


def add(db: sqlite3.Connection, cases: Sequence[Case]) -> list[Case]:
    """Adds them under new ids, whatever ids they have."""
    first = next_id(db, "cases")
    stored = [replace(case, id=first + place) for place, case in enumerate(cases)]
    db.executemany(
        f"INSERT INTO cases ({_CASE}) VALUES ({_MARKS})", map(_columns, stored)
    )
    return stored


def save(db: sqlite3.Connection, case: Case) -> Case:
    """Replace, or bring back, the case with this id; id 0 adds it."""
    if not case.id:
        return add(db, [case])[0]
    changed = ", ".join(f"{name} = excluded.{name}" for name in _CASE.split(", ")[1:])
    db.execute(
        f"INSERT INTO cases ({_CASE}) VALUES ({_MARKS})"
        f" ON CONFLICT (id) DO UPDATE SET {changed}, removed = 0",
        _columns(case),
    )
    return case


def _columns(case: Case) -> tuple[int | str, ...]:
    history = [asdict(message) for message in case.history]
    return (case.id, clean(case.question), clean(case.reference), dumps(case.sources),
            dumps(case.tags), case.split, dumps(history), clean(case.origin),
            dumps(dict(case.variables)))


def remove(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Hidden until the workspace closes, so that undo can bring them back."""
    db.executemany("UPDATE cases SET removed = 1 WHERE id = ?", [(each,) for each in ids])


def purge(db: sqlite3.Connection) -> None:
    """Cases that a run asked stay, hidden: its cells would mean nothing without them."""
    db.execute(
        "DELETE FROM cases WHERE removed"
        " AND id NOT IN (SELECT case_id FROM cells WHERE case_id IS NOT NULL)"
    )


def _text(value: object) -> str:
    """Raises TypeError for bytes, which a column of a stranger's file may hold."""
    if not isinstance(value, str):
        raise TypeError("a case holds something else than text")
    return value
