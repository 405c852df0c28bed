"""Files, jobs and events of the SDK as values of our own.

Answers differ between generations and are not validated by the SDK: every field may be missing,
null, "auto" or -1.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ..core.tuning import Hyperparameters, JobEvent, usable_id
from ..core.tuning_port import RemoteFile, RemoteJob, TunableModel


def iso(seconds: object) -> str:
    """ISO 8601, UTC, of a Unix time; "" for none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return ""


def tunable_of(content: bytes) -> tuple[TunableModel, ...]:
    """The models of a list that say that they can be trained."""
    try:
        rows = json.loads(content)["data"]
        return tuple(
            TunableModel(str(row["id"]), iso((row.get("deprecation") or {}).get("fine_tune"))[:10])
            for row in rows if (row.get("capabilities") or {}).get("fine_tune"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ()


def file_of(file: Any) -> RemoteFile:
    problem = getattr(file, "status_details", None)
    return RemoteFile(usable_id(file.id), _text(file.filename), file.bytes,
                      _text(file.status) or "processed", _text(problem))


def job_of(job: Any, mark_key: str = "") -> RemoteJob:
    """A job as far as it says anything; what is missing is empty."""
    extra = job.model_extra or {}
    error = job.error
    return RemoteJob(
        id=usable_id(job.id), state=_text(job.status) or "unknown", model=_text(job.model),
        training_file=_text(job.training_file),
        suffix=_text(extra.get("suffix") or extra.get("user_provided_suffix")),
        mark=_text((job.metadata or {}).get(mark_key)),
        fine_tuned_model=_text(job.fine_tuned_model), used=_chosen(job),
        trained_tokens=job.trained_tokens if isinstance(job.trained_tokens, int) else None,
        result_files=tuple(filter(None, map(usable_id, job.result_files or ()))),
        created_at=iso(job.created_at), finished_at=iso(job.finished_at),
        estimated_finish=iso(job.estimated_finish),
        error_code=_text(getattr(error, "code", "")), error=_text(getattr(error, "message", "")),
    )


def event_of(event: Any) -> JobEvent:
    level = "warning" if event.level == "warn" else _text(event.level) or "info"
    return JobEvent(_text(event.id), iso(event.created_at), level, _text(event.message))


def _chosen(job: Any) -> Hyperparameters:
    """What the service settled on: at the top in old answers, in the method in new ones."""
    method = getattr(job, "method", None)
    inner = getattr(method, str(getattr(method, "type", "")), None) if method else None
    found: dict[str, Any] = {}
    holders: tuple[Any, ...] = (job.hyperparameters, getattr(inner, "hyperparameters", None))
    for holder in holders:
        values = holder.to_dict() if hasattr(holder, "to_dict") else holder or {}
        found |= {name: value for name, value in values.items() if _settled(value)}
    epochs, batch = found.get("n_epochs"), found.get("batch_size")
    return Hyperparameters(
        int(epochs) if epochs else None, int(batch) if batch else None,
        found.get("learning_rate_multiplier"), found.get("beta"))


def _settled(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
