"""Watching: everything once, rarer while nothing changes, and on after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import AuthFailed, ConfigurationError, Offline, Throttled
from desktop.core.ports import Ports
from desktop.core.tuning import Job, TuningChanged, TuningProgress
from desktop.flows.training import submit
from desktop.flows.training_watch import find_job, refresh, steer, unfinished, watch

from .training_tools import FakeTrainer, Naps, training, wanted


def watched(path: Path, trainer: FakeTrainer, naps: Naps | None = None) -> tuple[Job, list[Any]]:
    events: list[Any] = []

    async def story(ports: Ports) -> Job:
        job = await submit(wanted(), ports, lambda event: None, Naps())
        return await watch(job.id, ports, events.append, naps or Naps())

    return training(path, trainer, story), events


def test_to_the_end_with_results_and_checkpoints(tmp_path: Path) -> None:
    job, events = watched(tmp_path / "w.stratex", FakeTrainer("pending", "queued somewhere",
                                                              "running", "succeeded"))
    states = [event.job.state for event in events if isinstance(event, TuningChanged)]
    assert states == ["queued somewhere", "running", "succeeded"]
    assert job.fine_tuned_model == "gpt.ft-1"
    assert [point.valid_accuracy for point in job.points] == [None, 0.6, None]
    assert len(job.events) == 3 and job.checkpoints[0].step == 1
    assert job.results_read


def test_a_later_start_goes_on_and_reads_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "w.stratex"
    trainer = FakeTrainer("pending", "running", "running", "succeeded")

    async def first(ports: Ports) -> None:
        job = await submit(wanted(), ports, lambda event: None, Naps())
        await refresh(job, ports, lambda event: None)

    async def later(ports: Ports) -> Job:
        [job] = await unfinished(ports)
        assert len(job.events) == 1
        job = await watch(job.id, ports, lambda event: None, Naps())
        assert await unfinished(ports) == []
        return job

    training(path, trainer, first)
    job = training(path, trainer, later)
    assert [event.id for event in job.events] == ["e0", "e1", "e2"]


def test_looks_become_rarer_while_nothing_changes(tmp_path: Path) -> None:
    trainer, naps = FakeTrainer(*["pending"] * 14, "succeeded"), Naps()
    trainer.log = _nothing  # type: ignore[method-assign]
    watched(tmp_path / "w.stratex", trainer, naps)
    assert naps.seconds[0] < 2
    assert naps.seconds[-1] > 50 and max(naps.seconds) <= 66


async def _nothing(job_id: str, known: Any) -> Any:
    from desktop.core.tuning_port import Log

    return Log()


def test_a_network_that_is_away_is_waited_for_and_an_asked_wait_is_kept(tmp_path: Path) -> None:
    trainer, naps = FakeTrainer("pending", "running", "succeeded"), Naps()
    trainer.raises["job"] = [Offline("work cannot be reached"), Throttled("Slow", retry_after=90)]
    job, events = watched(tmp_path / "w.stratex", trainer, naps)
    assert job.state == "succeeded"
    told = [event.sentence for event in events if isinstance(event, TuningProgress)]
    assert told[0].startswith("work cannot be reached. Asks again in")
    assert 81 <= naps.seconds[1] <= 99


def test_a_refused_key_ends_the_watch(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    trainer.raises["job"] = [AuthFailed("work refused the key")]
    with pytest.raises(AuthFailed):
        watched(tmp_path / "w.stratex", trainer)


def test_a_failed_job_keeps_what_the_service_said(tmp_path: Path) -> None:
    job, _ = watched(tmp_path / "w.stratex", FakeTrainer("pending", "failed"))
    assert (job.error_code, job.error) == ("jsonlValidationFailed", "Line 3: no messages")


def test_pause_resume_and_cancel_show_what_the_service_names(tmp_path: Path) -> None:
    async def story(ports: Ports) -> None:
        job = await submit(wanted(), ports, lambda event: None, Naps())
        for act, state in (("pause", "pausing"), ("resume", "resuming"), ("cancel", "cancelled")):
            job = await steer(job, act, ports, lambda event: None)  # type: ignore[arg-type]
            assert job.state == state == (await find_job(ports)).state
        with pytest.raises(ConfigurationError, match="cancelled already"):
            await steer(job, "pause", ports, lambda event: None)

    training(tmp_path / "w.stratex", FakeTrainer(), story)


def test_jobs_are_found_by_number_id_and_suffix(tmp_path: Path) -> None:
    async def story(ports: Ports) -> None:
        with pytest.raises(ConfigurationError, match="no fine-tuning job"):
            await find_job(ports)
        await submit(wanted(), ports, lambda event: None, Naps())
        for name in ("", "1", "ftjob-0", "voice"):
            assert (await find_job(ports, name)).remote_id == "ftjob-0"
        with pytest.raises(ConfigurationError, match="Choose one of: ftjob-0"):
            await find_job(ports, "2")

    training(tmp_path / "w.stratex", FakeTrainer(), story)


def test_what_never_left_can_be_given_up(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    trainer.raises["before upload"] = [Offline("work cannot be reached")]

    async def story(ports: Ports) -> None:
        with pytest.raises(Offline):
            await submit(wanted(), ports, lambda event: None, Naps())
        job = await steer(await find_job(ports), "cancel", ports, lambda event: None)
        assert job.over

    training(tmp_path / "w.stratex", trainer, story)
    assert trainer.jobs_there == []
