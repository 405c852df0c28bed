"""Submitting: every step once, whatever happens between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import (
    ConfigurationError,
    DatasetError,
    Offline,
    Refused,
    ServerFailed,
    Throttled,
)
from desktop.core.ports import Ports
from desktop.core.tuning import UNFINISHED, Job, Order, TuningChanged
from desktop.flows.training import Submission, submit

from .training_tools import FakeTrainer, Killed, Naps, training, wanted


def sent(path: Path, trainer: FakeTrainer, submission: Submission | None = None) -> Job:
    """Submit once, in a program of its own."""
    async def story(ports: Ports) -> Job:
        return await submit(submission or wanted(), ports, lambda event: None, Naps())

    job: Job = training(path, trainer, story)
    return job


def stored(path: Path) -> list[Job]:
    found: list[Job] = training(path, FakeTrainer(), lambda ports: ports.store.jobs())
    return found


def test_files_then_job(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    job = sent(tmp_path / "w.stratex", trainer)
    assert (job.state, job.remote_id) == ("pending", "ftjob-0")
    assert [(step.name, step.state, step.remote_id) for step in job.steps] == [
        ("training file", "done", "file-0"), ("validation file", "done", "file-1"),
        ("job", "done", "ftjob-0")]
    assert [file.name.rpartition("-")[0] for file in trainer.files_there] == [
        "training-file", "validation-file"]


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("moment", [
    "find file", "before upload", "after upload", "file", "jobs", "before create",
    "after create"])
def test_a_program_killed_between_the_steps_sends_nothing_twice(
    tmp_path: Path, moment: str, marks: bool
) -> None:
    trainer = FakeTrainer(marks=marks)
    trainer.kill = moment
    with pytest.raises(Killed):
        sent(tmp_path / "w.stratex", trainer)
    job = sent(tmp_path / "w.stratex", trainer)
    assert job.remote_id == "ftjob-0"
    assert len(trainer.jobs_there) == 1
    assert len(trainer.files_there) == 2
    assert len(stored(tmp_path / "w.stratex")) == 1


def test_an_answer_that_was_lost_is_looked_for(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    trainer.raises["after create"] = [Offline("work cannot be reached")]
    with pytest.raises(Offline):
        sent(tmp_path / "w.stratex", trainer)
    [job] = stored(tmp_path / "w.stratex")
    assert (job.state, job.error) == (UNFINISHED, "work cannot be reached.")
    job = sent(tmp_path / "w.stratex", trainer)
    assert (len(trainer.jobs_there), job.remote_id, job.error) == (1, "ftjob-0", "")


def test_what_passes_is_waited_for_and_a_job_is_ordered_again_only_after_too_many_requests(
    tmp_path: Path,
) -> None:
    trainer, naps = FakeTrainer(), Naps()
    trainer.raises = {
        "find file": [Offline("Away"), ServerFailed("500")], "file": [Offline("Away")],
        "before create": [Throttled("Slow", retry_after=7)]}

    async def story(ports: Ports) -> Job:
        return await submit(wanted(), ports, lambda event: None, naps)

    job = training(tmp_path / "w.stratex", trainer, story)
    assert (job.remote_id, len(trainer.jobs_there)) == ("ftjob-0", 1)
    assert 7 in naps.seconds
    trainer.raises["before create"] = [Throttled("Slow", retry_after=86_400)]
    with pytest.raises(Throttled):
        sent(tmp_path / "w.stratex", trainer, wanted(order=Order("gpt", suffix="other")))


def test_a_refused_job_is_sent_again_when_it_is_submitted_again(tmp_path: Path) -> None:
    trainer = FakeTrainer(marks=False)
    trainer.raises["before create"] = [Refused("No quota", remedy="Wait")]
    with pytest.raises(Refused):
        sent(tmp_path / "w.stratex", trainer)
    assert stored(tmp_path / "w.stratex")[0].step("job").state == "todo"  # type: ignore[union-attr]
    assert sent(tmp_path / "w.stratex", trainer).remote_id == "ftjob-0"
    assert len(trainer.files_there) == 2


def test_somebody_elses_job_on_the_same_file_is_not_taken_for_ours(tmp_path: Path) -> None:
    trainer = FakeTrainer(marks=False)
    sent(tmp_path / "theirs.stratex", trainer, wanted(validation=b""))
    trainer.kill = "before create"
    with pytest.raises(Killed):
        sent(tmp_path / "w.stratex", trainer, wanted(validation=b""))
    assert sent(tmp_path / "w.stratex", trainer, wanted(validation=b"")).remote_id == "ftjob-1"
    assert len(trainer.files_there) == 1, "the file is the same and was there"


def test_an_equal_job_that_runs_is_not_paid_for_again(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    first = sent(tmp_path / "w.stratex", trainer)
    assert sent(tmp_path / "w.stratex", trainer).id == first.id
    other = sent(tmp_path / "w.stratex", trainer, wanted(order=Order("gpt", suffix="voice-2")))
    assert (other.remote_id, len(trainer.jobs_there)) == ("ftjob-1", 2)


def test_a_file_the_service_cannot_use_says_why_and_is_sent_anew(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    trainer.file_states = ["running", "error"]
    with pytest.raises(DatasetError, match="Line 3 is no JSON"):
        sent(tmp_path / "w.stratex", trainer)
    step = stored(tmp_path / "w.stratex")[0].step("training file")
    assert step is not None and step.state == "todo"
    assert trainer.jobs_there == []


def test_an_order_that_cannot_be_stores_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="suffix"):
        sent(tmp_path / "w.stratex", FakeTrainer(), wanted(order=Order("gpt", suffix="a b")))
    assert stored(tmp_path / "w.stratex") == []


def test_what_was_begun_does_not_go_on_with_other_content(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    trainer.kill = "before upload"
    with pytest.raises(Killed):
        sent(tmp_path / "w.stratex", trainer)
    job = sent(tmp_path / "w.stratex", trainer, wanted(training=b"changed"))
    assert [each.state for each in stored(tmp_path / "w.stratex")] == ["pending", "preparing"]
    assert job.id == 2, "another dataset is another job"


def test_each_step_is_stored_before_it_is_sent(tmp_path: Path) -> None:
    seen: list[Any] = []

    async def story(ports: Ports) -> None:
        def watch(event: object) -> None:
            if isinstance(event, TuningChanged):
                seen.append([step.state for step in event.job.steps])

        await submit(wanted(), ports, watch, Naps())

    training(tmp_path / "w.stratex", FakeTrainer(), story)
    assert seen[1:] == [
        ["sent", "todo", "todo"], ["done", "todo", "todo"], ["done", "sent", "todo"],
        ["done", "done", "todo"], ["done", "done", "sent"], ["done", "done", "done"]]
