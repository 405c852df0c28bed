"""Failed jobs are explained, with lines and harms, and metrics read in every spelling."""

from __future__ import annotations

import base64

import pytest

from desktop.core.tuning import Hyperparameters, Job, MetricsPoint, Order
from desktop.core.tuning_failures import explain
from desktop.core.tuning_metrics import (
    point_of_message,
    read_results,
    share_done,
    stalled_for,
)
from tests.servers.jobs import SAFETY_DATA, SAFETY_MODEL


def failed(code: str, message: str) -> Job:
    return Job(1, "service", "work", "failed", Order("gpt"), error_code=code, error=message)


@pytest.mark.parametrize(("code", "message", "what", "remedy"), [
    ("contentFilter", SAFETY_DATA, "hate, violence", "remove those examples"),
    ("contentFilter", SAFETY_MODEL, "self-harm", "examples that refuse"),
    ("jsonlValidationFailed", "Validation failed: Line 13: missing messages.", "line 13", "Mend"),
    ("invalidPayload", "The file is invalid at lines 4, 7", "line 4, 7", "Mend"),
    ("jsonlValidationFailed", "8 examples found, at least 10 needed.", "too few", "10 or more"),
    ("quotaExceeded", "No capacity.", "no room", "another one"),
    ("somethingNew", "Odd.", "ended the job", "support"),
    ("", "", "ended the job", "support"),
])
def test_why_a_job_failed(code: str, message: str, what: str, remedy: str) -> None:
    found = explain(failed(code, message))
    assert found is not None
    assert what in found.what
    assert remedy in found.remedy
    assert found.why


def test_only_failures_are_explained() -> None:
    assert explain(Job(1, "service", "work", "paused", Order("gpt"))) is None


@pytest.mark.parametrize("column", ["valid_mean_token_accuracy", "validation_mean_token_accuracy"])
def test_results_in_either_spelling_plain_or_in_base64(column: str) -> None:
    text = f"step,train_loss,train_mean_token_accuracy,valid_loss,{column}\n1,0.9,0.5,,\n2,,,1.1,.4"
    expected = [MetricsPoint(1, 0.9, 0.5), MetricsPoint(2, valid_loss=1.1, valid_accuracy=0.4)]
    assert read_results(text.encode()) == expected
    assert read_results(base64.b64encode(text.encode())) == expected
    assert read_results(b"<html>not found</html>") == []


def test_a_message_alone_gives_a_point() -> None:
    assert point_of_message("Step 12/36: training loss=0.71") == (MetricsPoint(12, 0.71), 36)
    assert point_of_message("Job started.") == (None, None)


def test_how_far_a_job_is() -> None:
    points = (MetricsPoint(9, 0.7),)
    job = Job(1, "service", "w", "running", Order("gpt"), examples=12, points=points)
    assert share_done(job) is None, "nobody said how many steps there will be"
    job = Job(1, "service", "w", "running", Order("gpt"), examples=12, points=points,
              used=Hyperparameters(3, 2))
    assert share_done(job) == 0.5


def test_a_validation_loss_that_has_stopped_falling_is_told() -> None:
    falling = [MetricsPoint(step, valid_loss=2 - step / 100) for step in range(10, 110, 10)]
    assert stalled_for(falling) == 0
    rising = [*falling, *(MetricsPoint(step, valid_loss=1.1) for step in range(110, 160, 10))]
    assert stalled_for(rising) == 50
