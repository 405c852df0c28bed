"""Loss and accuracy of a job, from its events and from its results file.

Sources: the columns of Azure OpenAI's results.csv, which the documentation and the service spell
differently (`validation_mean_token_accuracy`, `valid_mean_token_accuracy`): both are read. Some
services send the file in base64.
"""

from __future__ import annotations

import base64
import binascii
import csv
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .tuning import Job, MetricsPoint

STALLED = 0.25  # share of the steps after which a validation loss that has not fallen is told
_STEP = re.compile(r"step\s+(\d+)(?:\s*/\s*(\d+))?", re.I)
_LOSS = re.compile(r"training loss\s*[=:]\s*([\d.eE+-]+)", re.I)
_NAMES = {
    "train_loss": "train_loss", "training_loss": "train_loss",
    "train_mean_token_accuracy": "train_accuracy",
    "train_accuracy": "train_accuracy", "training_token_accuracy": "train_accuracy",
    "valid_loss": "valid_loss", "validation_loss": "valid_loss",
    "valid_mean_token_accuracy": "valid_accuracy",
    "validation_mean_token_accuracy": "valid_accuracy",
    "validation_token_accuracy": "valid_accuracy",
    "full_valid_loss": "full_valid_loss", "full_validation_loss": "full_valid_loss",
    "full_valid_mean_token_accuracy": "full_valid_accuracy",
    "full_validation_mean_token_accuracy": "full_valid_accuracy",
}


def point_of(values: Mapping[str, Any]) -> MetricsPoint | None:
    """The metrics a mapping names, in any spelling; None without a step."""
    step = _number(values.get("step"))
    if step is None or step < 0:
        return None
    known: dict[str, float] = {}
    for name, value in values.items():
        field, number = _NAMES.get(str(name).strip().lower()), _number(value)
        if field and number is not None:
            known[field] = number
    return MetricsPoint(int(step), **known)


def point_of_message(message: str) -> tuple[MetricsPoint | None, int | None]:
    """What `Step 12/36: training loss=0.71` says: the point, and how many steps there are."""
    found = _STEP.search(message)
    if found is None:
        return None, None
    loss = _LOSS.search(message)
    value = _number(loss.group(1)) if loss else None
    total = int(found.group(2)) if found.group(2) else None
    return MetricsPoint(int(found.group(1)), value), total


def read_results(content: bytes) -> list[MetricsPoint]:
    """The rows of a results.csv by its header; empty for what is none."""
    text = content.decode("utf-8-sig", errors="replace")
    if "step" not in text.partition("\n")[0]:
        try:
            text = base64.b64decode(content, validate=True).decode("utf-8-sig", errors="replace")
        except (binascii.Error, ValueError):
            return []
    points = (point_of(row) for row in csv.DictReader(text.splitlines()))
    return [point for point in points if point is not None]


def validation_of(point: MetricsPoint) -> float | None:
    """The loss on the validation file: over all of it where that was measured."""
    return point.valid_loss if point.full_valid_loss is None else point.full_valid_loss


def stalled_for(points: Sequence[MetricsPoint]) -> int:
    """Steps since the validation loss was lowest; 0 where it still falls or is not measured."""
    measured = [(point.valid_loss, point.step) for point in points if point.valid_loss is not None]
    if len(measured) < 4:
        return 0
    lowest = min(measured)
    since = measured[-1][1] - lowest[1]
    return since if since >= STALLED * measured[-1][1] else 0


def share_done(job: Job) -> float | None:
    """How much of the training is behind it, 0 to 1; None: cannot be told."""
    total = job.total_steps or _planned(job)
    return min(1.0, job.last_step / total) if total and job.last_step else None


def steps_in_all(job: Job) -> int | None:
    """How many steps the job will take, as far as is known."""
    return job.total_steps or _planned(job)


def _planned(job: Job) -> int | None:
    epochs, batch = job.used.n_epochs, job.used.batch_size
    if not epochs or not batch or not job.examples:
        return None
    return math.ceil(job.examples / batch) * epochs


def _number(value: Any) -> float | None:
    """Services write empty cells, nan and "-1" where nothing was measured."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def seconds_left(job: Job, now: str) -> float | None:
    """Until the training ends, by the pace so far or else as the service estimates it; None:
    nobody can tell. `now` is ISO 8601."""
    share = share_done(job)
    if job.over or not job.started_at:
        return None
    if share and share < 1 and (ran := between(job.started_at, now)) > 0:
        return ran * (1 - share) / share
    left = between(now, job.estimated_finish) if job.estimated_finish else 0.0
    return left if left > 0 else None


def between(start: str, end: str) -> float:
    """Seconds between two ISO times; 0 for what is none."""
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
