"""The samples that ship: complete, consistent, and scored by what they are meant to show."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.core.advice.ranking import FEWEST_CASES
from desktop.core.evaluation.types import CellState, RunState
from desktop.core.ports import Ports
from desktop.core.tours import FACT, Tour
from desktop.core.types import Answer, AnswerState, DocumentState
from desktop.flows.deciding import decide
from desktop.flows.overlapping import refuse_overlap
from desktop.flows.scoring import load_chosen, options_of, score
from desktop.flows.use_case import load_use_case
from desktop.parts import SAMPLES, open_parts
from desktop.services.settings_file import SettingsFile
from desktop.ui.start_screen import SAMPLES as START


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
                assert sum(case.split == "holdout" for case in cases) >= FEWEST_CASES
                assert not any(document.path for document in documents)  # of no machine
                await recorded(ports, len(cases), f"{len(cases)} cases, ")
                overlaps = await refuse_overlap(ports)  # warnings are the user's to judge
                assert not [each for each in overlaps if each.refused]

    asyncio.run(look())


async def recorded(ports: Ports, cases: int, words: str) -> None:
    """One run of all cases, every answer by a model of this program, scored by the goal; and
    the tour at its start. The start page counts what is in it."""
    (run,) = await ports.store.runs()
    cells = await ports.store.cells(run.id)
    goal = (await load_use_case(ports.store)).metric
    assert run.state is RunState.DONE and len(cells) == cases * len(run.strategies)
    for cell in cells:
        assert cell.state is CellState.DONE and cell.answer is not None
        assert cell.answer.model.startswith("Built-in") and goal in cell.scores
    assert len(run.strategies) == 4 and len(await ports.store.strategies()) == 3
    tour = Tour.of(await ports.store.fact(FACT))
    line = next(inside for name, _, _, inside, _ in START if name == tour.name)
    assert tour.shown and tour.at == 0 and words in line
    assert f"{len(await ports.store.examples())} examples" in line


def test_each_sample_leads_to_the_decision_that_its_tour_speaks_of(tmp_path: Path) -> None:
    async def look() -> dict[str, str]:
        found = {}
        async with open_parts(SettingsFile(tmp_path / "data")) as parts:
            for name in SAMPLES:
                await parts.create(tmp_path / f"{name}.stratex", name)
                async with parts.workspace(tmp_path / f"{name}.stratex") as ports:
                    found[name] = (await decide(ports)).strategy
        return found

    assert asyncio.run(look()) == {
        "benefits": "Prompt + documents", "marketing": "", "sql": "Fine-tuned"}


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
