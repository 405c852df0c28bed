"""The dataset in pieces: queries, pages, blocks, changes that can be undone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from desktop.core.dataset.query import ExampleQuery
from desktop.core.types import Example
from desktop.services.store import SqliteStore
from desktop.services.workspace import create


def example(question: str, answer: str, **more: Any) -> Example:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return Example(0, 0, {"messages": turns}, **more)


EXAMPLES = [
    example("Brillen?", "Ja, ÄRZTE", tags=("eyes", "old")),
    example("ambulance", "no", origin="b.csv", split="validation"),
    Example(0, 0, {}, raw="{broken ambulance"),
    example("Crutches", "yes", tags=("eyes",), state="proposed"),
    Example(0, 0, {"prompt": "dentist", "completion": "Zero"}),
]


def with_store(folder: Path, work: Any) -> None:
    async def run() -> None:
        store = await create(folder / "w.stratex")
        try:
            await work(store)
        finally:
            await store.aclose()

    asyncio.run(run())


def test_queries_filter_search_and_sort(tmp_path: Path) -> None:
    async def work(store: SqliteStore) -> None:
        stored = await store.add_examples(EXAMPLES)
        assert [each.line for each in stored] == [1, 2, 3, 4, 5]

        async def lines(**query: Any) -> list[int]:
            return list((await store.example_order(ExampleQuery(**query))).lines)

        assert await lines() == [1, 2, 3, 4, 5]
        assert await lines(search="AMBULANCE") == [2, 3]
        assert await lines(search="ärzte") == [1]
        assert await lines(search="role") == []  # a word of the format, not of the texts
        assert await lines(tag="eyes") == [1, 4]
        assert await lines(state="proposed") == [4] == await lines(tag="eyes", state="proposed")
        assert await lines(split="validation") == await lines(origin="b.csv") == [2]
        assert await lines(sort="question") == [3, 2, 1, 4, 5]
        assert await lines(sort="answer", descending=True) == [5, 4, 2, 1, 3]
        facets = await store.example_facets()
        assert (facets.states, facets.tags) == ({"kept": 4, "proposed": 1}, {"eyes": 2, "old": 1})
        assert facets.splits == {"training": 3, "validation": 1}

    with_store(tmp_path, work)


def test_pages_and_blocks(tmp_path: Path) -> None:
    async def work(store: SqliteStore) -> None:
        ids = [each.id for each in await store.add_examples(EXAMPLES)]
        await store.remove_examples(ids[1:2])
        page = await store.example_page([ids[4], ids[1], ids[0]])
        assert [each.id for each in page] == [ids[4], ids[0]]
        first, after = await store.example_block(limit=2)
        assert list(first.lines) == [1, 3]
        assert first.data.endswith(b"\n{broken ambulance\n") and "ÄRZTE" in first.data.decode()
        rest, after = await store.example_block(after, limit=2)
        assert list(rest.lines) == [5] and json.loads(rest.data)["prompt"] == "dentist"
        assert (await store.example_block(after))[0].data == b""
        await store.restore_examples(ids[1:2])
        assert list((await store.example_block(split="validation"))[0].lines) == [2]

    with_store(tmp_path, work)


def test_changes_tell_what_was_there(tmp_path: Path) -> None:
    async def work(store: SqliteStore) -> None:
        ids = [each.id for each in await store.add_examples(EXAMPLES)]
        before = await store.change_examples({
            ids[0]: {"tags": ("new",), "split": "validation"}, ids[3]: {"state": "kept"},
            9999: {"state": "off"}})
        assert before == {ids[0]: {"tags": ("eyes", "old"), "split": "training"},
                          ids[3]: {"state": "proposed"}}
        assert (await store.example_page(ids[:1]))[0].tags == ("new",)
        await store.change_examples(before)
        assert [e.tags for e in await store.examples()] == [e.tags for e in EXAMPLES]

    with_store(tmp_path, work)


def test_lines_of_a_file_go_on_where_the_dataset_ends(tmp_path: Path) -> None:
    async def work(store: SqliteStore) -> None:
        await store.add_examples(EXAMPLES[:2])
        ids, issues = await store.add_example_lines(b'{"a": 1}\n\n{"b": \n', 1, 2, "x.jsonl")
        assert [(e.line, e.origin) for e in await store.example_page(ids)] == [
            (3, "x.jsonl"), (5, "x.jsonl")]
        assert [(i.line, i.code) for i in issues] == [(4, "blank_line")]
        assert await store.last_example_line() == 5

    with_store(tmp_path, work)
