"""Prompts, strategies, answers, cases, examples and facts in the workspace file."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.errors import ConfigurationError
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.types import (
    Answer,
    AnswerState,
    Case,
    Example,
    FewShotExample,
    Parameters,
    Prompt,
)
from desktop.services.store import SqliteStore, answers, dataset, recipes, schema, search
from tests.services.store_tools import ANSWER, scenario

Check = Callable[[Callable[[SqliteStore], Awaitable[None]]], None]
any_text = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=20)
EDITED = replace(
    STARTER_PROMPT,
    examples=(FewShotExample("Is it covered?", "Yes [1].", origin="row 3"),),
    parameters=Parameters(temperature=0.2, max_tokens=200, stop=("\n\n",), seed=7),
)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Check]:
    with scenario(tmp_path / "w.stratex") as call:
        yield call


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """The tables alone, in memory: for many small round trips."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.migrate(connection)
        search.ensure(connection)
        yield connection


# --- prompts -----------------------------------------------------------------------------


def test_every_edit_is_a_version_and_no_edit_is_none(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        first = (await store.prompt_versions())[0]
        assert await store.save_prompt(STARTER_PROMPT) == first
        second = await store.save_prompt(EDITED, name="strict")
        assert (second.number, second.prompt, second.name) == (2, EDITED, "strict")
        assert second.created_at >= first.created_at > "2026"
        assert await store.save_prompt(EDITED) == second
        third = await store.save_prompt(STARTER_PROMPT, parent=1)
        assert (third.parent, second.parent) == (1, None)
        assert third.number == 3, "going back is an edit too"
        assert await store.prompt_versions() == [first, second, third]

    run(check)


def test_a_version_can_be_described_but_not_changed(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        before = (await store.prompt_versions())[0]
        after = await store.describe_prompt(1, name="first", note="as shipped", starred=True)
        assert after == replace(before, name="first", note="as shipped", starred=True)
        assert await store.prompt_versions() == [after]
        renamed = await store.save_prompt(STARTER_PROMPT, name="kept")
        assert renamed == replace(after, name="kept")
        with pytest.raises(ConfigurationError, match="no prompt version 9"):
            await store.describe_prompt(9, name="", note="", starred=False)

    run(check)


def test_the_draft_is_kept_until_it_is_done(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        assert await store.draft() is None
        await store.save_draft(STARTER_PROMPT)
        await store.save_draft(EDITED)
        assert await store.draft() == EDITED
        await store.save_draft(None)
        assert await store.draft() is None

    run(check)


@given(st.builds(
    Prompt, any_text, st.lists(st.builds(FewShotExample, any_text, any_text)).map(tuple), any_text,
))
def test_any_prompt_comes_back(db: sqlite3.Connection, prompt: Prompt) -> None:
    recipes.save_draft(db, prompt)
    assert recipes.draft(db) == prompt


# --- strategies --------------------------------------------------------------------------


def test_strategies_are_added_changed_and_ordered(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        base, prompt, documents = await store.strategies()
        added = await store.save_strategy(replace(
            documents, id=0, name="Words only", retrieval="Words only, top 5",
            parameters=Parameters(temperature=0.0), derived_from=documents.id, position=3,
            hidden=True, fine_tuned=True,
        ))
        assert added.id not in (0, base.id, prompt.id, documents.id)
        assert (await store.strategies())[3] == added
        renamed = replace(added, name="words ONLY")
        assert await store.save_strategy(renamed) == renamed
        await store.order_strategies([added.id, base.id])
        names = [s.name for s in await store.strategies()]
        assert names == ["words ONLY", "Baseline", "Prompt", "Prompt + documents"]

    run(check)


def test_a_name_is_taken_in_any_case(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        before = await store.strategies()
        for strategy in (replace(before[0], id=0), replace(before[1], name="BASELINE")):
            with pytest.raises(ConfigurationError, match="already a strategy"):
                await store.save_strategy(strategy)
        assert await store.strategies() == before

    run(check)


def test_a_removed_strategy_comes_back_as_the_base_of_others(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        before = await store.strategies()
        await store.remove_strategy(before[1].id)
        assert [(s.name, s.derived_from) for s in await store.strategies()] == [
            ("Baseline", None), ("Prompt + documents", None),
        ]
        await store.save_strategy(before[1])
        assert await store.strategies() == before
        await store.remove_strategy(before[2].id)
        again = await store.save_strategy(replace(before[2], id=0))
        assert again.id > before[2].id, "ids are never used twice"

    run(check)


# --- answers -----------------------------------------------------------------------------


def test_the_latest_answers_are_those_of_the_last_question(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        assert await store.latest_answers() == {}
        old = replace(ANSWER, question="an older one", state=AnswerState.DONE)
        await store.begin_answer(3, old)
        first = await store.begin_answer(1, ANSWER)
        second = await store.begin_answer(2, ANSWER)
        done = replace(ANSWER, state=AnswerState.DONE, text="One pair a year [1].")
        failed = replace(ANSWER, state=AnswerState.FAILED, error="Busy.", remedy="Wait.", cost=None)
        await store.save_answer(first, done)
        await store.save_answer(second, failed)
        assert await store.latest_answers() == {1: done, 2: failed}
        await store.begin_answer(1, ANSWER)
        assert (await store.latest_answers())[1] == ANSWER

    run(check)


@given(st.builds(Answer, any_text, any_text, any_text, st.sampled_from(AnswerState), any_text,
                 error=st.none() | any_text, seconds=st.none() | st.floats(0, 1e9)))
def test_any_answer_comes_back_readable(db: sqlite3.Connection, answer: Answer) -> None:
    answers.begin(db, 1, answer, "2026-11-21")
    found = answers.latest(db)[1]
    assert (found.state, found.error, found.seconds) == (answer.state, answer.error, answer.seconds)
    assert len(found.text) == len(answer.text)


# --- cases -------------------------------------------------------------------------------


def test_cases_are_added_in_order(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        new = [
            Case(0, "Are glasses covered?", "One pair.", (("Vision.pdf", 4), ("a.md", None)),
                 ("vision", "easy"), "holdout"),
            Case(0, "And lenses?"),
        ]
        stored = await store.add_cases(new)
        assert [replace(case, id=0) for case in stored] == new
        more = await store.add_cases(new[1:])
        assert await store.cases() == [*stored, *more]
        assert len({case.id for case in await store.cases()}) == 3

    run(check)


# --- examples ----------------------------------------------------------------------------


def examples_of(*lines: int) -> list[Example]:
    return [Example(0, line, {"messages": [{"role": "user", "content": str(line)}]})
            for line in lines]


def test_examples_keep_their_order_and_ids(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        stored = await store.replace_examples(examples_of(1, 2, 3))
        assert len({example.id for example in stored} - {0}) == 3
        turned = await store.replace_examples([stored[2], *examples_of(9), stored[0]])
        assert [e.line for e in await store.examples()] == [3, 9, 1]
        assert (turned[0], turned[2]) == (stored[2], stored[0])
        assert turned[1].id > stored[2].id
        added = await store.save_example(examples_of(4)[0])
        assert (await store.examples())[-1] == added
        edited = replace(turned[1], row={"messages": []}, origin="edited")
        assert await store.save_example(edited) == edited
        assert await store.examples() == [turned[0], edited, turned[2], added]

    run(check)


def test_a_removed_example_comes_back_in_its_place(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        stored = await store.replace_examples(examples_of(1, 2, 3))
        await store.remove_examples([stored[1].id])
        assert await store.examples() == [stored[0], stored[2]]
        await store.save_example(stored[1])
        assert await store.examples() == stored

    run(check)


def test_removed_examples_are_gone_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "w.stratex"
    with scenario(path) as run:
        stored = run(lambda store: store.replace_examples(examples_of(1, 2)))
        run(lambda store: store.remove_examples([stored[0].id]))
    assert b'"content":"1"' not in path.read_bytes()
    with scenario(path) as run:
        assert run(lambda store: store.examples()) == [stored[1]]


json_rows = st.dictionaries(any_text, st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner) | st.dictionaries(any_text, inner), max_leaves=3,
))


@settings(max_examples=40)
@given(st.lists(st.tuples(json_rows, any_text), max_size=3))
def test_any_row_of_json_comes_back(
    db: sqlite3.Connection, rows: list[tuple[dict[str, Any], str]]
) -> None:
    stored = dataset.replace_examples(
        db, [Example(0, line, row, raw) for line, (row, raw) in enumerate(rows, 1)]
    )
    found = dataset.examples(db)
    assert found == stored
    assert [list(example.row) for example in found] == [list(row) for row, _ in rows]


# --- facts -------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["Benefits", 7, False, ["a", "b"], {"sample": True}, "caf\udce9"])
def test_facts_are_kept_and_removed(run: Check, value: object) -> None:
    async def check(store: SqliteStore) -> None:
        assert await store.fact("key") is None
        await store.set_fact("key", "before")
        await store.set_fact("key", value)
        assert await store.fact("key") == value
        await store.set_fact("key", None)
        assert await store.fact("key") is None

    run(check)


def test_a_failed_method_changes_nothing(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        stored = await store.replace_examples(examples_of(1, 2))
        twice = [stored[0], stored[0]]
        with pytest.raises(sqlite3.IntegrityError):
            await store.replace_examples(twice)
        assert await store.examples() == stored

    run(check)
