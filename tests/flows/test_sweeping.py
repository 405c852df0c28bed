"""A sweep from its plan to its matrix."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.probes import is_probe
from desktop.core.evaluation.sweeps import SweepChoice
from desktop.core.evaluation.types import RunState
from desktop.core.types import Finished, Message, Parameters, Piece, Prompt, TextPiece, Usage
from desktop.flows import evaluating
from desktop.flows.deciding import decide
from desktop.flows.evaluating import Brake
from desktop.flows.probing import with_prompts
from desktop.flows.sweeping import (
    estimate_sweep,
    plan_a_sweep,
    run_sweep,
    sweep_result,
    swept_id,
    unfinished_sweep,
)

from .test_choosing import play
from .test_probing import Learner, World

__all__ = ["play"]
MODELS = (("azure", "mini"), ("azure", "mini-ft"))


@dataclass
class Warm(Learner):
    """Worse the warmer it is, and better when told to be brief."""

    skill: int = 5

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self.asked.append(tuple(messages))
        brief = any("brief" in each.content for each in messages)
        limit = self.skill + (3 if brief else 0) - 4 * (parameters.temperature or 0)
        right = int(messages[-1].content.split()[-1]) % 8 < limit
        yield TextPiece("right" if right else "wrong")
        yield Finished("stop", Usage(10, 1))


async def ready(world: World) -> int:
    await world.fill(48)
    world.bots = {"mini": Warm(), "mini-ft": Warm(skill=5)}
    await world.store.save_prompt(Prompt("Be long."))
    [strategy] = await with_prompts(world.ports)
    return strategy.id


async def choice(world: World, of: int, **more: Any) -> SweepChoice:
    numbers = [each.number for each in await world.store.prompt_versions()][-2:]
    return SweepChoice(of, tuple(numbers), MODELS, {"temperature": (0, 1)}, **more)


def test_the_best_is_found_and_what_is_within_noise_is_called_that(play: Any) -> None:
    async def scenario(world: World) -> None:
        chosen = await choice(world, await ready(world))
        before = await world.store.strategies()
        plan = await plan_a_sweep(world.ports, chosen)
        estimate = await estimate_sweep(plan, world.ports)
        assert estimate.calls == 8 * 48 and estimate.cost
        run = await run_sweep(plan, world.ports)
        assert sum(len(bot.asked) for bot in world.bots.values()) == estimate.calls
        assert is_probe(run) and swept_id(run) == chosen.of
        assert await world.store.strategies() == before, "the ladder keeps its columns"
        found = await sweep_result(world.ports)
        assert found is not None and found.best is not None
        verdicts = {each.strategy.name: each.verdict for each in found.cells}
        number = chosen.prompts[0]
        assert verdicts[f"v{number}, temperature 0, mini"] == "best"
        assert verdicts[f"v{number}, temperature 0, mini-ft"] == "no difference shown"
        assert verdicts[f"v{number + 1}, temperature 1, mini-ft"] == "worst"
        assert found.best.score is not None and found.best.score.mean == 1.0
        assert (await decide(world.ports)).run is None, "a sweep is not the run that decides"

    play(scenario)


def test_a_paused_sweep_goes_on_after_a_restart(play: Any) -> None:
    async def scenario(world: World) -> None:
        chosen = await choice(world, await ready(world), most=10)
        brake = Brake()
        brake.pull()
        run = await run_sweep(await plan_a_sweep(world.ports, chosen), world.ports, brake=brake)
        assert run.state is RunState.PAUSED and await sweep_result(world.ports) is None
        assert (await unfinished_sweep(world.ports)) == run
        await evaluating.resume(run.id, world.ports)
        found = await sweep_result(world.ports)
        assert found is not None and {each.answered for each in found.cells} == {10}

    play(scenario)


def test_a_column_that_is_gone_is_said(play: Any) -> None:
    async def scenario(world: World) -> None:
        await ready(world)
        with pytest.raises(ConfigurationError, match="no column with a prompt"):
            await plan_a_sweep(world.ports, await choice(world, 99))

    play(scenario)
