"""The guard on a workspace: found before anything is uploaded, and left out of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import DatasetError
from desktop.core.types import Case, Example, FewShotExample, Page, Prompt
from desktop.flows import evaluating
from desktop.flows.overlapping import find_overlaps, refuse_overlap
from desktop.services import workspace
from desktop.services.store import SqliteStore
from tests.services.store_tools import chunk_of

from .test_evaluating import Bot, World, length

ROW = {"messages": [{"role": "user", "content": "Are eyeglasses covered?"},
                    {"role": "assistant", "content": "Yes."}]}
Play = Callable[[Callable[[World], Awaitable[None]]], None]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    def start(scene: Callable[[World], Awaitable[None]]) -> None:
        async def main() -> None:
            store: SqliteStore = await workspace.create(tmp_path / "w.stratex")
            try:
                for strategy in await store.strategies():
                    await store.remove_strategy(strategy.id)
                await scene(World(store, {"bot": Bot()}))
            finally:
                await store.aclose()
        asyncio.run(main())
    return start


def test_training_is_refused_until_the_case_is_moved(play: Play) -> None:
    async def scene(world: World) -> None:
        holdout = [Case(0, f"Filling {n}?", split="holdout") for n in range(20)]
        case, *_ = await world.store.add_cases(
            [Case(0, "Are eyeglasses covered", split="holdout"), *holdout])
        await world.store.save_example(Example(0, 1, ROW))
        with pytest.raises(DatasetError, match=r"nothing was sent.*as holdout case"):
            await refuse_overlap(world.ports)
        await world.store.save_case(replace(case, split="tune"))
        warned, = await refuse_overlap(world.ports)
        assert warned.case_id == case.id and not warned.refused
        assert await refuse_overlap(world.ports, []) == []
    play(scene)


def test_few_shot_gold_and_documents_are_listed(play: Play) -> None:
    async def scene(world: World) -> None:
        store = world.store
        page = ("How do I appeal a denied claim? Write to the claims office within one hundred "
                "and eighty days of the decision and add a copy of the letter that denied it.")
        document = await store.add_document("Claims.md", "", "hash", b"x")
        await store.save_pages(document.id, [Page(2, page)], [chunk_of(page)])
        await store.add_cases([
            Case(0, "How do I appeal a denied claim?", "Write", (("claims.md", 2),),
                 split="holdout")])
        shown = FewShotExample("How do I appeal denied claims?", "Write to us.")
        await store.save_draft(Prompt(examples=(shown, replace(shown, question="x", on=False))))
        quote = {"messages": [{"role": "user", "content": "How?"},
                              {"role": "assistant", "content": page[32:]}]}
        await store.save_example(Example(0, 1, quote))
        assert sorted(each.kind for each in await find_overlaps(world.ports)) == [
            "document", "few_shot_case", "gold"]
        assert sorted(each.kind for each in await find_overlaps(world.ports, documents=False)) \
            == ["few_shot_case", "gold"]
    play(scene)


def test_a_run_asks_a_case_without_itself_in_the_prompt(play: Play) -> None:
    async def scene(world: World) -> None:
        store = world.store
        await store.save_prompt(Prompt("s", (FewShotExample("are eyeglasses covered", "Yes"),
                                             FewShotExample("Is massage covered?", "No"))))
        column = await world.column(prompt="current")
        cases = await store.add_cases([Case(0, "Are eyeglasses covered?"), Case(0, "Else?")])
        await evaluating.run([column], cases, world.ports, score=length)
        asked = {messages[-1].content: [m.content for m in messages]
                 for messages in world.ports.chats.bots["bot"].asked}  # type: ignore[attr-defined]
        assert "are eyeglasses covered" not in asked["Are eyeglasses covered?"]
        assert "Is massage covered?" in asked["Are eyeglasses covered?"]
        assert "are eyeglasses covered" in asked["Else?"]
        run, = await store.runs()
        notes = [cell.answer.note for cell in await store.cells(run.id) if cell.answer]
        assert notes == ["1 few-shot example asks this very question: left out here.", ""]
    play(scene)
