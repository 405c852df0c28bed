"""From a cell to few-shot, reference, gold source, training and preference, never the holdout."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.dataset.checks import check_example
from desktop.core.errors import ConfigurationError, DatasetError
from desktop.core.evaluation.reuse import cell_of
from desktop.core.evaluation.types import CellState, Rating, Run, RunState
from desktop.core.types import (
    Answer,
    AnswerState,
    Case,
    Citation,
    Example,
    FewShotExample,
    Message,
    Prompt,
)
from desktop.flows.reusing import make
from desktop.services import workspace
from tests.ui.samples import hit

from .test_evaluating import Bot, World

Play = Callable[[Callable[[World], Awaitable[None]]], None]
TURNS = (Message("user", "Hello"), Message("assistant", "Hello."))


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """A tune case and a holdout case, each with an answer: cells 1 and 2."""
    def start(scene: Callable[[World], Awaitable[None]]) -> None:
        async def main() -> None:
            store = await workspace.create(tmp_path / "w.stratex")
            try:
                world = World(store, {"bot": Bot()})
                column = await world.column()
                await world.fill([Case(0, "Are eyeglasses covered?", history=TURNS),
                                  Case(0, "Is acupuncture covered?", split="holdout")])
                run = await store.begin_run(Run(0, RunState.DONE, (column,), (1, 2)))
                for cell in await store.cells(run.id):
                    answer = Answer("bot", "bot", "?", AnswerState.DONE, "No [1].",
                                    (Citation(1, "Vision.pdf", 4),), context=(hit(1), hit(2)),
                                    messages=(Message("user", "?"),))
                    await store.save_cell(replace(cell, state=CellState.DONE, answer=answer))
                await scene(world)
            finally:
                await store.aclose()
        asyncio.run(main())
    return start


def test_the_correction_that_is_kept_or_the_one_being_typed(play: Play) -> None:
    async def scene(world: World) -> None:
        plain = await make("few_shot", 1, world.ports)
        assert plain == FewShotExample("Are eyeglasses covered?", "No.", origin="answer of cell 1")
        await world.store.save_rating(Rating(0, 1, None, correction="Yes, one pair [1]."))
        kept = await make("few_shot", 1, world.ports)
        assert isinstance(kept, FewShotExample)
        assert (kept.answer, kept.origin) == ("Yes, one pair.", "corrected answer of cell 1")
        typed = await make("reference", 1, world.ports, "Yes, two pairs.")
        assert isinstance(typed, Case) and typed.id == 1
        assert (typed.reference, cell_of(typed.origin)) == ("Yes, two pairs.", 1)
        new = await make("case", 1, world.ports)
        assert new == Case(0, "Are eyeglasses covered?", "Yes, one pair.", history=TURNS,
                           origin="corrected answer of cell 1")
    play(scene)


def test_a_passage_becomes_a_gold_source_once(play: Play) -> None:
    async def scene(world: World) -> None:
        case = await make("gold", 2, world.ports, passage=1)
        assert isinstance(case, Case) and case.sources == (("Vision.pdf", 4),)
        await world.store.save_case(case)
        assert await make("gold", 2, world.ports, passage=1) == case
        with pytest.raises(ConfigurationError, match="Choose another passage"):
            await make("gold", 2, world.ports, passage=9)
    play(scene)


def test_training_and_preference_in_the_services_format(play: Play) -> None:
    async def scene(world: World) -> None:
        await world.store.save_draft(Prompt("Be brief."))
        training = await make("training", 1, world.ports, "Yes.")
        assert isinstance(training, Example)
        assert training.row == {"messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "Are eyeglasses covered?"},
            {"role": "assistant", "content": "Yes."}]}
        assert (training.lineage.cell_id, training.lineage.case_id) == (1, 1)
        assert (training.lineage.document, training.lineage.page) == ("Vision.pdf", 4)
        preference = await make("preference", 1, world.ports, "Yes.")
        assert isinstance(preference, Example)
        assert preference.row == {
            "input": {"messages": training.row["messages"][:-1]},
            "preferred_output": [{"role": "assistant", "content": "Yes."}],
            "non_preferred_output": [{"role": "assistant", "content": "No."}]}
        assert check_example(preference, "preference") == check_example(training) == []
        with pytest.raises(DatasetError, match="Correct the answer first"):
            await make("preference", 1, world.ports)
    play(scene)


def test_the_system_message_is_that_of_the_dataset(play: Play) -> None:
    async def scene(world: World) -> None:
        row = {"messages": [{"role": "system", "content": "As trained."}]}
        await world.store.save_example(Example(0, 1, row))
        made = await make("training", 1, world.ports, "Yes.")
        assert isinstance(made, Example)
        assert made.row["messages"][0]["content"] == "As trained."
        assert made.line == 2
    play(scene)


@pytest.mark.parametrize("use", ["few_shot", "training", "preference"])
def test_the_holdout_is_not_taught(play: Play, use: str) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(DatasetError, match=r"Case 2 is holdout.*Move case 2 to tune"):
            await make(use, 2, world.ports, "Yes.")  # type: ignore[arg-type]
        case = (await world.store.cases())[1]
        await world.store.save_case(replace(case, split="tune"))
        assert await make(use, 2, world.ports, "Yes.")  # type: ignore[arg-type]
        await world.store.add_cases([Case(0, "is acupuncture  covered", split="holdout")])
        with pytest.raises(DatasetError, match="asks what case 3 asks, which is holdout"):
            await make(use, 2, world.ports, "Yes.")  # type: ignore[arg-type]
    play(scene)


def test_what_is_gone_is_said(play: Play) -> None:
    async def scene(world: World) -> None:
        await world.store.remove_cases([1])
        with pytest.raises(ConfigurationError, match="was removed"):
            await make("few_shot", 1, world.ports)
        with pytest.raises(ConfigurationError, match="no answer"):
            await make("few_shot", 99, world.ports)
    play(scene)
