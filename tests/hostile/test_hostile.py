"""A folder full of nasty files is one row each; the good ones and the index are as they were."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from desktop.core.types import LEXICAL, IndexOutcome
from desktop.flows.indexing import index
from desktop.flows.searching import search
from desktop.parts import open_parts
from desktop.services.reader import ProcessReader
from desktop.services.settings_file import SettingsFile

from . import mutations
from .corpus import QUICK, place_special

GOOD = b"# Vision\n\nEyeglasses are covered every two years.\n"


def write(folder: Path, what: str) -> Path:
    """A nasty file in a folder of its own: many have the same name."""
    own = folder / f"{list(QUICK).index(what):02}"
    own.mkdir()
    path = own / QUICK[what].name
    try:
        path.write_bytes(QUICK[what].make())
    except OSError:
        pytest.skip(f"this disk cannot hold {what}")
    return path


async def index_all(folder: Path, paths: list[str]) -> list[IndexOutcome]:
    """Index them between two good files; both are found afterwards."""
    first, last = folder / "first.md", folder / "last.md"
    first.write_bytes(GOOD)
    last.write_bytes(GOOD.replace(b"Eyeglasses", b"Crowns"))
    async with open_parts(SettingsFile(folder / "data")) as parts:
        await parts.create(folder / "w.stratex")
        async with parts.workspace(folder / "w.stratex") as ports:
            outcomes = await index([str(first), *paths, str(last)], ports)
            for word in ("Eyeglasses", "Crowns"):
                hits = await search(f"{word} covered", LEXICAL, ports)
                assert any(word in hit.text for hit in hits)
    assert [outcomes[0].status, outcomes[-1].status] == ["ready", "ready"]
    return outcomes[1:-1]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and names")
def test_a_folder_of_nasty_files_costs_nothing_else(tmp_path: Path) -> None:
    written = {what: write(tmp_path, what) for what in QUICK}
    special = place_special(tmp_path)
    paths = [str(path) for path in written.values()]
    outcomes = asyncio.run(index_all(tmp_path, [*paths, *special]))
    by_path = {each.path: each for each in outcomes}
    for what, path in written.items():
        said = [each for each in outcomes if each.path.startswith(f"{path.parent}/")]
        assert len(said) == 1, what
        if QUICK[what].says:
            assert said[0].status == "failed" and QUICK[what].says in (said[0].error or ""), what
    for path, words in special.items():
        assert words in (by_path[path].error or "")


def test_files_with_random_damage_are_read_or_refused() -> None:
    async def whole() -> None:
        reader = ProcessReader()
        try:
            for name, content in mutations.mutations(30, seed=11):
                await mutations.outcome(reader, name, content)
            await mutations.still_reads(reader)
        finally:
            await reader.aclose()

    asyncio.run(whole())
