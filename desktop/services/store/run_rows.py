"""Runs: what was asked of which strategies, as they were."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ...core.errors import ConfigurationError
from ...core.evaluation.types import Cell, CellState, Run, RunState
from ...core.types import Parameters, Strategy
from .cell_rows import purge_bodies, save
from .values import clean, dumps

_RUN = "id, name, state, plan, started_at, finished_at"


def begin(db: sqlite3.Connection, run: Run, now: str) -> Run:
    """The run under a new id, and its WAITING cells: cases, then strategies, then repeats."""
    started = run.started_at or now
    cursor = db.execute(
        "INSERT INTO runs (name, state, plan, started_at) VALUES (?, ?, ?, ?)",
        (clean(run.name), run.state.value, _plan(run), started),
    )
    assert cursor.lastrowid is not None
    questions = dict(db.execute("SELECT id, question FROM cases"))
    db.executemany(
        "INSERT INTO cells (run_id, case_id, strategy_id, repeat, question, strategy, model,"
        " state, text, details, started_at) VALUES (?, ?, ?, ?, ?, ?, '', ?, '', '', '')",
        [(cursor.lastrowid, case_id, strategy.id, repeat, questions[case_id],
          clean(strategy.name), CellState.WAITING.value)
         for case_id in run.case_ids for strategy in run.strategies
         for repeat in range(run.repeats)],
    )
    return replace(run, id=cursor.lastrowid, started_at=started)


def join(db: sqlite3.Connection, run: Run, cells: Sequence[Cell], now: str) -> None:
    """Another column of a run that is there: its new plan, and the column's cells."""
    db.execute("UPDATE runs SET plan = ? WHERE id = ?", (_plan(run), run.id))
    questions = dict(db.execute("SELECT id, question FROM cases"))
    for cell in cells:
        cursor = db.execute(
            "INSERT INTO cells (run_id, case_id, strategy_id, repeat, question, strategy, model,"
            " state, text, details, started_at) VALUES (?, ?, ?, ?, ?, ?, '', ?, '', '', ?)",
            (run.id, cell.case_id, cell.strategy_id, cell.repeat, questions[cell.case_id],
             clean(cell.answer.strategy if cell.answer else ""), cell.state.value, now),
        )
        assert cursor.lastrowid is not None
        save(db, [(replace(cell, id=cursor.lastrowid, run_id=run.id), "")], now)


def _plan(run: Run) -> str:
    strategies = [
        asdict(strategy) | {"parameters": strategy.parameters.as_dict()}
        for strategy in run.strategies
    ]
    return dumps({
        "strategies": strategies, "case_ids": run.case_ids, "repeats": run.repeats,
        "metrics": run.metrics, "versions": dict(run.versions),
    })


def set_state(db: sqlite3.Connection, run_id: int, state: RunState, now: str) -> Run:
    db.execute(
        "UPDATE runs SET state = ?, finished_at = ? WHERE id = ?",
        (state.value, now if state is RunState.DONE else None, run_id),
    )
    return _run(db.execute(f"SELECT {_RUN} FROM runs WHERE id = ?", (run_id,)).fetchone())


def edit(
    db: sqlite3.Connection, run_id: int, name: str | None, metrics: Sequence[str] | None
) -> Run:
    """Raises ConfigurationError for a run that is gone."""
    row = db.execute(f"SELECT {_RUN} FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise ConfigurationError("This run is gone", remedy="Choose another one")
    known = _run(row)
    run = replace(known, name=known.name if name is None else clean(name),
                  metrics=known.metrics if metrics is None else tuple(metrics))
    db.execute("UPDATE runs SET name = ?, plan = ? WHERE id = ?", (run.name, _plan(run), run_id))
    return run


def runs(db: sqlite3.Connection) -> list[Run]:
    """Newest first."""
    return [_run(row) for row in db.execute(f"SELECT {_RUN} FROM runs ORDER BY id DESC")]


def _run(row: tuple[Any, ...]) -> Run:
    number, name, state, plan, started_at, finished_at = row
    values = json.loads(plan)
    if not all(isinstance(each, int) for each in (*values["case_ids"], values["repeats"])):
        raise ValueError("a run's plan has something else than numbers")
    return Run(
        number, RunState(state), tuple(_strategy(each) for each in values["strategies"]),
        tuple(values["case_ids"]), values["repeats"], tuple(values["metrics"]),
        started_at, finished_at, name, values["versions"],
    )


def _strategy(values: Mapping[str, Any]) -> Strategy:
    return Strategy(**{**values, "parameters": Parameters.from_dict(values["parameters"])})


def remove(db: sqlite3.Connection, run_id: int) -> None:
    """With its cells, their ratings, and what only they had sent."""
    db.execute("DELETE FROM runs WHERE id = ?", (run_id,))
    purge_bodies(db)


def pause(db: sqlite3.Connection) -> None:
    """What still runs in a file that is just being opened was cut by a quit or a crash."""
    found = db.execute("SELECT 1 FROM runs WHERE state = 'running' LIMIT 1").fetchone()
    if found:
        db.execute("UPDATE runs SET state = 'paused' WHERE state = 'running'")
    db.execute(
        "UPDATE cells SET state = 'waiting' WHERE state = 'running' AND run_id IS NOT NULL"
    )
