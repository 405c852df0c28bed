"""What the spending limit does to a question and to a run: a clear end, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import SpendingLimitReached
from desktop.core.evaluation.types import RunState
from desktop.core.spending import Limits
from desktop.core.types import AnswerState, Usage
from desktop.flows import evaluating
from desktop.flows.asking import ask
from desktop.services import workspace
from desktop.services.spending import LedgerSpending

from .test_evaluating import Bot, Bots, Prices, World, length


class AskBots(Bots):
    """As asking wants them: patient."""

    async def chat(self, connection: str, deployment: str, *, patient: bool = True) -> Any:
        return await super().chat(connection, deployment, patient=False)


class Dear(Prices):
    """A quarter of a dollar a call, however long; nothing for a part of one."""

    def cost(self, model: str, usage: Usage) -> float | None:
        return 0.25


def play(folder: Path, scenario: Callable[[World, Any], Any], limits: Limits) -> None:
    async def main() -> None:
        store = await workspace.create(folder / "w.stratex")
        prices: Any = Dear()
        book = LedgerSpending(folder, prices, lambda: limits)
        try:
            async with asyncio.timeout(20):
                world = World(store, {"bot": Bot()})
                await world.fill(6)
                await scenario(world, replace(world.ports, spending=book))
        finally:
            await book.aclose()
            await store.aclose()

    asyncio.run(main())


def test_a_run_pauses_at_the_limit_and_goes_on_when_it_is_raised(tmp_path: Path) -> None:
    async def scenario(world: World, ports: Any) -> None:
        column = await world.column()
        with pytest.raises(SpendingLimitReached, match="for this run would be passed"):
            await evaluating.run([column], world.cases, ports, world.events.append,
                                 score=length, metrics=("token_f1",))
        assert sorted(await world.states()) == ["done"] * 4 + ["waiting"] * 2
        run = (await world.store.runs())[0]
        assert run.state is RunState.PAUSED
        with pytest.raises(SpendingLimitReached):  # what the run has cost already counts
            await evaluating.resume(run.id, ports, score=length)
        ended = await evaluating.resume(run.id, world.ports, score=length)
        assert ended.state is RunState.DONE
        assert await world.states() == ["done"] * 6

    play(tmp_path, scenario, Limits(run=1.0))


def test_an_estimate_beyond_the_limit_says_so(tmp_path: Path) -> None:
    async def scenario(world: World, ports: Any) -> None:
        column = await world.column()
        found = await evaluating.estimate([column], world.cases, 1, ports)
        assert found.warning.startswith("~$1.50 is more than the $1.00 left")
        few = await evaluating.estimate([column], world.cases[:3], 1, ports)
        assert few.warning == ""

    play(tmp_path, scenario, Limits(month=1.0))


def test_a_column_beyond_the_limit_fails_in_words_and_the_others_answer(tmp_path: Path) -> None:
    async def scenario(world: World, ports: Any) -> None:
        columns = [await world.column(name=f"c{n}") for n in range(3)]
        answers = await ask("q", columns, replace(ports, chats=AskBots(world.bots)))
        states = [answer.state for answer in answers]
        assert sorted(states) == [AnswerState.DONE, AnswerState.DONE, AnswerState.FAILED]
        failed = answers[states.index(AnswerState.FAILED)]
        assert failed.error and "spending limit of $0.50" in failed.error
        assert failed.remedy

    play(tmp_path, scenario, Limits(run=0.5))
