"""Runs: sent side by side, committed as they land, paused, resumed, retried, remembered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import (
    AuthFailed,
    ConfigurationError,
    Filtered,
    StrategyExplorerError,
    Throttled,
)
from desktop.core.evaluation.types import Cause, CellState, Run, RunState
from desktop.core.events import CellChanged, Event, RunEnded, RunProgress, RunStarted
from desktop.core.ports import Ports
from desktop.core.types import (
    CURRENT_PROMPT,
    GOLD,
    AnswerState,
    Case,
    Finished,
    Message,
    Page,
    Parameters,
    Piece,
    Prompt,
    RateLimits,
    Strategy,
    TextPiece,
    Usage,
)
from desktop.flows import evaluating
from desktop.flows.evaluating import Brake
from desktop.services import workspace
from desktop.services.clock import SystemClock
from desktop.services.store import SqliteStore
from tests.contracts.word_embedder import WordEmbedder
from tests.fakes import MemoryIndex
from tests.services.store_tools import chunk_of

Say = Callable[[str], str | Exception]


@dataclass
class Bot:
    """Answers "echo: question"; `say` may answer otherwise or raise, `gate` holds all answers."""

    say: Say = lambda question: f"echo: {question}"
    gate: asyncio.Event | None = None
    address: str = "test"
    local: bool = False
    label: str = "bot"
    model: str = "gpt-4.1-mini"
    limits: RateLimits | None = None
    asked: list[tuple[Message, ...]] = field(default_factory=list)
    now: int = 0
    most: int = 0
    held: int = 0  # answers whose beginning was taken and whose end waits for the gate

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self.asked.append(tuple(messages))
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            said = self.say(messages[-1].content)
            if isinstance(said, Exception):
                raise said
            yield TextPiece(said[:3])
            if self.gate is not None:
                self.held += 1
                await self.gate.wait()
            yield TextPiece(said[3:])
            yield Finished("stop", Usage(10, 5), limits=self.limits)
        finally:
            self.now -= 1

    @property
    def questions(self) -> list[str]:
        return [messages[-1].content for messages in self.asked]


class Bots:
    def __init__(self, bots: dict[str, Bot]) -> None:
        self.bots = bots

    async def chat(self, connection: str, deployment: str, *, patient: bool = True) -> Any:
        assert not patient, "a run paces itself"
        if deployment not in self.bots:
            raise ConfigurationError(f"There is no deployment {deployment}")
        return self.bots[deployment]


class Prices:
    def cost(self, model: str, usage: Usage) -> float | None:
        return 0.25

    def window(self, model: str) -> int | None:
        return 1000


class Words:
    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        return [len(text.split()) for text in texts], False


async def length(
    case: Case, answer: Any, names: Sequence[str], ports: Ports
) -> Mapping[str, float | None]:
    """A stand-in for flows/scoring."""
    return {"token_f1": float("echo" in answer.text)}


@dataclass
class World:
    """An open workspace with cases and one column for each bot."""

    store: SqliteStore
    bots: dict[str, Bot]
    events: list[Event] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    @property
    def ports(self) -> Ports:
        nothing: Any = None
        return Ports(
            Path("w.stratex"), self.store, MemoryIndex(), WordEmbedder(), nothing, Bots(self.bots),
            Words(), Prices(), SystemClock(), nothing, nothing,  # type: ignore[arg-type]
        )

    async def fill(self, cases: int | Sequence[Case] = 3) -> None:
        made = [Case(0, f"q{n}") for n in range(cases)] if isinstance(cases, int) else cases
        self.cases = await self.store.add_cases(made)

    async def column(self, bot: str = "bot", name: str = "", **recipe: Any) -> Strategy:
        return await self.store.save_strategy(
            Strategy(0, name or bot, "azure", bot, position=9, **recipe)
        )

    async def run(self, *columns: Strategy, **options: Any) -> Run:
        chosen = columns or (await self.column(),)
        return await evaluating.run(
            chosen, self.cases, self.ports, self.events.append,
            **{"score": length, "metrics": ("token_f1",), **options},
        )

    async def resume(self, run: Run, **options: Any) -> Run:
        return await evaluating.resume(
            run.id, self.ports, self.events.append, **{"score": length, **options}
        )

    async def states(self) -> list[str]:
        run = (await self.store.runs())[0]
        return [cell.state.value for cell in await self.store.cells(run.id)]

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., None]:
    """`play(scenario, name=Bot(...))`: runs it on a new workspace."""

    def start(scenario: Callable[[World], Any], **bots: Bot) -> None:
        async def main() -> None:
            store = await workspace.create(tmp_path / "w.stratex")
            try:
                async with asyncio.timeout(20):
                    await scenario(World(store, bots or {"bot": Bot()}))
            finally:
                await store.aclose()

        asyncio.run(main())

    return start


# --- a whole run -------------------------------------------------------------------------


def test_every_cell_is_asked_once_stored_scored_and_reported(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(3)
        run = await world.run(await world.column("bot"), await world.column("other"), repeats=2)
        assert run.state is RunState.DONE and run.finished_at
        cells = await world.store.cells(run.id)
        assert len(cells) == 12
        assert {cell.state for cell in cells} == {CellState.DONE}
        assert {cell.scores["token_f1"] for cell in cells} == {1.0}
        assert cells[0].answer is not None
        assert (cells[0].answer.text, cells[0].answer.cost) == ("echo: q0", 0.25)
        assert sorted(world.bots["bot"].questions) == sorted(["q0", "q1", "q2"] * 2)
        whole = await world.store.cell(cells[0].id)
        assert whole and whole.answer and whole.answer.messages == (Message("user", "q0"),)
        assert isinstance(world.events[0], RunStarted) and isinstance(world.events[-1], RunEnded)
        assert world.of(RunProgress)[-1].done == 12
        first = [e.cell for e in world.of(CellChanged) if e.cell.id == cells[0].id]
        assert [cell.state for cell in first] == ["running", "done", "done"]
        assert first[-1] == cells[0]

    play(scenario, bot=Bot(), other=Bot())


def test_a_cell_is_stored_before_its_request_and_its_answer_before_the_next(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(2)
        world.bots["bot"].gate = asyncio.Event()
        task = asyncio.ensure_future(world.run(concurrency=1))
        while not world.bots["bot"].asked:
            await asyncio.sleep(0)
        assert (await world.states())[0] == "running"
        assert len(world.bots["bot"].asked) == 1
        world.bots["bot"].gate.set()
        await task
        assert await world.states() == ["done", "done"]

    play(scenario)


def test_no_more_than_the_given_number_are_on_their_way(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(20)
        bot = world.bots["bot"]
        bot.gate = asyncio.Event()
        task = asyncio.ensure_future(world.run(concurrency=3))
        while bot.now < 3:
            await asyncio.sleep(0)
        bot.gate.set()
        await task
        assert bot.most == 3

    play(scenario)


def test_failures_and_filters_are_outcomes_with_causes(play: Any) -> None:
    def say(question: str) -> str | Exception:
        return {"q0": AuthFailed("The key was refused"), "q1": Filtered("Filtered"),
                }.get(question, "something")

    async def scenario(world: World) -> None:
        await world.fill(3)
        run = await world.run()
        assert run.state is RunState.DONE
        assert await world.states() == ["failed", "filtered", "done"]
        cells = await world.store.cells(run.id)
        assert cells[0].answer and cells[0].answer.error == "The key was refused."
        assert cells[1].attribution and cells[1].attribution.cause is Cause.REFUSED
        assert cells[2].attribution and cells[2].scores == {"token_f1": 0.0}
        assert world.of(RunProgress)[-1].failed == 1

    play(scenario, bot=Bot(say))


def test_a_column_without_its_deployment_fails_its_own_cells(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(1)
        await world.run(await world.column("gone"), await world.column("bot"))
        assert await world.states() == ["failed", "done"]

    play(scenario)


def test_nothing_to_run_is_said(play: Any) -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(ConfigurationError, match="no cases"):
            await world.run()
        with pytest.raises(ConfigurationError, match="not in the workspace"):
            await evaluating.resume(99, world.ports)

    play(scenario)


def test_scores_that_cannot_be_made_lose_no_answer_and_come_later(play: Any) -> None:
    async def unable(*_: Any) -> Mapping[str, float | None]:
        raise StrategyExplorerError("The embedder is gone")

    async def scenario(world: World) -> None:
        await world.fill(2)
        run = await world.run(score=unable)
        assert run.state is RunState.DONE
        await world.resume(run)
        assert [c.scores for c in await world.store.cells(run.id)] == [{"token_f1": 1.0}] * 2
        assert len(world.bots["bot"].asked) == 2

    play(scenario)


# --- what is sent ------------------------------------------------------------------------


def test_earlier_turns_stand_between_prompt_and_question(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.store.save_prompt(Prompt("Be brief."))
        turns = (Message("user", "Hello"), Message("assistant", "Ask me."))
        await world.fill([Case(0, "And now?", history=turns)])
        run = await world.run(await world.column(prompt=CURRENT_PROMPT))
        assert world.bots["bot"].asked == [
            (Message("system", "Be brief."), *turns, Message("user", "And now?"))
        ]
        assert run.strategies[0].prompt == "2", "the version it was, whatever comes later"

    play(scenario)


def test_a_run_rewrites_follow_ups_where_a_strategy_asks_for_it_and_pays_once(play: Any) -> None:
    async def scenario(world: World) -> None:
        turns = (Message("user", "Hello"), Message("assistant", "Ask me."))
        await world.fill([Case(0, "And now?", history=turns), Case(0, "Alone?")])
        column = await world.column(retrieval="hybrid, follow-ups by the model")
        found = await evaluating.estimate([column], world.cases, 3, world.ports)
        assert (found.calls, found.rewritings) == (9, 3)
        run = await world.run(column)
        first, second = await world.store.cells(run.id)
        assert first.answer and first.answer.rewriting and first.answer.rewriting.by == "model"
        assert first.answer.usage == Usage(20, 10)
        assert second.answer and second.answer.rewriting is None
        assert len(world.bots["bot"].asked) == 3
        await world.run(column)
        assert len(world.bots["bot"].asked) == 3, "neither call was made again"

    play(scenario)


def test_the_ceiling_gets_the_gold_page_and_fails_without_one(play: Any) -> None:
    async def scenario(world: World) -> None:
        document = await world.store.add_document("Plan.pdf", "/p", "ab", b"x")
        pages = [Page(1, "Cover."), Page(2, "Glasses are paid.")]
        await world.store.save_pages(document.id, pages, [chunk_of("Cover.")])
        await world.fill([
            Case(0, "Glasses?", sources=(("plan.PDF", 2),)), Case(0, "None?"),
            Case(0, "Elsewhere?", sources=(("Other.pdf", 1),)),
        ])
        run = await world.run(await world.column(retrieval=GOLD.name))
        assert await world.states() == ["done", "failed", "failed"]
        sent = world.bots["bot"].asked[0][0].content
        assert "Glasses are paid." in sent and "Cover." not in sent
        cells = await world.store.cells(run.id)
        assert cells[1].answer and "no gold passage" in str(cells[1].answer.error)

    play(scenario)


# --- pace --------------------------------------------------------------------------------


def test_a_throttled_cell_is_asked_again_and_the_others_slow_down(play: Any) -> None:
    refused: set[str] = set()

    def say(question: str) -> str | Exception:
        if question in refused:
            return "echo"
        refused.add(question)
        return Throttled("Too many requests", retry_after=0.01)

    async def scenario(world: World) -> None:
        await world.fill(12)
        await world.run(concurrency=4)
        assert await world.states() == ["done"] * 12
        assert len(world.bots["bot"].asked) == 24
        assert world.bots["bot"].most <= 4

    play(scenario, bot=Bot(say))


def test_a_deployment_that_only_refuses_ends_as_throttled_without_waiting_for_each(
    play: Any,
) -> None:
    async def scenario(world: World) -> None:
        await world.fill(10)
        run = await world.run(concurrency=2)
        assert run.state is RunState.DONE
        assert await world.states() == ["throttled"] * 10
        assert len(world.bots["bot"].asked) == 10

    play(scenario, bot=Bot(lambda _: Throttled("Too many requests", retry_after=86_400)))


def test_what_a_deployment_still_takes_bounds_what_is_on_its_way(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(10)
        await world.run(concurrency=5)
        said = await world.store.fact("pace")
        assert said["azure/bot"][:2] == [60, 1000] and 0 < said["azure/bot"][2] < 5
        world.bots["bot"].most = 0
        found = await evaluating.estimate([await world.column(name="b")], world.cases, 2,
                                          world.ports)
        assert (found.calls, found.cost) == (20, 5.0)
        assert found.seconds == pytest.approx(60 * max(20 / 60, found.tokens / 1000))

    play(scenario, bot=Bot(limits=RateLimits(60, 1000, 1, 500)))


# --- pause, stop, resume -----------------------------------------------------------------


def test_the_brake_lets_what_is_on_its_way_end_and_resume_asks_the_rest(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(8)
        bot = world.bots["bot"]
        bot.gate = asyncio.Event()
        brake = Brake()
        task = asyncio.ensure_future(world.run(concurrency=2, brake=brake))
        while len(bot.asked) < 2:
            await asyncio.sleep(0)
        brake.pull()
        bot.gate.set()
        run = await task
        assert run.state is RunState.PAUSED
        assert await world.states() == ["done"] * 2 + ["waiting"] * 6
        assert len(bot.asked) == 2
        assert (await world.resume(run)).state is RunState.DONE
        assert sorted(bot.questions) == [f"q{n}" for n in range(8)]

    play(scenario)


def test_the_brake_stops_scoring_too_and_resume_scores_without_asking(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(6)
        brake = Brake()

        async def slow(*_: Any) -> Mapping[str, float | None]:
            while len(world.bots["bot"].asked) < 6:
                await asyncio.sleep(0)
            brake.pull()
            return {"token_f1": 0.0}

        run = await world.run(score=slow, brake=brake)
        assert run.state is RunState.PAUSED
        assert (await world.resume(run)).state is RunState.DONE
        assert len(world.bots["bot"].asked) == 6
        assert all(cell.scores for cell in await world.store.cells(run.id))

    play(scenario)


def test_stopping_keeps_finished_cells_and_partial_texts(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(4)
        bot = world.bots["bot"]
        task = asyncio.ensure_future(world.run(concurrency=1))
        while not [e for e in world.of(CellChanged) if e.cell.state is CellState.DONE]:
            await asyncio.sleep(0)
        bot.gate = asyncio.Event()
        while not bot.held:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        run = (await world.store.runs())[0]
        assert run.state is RunState.PAUSED
        states = await world.states()
        assert states.count("stopped") >= 1 and states.count("done") == len(bot.asked) - 1
        stopped = [c for c in await world.store.cells(run.id) if c.answer
                   and c.answer.state is AnswerState.STOPPED and c.answer.text]
        assert [c.answer.text for c in stopped if c.answer] == ["ech"]
        bot.gate = None
        await world.resume(run)
        assert await world.states() == ["done"] * 4
        assert len(bot.asked) == 5, "only what was cut is asked again"

    play(scenario)


def test_retrying_asks_only_what_failed(play: Any) -> None:
    broken = {"q1"}

    def say(question: str) -> str | Exception:
        return AuthFailed("No") if question in broken else f"echo: {question}"

    async def scenario(world: World) -> None:
        await world.fill(3)
        run = await world.run()
        await world.resume(run)
        assert len(world.bots["bot"].asked) == 3, "a failure is an outcome"
        broken.clear()
        await world.resume(run, retry_failed=True)
        assert world.bots["bot"].questions[3:] == ["q1"]
        cells = await world.store.cells(run.id)
        assert {cell.state for cell in cells} == {CellState.DONE}
        assert cells[1].answer and cells[1].answer.error is None

    play(scenario, bot=Bot(say))


def test_one_cell_is_asked_anew_not_from_the_cache(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(2)
        run = await world.run()
        cell = (await world.store.cells(run.id))[1]
        await evaluating.rerun(run.id, [cell.id], world.ports, score=length)
        assert world.bots["bot"].questions == ["q0", "q1", "q1"]
        again = (await world.store.cells(run.id))[1]
        assert again.scores and not again.recorded

    play(scenario)


def test_a_removed_case_fails_its_cell_on_resume(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(2)
        brake = Brake()
        brake.pull()
        run = await world.run(brake=brake)
        assert await world.states() == ["waiting"] * 2
        await world.store.remove_cases([world.cases[0].id])
        await world.resume(run)
        assert await world.states() == ["failed", "done"]

    play(scenario)


# --- the cache ---------------------------------------------------------------------------


def test_an_exact_request_is_paid_once_and_its_times_are_kept(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(2)
        column = await world.column()
        first = await world.run(column)
        second = await world.run(column)
        assert len(world.bots["bot"].asked) == 2
        before, after = await world.store.cells(first.id), await world.store.cells(second.id)
        assert [cell.recorded for cell in after] == [True, True]
        assert not any(cell.recorded for cell in before)
        assert [c.answer and (c.answer.text, c.answer.seconds) for c in after] == [
            c.answer and (c.answer.text, c.answer.seconds) for c in before
        ]
        assert after[0].scores == {"token_f1": 1.0}
        await world.run(replace(column, parameters=Parameters(temperature=1.0)))
        assert len(world.bots["bot"].asked) == 4, "other parameters are another request"

    play(scenario)


def test_equal_columns_and_repeats_of_one_run_ask_for_themselves(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(1)
        await world.run(await world.column(name="A"), await world.column(name="A again"), repeats=2)
        assert len(world.bots["bot"].asked) == 4

    play(scenario)


def test_what_is_not_worth_remembering_is_asked_again(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(1)
        column = await world.column()
        for _ in range(2):
            run = await world.run(column)
        assert len(world.bots["bot"].asked) == 2
        assert not (await world.store.cells(run.id))[0].recorded

    play(scenario, bot=Bot(address=""))


def test_an_error_of_the_program_pauses_the_run(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.fill(2)

        async def bug(*_: Any) -> Mapping[str, float | None]:
            raise ZeroDivisionError

        with pytest.raises(ExceptionGroup):
            await world.run(score=bug)
        assert (await world.store.runs())[0].state is RunState.PAUSED

    play(scenario)


