"""Answers that were asked by hand: cells without a run."""

from __future__ import annotations

import sqlite3

from ...core.types import Answer, AnswerState
from .values import answer_details, answer_from, clean


def begin(db: sqlite3.Connection, strategy_id: int, answer: Answer, now: str) -> int:
    """A row before the request is sent; returns its id."""
    cursor = db.execute(
        "INSERT INTO cells (strategy_id, question, strategy, model, state, text, details,"
        " started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (strategy_id, clean(answer.question), clean(answer.strategy), clean(answer.model),
         answer.state.value, clean(answer.text), answer_details(answer), now),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def save(db: sqlite3.Connection, answer_id: int, answer: Answer, now: str) -> None:
    running = answer.state is AnswerState.RUNNING
    db.execute(
        "UPDATE cells SET question = ?, strategy = ?, model = ?, state = ?, text = ?,"
        " details = ?, finished_at = ? WHERE id = ?",
        (clean(answer.question), clean(answer.strategy), clean(answer.model), answer.state.value,
         clean(answer.text), answer_details(answer), None if running else now, answer_id),
    )


def latest(db: sqlite3.Connection) -> dict[int, Answer]:
    """Of the question asked last, the newest answer of each strategy."""
    rows = db.execute(
        "SELECT strategy_id, strategy, model, question, state, text, details FROM cells"
        " WHERE id IN (SELECT max(id) FROM cells WHERE run_id IS NULL AND question ="
        "   (SELECT question FROM cells WHERE run_id IS NULL ORDER BY id DESC LIMIT 1)"
        "   GROUP BY strategy_id)"
    )
    names = ("strategy", "model", "question", "state", "text")
    return {
        row[0]: answer_from(dict(zip(names, row[1:6], strict=True)), row[6]) for row in rows
    }


def interrupt(db: sqlite3.Connection) -> None:
    """What still runs in a file that is just being opened was cut by a crash."""
    found = db.execute("SELECT 1 FROM cells WHERE state = 'running' LIMIT 1").fetchone()
    if found:
        db.execute("UPDATE cells SET state = 'interrupted' WHERE state = 'running'")
