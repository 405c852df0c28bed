"""Profiles side by side on the cases: figures, intervals and misses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.retrieval_quality import ProfileQuality, measured
from desktop.core.profiles import make_profile
from desktop.core.types import Case, Hit
from desktop.flows.indexing import index
from desktop.flows.retrieval_quality import compare_profiles
from desktop.parts import open_parts
from desktop.services.settings_file import SettingsFile

CASES = (
    Case(0, "How often are eyeglasses covered?", sources=(("eyes.md", None),)),
    Case(0, "Who pays for spectacles?", sources=(("eyes.md", None),)),
    Case(0, "What of crowns?", sources=(("teeth.md", None),)),
    Case(0, "A case without a source"),
)


async def compare(folder: Path, cases: tuple[Case, ...]) -> tuple[list[ProfileQuality], list[int]]:
    (folder / "eyes.md").write_text("Eyeglasses are covered every two years.")
    (folder / "teeth.md").write_text("Crowns are paid after a waiting period.")
    told: list[int] = []
    async with open_parts(SettingsFile(folder / "data")) as parts:
        await parts.create(folder / "w.stratex")
        async with parts.workspace(folder / "w.stratex") as ports:
            await index([folder / "eyes.md", folder / "teeth.md"], ports)
            await ports.store.add_cases(cases)
            profiles = [make_profile("hybrid", 1), make_profile("lexical", 1)]
            found = await compare_profiles(profiles, ports, lambda done, total: told.append(done))
            return found, told


def test_each_profile_has_its_figures_and_its_misses(tmp_path: Path) -> None:
    (hybrid, words), told = asyncio.run(compare(tmp_path, CASES))
    assert hybrid.n == words.n == 3 and told == [1, 2, 3, 4, 5, 6]
    assert hybrid.metrics["hit"].mean == 1.0 and hybrid.misses == ()
    # "spectacles" stands nowhere: only the meaning finds it.
    assert words.metrics["hit"].mean == pytest.approx(2 / 3)
    assert [len(words.misses), words.metrics["hit"].n] == [1, 3]
    assert words.metrics["hit"].low < 2 / 3 < words.metrics["hit"].high


def test_without_sources_it_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        asyncio.run(compare(tmp_path, CASES[3:]))
    assert "under Evaluate" in (caught.value.remedy or "")


def test_a_page_beside_the_gold_one_is_near() -> None:
    hit = Hit(1, 1.0, 1, 1, "a.pdf", 5, 4, 0, 1, "x")
    case = Case(1, "?", sources=(("A.pdf", 4),))
    assert measured(case, [hit]).near and measured(case, [hit]).scores["hit"] == 0.0
    assert not measured(Case(1, "?", sources=(("a.pdf", 2),)), [hit]).near
