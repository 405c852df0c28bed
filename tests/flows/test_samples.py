"""The samples that ship: complete, consistent, and scored by what they are meant to show."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.core.types import Answer, AnswerState, DocumentState
from desktop.flows.overlapping import refuse_overlap
from desktop.flows.scoring import load_chosen, options_of, score
from desktop.flows.use_case import load_use_case
from desktop.parts import SAMPLES, open_parts
from desktop.services.settings_file import SettingsFile


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_complete(tmp_path: Path, name: str) -> None:
    async def look() -> None:
        async with open_parts(SettingsFile(tmp_path / "data")) as parts:
            await parts.create(tmp_path / "w.stratex", name)
            async with parts.workspace(tmp_path / "w.stratex") as ports:
                store = ports.store
                cases, documents = await store.cases(), await store.documents()
                assert len(cases) >= 20 and all(case.reference for case in cases)
                assert documents and all(d.state is DocumentState.READY for d in documents)
                assert len(await store.examples()) >= 10 and await store.prompt_versions()
                assert (await load_use_case(store)).metric and await store.fact("question")
                overlaps = await refuse_overlap(ports)  # warnings are the user's to judge
                assert not [each for each in overlaps if each.refused]

    asyncio.run(look())


def test_the_sql_sample_tries_queries_on_its_own_database(tmp_path: Path) -> None:
    async def look() -> list[float | None]:
        found = []
        async with open_parts(SettingsFile(tmp_path / "data")) as parts:
            await parts.create(tmp_path / "w.stratex", "sql")
            async with parts.workspace(tmp_path / "w.stratex") as ports:
                options = options_of(await load_chosen(ports.store))
                for case in (await ports.store.cases())[:3]:
                    for text in (case.reference, "SELECT 42"):
                        answer = Answer("Prompt", "m", case.question, AnswerState.DONE, text)
                        scores = await score(case, answer, ["sql_equivalence"], ports, options)
                        found.append(scores["sql_equivalence"])
        return found

    assert asyncio.run(look()) == [1.0, 0.0] * 3
