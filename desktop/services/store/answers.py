"""Answers that were asked by hand: cells without a run."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from ...core.evaluation.types import Cell, CellState
from ...core.types import Answer, AnswerState
from .values import answer_details, answer_from, clean

_NAMES = ("strategy", "model", "question", "state", "text")
_ANSWER = ", ".join((*_NAMES, "details", "recorded"))
MOST_TURNS = 400  # answers of a conversation, over all columns


def begin(db: sqlite3.Connection, strategy_id: int, answer: Answer, now: str) -> int:
    """A row before the request is sent; returns its id."""
    cursor = db.execute(
        "INSERT INTO cells (strategy_id, question, strategy, model, state, text, details,"
        " recorded, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (strategy_id, clean(answer.question), clean(answer.strategy), clean(answer.model),
         answer.state.value, clean(answer.text), answer_details(answer), answer.recorded, now),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def save(db: sqlite3.Connection, answer_id: int, answer: Answer, now: str) -> None:
    running = answer.state is AnswerState.RUNNING
    db.execute(
        "UPDATE cells SET question = ?, strategy = ?, model = ?, state = ?, text = ?,"
        " details = ?, recorded = ?, finished_at = ? WHERE id = ?",
        (clean(answer.question), clean(answer.strategy), clean(answer.model), answer.state.value,
         clean(answer.text), answer_details(answer), answer.recorded, None if running else now,
         answer_id),
    )


def latest(db: sqlite3.Connection) -> dict[int, Answer]:
    """Of the question asked last, the newest answer of each strategy."""
    rows = db.execute(
        f"SELECT strategy_id, id, {_ANSWER} FROM cells"
        " WHERE id IN (SELECT max(id) FROM cells WHERE run_id IS NULL AND question ="
        "   (SELECT question FROM cells WHERE run_id IS NULL ORDER BY id DESC LIMIT 1)"
        "   GROUP BY strategy_id)"
    )
    return {row[0]: replace(_answer(row[2:]), id=row[1]) for row in rows}


def since(db: sqlite3.Connection, after: int) -> list[Cell]:
    """Answers asked by hand whose id is higher, newest first, as cells of no run."""
    rows = db.execute(
        f"SELECT id, strategy_id, {_ANSWER} FROM cells WHERE run_id IS NULL AND id > ?"
        " ORDER BY id DESC LIMIT ?", (after, MOST_TURNS)
    )
    return [_cell(row[0], row[1], _answer(row[2:])) for row in rows]


def of_question(db: sqlite3.Connection, question: str) -> list[Cell]:
    """Answers to this question that were asked by hand, newest first, as cells of no run."""
    rows = db.execute(
        f"SELECT id, strategy_id, {_ANSWER} FROM cells WHERE run_id IS NULL AND question = ?"
        " ORDER BY id DESC", (clean(question),)
    )
    return [_cell(row[0], row[1], _answer(row[2:])) for row in rows]


def _cell(number: int, strategy_id: int, answer: Answer) -> Cell:
    cut = answer.state is AnswerState.INTERRUPTED
    state = CellState.STOPPED if cut else CellState(answer.state.value)
    return Cell(number, 0, 0, strategy_id, 0, state, replace(answer, id=number),
                recorded=answer.recorded)


def _answer(row: tuple[Any, ...]) -> Answer:
    """The answer in a row of `_ANSWER`."""
    *columns, details, recorded = row
    return replace(answer_from(dict(zip(_NAMES, columns, strict=True)), details),
                   recorded=bool(recorded))


def questions(db: sqlite3.Connection, last_cell: int) -> list[str]:
    """Asked by hand or in runs up to this cell, each once, the one asked first first."""
    rows = db.execute(
        "SELECT question FROM cells WHERE id <= ? AND details != '' AND question != ''"
        " GROUP BY question ORDER BY min(id)", (last_cell,)
    )
    return [row[0] for row in rows]


def interrupt(db: sqlite3.Connection) -> None:
    """What still runs in a file that is just being opened was cut by a crash."""
    found = db.execute("SELECT 1 FROM cells WHERE state = 'running' LIMIT 1").fetchone()
    if found:
        db.execute("UPDATE cells SET state = 'interrupted' WHERE state = 'running'")


def last_cell(db: sqlite3.Connection) -> int:
    """The highest id, 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM cells").fetchone()[0])
