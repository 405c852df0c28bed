"""Answers made elsewhere stand in a run beside the others, scored like them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.types import CellState, RunState
from desktop.core.events import RunProgress
from desktop.core.ports import Ports
from desktop.core.types import Answer, Case
from desktop.flows.elsewhere import add_elsewhere, head_of_file, read_elsewhere
from desktop.flows.evaluating import rerun, resume
from tests.flows.test_evaluating import World, play  # noqa: F401  a fixture

LINES = [
    {"question": "q0", "answer": "echo: zero [1]", "contexts": ["zero"], "latency": 2.5,
     "input_tokens": 7, "output_tokens": 3},
    {"question": "Q1", "answer": "one"},
    {"question": "something else", "answer": "two", "truth": "deux"},
]


class Disk:
    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    async def read_any(self, path: str) -> bytes:
        return "\n".join(map(json.dumps, self.rows)).encode()


async def score(
    case: Case, answer: Answer, names: Any, ports: Ports
) -> Mapping[str, float | None]:
    return {"token_f1": float("echo" in answer.text)}


def ports_of(world: World) -> Ports:
    disk: Any = Disk(LINES)
    return replace(world.ports, files=disk)


def test_the_column_joins_a_run_and_is_never_asked(play: Any) -> None:  # noqa: F811
    async def check(world: World) -> None:
        await world.fill(3)
        ended = await world.run()
        ports = ports_of(world)
        head, columns, known = await head_of_file("log.jsonl", ports)
        assert (head.total, known) == (3, True)
        found = await read_elsewhere("log.jsonl", columns, ports)
        assert (len(found.matched), len(found.unmatched)) == (2, 1)
        events: list[Any] = []
        joined = await add_elsewhere("bot", found, ports, events.append, run_id=ended.id,
                                     add_cases=True, score=score)
        assert await world.store.runs() == [joined]
        assert [e.done for e in events if isinstance(e, RunProgress)] == [1, 2, 3]
        cells = [c for c in await world.store.cells(ended.id) if c.strategy_id < 0]
        assert [c.scores for c in cells] == [
            {"token_f1": 1.0}, {"token_f1": 0.0}, {"token_f1": 0.0}]
        whole = await world.store.cell(cells[0].id)
        assert whole and whole.answer
        assert (whole.answer.seconds, whole.answer.context[0].text) == (2.5, "zero")
        assert [c.number for c in whole.answer.citations] == [1]
        case = (await world.store.cases())[-1]
        assert (case.question, case.reference) == ("something else", "deux")
        assert joined.case_ids[-1] == case.id
        before = [cell.id for cell in await world.store.cells(ended.id)]
        bot = world.bots["bot"]
        bot.asked.clear()
        await rerun(ended.id, before, ports, score=score)
        assert len(bot.asked) == 3, "its own cells only"
        again = [c for c in await world.store.cells(ended.id) if c.strategy_id < 0]
        assert again == cells

    play(check)


def test_a_run_of_its_own_waits_for_the_columns_beside_it(play: Any) -> None:  # noqa: F811
    async def check(world: World) -> None:
        await world.fill(3)
        ports = ports_of(world)
        found = await read_elsewhere("log.jsonl", {"question": "question", "answer": "answer"},
                                     ports)
        alone = await add_elsewhere("bot", found, ports, score=score)
        assert (alone.state, len(alone.case_ids)) == (RunState.DONE, 2)
        column = await world.column()
        both = await add_elsewhere("bot", found, ports, columns=[column], score=score)
        assert both.state is RunState.PAUSED
        done = await resume(both.id, ports, score=score)
        assert done.state is RunState.DONE
        cells = await world.store.cells(both.id)
        assert {(c.strategy_id > 0, c.state) for c in cells} == {
            (True, CellState.DONE), (False, CellState.DONE)}
        assert len(cells) == 4

    play(check)


def test_nothing_that_matches_is_said_before_anything_is_stored(play: Any) -> None:  # noqa: F811
    async def check(world: World) -> None:
        ports = ports_of(world)
        found = await read_elsewhere("log.jsonl", {"question": "question", "answer": "answer"},
                                     ports)
        with pytest.raises(ConfigurationError, match=r"None of these.*Make cases"):
            await add_elsewhere("bot", found, ports, score=score)
        assert (await world.store.runs(), await world.store.cases()) == ([], [])

    play(check)

