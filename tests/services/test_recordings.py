"""A recording holds what a replay needs and nothing of this machine; the original is untouched."""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import ConfigurationError, WorkspaceError
from desktop.core.evaluation.types import CellState, Run, RunState, UseCase
from desktop.core.recording import MARK, mark_of
from desktop.core.tuning import Job, Order
from desktop.core.types import AnswerState, Case, Example, Strategy
from desktop.flows.estimating import known_paces
from desktop.flows.use_case import load_use_case
from desktop.services import workspace
from desktop.services.chat_replay import recording_of
from desktop.services.store import SqliteStore
from tests.services.store_tools import ANSWER, add_text, scenario

TIMINGS = ((0.1, 10), (0.25, 10))
DONE = replace(ANSWER, state=AnswerState.DONE, text="One pair a year [1].", timings=TIMINGS)
COLUMN = Strategy(1, "Prompt + documents")
SECRET = "/home/anna/plans"
FAILED = (f"{SECRET}/a.pdf is gone. contoso-hr.openai.azure.com, 10.1.2.3, gpu.contoso.example, "
          "localhost:8000 and https://contoso.example/v1 cannot be reached")


async def fill(store: SqliteStore) -> None:
    await add_text(store, "Vision.pdf", "One pair a year.")
    case = (await store.add_cases([Case(0, "Covered?", "Yes.")]))[0]
    made = await store.begin_run(Run(0, RunState.RUNNING, (COLUMN,), (case.id,)))
    cell = (await store.cells(made.id))[0]
    await store.save_cell(replace(
        cell, state=CellState.DONE, answer=replace(DONE, question="Covered?")))
    await store.set_run(made.id, RunState.DONE)
    number = await store.begin_answer(1, replace(DONE, question="By hand?"))
    failed = replace(DONE, question="By hand?", error=FAILED)
    await store.save_answer(number, failed)
    await store.set_fact("scoring", {"pattern": "x", "database": f"{SECRET}/b.sqlite"})
    await store.set_fact("pace", {"azure/mini": [1, 2, 3]})
    await store.set_fact("question", "Does anna leave?")
    await store.replace_examples([Example(0, 1, {"messages": []}, origin=SECRET)])
    await store.save_job(Job(0, "service", "azure", "running", Order("m"), source=SECRET))


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "w.stratex"
    with scenario(path) as run:
        run(fill)
    return path


def record(path: Path, target: Path) -> None:
    with scenario(path) as run:
        run(lambda store: workspace.record(store, target))


def test_times_come_back_with_one_cell_and_not_with_thousands(original: Path) -> None:
    async def check(store: SqliteStore) -> None:
        light = (await store.cells(1))[0]
        assert light.answer and light.answer.timings == ()
        whole = await store.cell(light.id)
        assert whole and whole.answer and whole.answer.timings == TIMINGS
        await store.save_cell(replace(light, scores={"token_f1": 1.0}))
        assert await store.cell(light.id) == replace(whole, scores={"token_f1": 1.0})
        assert (await store.latest_answers())[1].timings == TIMINGS

    with scenario(original) as run:
        run(check)


def test_a_recording_has_the_answers_and_nothing_of_this_machine(
    original: Path, tmp_path: Path
) -> None:
    before = original.read_bytes()
    record(original, tmp_path / "r.stratex")
    assert original.read_bytes() == before
    content = (tmp_path / "r.stratex").read_bytes()
    for trace in (SECRET.encode(), b"anna", b"/from/", b"azure/mini", b"contoso", b"10.1.2.3",
                  b"8000"):
        assert trace not in content

    async def check(store: SqliteStore) -> None:
        assert mark_of(await store.fact(MARK))
        assert (await store.jobs(), await store.examples()) == ([], [])
        assert await store.fact("scoring") == {"pattern": "x"}
        found = (await store.answers_to("Covered?"))[0]
        assert (found.recorded, found.case_id) == (True, 1)
        assert found.answer == replace(DONE, question="Covered?", recorded=True)
        by_hand = (await store.latest_answers())[1]
        assert (by_hand.recorded, by_hand.error) == (
            True, "~/plans/a.pdf is gone. the server, the server, the server, the server and the "
            "server cannot be reached")
        assert [d.name for d in await store.documents()] == ["Vision.pdf"]

    with scenario(tmp_path / "r.stratex") as run:
        run(check)


def test_nothing_is_replaced_and_nothing_to_record_is_said(original: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="exists already"):
        record(original, original.with_name("w.stratex"))
    with pytest.raises(ConfigurationError, match="nothing to record"):
        record(tmp_path / "new.stratex", tmp_path / "r.stratex")
    assert not (tmp_path / "r.stratex").exists()


def test_what_a_replay_adds_is_not_replayed(original: Path, tmp_path: Path) -> None:
    record(original, tmp_path / "r.stratex")

    async def check(store: SqliteStore) -> None:
        recording = await recording_of(store)
        assert recording
        assert await recording.questions() == ["Covered?", "By hand?"]
        part = replace(DONE, question="Covered?", text="One", state=AnswerState.STOPPED)
        await store.begin_answer(1, part)
        versions = [replace(v, number=3) for v in await store.prompt_versions()]
        strategy = replace(COLUMN, parameters=DONE.parameters)
        take = await recording.take(strategy, versions[0], "Covered?")
        assert take.answer.text == DONE.text
        with pytest.raises(ConfigurationError, match=r"was not recorded.*Ctrl"):
            await recording.take(strategy, versions[0], "What else?")
        with pytest.raises(ConfigurationError, match="no recorded answer"):
            await recording.take(strategy, None, "Covered?")

    with scenario(tmp_path / "r.stratex") as run:
        run(check)


@pytest.mark.parametrize("data", [
    b"not deflated", zlib.compress(b"[[1,"), zlib.compress(b"[[1, 5]" + b" " * (4 << 20) + b"]"),
])
def test_times_of_a_stranger_cost_nothing_but_themselves(original: Path, data: bytes) -> None:
    with sqlite3.connect(original) as db:
        db.execute("UPDATE cells SET timings = ? WHERE run_id = 1", (data,))
    db.close()

    async def check(store: SqliteStore) -> None:
        cell = (await store.answers_to("Covered?"))[0]
        assert cell.answer and (cell.answer.timings, cell.answer.text) == ((), DONE.text)

    with scenario(original) as run:
        run(check)


def test_a_bomb_of_a_stranger_is_one_sentence(original: Path) -> None:
    bomb = zlib.compress(b"[" + b" " * (160 << 20) + b"]")
    with sqlite3.connect(original) as db:
        db.execute("UPDATE bodies SET data = ?", (bomb,))
    db.close()

    async def check(store: SqliteStore) -> None:
        with pytest.raises(WorkspaceError, match="cannot be read"):
            await store.answers_to("Covered?")

    with scenario(original) as run:
        run(check)


@pytest.mark.parametrize("change", [
    "UPDATE runs SET plan = '{}'", "UPDATE runs SET state = 'zap'",
    "UPDATE cells SET details = '[' WHERE run_id = 1",
    "UPDATE cells SET scores = '[1]' WHERE run_id = 1",
    "UPDATE cells SET details = json_set(details, '$.seconds', 'long') WHERE run_id = 1",
    "UPDATE examples SET row = '[1]'",
    "UPDATE cases SET sources = '[1]'", "UPDATE cases SET reference = x'ff00'",
    "UPDATE runs SET plan = json_set(plan, '$.case_ids', json('[{}]'))",
    "UPDATE jobs SET details = '[]'",
])
def test_a_row_that_is_none_of_ours_is_one_sentence(original: Path, change: str) -> None:
    with sqlite3.connect(original) as db:
        db.execute(change)
    db.close()

    async def check(store: SqliteStore) -> None:
        with pytest.raises(WorkspaceError, match="is damaged"):
            await store.runs()
            await store.cells(1)
            await store.cases()
            await store.examples()
            await store.jobs()

    with scenario(original) as run:
        run(check)


def test_what_is_no_number_is_in_no_figure(original: Path) -> None:
    with sqlite3.connect(original) as db:
        db.execute("UPDATE cells SET scores = ?", ('{"a": NaN, "b": 1e999, "c": "x", "d": 0.5}',))
        db.execute("INSERT INTO judgements VALUES (1, 'j', 1, NULL, 9e999, '', '{}', '')")
        db.execute("INSERT INTO ratings VALUES (1, 1, 'good', '', '', NULL, 'me', '')")
    db.close()

    async def check(store: SqliteStore) -> None:
        assert (await store.cells(1))[0].scores == {"d": 0.5}
        assert [each.value for each in await store.judgements()] == [None]
        assert [each.value for each in await store.ratings()] == [None]

    with scenario(original) as run:
        run(check)


@pytest.mark.parametrize("said", [
    [1], 5, "x", {"metric": [1], "least": "much", "azure/mini": ["x", None, 1]},
    {"metric": 5, "most_cost": True, "azure/mini": 1},
])
def test_a_fact_of_another_shape_is_none(original: Path, said: object) -> None:
    async def check(store: SqliteStore) -> None:
        await store.set_fact("use case goal", said)
        await store.set_fact("pace", said)
        assert await load_use_case(store) == UseCase()
        assert await known_paces(store) == {}

    with scenario(original) as run:
        run(check)


def test_a_fact_that_cannot_be_read_is_none(original: Path, tmp_path: Path) -> None:
    with sqlite3.connect(original) as db:
        db.execute("UPDATE facts SET value = ?", ("[" * 100_000,))
    db.close()

    async def check(store: SqliteStore) -> None:
        assert await store.fact("scoring") is None

    with scenario(original) as run:
        run(check)
    record(original, tmp_path / "r.stratex")


def test_a_workspace_that_is_none_has_no_recording(original: Path) -> None:
    async def check(store: SqliteStore) -> None:
        assert await recording_of(store) is None
        await store.set_fact(MARK, {"last_cell": "all"})
        assert await recording_of(store) is None

    with scenario(original) as run:
        run(check)
