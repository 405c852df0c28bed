"""Cells of runs and the cache of answers.

A grid reads thousands of cells at once, so passages and messages, which are large, lie in
`bodies` and are read for one cell at a time. The columns of a profile share their passages,
and so do all cells of the "Whole documents" rung: each body is stored once.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from ...core.errors import WorkspaceError
from ...core.evaluation.types import Attribution, Cause, Cell, CellState
from ...core.recording import Timings, timings_of
from ...core.types import Answer, AnswerState, Citation, Hit, Message, Parameters, Usage
from .values import clean, dumps, is_number, rewriting_of

_CELL = (
    "id, run_id, case_id, strategy_id, repeat, state, recorded, cause, rule, by_hand, scores,"
    " details"
)
_WHOLE = f"{_CELL}, context, messages, timings"
_HEAVY = ("context", "messages", "timings")
_ELSEWHERE = ("recorded", "id", "history", "earlier")  # a column, or the case's
_LIGHT = tuple(each.name for each in fields(Answer)
               if each.name not in (*_HEAVY, *_ELSEWHERE))
_LARGEST_TIMINGS, _LARGEST_BODY = 1 << 20, 1 << 27  # bytes
_NUMBERS = ("first_token_seconds", "seconds", "cost")
_HIT = tuple(each.name for each in fields(Hit))


# --- cells -------------------------------------------------------------------------------


def cells(db: sqlite3.Connection, run_id: int) -> list[Cell]:
    """Answers without context and messages; takes some five times as long as reading their JSON."""
    rows = db.execute(f"SELECT {_CELL} FROM cells WHERE run_id = ? ORDER BY id", (run_id,))
    return [_cell(row) for row in rows]


def cell(db: sqlite3.Connection, cell_id: int) -> Cell | None:
    """One cell with all that was sent; None when it is gone."""
    row = db.execute(f"SELECT {_WHOLE} FROM cells WHERE id = ?"
                     " AND run_id IS NOT NULL", (cell_id,)).fetchone()
    return None if row is None else _whole(db, row)


def of_question(db: sqlite3.Connection, question: str) -> list[Cell]:
    """Whole cells of runs with this question, newest first."""
    rows = db.execute(f"SELECT {_WHOLE} FROM cells WHERE question = ? AND run_id IS NOT NULL"
                      " AND details != '' ORDER BY id DESC", (clean(question),)).fetchall()
    return [_whole(db, row) for row in rows]


def _whole(db: sqlite3.Connection, row: tuple[Any, ...]) -> Cell:
    """The cell in a row of `_WHOLE`."""
    found = _cell(row[:-3])
    if found.answer is None:
        return found
    context = tuple(Hit(*each) for each in _body(db, row[-3]))
    messages = tuple(Message(*each) for each in _body(db, row[-2]))
    return replace(found, answer=replace(
        found.answer, context=context, messages=messages, timings=_timings(row[-1])))


def _cell(row: tuple[Any, ...]) -> Cell:
    (number, run_id, case_id, strategy_id, repeat, state, recorded, cause, rule, by_hand,
     scores, details) = row
    return Cell(
        number, run_id, case_id or 0, strategy_id, repeat, CellState(state),
        _answer(details, bool(recorded)) if details else None,
        _scores(scores),
        Attribution(Cause(cause), rule, bool(by_hand)) if cause else None, bool(recorded),
    )


def _scores(text: str) -> dict[str, float | None]:
    """What is no number is left out: it would be in every figure."""
    return {name: value for name, value in json.loads(text).items()
            if value is None or is_number(value)}


def save(db: sqlite3.Connection, cells: Sequence[tuple[Cell, str]], now: str) -> None:
    """Each with the key under which its answer is cached, or ""."""
    for each, key in cells:
        _save(db, each, now)
        if key and each.answer:
            cache(db, key, each.answer, now)


def _save(db: sqlite3.Connection, cell: Cell, now: str) -> None:
    """An answer without messages keeps those that are stored: it may come from `cells`."""
    answer, why = cell.answer, cell.attribution
    running = cell.state is CellState.RUNNING
    sent = answer is not None and bool(answer.messages)
    kept = ("coalesce(?, context), messages = coalesce(?, messages),"
            " timings = coalesce(?, timings)")
    bodies = kept if answer is not None and not sent else "?, messages = ?, timings = ?"
    db.execute(
        "UPDATE cells SET state = ?, recorded = ?, cause = ?, rule = ?, by_hand = ?, scores = ?,"
        " details = ?, text = ?, model = ?,"
        " started_at = CASE WHEN ? THEN ? ELSE started_at END, finished_at = ?,"
        f" context = {bodies} WHERE id = ?",
        (cell.state.value, cell.recorded, why.cause.value if why else None,
         clean(why.rule) if why else "", bool(why and why.by_hand), dumps(dict(cell.scores)),
         _details(answer) if answer else "", "", clean(answer.model) if answer else "",
         running, now, None if running else now,
         _keep(db, _packed_context(answer.context)) if answer and sent else None,
         _keep(db, _packed([(m.role, m.content) for m in answer.messages]))
         if answer and sent else None,
         _packed_timings(answer.timings) if answer and sent else None, cell.id),
    )


def _details(answer: Answer) -> str:
    values = {name: getattr(answer, name) for name in _LIGHT}
    usage = answer.usage
    values["parameters"] = answer.parameters.as_dict()
    values["citations"] = [(c.number, c.document, c.page) for c in answer.citations]
    values["usage"] = usage and (usage.prompt_tokens, usage.completion_tokens, usage.estimated)
    values["rewriting"] = answer.rewriting and asdict(answer.rewriting)
    return dumps({name: value for name, value in values.items() if value not in (None, "", [])})


def _answer(details: str, recorded: bool = False) -> Answer:
    values = json.loads(details)
    usage = values.get("usage")
    numbers = [*(values.get(name) for name in _NUMBERS), *(usage or ())[:2]]
    if not all(value is None or is_number(value) for value in numbers):
        raise ValueError("an answer's time or cost is no number")
    return Answer(**{
        "strategy": "", "model": "", "question": "", **values,
        "state": AnswerState(values["state"]),
        "citations": tuple(Citation(*each) for each in values.get("citations", ())),
        "parameters": Parameters.from_dict(values["parameters"]),
        "usage": Usage(*usage) if usage else None,
        "rewriting": rewriting_of(values.get("rewriting")),
        "recorded": recorded,
    })


def set_scores(
    db: sqlite3.Connection, metric: str, values: Mapping[int, float | None]
) -> None:
    """One score of many cells; None takes it away. Cells that are gone are left out."""
    for number, value in values.items():
        row = db.execute("SELECT scores FROM cells WHERE id = ?", (number,)).fetchone()
        before = json.loads(row[0]) if row else {}
        after = {name: score for name, score in before.items() if name != metric}
        if value is not None:
            after[metric] = value
        if after != before:
            db.execute("UPDATE cells SET scores = ? WHERE id = ?", (dumps(after), number))


# --- what was sent -----------------------------------------------------------------------


@functools.lru_cache(maxsize=16)
def _packed_context(context: tuple[Hit, ...]) -> tuple[bytes, bytes]:
    return _packed([[getattr(hit, name) for name in _HIT] for hit in context])


def _packed(value: Any) -> tuple[bytes, bytes]:
    text = dumps(value).encode()
    return hashlib.sha256(text).digest(), zlib.compress(text, 1)


def _packed_timings(timings: Timings) -> bytes | None:
    return zlib.compress(dumps(timings).encode(), 1) if timings else None


def _timings(data: bytes | None) -> Timings:
    """() for what cannot be read: the file may come from anywhere."""
    try:
        return timings_of(json.loads(_inflated(data, _LARGEST_TIMINGS))) if data else ()
    except (ValueError, RecursionError, zlib.error):
        return ()


def _inflated(data: bytes, largest: int) -> bytes:
    """Raises zlib.error for what would be larger than anything of ours: a stranger's file may
    hold a kilobyte that becomes a gigabyte."""
    engine = zlib.decompressobj()
    text = engine.decompress(data, largest)
    if engine.unconsumed_tail:
        raise zlib.error("too large")
    return text


def _keep(db: sqlite3.Connection, body: tuple[bytes, bytes]) -> bytes:
    db.execute("INSERT OR IGNORE INTO bodies (key, data) VALUES (?, ?)", body)
    return body[0]


def _body(db: sqlite3.Connection, key: bytes | None) -> list[Any]:
    row = db.execute("SELECT data FROM bodies WHERE key = ?", (key,)).fetchone()
    try:
        found: list[Any] = json.loads(_inflated(row[0], _LARGEST_BODY)) if row else []
    except (ValueError, RecursionError, zlib.error) as error:
        raise WorkspaceError(
            "What was sent for this answer cannot be read", why="Its place in the file is damaged",
            remedy="Open a backup, or run the cell again", details=repr(error),
        ) from error
    return found


def purge_bodies(db: sqlite3.Connection) -> None:
    """Bodies that no cell refers to any more."""
    db.execute(
        "DELETE FROM bodies WHERE key NOT IN (SELECT context FROM cells WHERE context NOT NULL"
        " UNION ALL SELECT messages FROM cells WHERE messages NOT NULL)"
    )


# --- the cache ---------------------------------------------------------------------------


def cached(db: sqlite3.Connection, key: str) -> Answer | None:
    """Without context and messages: whoever has the key has them."""
    row = db.execute("SELECT answer FROM cached WHERE key = ?", (key,)).fetchone()
    return _answer(row[0]) if row else None


def cache(db: sqlite3.Connection, key: str, answer: Answer, now: str) -> None:
    db.execute(
        "INSERT OR REPLACE INTO cached (key, answer, created_at) VALUES (?, ?, ?)",
        (key, _details(answer), now),
    )
