"""Examples chosen by likeness reach the messages, in Ask, in runs and in estimates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.core.events import Event, Preparing
from desktop.core.types import Case, Example, Prompt, PromptVersion, Strategy
from desktop.flows import evaluating
from desktop.flows.asking import ask
from desktop.flows.choosing import ExamplePool
from desktop.services import workspace
from tests.contracts.word_embedder import WordEmbedder

from .test_probing import World

PAIRS = (("Are eyeglasses covered?", "Yes, one pair."), ("Who pays for lenses?", "We do."),
         ("Are contact lenses covered?", "Yes, twice."), ("Is a dental cleaning free?", "No."))
BY_LIKENESS = Strategy(0, "By likeness", "azure", "mini", prompt="current")


async def filled(world: World, chosen: int = 2) -> Strategy:
    await world.store.add_examples([
        Example(0, 0, {"messages": [{"role": "user", "content": question},
                                    {"role": "assistant", "content": answer}]})
        for question, answer in PAIRS])
    await world.store.save_prompt(Prompt("Be brief.", chosen=chosen))
    return await world.store.save_strategy(BY_LIKENESS)


def shown(world: World, place: int = -1) -> list[str]:
    return [each.content for each in world.bots["mini"].asked[place] if each.role == "user"]


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


def test_a_question_is_asked_with_the_examples_most_like_it(play: Any) -> None:
    async def scenario(world: World) -> None:
        column = await filled(world)
        events: list[Event] = []
        [answer] = await ask("Are contact lenses covered for children?", [column], world.ports,
                             events.append)
        assert shown(world) == ["Are eyeglasses covered?", "Are contact lenses covered?",
                                "Are contact lenses covered for children?"]
        assert answer.messages == world.bots["mini"].asked[-1]
        assert answer.note.startswith("2 of 4 training examples chosen by likeness: line 3 (0.")
        told = [each for each in events if isinstance(each, Preparing)]
        assert told[-1].share == 1.0 and "4 training examples" in told[0].sentence
        stored = (await world.store.latest_answers())[column.id]
        assert (stored.note, stored.messages) == (answer.note, answer.messages)
        await ask("Are contact lenses covered?", [column], world.ports)
        assert "Are contact lenses covered?" not in shown(world)[:-1]

    play(scenario)


def test_a_run_and_its_estimate_count_them_and_no_case_sees_itself(play: Any) -> None:
    async def scenario(world: World) -> None:
        column = await filled(world)
        plain = await world.store.save_strategy(Strategy(0, "Plain", "azure", "mini", prompt="3"))
        await world.store.save_prompt(Prompt("Be brief."))
        await world.store.save_prompt(Prompt("Be brief.", chosen=2))
        cases = await world.store.add_cases([Case(0, "are EYEGLASSES covered", "Yes"),
                                             Case(0, "Who pays for glasses?", "We")])
        more, less = [await evaluating.estimate([each], cases, 1, world.ports)
                      for each in (column, plain)]
        assert more.tokens > less.tokens + 10
        run = await evaluating.run([column], cases, world.ports, metrics=())
        cells = [await world.store.cell(each.id) for each in await world.store.cells(run.id)]
        answers = [cell.answer for cell in cells if cell is not None and cell.answer is not None]
        assert [len(each.messages) for each in answers] == [6, 6]
        assert "1 that asks this very question left out" in answers[0].note
        assert PAIRS[0][0] not in [each.content for each in answers[0].messages]
        assert PAIRS[0][0] in [each.content for each in answers[1].messages]

    play(scenario)


def test_vectors_are_made_once_and_forgotten_with_their_examples(play: Any) -> None:
    async def scenario(world: World) -> None:
        await filled(world)
        version = PromptVersion(1, Prompt(chosen=1))

        async def read() -> list[str]:
            embedder, ports = WordEmbedder(), world.ports
            object.__setattr__(ports, "embedder", embedder)
            await ExamplePool(ports).prepare([version])
            return embedder.embedded

        texts = [question for question, _ in PAIRS]
        assert await read() == texts and await read() == []
        first = (await world.store.examples())[0]
        await world.store.remove_examples([first.id])
        new = {"messages": [{"role": "user", "content": "New?"}, {"role": "assistant",
                                                                  "content": "Yes."}]}
        await world.store.add_examples([Example(0, 0, new)])
        assert await read() == ["New?"]
        known, vectors = await world.store.text_vectors("words", 2048, [*texts, "New?"])
        assert known == [1, 2, 3, 4] and vectors.shape == (4, 2048)
        assert (await world.store.text_vectors("words", 5, texts))[0] == []

    play(scenario)


def test_an_empty_dataset_is_said_and_asks_all_the_same(play: Any) -> None:
    async def scenario(world: World) -> None:
        await world.store.save_prompt(Prompt("Be brief.", chosen=3))
        column = await world.store.save_strategy(BY_LIKENESS)
        [answer] = await ask("Are they?", [column], world.ports)
        assert len(answer.messages) == 2 and answer.note.startswith("No example was chosen")

    play(scenario)
