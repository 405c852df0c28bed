"""Stored answers are scored again and weighed without asking any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.chosen import FACT, Chosen
from desktop.core.evaluation.types import UseCase
from desktop.core.events import CellChanged, RescoreProgress
from desktop.core.types import Case
from desktop.flows.rescoring import rescore
from desktop.flows.use_case import save_use_case
from desktop.flows.weighing import weigh

from .test_evaluating import Bot, World, play

__all__ = ["play"]


async def graded(case: Case, answer: Any, names: Sequence[str], ports: Any) -> Mapping[str, Any]:
    values = {"token_f1": case.id / 10, "exact": 1.0, "latency": float(case.id)}
    return {name: values.get(name) for name in names}


async def choose(world: World, chosen: Chosen) -> None:
    await world.store.set_fact(FACT, chosen.as_fact())


async def scores(world: World, run: int) -> list[Mapping[str, float | None]]:
    return [cell.scores for cell in await world.store.cells(run)]


def test_other_metrics_are_computed_from_what_was_answered(play: Any) -> None:
    bot = Bot()

    async def scenario(world: World) -> None:
        await world.fill(3)
        run = await world.run(score=graded)
        await world.store.remove_cases([world.cases[2].id])
        await choose(world, Chosen(("exact",)))
        world.events.clear()
        made = await rescore(run.id, world.ports, world.events.append, score=graded)
        assert made.metrics == ("exact",) and len(bot.asked) == 3
        assert await scores(world, run.id) == [{"exact": 1.0}, {"exact": 1.0}, {"token_f1": 0.3}]
        assert world.of(RescoreProgress)[-1] == RescoreProgress(2, 2)
        whole = await world.store.cell((await world.store.cells(run.id))[0].id)
        assert whole and whole.answer and whole.answer.messages, "what was sent is kept"
        with pytest.raises(ConfigurationError):
            await rescore(99, world.ports)

    play(scenario, bot=bot)


def test_a_run_is_weighed_when_it_ends_and_when_weights_change(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(2)
        await choose(world, Chosen(("token_f1",), weights={"token_f1": 1.0, "latency": 1.0}))
        run = await world.run(score=graded, metrics=None)
        assert run.metrics == ("token_f1", "latency")
        assert [each["weighted"] for each in await scores(world, run.id)] == [
            pytest.approx(0.55), pytest.approx(0.1)]
        await save_use_case(world.store, UseCase(most_latency=4.0))
        world.events.clear()
        assert await weigh(run, world.ports, world.events.append) == 2
        assert [event.cell.scores["weighted"] for event in world.of(CellChanged)] == [
            pytest.approx(0.05 + 0.375), pytest.approx(0.1 + 0.25)]
        assert await weigh(run, world.ports) == 0, "nothing to do twice"
        await choose(world, Chosen())
        assert await weigh(run, world.ports) == 2
        assert all("weighted" not in each for each in await scores(world, run.id))

    play(scenario)


def test_a_judge_that_nobody_has_calibrated_weighs_nothing(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(1)
        await choose(world, Chosen(weights={"token_f1": 1.0, "judge": 1.0}))
        run = await world.run(score=graded, metrics=None)
        cell = (await world.store.cells(run.id))[0]
        await world.store.set_scores("judge", {cell.id: 1.0})
        assert await weigh(run, world.ports) == 0
        assert "weighted" not in (await scores(world, run.id))[0]

    play(scenario)


def test_a_run_is_renamed_and_removed(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(1)
        run = await world.run()
        named = await world.store.edit_run(run.id, name="Before the new prompt")
        assert named == replace(run, name="Before the new prompt")
        assert (await world.store.runs())[0].name == "Before the new prompt"
        await world.store.remove_run(run.id)
        with pytest.raises(ConfigurationError):
            await world.store.edit_run(run.id, name="x")

    play(scenario)
