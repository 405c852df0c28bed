"""A new workspace with the ladder that three answers lead to."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktop.core.first_ladder import About
from desktop.core.tours import FACT, GENERAL, Tour
from desktop.flows.first_ladder import HINT, lay
from desktop.services import workspace


def test_strategies_prompt_use_case_and_tour(tmp_path: Path) -> None:
    async def make() -> None:
        store = await workspace.create(tmp_path / "a.stratex")
        try:
            await lay(About("Write  letters", documents=False, form=True, examples=True), store)
            baseline, prompt = await store.strategies()
            assert (baseline.name, prompt.name) == ("Baseline", "Prompt")
            assert (baseline.derived_from, prompt.derived_from) == (None, baseline.id)
            newest = (await store.prompt_versions())[-1]
            assert "Write letters" in newest.prompt.system
            assert await store.fact("use case") == "Write letters"
            assert "Later: Fine-tuned" in str(await store.fact(HINT))
            assert Tour.of(await store.fact(FACT)) == Tour(GENERAL)
        finally:
            await store.aclose()

    asyncio.run(make())


def test_both_columns_with_documents_differ_from_the_prompt(tmp_path: Path) -> None:
    async def make() -> None:
        store = await workspace.create(tmp_path / "a.stratex")
        try:
            await lay(About(), store)
            _, prompt, whole, found = await store.strategies()
            assert {whole.derived_from, found.derived_from} == {prompt.id}
        finally:
            await store.aclose()

    asyncio.run(make())
