"""Which example helps: the probe, its verdicts, and what is left out so that they are fair."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.leave_one_out import examples_of, plan_examples
from desktop.core.evaluation.probes import is_probe
from desktop.core.evaluation.types import RunState
from desktop.core.types import (
    Case,
    FewShotExample,
    Finished,
    Message,
    Parameters,
    Piece,
    Prompt,
    PromptVersion,
    Strategy,
    TextPiece,
    Usage,
)
from desktop.flows import evaluating
from desktop.flows.evaluating import Brake
from desktop.flows.example_effects import (
    estimate_effects,
    example_effects,
    plan_effects,
    run_effects,
    unfinished_effects,
)

from .test_choosing import play
from .test_probing import WORDS, Learner, World

__all__ = ["play"]
GOOD = FewShotExample("How shall you answer?", "rightly")
BAD = FewShotExample("And how not?", "wrongly")
IDLE = FewShotExample("What time is it?", "noon")
OFF = FewShotExample("Is this shown?", "no", on=False)
PROMPTED = Strategy(1, "Prompt", "azure", "mini", prompt="1")


@dataclass
class Pupil(Learner):
    """Right where a good example is shown, and for some questions where no bad one is."""

    address: str = "pupil"

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self.asked.append(tuple(messages))
        said = [each.content for each in messages]
        number = int(said[-1].split()[-1])
        right = GOOD.answer in said and (BAD.answer not in said or number % 3 > 0)
        yield TextPiece("right" if right else "wrong")
        yield Finished("stop", Usage(sum(len(each) for each in said), 1))


async def taught(world: World, *examples: FewShotExample) -> None:
    await world.fill(40)
    world.bots["mini"] = Pupil()
    await world.store.save_prompt(Prompt("Be brief.", examples))
    await world.store.save_draft(None)


def test_each_example_is_worth_what_is_lost_without_it(play: Any) -> None:
    async def scenario(world: World) -> None:
        await taught(world, GOOD, OFF, BAD, IDLE)
        plan = await plan_effects(world.ports, "Prompt")
        assert len(plan.strategies) == 4 and len(plan.cases) == 40 and plan.repeated == 0
        assert (await estimate_effects(plan, world.ports)).calls == 160
        run = await run_effects(plan, world.ports)
        assert is_probe(run) and examples_of(run) == (GOOD, BAD, IDLE)
        found = await example_effects(world.ports)
        assert found is not None and found.version == plan.version
        assert [each.verdict for each in found.effects] == [
            "helps", "harms", "no difference shown"]
        good, bad, idle = (each.change for each in found.effects)
        assert good.difference > 0.5 and good.low > 0 and bad.high < 0
        assert idle.difference == 0 and idle.p_value == 1
        assert found.effects[2].tokens == len(IDLE.question + IDLE.answer)
        assert found.text.startswith("Of 3 examples, by exact match over 40 cases: 1 helps, "
                                     "1 harms and for 1 no difference is shown.")

    play(scenario)


def test_what_was_asked_before_is_not_paid_again(play: Any) -> None:
    async def scenario(world: World) -> None:
        await taught(world, GOOD, BAD)
        cases = [each for each in await world.store.cases() if each.split == "tune"]
        columns = [each for each in await world.store.strategies() if each.name == "Prompt"]
        await evaluating.run(columns, cases, world.ports, metrics=("exact",))
        asked = world.bots["mini"].asked
        before = len(asked)
        await run_effects(await plan_effects(world.ports, "Prompt"), world.ports)
        assert before == 40 and len(asked) == before + 80, "all examples were asked already"

    play(scenario)


def test_it_can_be_paused_and_gone_on_with(play: Any) -> None:
    async def scenario(world: World) -> None:
        await taught(world, GOOD, BAD)
        brake = Brake()
        brake.pull()
        plan = await plan_effects(world.ports, "Prompt", 12)
        run = await run_effects(plan, world.ports, brake=brake)
        assert run.state is RunState.PAUSED and len(run.case_ids) == 12
        assert await example_effects(world.ports) is None
        paused = await unfinished_effects(world.ports)
        assert paused is not None and paused.id == run.id
        await evaluating.resume(run.id, world.ports)
        assert await unfinished_effects(world.ports) is None
        assert await example_effects(world.ports) is not None

    play(scenario)


def test_cases_that_repeat_an_example_and_holdout_cases_are_not_asked() -> None:
    cases = [Case(n, WORDS[n], "right", split="holdout" if n > 20 else "tune") for n in range(25)]
    version = PromptVersion(3, Prompt(examples=(FewShotExample(WORDS[4], "right"), GOOD)))
    plan = plan_examples(PROMPTED, version, cases)
    assert plan.repeated == 1 and [each.id for each in plan.cases] == [
        n for n in range(21) if n != 4]
    assert plan_examples(PROMPTED, version, cases, 12).cases == plan_examples(
        PROMPTED, version, cases, 12).cases
    few = plan_examples(PROMPTED, version, cases, 3)
    assert len(few.cases) == 10, "fewer show nothing"


def test_what_is_missing_is_said() -> None:
    cases = [Case(n, WORDS[n], "right") for n in range(25)]
    bare = PromptVersion(1, Prompt(examples=(OFF,)))
    with pytest.raises(ConfigurationError, match="no few-shot example that is on"):
        plan_examples(PROMPTED, bare, cases)
    with pytest.raises(ConfigurationError, match="25 examples are on"):
        plan_examples(PROMPTED, PromptVersion(1, Prompt(examples=(GOOD,) * 25)), cases)
    with pytest.raises(ConfigurationError, match="too few tune cases") as refused:
        plan_examples(PROMPTED, PromptVersion(1, Prompt(examples=(GOOD,))), cases[:4])
    assert refused.value.remedy == "Add 6 tune cases with reference answers"


def test_a_probe_of_another_shape_than_ours_shows_nothing(play: Any) -> None:
    async def scenario(world: World) -> None:
        await taught(world, GOOD)
        plan = await plan_effects(world.ports, "Prompt")
        marks = dict(plan.versions())
        marks["prompts"] = {"all examples": {"examples": [["a"], 3, None]}, "without": "none"}
        run = await evaluating.run(plan.strategies[:1], plan.cases[:2], world.ports,
                                   metrics=("exact",), marks=marks)
        assert examples_of(run) == () and await example_effects(world.ports) is None
        assert examples_of(replace(run, versions={})) == ()

    play(scenario)
