"""Fine-tuning jobs: what is stored comes back, and nothing in a file becomes an address."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.core.tuning import (
    Checkpoint,
    Hyperparameters,
    Job,
    JobEvent,
    MetricsPoint,
    Order,
    Step,
)
from tests.services.store_tools import scenario

JOB = Job(
    0, "service", "work", "pausing", Order("gpt-4.1-mini", "dpo", Hyperparameters(3, beta=0.1),
                                           "voice-1", 7, "GlobalStandard"),
    remote_id="ftjob-1", mark="m", source="/data/train.jsonl", examples=12,
    steps=(Step("training file", "done", "file-1", "ab" * 32, 99),
           Step("job", "sent", before=("ftjob-0",))),
    used=Hyperparameters(3, 1, 0.1), trained_tokens=900, total_steps=36,
    events=(JobEvent("e1", "2026-11-20T14:02:00+00:00", "info", "Job started. \ud800"),),
    points=(MetricsPoint(1, 1.8, 0.5), MetricsPoint(2, valid_loss=1.7)),
    checkpoints=(Checkpoint("ftchkpt-1", "gpt.ft-1:ckpt-step-1", 1, "", MetricsPoint(1, 1.8)),),
    result_files=("file-9",), notes={"seconds": 1.5},
)


def test_a_job_comes_back_as_it_was(tmp_path: Path) -> None:
    with scenario(tmp_path / "w.stratex") as run:
        stored = run(lambda store: store.save_job(JOB))
        assert stored == replace(JOB, id=1, created_at=stored.created_at,
                                 updated_at=stored.updated_at)
        changed = run(lambda store: store.save_job(replace(stored, state="succeeded")))
        run(lambda store: store.save_job(replace(JOB, connection="other")))
        assert run(lambda store: store.job(1)) == changed
        assert [job.id for job in run(lambda store: store.jobs())] == [2, 1]
        run(lambda store: store.remove_job(2))
        assert run(lambda store: store.job(2)) is None
    with scenario(tmp_path / "w.stratex") as run:
        assert run(lambda store: store.jobs()) == [changed]


def test_ids_that_would_lead_elsewhere_are_not_taken_from_a_file(tmp_path: Path) -> None:
    odd = replace(JOB, remote_id="../files", result_files=("file-9", "x/../y", "file 1"),
                  steps=(Step("training file", "done", "a?b"),))
    with scenario(tmp_path / "w.stratex") as run:
        run(lambda store: store.save_job(odd))
        [job] = run(lambda store: store.jobs())
    assert (job.remote_id, job.result_files, job.steps[0].remote_id) == ("", ("file-9",), "")
