"""One question to every column: shared retrieval, isolated failures, kept partial answers."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from desktop.core.errors import DeploymentNotFound, Filtered, StrategyExplorerError
from desktop.core.events import AskStarted, ColumnDone, ColumnFailed, ColumnSent, ColumnText, Event
from desktop.core.ports import ChatModel, Ports
from desktop.core.prompts import parse_context
from desktop.core.types import (
    GOLD,
    HYBRID,
    WHOLE_DOCUMENTS,
    Answer,
    AnswerState,
    Citation,
    Finished,
    Hit,
    Message,
    Parameters,
    Piece,
    Prompt,
    Strategy,
    TextPiece,
    Usage,
)
from desktop.flows import asking, passages, searching
from desktop.services import workspace
from desktop.services.store import SqliteStore
from tests.fakes import MemoryIndex

HIT = Hit(1, 0.9, 1, 1, "Plan.pdf", 4, 3, 0, 9, "The plan pays for eyeglasses.")


class Steps:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> str:
        return "2026-11-21T10:00:00+00:00"

    def seconds(self) -> float:
        return self.time


@dataclass
class Script:
    """A chat model that plays a script: texts, waits and errors."""

    steps: Sequence[str | Exception | Callable[[], Coroutine[Any, Any, None]]]
    usage: Usage | None = field(default_factory=lambda: Usage(10, 5))
    reason: str = "stop"
    local: bool = False
    label: str = "mini (gpt-4.1-mini)"
    model: str = "gpt-4.1-mini"
    seen: list[tuple[Message, ...]] = field(default_factory=list)
    parameters: list[Parameters] = field(default_factory=list)
    closed: int = 0

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self.seen.append(tuple(messages))
        self.parameters.append(parameters)
        try:
            for step in self.steps:
                if isinstance(step, str):
                    yield TextPiece(step)
                elif isinstance(step, Exception):
                    raise step
                else:
                    await step()
            yield Finished(self.reason, self.usage)
        finally:
            self.closed += 1


@dataclass
class Models:
    by_deployment: dict[str, Script]

    async def chat(self, connection: str, deployment: str) -> ChatModel:
        return self.by_deployment[deployment]


class Prices:
    def cost(self, model: str, usage: Usage) -> float | None:
        return {"gpt-4.1-mini": 0.5}.get(model)

    def window(self, model: str) -> int | None:
        return 100

    def training(self, model: str) -> float | None:
        return None


class Words:
    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        return [len(text.split()) for text in texts], False


@dataclass
class World:
    """Ports with a real store and a scripted model for each column."""

    store: SqliteStore
    scripts: dict[str, Script]
    events: list[Event] = field(default_factory=list)
    clock: Steps = field(default_factory=Steps)

    def ports(self) -> Ports:
        nothing: Any = None
        return Ports(
            Path("w.stratex"), self.store, MemoryIndex(), nothing, nothing, Models(self.scripts),
            Words(), Prices(), self.clock, nothing, nothing,
        )

    async def ask(self, *names: str, **recipe: Any) -> list[Answer]:
        columns = [
            await self.store.save_strategy(
                Strategy(0, name, "azure", name, position=place, **recipe)
            )
            for place, name in enumerate(names, start=10)
        ]
        return await asking.ask("Are eyeglasses covered?", columns, self.ports(),
                                self.events.append)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def play(
    tmp_path: Path, scripts: dict[str, Script], scenario: Callable[[World], Any]
) -> World:
    async def main() -> World:
        store = await workspace.create(tmp_path / "w.stratex")
        world = World(store, scripts)
        try:
            await scenario(world)
        finally:
            await store.aclose()
        return world

    return asyncio.run(main())


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces retrieval, which has tests of its own; lists what was searched for."""
    asked: list[str] = []

    async def search(question: str, profile: object, ports: object) -> list[Hit]:
        asked.append(question)
        return [HIT]

    for module in (passages, searching):  # a run's search, and that of somebody who looks on
        monkeypatch.setattr(module, "search", search)
    return asked


def test_each_column_streams_and_stores_its_answer(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        answers = await world.ask("a", "b")
        assert [answer.text for answer in answers] == ["Yes, they are.", "No."]
        assert answers[0].cost == 0.5
        assert answers[0].usage == Usage(10, 5)
        stored = await world.store.latest_answers()
        assert sorted(answer.text for answer in stored.values()) == ["No.", "Yes, they are."]

    world = play(tmp_path, {"a": Script(["Yes, ", "they are."]), "b": Script(["No."])}, scenario)
    assert len(world.of(AskStarted)) == 1
    assert "".join(e.text for e in world.of(ColumnText) if e.column == 4) == "Yes, they are."
    assert {e.answer.state for e in world.of(ColumnDone)} == {AnswerState.DONE}


def test_the_bare_column_sends_the_question_and_nothing_else(tmp_path: Path) -> None:
    script = Script(["x"])
    play(tmp_path, {"a": script}, lambda world: world.ask("a"))
    assert script.seen == [(Message("user", "Are eyeglasses covered?"),)]


def test_retrieval_runs_once_for_two_columns(tmp_path: Path, searches: list[str]) -> None:
    scripts = {"a": Script(["See [1]."]), "b": Script(["See [1] and [7]."])}

    async def scenario(world: World) -> None:
        for answer in await world.ask("a", "b", retrieval=HYBRID.name, prompt="current"):
            assert answer.citations == (Citation(1, "Plan.pdf", 4),)
            assert answer.context == (HIT,)

    world = play(tmp_path, scripts, scenario)
    assert len(searches) == 1
    assert len(world.of(ColumnSent)) == 2
    passages, _ = parse_context(scripts["a"].seen[0][-1].content)
    assert passages[0].text == HIT.text


def test_a_failing_column_touches_no_other(tmp_path: Path) -> None:
    gone = DeploymentNotFound("There is no deployment named b", remedy="Choose another")
    scripts = {"a": Script(["Fine."]), "b": Script(["Half", gone])}

    async def scenario(world: World) -> None:
        good, bad = await world.ask("a", "b")
        assert (good.state, good.text) == (AnswerState.DONE, "Fine.")
        assert (bad.state, bad.text) == (AnswerState.FAILED, "Half")
        assert bad.error and "no deployment" in bad.error

    world = play(tmp_path, scripts, scenario)
    assert [type(e.error) for e in world.of(ColumnFailed)] == [DeploymentNotFound]


def test_a_filtered_answer_is_an_outcome(tmp_path: Path) -> None:
    scripts = {
        "a": Script([Filtered("The question was filtered", category="hate", severity="high")]),
        "b": Script(["The plan"], reason="content_filter"),
    }

    async def scenario(world: World) -> None:
        answers = await world.ask("a", "b")
        assert {answer.state for answer in answers} == {AnswerState.FILTERED}
        assert {answer.finish_reason for answer in answers} == {"content_filter"}

    play(tmp_path, scripts, scenario)


def test_a_stream_without_an_end_is_interrupted(tmp_path: Path) -> None:
    class Cut(Script):
        async def stream(self, messages: object, parameters: object) -> AsyncGenerator[Piece, None]:
            yield TextPiece("The plan pays")

    async def scenario(world: World) -> None:
        (answer,) = await world.ask("a")
        assert (answer.state, answer.text) == (AnswerState.FAILED, "The plan pays")

    play(tmp_path, {"a": Cut([])}, scenario)


def test_stopping_keeps_the_partial_text_and_closes_the_stream(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        waiting = asyncio.Event()

        async def wait() -> None:
            waiting.set()
            await asyncio.Event().wait()

        world.scripts["a"] = Script(["The plan ", wait])
        task = asyncio.ensure_future(world.ask("a"))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (stored,) = (await world.store.latest_answers()).values()
        assert (stored.state, stored.text) == (AnswerState.STOPPED, "The plan ")

    world = play(tmp_path, {}, scenario)
    assert world.scripts["a"].closed == 1
    assert [e.answer.state for e in world.of(ColumnDone)] == [AnswerState.STOPPED]


def test_a_crash_leaves_the_text_of_the_last_second(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        async def a_second_passes() -> None:
            world.clock.time += 2.0

        async def look() -> None:
            (stored,) = (await world.store.latest_answers()).values()
            assert (stored.state, stored.text) == (AnswerState.RUNNING, "One two")

        world.scripts["a"] = Script(["One ", a_second_passes, "two", look, " three"])
        (answer,) = await world.ask("a")
        assert answer.text == "One two three"

    play(tmp_path, {}, scenario)


def test_times_and_estimated_usage(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        async def half_a_second() -> None:
            world.clock.time += 0.5

        world.scripts["a"] = Script([half_a_second, "One two", half_a_second], usage=None)
        (answer,) = await world.ask("a")
        assert (answer.first_token_seconds, answer.seconds) == (0.5, 1.0)
        assert answer.usage == Usage(3, 2, estimated=True)

    play(tmp_path, {}, scenario)


def test_a_decline_cites_nothing(tmp_path: Path, searches: list[str]) -> None:
    async def scenario(world: World) -> None:
        (answer,) = await world.ask("a", retrieval=HYBRID.name)
        assert answer.declined
        assert answer.citations == ()

    play(tmp_path, {"a": Script(["I do not know."])}, scenario)


def test_the_strategys_parameters_win_over_the_prompts(tmp_path: Path) -> None:
    script = Script(["x"])

    async def scenario(world: World) -> None:
        await world.store.save_prompt(
            Prompt(parameters=Parameters(temperature=0.0, max_tokens=300))
        )
        (answer,) = await world.ask("a", prompt="current", parameters=Parameters(temperature=1.0))
        assert answer.prompt_version == 2

    play(tmp_path, {"a": script}, scenario)
    assert script.parameters == [Parameters(temperature=1.0, max_tokens=300)]


def test_whole_documents_says_what_did_not_fit(tmp_path: Path) -> None:
    from desktop.core.types import NewChunk, Page

    async def scenario(world: World) -> None:
        document = await world.store.add_document("a.txt", "a.txt", "0" * 64, b"x")
        pages = [Page(1, "short"), Page(2, "x" * 1000)]
        await world.store.save_pages(document.id, pages, [NewChunk(0, 1, 0, 5, "short")])
        (answer,) = await world.ask("a", retrieval=WHOLE_DOCUMENTS.name)
        assert [hit.text for hit in answer.context] == ["short"]
        assert "1 of 2 pages" in answer.note

    play(tmp_path, {"a": Script(["x"])}, scenario)


def test_a_prompt_version_that_is_gone_fails_only_its_column(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        (answer,) = await world.ask("a", prompt="99")
        assert answer.state is AnswerState.FAILED

    world = play(tmp_path, {"a": Script(["x"])}, scenario)
    assert isinstance(cast(ColumnFailed, world.of(ColumnFailed)[0]).error, StrategyExplorerError)


def test_the_gold_passage_is_for_cases_only(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        answers = await world.ask("a", retrieval=GOLD.name)
        assert "Use this column in Evaluate" in str(answers[0].error)

    play(tmp_path, {"a": Script(["Never asked."])}, scenario)
