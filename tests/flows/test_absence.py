"""Why a page was not found: where it stood, what it lacks, and what would bring it in."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktop.core.absence import Absence, sentences
from desktop.core.profiles import find_profile, make_profile
from desktop.core.types import DocumentState, RetrievalProfile
from desktop.flows.absence import why_not
from desktop.flows.indexing import index
from desktop.flows.searching import search
from desktop.parts import open_parts
from desktop.services.settings_file import SettingsFile

ABOUT = ("Eyeglasses and frames are covered every two years.",
         "Eyeglasses for children are covered every year.",
         "Eyeglasses need a prescription of an eye doctor.",
         "Crowns and bridges are paid after a waiting period.")
QUESTION = "How often are eyeglasses covered?"


async def ask(folder: Path, profile: RetrievalProfile) -> tuple[Absence, set[str]]:
    """About the file on crowns, and the files that the profile finds."""
    for number, text in enumerate(ABOUT):
        (folder / f"{number}.md").write_text(text)
    async with open_parts(SettingsFile(folder / "data")) as parts:
        await parts.create(folder / "w.stratex")
        async with parts.workspace(folder / "w.stratex") as ports:
            await index([folder / f"{number}.md" for number in range(len(ABOUT))], ports)
            crowns = (await ports.store.documents())[-1]
            assert crowns.name == "3.md" and crowns.state is DocumentState.READY
            absence = await why_not(QUESTION, crowns.id, 0, profile, ports)
            wider = [await search(QUESTION, change, ports) for change in absence.changes]
            assert all("3.md" in {hit.document for hit in hits} for hits in wider)
            return absence, {hit.document for hit in await search(QUESTION, profile, ports)}


def test_a_page_below_the_cut_says_how_far_and_what_brings_it_in(tmp_path: Path) -> None:
    profile = find_profile("hybrid, top 2")
    absence, found = asyncio.run(ask(tmp_path, profile))
    assert "3.md" not in found and not absence.found
    assert absence.place == 4 and absence.changes[0] == make_profile(top=4)
    assert absence.missing == ("often", "eyeglasses", "covered") and absence.lexical_rank is None
    said = sentences(absence, profile)
    assert said[0] == "It stands at place 4; the profile takes the first 2."
    assert "By words: it shares none with the question." in said[2]
    assert said[-1].endswith("profile “Hybrid, top 4”.")
    assert len(absence.above) == 2


def test_a_low_score_is_named_as_the_reason(tmp_path: Path) -> None:
    profile = find_profile("dense, top 9, at least 0.90")
    absence, found = asyncio.run(ask(tmp_path, profile))
    assert not found and not absence.found
    assert "below the least score of 0.90" in sentences(absence, profile)[0]
    assert absence.changes[0].least is not None and absence.changes[0].least < 0.5


def test_a_page_that_is_found_says_so(tmp_path: Path) -> None:
    profile = find_profile("hybrid, top 9")
    absence, found = asyncio.run(ask(tmp_path, profile))
    assert "3.md" in found and absence.found and absence.changes == ()
    assert sentences(absence, profile) == ["It is found: place 4 of 9."]


def test_words_alone_cannot_find_what_shares_none(tmp_path: Path) -> None:
    absence, _ = asyncio.run(ask(tmp_path, find_profile("lexical, top 2")))
    assert absence.place is None
    assert all(change.mode != "lexical" for change in absence.changes)
