"""What people and judges said of cells."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from ...core.evaluation.types import Judgement, Rating
from .values import clean, dumps, is_number, next_id

_RATING = "id, cell_id, value, comment, correction, other_cell_id, rater, created_at"
_JUDGEMENT = "id, judge, cell_id, other_cell_id, value, reason, details, created_at"


def save_rating(db: sqlite3.Connection, rating: Rating, now: str) -> Rating:
    """Replace the rating with this id; id 0 adds it."""
    made = replace(rating, created_at=rating.created_at or now)
    cursor = db.execute(
        f"INSERT OR REPLACE INTO ratings ({_RATING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (made.id or None, made.cell_id, made.value, clean(made.comment), clean(made.correction),
         made.other_cell_id, clean(made.rater), made.created_at),
    )
    assert cursor.lastrowid is not None
    return replace(made, id=cursor.lastrowid)


def ratings(db: sqlite3.Connection) -> list[Rating]:
    """Oldest first."""
    rows = db.execute(f"SELECT {_RATING} FROM ratings ORDER BY id")
    return [Rating(number, cell_id, _value(value), *rest) for number, cell_id, value, *rest in rows]


def remove_ratings(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Unknown ids are ignored."""
    db.executemany("DELETE FROM ratings WHERE id = ?", [(each,) for each in ids])


def save_judgements(
    db: sqlite3.Connection, judgements: Sequence[Judgement], now: str
) -> list[Judgement]:
    """Under new ids; what the same judge said of the same cells before is replaced."""
    first = next_id(db, "judgements")
    stored = [
        replace(each, id=first + place, created_at=each.created_at or now)
        for place, each in enumerate(judgements)
    ]
    db.executemany(
        "DELETE FROM judgements WHERE judge = ? AND cell_id = ? AND other_cell_id IS ?",
        [(each.judge, each.cell_id, each.other_cell_id) for each in stored],
    )
    db.executemany(
        f"INSERT INTO judgements ({_JUDGEMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(each.id, clean(each.judge), each.cell_id, each.other_cell_id, each.value,
          clean(each.reason), dumps(dict(each.details)), each.created_at) for each in stored],
    )
    return stored


def judgements(db: sqlite3.Connection) -> list[Judgement]:
    """Oldest first."""
    rows = db.execute(f"SELECT {_JUDGEMENT} FROM judgements ORDER BY id")
    return [
        Judgement(number, judge, cell_id, _value(value), reason, other, json.loads(details),
                  created_at)
        for number, judge, cell_id, other, value, reason, details, created_at in rows
    ]


def _value(value: float | None) -> float | None:
    """What is no number was never said."""
    return value if is_number(value) else None
