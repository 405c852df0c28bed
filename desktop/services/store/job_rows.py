"""Fine-tuning jobs. What is not asked for by SQL is kept as JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ...core.tuning import (
    Checkpoint,
    Hyperparameters,
    Job,
    JobEvent,
    MetricsPoint,
    Order,
    Step,
    usable_id,
)
from .values import clean, dumps, next_id

_JOB = "id, kind, connection, remote_id, state, details, created_at, updated_at"
_COLUMNS = ("id", "kind", "connection", "remote_id", "state", "created_at", "updated_at")


def jobs(db: sqlite3.Connection) -> list[Job]:
    """Newest first."""
    return [_job(row) for row in db.execute(f"SELECT {_JOB} FROM jobs ORDER BY id DESC")]


def job(db: sqlite3.Connection, job_id: int) -> Job | None:
    row = db.execute(f"SELECT {_JOB} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return _job(row) if row else None


def save(db: sqlite3.Connection, job: Job, now: str) -> Job:
    """Replace the job with this id; id 0 adds it."""
    made = replace(job, id=job.id or next_id(db, "jobs"), created_at=job.created_at or now,
                   updated_at=now)
    values = asdict(made)
    details = {name: value for name, value in values.items() if name not in _COLUMNS}
    db.execute(
        f"INSERT OR REPLACE INTO jobs ({_JOB}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (made.id, made.kind, clean(made.connection), clean(made.remote_id), clean(made.state),
         dumps(details), made.created_at, made.updated_at),
    )
    return made


def remove(db: sqlite3.Connection, job_id: int) -> None:
    db.execute("DELETE FROM jobs WHERE id = ?", (job_id,))


def _job(row: tuple[Any, ...]) -> Job:
    number, kind, connection, remote_id, state, details, created_at, updated_at = row
    values: dict[str, Any] = json.loads(details)
    order = values.pop("order")
    return Job(**{
        **values, "id": number, "kind": kind, "connection": connection,
        "remote_id": usable_id(remote_id), "state": state,
        "order": Order(**{**order, "hyperparameters": Hyperparameters(
            **order["hyperparameters"])}),
        "used": Hyperparameters(**values["used"]),
        "steps": tuple(map(_step, values["steps"])),
        "events": tuple(JobEvent(**each) for each in values["events"]),
        "points": tuple(MetricsPoint(**each) for each in values["points"]),
        "checkpoints": tuple(map(_checkpoint, values["checkpoints"])),
        "result_files": tuple(filter(None, map(usable_id, values["result_files"]))),
        "created_at": created_at, "updated_at": updated_at,
    })


def _step(values: Mapping[str, Any]) -> Step:
    return Step(**{**values, "before": tuple(values["before"]),
                   "remote_id": usable_id(values["remote_id"])})


def _checkpoint(values: Mapping[str, Any]) -> Checkpoint:
    metrics = values["metrics"]
    return Checkpoint(**{**values, "metrics": MetricsPoint(**metrics) if metrics else None})
