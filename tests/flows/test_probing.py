"""The shot curve and the general questions: planned, estimated, asked, and what they show."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.advice.general_questions import GENERAL_QUESTIONS
from desktop.core.errors import ConfigurationError, Offline
from desktop.core.evaluation.probes import is_probe, plain_runs, plan_shots, prompts_of
from desktop.core.evaluation.types import RunState, UseCase
from desktop.core.ports import Ports
from desktop.core.types import (
    BUILTIN_CONNECTION,
    Case,
    Example,
    Finished,
    Message,
    Parameters,
    Piece,
    Prompt,
    Strategy,
    TextPiece,
    Usage,
)
from desktop.flows import evaluating
from desktop.flows.deciding import decide
from desktop.flows.drifting import ask_general_questions, estimate_drift, last_drift, plan_drift
from desktop.flows.evaluating import Brake
from desktop.flows.probing import (
    estimate_shot_curve,
    plan_shot_curve,
    run_shot_curve,
    shot_curve,
)
from desktop.flows.use_case import save_use_case
from desktop.services import workspace
from desktop.services.clock import SystemClock
from desktop.services.store import SqliteStore
from tests.compute import DirectCompute
from tests.contracts.word_embedder import WordEmbedder
from tests.runs import MadePrices, MadeTokens


@dataclass
class Learner:
    """Is right as often as it has seen examples; knows the first so many general questions."""

    label: str = "bot"
    model: str = "gpt-4.1-mini"
    local: bool = False
    address: str = ""
    knows: int = 20
    offline: bool = False
    asked: list[tuple[Message, ...]] = field(default_factory=list)

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self.asked.append(tuple(messages))
        if self.offline:
            raise Offline("There is no network")
        question, shots = messages[-1].content, sum(m.role == "assistant" for m in messages)
        yield TextPiece(self._general(question) or ("right" if self._learnt(question, shots)
                                                    else "wrong"))
        yield Finished("stop", Usage(10 + shots, 2))

    def _general(self, question: str) -> str:
        found = [each for each in GENERAL_QUESTIONS[:self.knows] if question.startswith(
            each.question)]
        return f"I say {found[0].accepted[0]}." if found else ""

    def _learnt(self, question: str, shots: int) -> bool:
        number = question.split()[-1]
        return number.isdigit() and int(number) % 9 <= shots


class Learners:
    def __init__(self, bots: Mapping[str, Learner]) -> None:
        self.bots = bots

    async def chat(self, connection: str, deployment: str, *, patient: bool = True) -> Any:
        return self.bots[deployment]


@dataclass
class World:
    store: SqliteStore
    bots: dict[str, Learner] = field(default_factory=lambda: {"mini": Learner(),
                                                              "mini-ft": Learner("tuned")})

    @property
    def ports(self) -> Ports:
        nothing: Any = None
        chats: Any = Learners(self.bots)
        embedder: Any = WordEmbedder()
        return Ports(Path("w.stratex"), self.store, nothing, embedder, nothing, chats,
                     MadeTokens(), MadePrices(), SystemClock(), nothing, DirectCompute())

    async def fill(self, cases: int = 50) -> None:
        await self.store.add_cases([
            Case(0, f"{name} {n}", "right", split="holdout" if n >= cases else "tune")
            for n, name in enumerate(WORDS[:cases + 1])])
        await self.store.save_prompt(Prompt("Be brief."))
        for each in await self.store.strategies():
            await self.store.remove_strategy(each.id)
        for column in (Strategy(0, "Baseline", "azure", "mini"),
                       Strategy(0, "Prompt", "azure", "mini", prompt="current")):
            await self.store.save_strategy(column)
        await save_use_case(self.store, UseCase("Answer questions in a word", "exact"))


# Questions without a word in common: near-duplicates would be taken for one another.
WORDS = [f"{a}{b} {b}{a}{a}" for a in ("lorem", "ipsum", "dolor", "amet", "elit", "magna", "quis")
         for b in ("zeta", "kappa", "omega", "sigma", "theta", "lambda", "iota", "rho")]


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., None]:
    def start(scenario: Callable[[World], Any]) -> None:
        async def main() -> None:
            store = await workspace.create(tmp_path / "w.stratex")
            try:
                async with asyncio.timeout(30):
                    await scenario(World(store))
            finally:
                await store.aclose()

        asyncio.run(main())

    return start


def test_a_curve_is_a_run_of_its_own_that_decides_nothing_but_readiness(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill()
        main = await evaluating.run(await world.store.strategies(), await world.store.cases(),
                                    world.ports, metrics=("exact",))
        versions = await world.store.prompt_versions()
        plan = await plan_shot_curve(world.ports, "Prompt")
        assert (len(plan.cases), plan.source[:10]) == (42, "tune cases")
        estimate = await estimate_shot_curve(plan, world.ports)
        assert estimate.calls == 4 * 42 and estimate.cost
        asked = len(world.bots["mini"].asked)
        run = await run_shot_curve(plan, world.ports)
        assert len(world.bots["mini"].asked) - asked == estimate.calls
        assert is_probe(run) and run.name == "Shot curve of Prompt"
        runs = await world.store.runs()
        assert (runs[0].id, plain_runs(runs)[0].id) == (run.id, main.id)
        curve = await shot_curve(world.ports)
        assert curve is not None and curve.verdict == "still climbs"
        assert [point.shots for point in curve.points] == [0, 2, 4, 8]
        assert curve.points[0].score.mean < 0.3 and curve.points[3].score.mean == 1.0
        decision = await decide(world.ports)
        assert decision.run == main.id, "the probe is not taken for the main run"
        check = next(c for c in decision.readiness if c.check.startswith("More examples"))
        assert check.status == "met" and check.where.run == run.id
        assert await world.store.prompt_versions() == versions, "they are nobody's versions"

    play(scenario)


def test_no_case_sees_itself_and_more_examples_hold_the_fewer(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(30)
        plan = await plan_shot_curve(world.ports, "Prompt")
        await run_shot_curve(plan, world.ports)
        shown: dict[int, set[str]] = {}
        for messages in world.bots["mini"].asked:
            users = [m.content for m in messages if m.role == "user"]
            assert users[-1] not in users[:-1]
            shown.setdefault(len(users) - 1, set()).add(json.dumps(users[:-1]))
        assert sorted(shown) == [0, 2, 4, 8] and all(len(each) == 1 for each in shown.values())
        two, eight = (json.loads(next(iter(shown[n]))) for n in (2, 8))
        assert eight[:2] == two

    play(scenario)


def test_a_stopped_curve_goes_on_with_the_prompts_it_brought(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(30)
        brake = Brake()
        brake.pull()
        run = await run_shot_curve(await plan_shot_curve(world.ports), world.ports, brake=brake)
        assert run.state is RunState.PAUSED and await shot_curve(world.ports) is None
        assert len(prompts_of(run)[3].prompt.examples) == 8
        done = await evaluating.resume(run.id, world.ports)
        assert done.state is RunState.DONE and await shot_curve(world.ports) is not None

    play(scenario)


def test_examples_come_from_the_dataset_where_it_asks_something_else() -> None:
    cases = [Case(n, f"{WORDS[n]} {n}", "right") for n in range(12)]
    rows = [Example(n, n, {"messages": [{"role": "user", "content": f"{WORDS[n + 5]} {n + 5}"},
                                        {"role": "assistant", "content": "right"}]})
            for n in range(40)]
    plan = plan_shots(Strategy(1, "Prompt", prompt="1"), Prompt("Be brief."), cases, rows)
    questions = {each.question for each in plan.prompts[3].prompt.examples}
    assert plan.source == "the dataset" and len(plan.cases) == 12 and len(questions) == 8
    assert not questions & {case.question for case in cases}
    off = [replace(row, state="proposed") for row in rows]
    with pytest.raises(ConfigurationError, match="too few tune cases") as refused:
        plan_shots(Strategy(1, "Prompt", prompt="1"), Prompt(), cases, off)
    assert refused.value.remedy.startswith("Add 6 tune cases with reference answers")


# --- general questions -------------------------------------------------------------------


def test_what_training_cost_is_shown_with_its_interval(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(12)
        await world.store.save_strategy(
            Strategy(0, "Fine-tuned", "azure", "mini-ft", fine_tuned=True))
        world.bots["mini-ft"].knows = 8
        plan = await plan_drift(world.ports)
        assert (plan.tuned.name, plan.base.name) == ("Fine-tuned", "Baseline")
        assert (await estimate_drift(plan, world.ports)).calls == 40
        told: list[tuple[int, int]] = []
        drift = await ask_general_questions(plan, world.ports, lambda n, of: told.append((n, of)))
        assert told[-1] == (40, 40)
        assert drift.loss.difference == pytest.approx(-0.6) and drift.loss.high < 0
        assert drift.text.startswith("Drift is shown: of 20 general questions Fine-tuned")
        assert await last_drift(world.ports) == drift
        assert (await decide(world.ports)).drift == drift

    play(scenario)


def test_half_the_questions_are_no_test(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(12)
        await world.store.save_strategy(
            Strategy(0, "Fine-tuned", "azure", "mini-ft", fine_tuned=True))
        world.bots["mini-ft"].offline = True
        with pytest.raises(Offline):
            await ask_general_questions(await plan_drift(world.ports), world.ports)
        assert await last_drift(world.ports) is None

    play(scenario)


def test_who_cannot_be_asked_is_said(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(12)
        with pytest.raises(ConfigurationError, match="no fine-tuned strategy"):
            await plan_drift(world.ports)
        await world.store.save_strategy(
            Strategy(0, "Fine-tuned", BUILTIN_CONNECTION, "tuned", fine_tuned=True))
        with pytest.raises(ConfigurationError, match="built-in model"):
            await plan_drift(world.ports)

    play(scenario)
