"""A local training is a job of the workspace: watched, stopped, failed, found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import DatasetError, EmbedderUnavailable
from desktop.core.local_tuning import Lesson, LocalModel, Pair, Stage, Told
from desktop.core.tuning import Job, MetricsPoint, Order, TuningChanged, TuningProgress
from desktop.core.types import BUILTIN_CONNECTION, Case, Example, Rung
from desktop.flows.deploying import use
from desktop.flows.local_training import lesson, settle, train_local
from desktop.services.store import SqliteStore
from tests.core.test_local_tuning import chat
from tests.fakes import indexing_ports
from tests.services.store_tools import scenario

MODEL = LocalModel("ab" * 32, 2, 0.6)
LESSON = Lesson((Pair("q1", "a1"), Pair("q2", "a2")), epochs=3)


@dataclass
class Trainer:
    """Three steps, then the model; `fails` or waits in the second."""

    fails: bool = False
    holds: asyncio.Event | None = None
    ended: bool = False

    async def train(self, lesson: Lesson) -> AsyncGenerator[Told, None]:
        try:
            yield Stage("Loading")
            yield MetricsPoint(0, valid_loss=2.0)
            for step in (1, 2, 3):
                yield MetricsPoint(step, 3.0 - step, None, 1.0 if step == 3 else None)
                if self.holds is not None and step == 2:
                    await self.holds.wait()
                if self.fails and step == 2:
                    raise EmbedderUnavailable("The training process ended")
            yield MODEL
        finally:
            self.ended = True

    async def models(self) -> list[LocalModel]:
        return [MODEL]


def ports_of(store: SqliteStore, trainer: Trainer) -> Any:
    return replace(indexing_ports(store, {}), local_training=trainer)


def test_a_training_leaves_its_curve_and_a_model_that_becomes_a_column(tmp_path: Path) -> None:
    async def check(store: SqliteStore) -> None:
        events: list[Any] = []
        ports = ports_of(store, Trainer())
        job = await train_local(LESSON, ports, events.append)
        assert await store.jobs() == [job]
        assert (job.kind, job.state, job.over) == ("local", "succeeded", True)
        assert [(p.step, p.train_loss, p.valid_loss) for p in job.points] == [
            (0, None, 2.0), (1, 2.0, None), (2, 1.0, None), (3, 0.0, 1.0)]
        said = [e.sentence for e in events if isinstance(e, TuningProgress)]
        assert said[0] == "Loading"
        assert said[3].startswith("Step 2 of 3, loss 1.000, ~")
        assert isinstance(events[-1], TuningChanged)
        column = await use(job, ports)
        assert (column.name, column.connection, column.deployment, column.fine_tuned) == (
            Rung.FINE_TUNED.value, BUILTIN_CONNECTION, MODEL.deployment, True)

    with scenario(tmp_path / "w.stratex") as run:
        run(check)


def test_a_stopped_training_ends_its_process_and_says_so(tmp_path: Path) -> None:
    async def check(store: SqliteStore) -> None:
        trainer = Trainer(holds=asyncio.Event())
        second = asyncio.Event()

        def see(event: Any) -> None:
            if isinstance(event, TuningProgress) and "Step 2" in event.sentence:
                second.set()

        task = asyncio.ensure_future(train_local(LESSON, ports_of(store, trainer), see))
        await second.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        job = (await store.jobs())[0]
        assert (job.state, job.over, len(job.points), trainer.ended) == ("stopped", True, 3, True)

    with scenario(tmp_path / "w.stratex") as run:
        run(check)


def test_a_failed_training_says_why(tmp_path: Path) -> None:
    async def check(store: SqliteStore) -> None:
        with pytest.raises(EmbedderUnavailable):
            await train_local(LESSON, ports_of(store, Trainer(fails=True)), lambda event: None)
        job = (await store.jobs())[0]
        assert (job.state, job.error) == ("failed", "The training process ended.")

    with scenario(tmp_path / "w.stratex") as run:
        run(check)


def test_what_a_crash_cut_is_stopped_at_the_next_start(tmp_path: Path) -> None:
    async def check(store: SqliteStore) -> None:
        ports = ports_of(store, Trainer())
        for kind, state in (("local", "running"), ("local", "succeeded"), ("service", "running")):
            await store.save_job(Job(0, kind, "c", state, Order("m")))  # type: ignore[arg-type]
        assert [job.id for job in await settle(ports)] == [1]
        assert sorted((job.id, job.state) for job in await store.jobs()) == [
            (1, "stopped"), (2, "succeeded"), (3, "running")]
        assert await settle(ports) == []

    with scenario(tmp_path / "w.stratex") as run:
        run(check)


def test_what_is_evaluated_is_not_trained_on(tmp_path: Path) -> None:
    async def check(store: SqliteStore) -> None:
        await store.replace_examples([
            Example(0, n, chat(f"What does plan {n} pay?", f"Plan {n} pays it."))
            for n in range(1, 13)])
        assert len((await lesson(ports_of(store, Trainer()))).training) == 12
        await store.add_cases([Case(0, "What does plan 3 pay?", split="holdout")])
        with pytest.raises(DatasetError, match="Decide judges by"):
            await lesson(ports_of(store, Trainer()))

    with scenario(tmp_path / "w.stratex") as run:
        run(check)
