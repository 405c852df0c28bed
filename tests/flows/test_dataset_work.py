"""Examples from ratings, and one-click mends over a real store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from desktop.core.dataset.query import ExampleQuery
from desktop.core.evaluation.types import Rating
from desktop.core.ports import Ports
from desktop.core.types import Answer, AnswerState, Case, DatasetIssue, Example, Message, Prompt
from desktop.flows import dataset_edits, dataset_work, datasets
from tests.datasets import Disk, line
from tests.flows.test_datasets import workspace


class Rated:
    """The part of a store that knows cells and what people said of them."""

    def __init__(self, *ratings: Rating) -> None:
        self._ratings = ratings

    async def ratings(self) -> tuple[Rating, ...]:
        return self._ratings

    async def cases(self) -> list[Case]:
        turns = (Message("user", "Q0"), Message("assistant", "A0"))
        return [Case(1, "Q1", history=turns), Case(2, "Q2"), Case(3, "Q3", split="holdout")]

    async def draft(self) -> Prompt:
        return Prompt("Be brief.")

    async def cell(self, cell_id: int) -> Any:
        answer = Answer("Prompt", "m", f"Q{cell_id}", AnswerState.DONE, f"A{cell_id}")
        return SimpleNamespace(id=cell_id, case_id=cell_id, answer=answer)


def test_corrected_and_well_rated_answers_become_examples() -> None:
    store: Any = Rated(
        Rating(1, 1, 1.0), Rating(2, 1, None, correction="Better."), Rating(3, 2, 0.0),
        Rating(4, 2, 1.0, other_cell_id=1), Rating(5, 3, 1.0),
    )
    ports: Any = SimpleNamespace(store=store)
    [example] = asyncio.run(dataset_work.from_ratings(ports))
    assert [turn["content"] for turn in example.row["messages"]] == [
        "Be brief.", "Q0", "A0", "Q1", "Better."], "a follow-up is taught with its turns"
    assert example.origin == "corrected answer of cell 1"
    assert (example.lineage.cell_id, example.lineage.case_id) == (1, 1)


def test_mends_are_one_step_and_are_taken_back(tmp_path: Path) -> None:
    async def work(ports: Ports) -> None:
        await datasets.import_lines("a", ports)
        report = await datasets.check_stored(ports)
        assert report is not None
        before = await ports.store.examples()
        edit = await dataset_work.mend(ports, report, ["duplicate", "unrecognized_key"])
        assert edit is not None and edit.text == "Mend 2 examples"
        await edit.redo(ports.store)
        assert [e.line for e in await ports.store.examples()] == [1, 2]
        assert "id" not in (await ports.store.examples())[1].row
        await edit.undo(ports.store)
        assert await ports.store.examples() == before
        assert await dataset_work.mend(ports, report, ["secret"]) is None

    async def run() -> None:
        data = "\n".join([line(1), line(2, id=5), line(1)]).encode()
        async with workspace(tmp_path, Disk(a=data)) as ports:
            await work(ports)

    asyncio.run(run())


def test_edits_come_back_in_their_order(tmp_path: Path) -> None:
    async def run() -> None:
        async with workspace(tmp_path, Disk()) as ports:
            store = ports.store
            add = dataset_edits.Add("Add", [Example(0, 0, {"messages": []})])
            await add.redo(store)
            ids = add.ids
            tag = await dataset_work.tag(store, ids, "a", on=True)
            both = dataset_edits.Several("Both", [tag, dataset_work.set_state(ids, "off")])
            await both.redo(store)
            [example] = await store.examples()
            assert (example.tags, example.state, example.line) == (("a",), "off", 1)
            await both.undo(store)
            [example] = await store.examples()
            assert (example.tags, example.state) == ((), "kept")
            await add.undo(store)
            assert await store.examples() == []
            await add.redo(store)
            assert [e.id for e in await store.examples()] == ids

    asyncio.run(run())


def test_the_last_check_filters_and_sorts(tmp_path: Path) -> None:
    async def run() -> None:
        async with workspace(tmp_path, Disk(a="\n".join(map(line, range(4))).encode())) as ports:
            await datasets.import_lines("a", ports)
            report = await datasets.check_stored(ports)
            assert report is not None
            report = report.with_issues([
                DatasetIssue(2, "warning", "secret", "x"), DatasetIssue(4, "error", "bad", "x")])
            query = ExampleQuery()

            async def lines(**how: Any) -> list[int]:
                return list((await dataset_work.find(ports, query, report, **how)).lines)

            assert await lines(code="secret") == [2]
            assert await lines(code="any") == [2, 4]
            assert await lines(by="check") == [4, 2, 1, 3]
            assert await lines(by="tokens") == [1, 2, 3, 4]

    asyncio.run(run())
