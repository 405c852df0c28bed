"""The embedding models of a workspace: confirmed on this machine, or not touched."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop.core.embedders import FACT, EmbedderChoice
from desktop.core.errors import EmbedderUnavailable
from desktop.core.ports import Ports
from desktop.core.types import DENSE, HYBRID, Connection, Deployment
from desktop.flows import indexing, switching
from desktop.flows.searching import search, search_anyhow
from desktop.parts import Parts, open_parts
from desktop.services.settings_file import SettingsFile
from tests.contracts.word_embedder import WordEmbedder
from tests.fakes import FakeReader
from tests.servers.azure import AzureEmulator

EMBED = EmbedderChoice("service", connection="work", deployment="embed", dimensions=64)


class World:
    """The program's parts on a data folder, without the built-in model."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts = parts
        self.file = folder / "w.stratex"
        parts.embedder = WordEmbedder()  # type: ignore[assignment]
        parts.reader = FakeReader()  # type: ignore[assignment]

    @asynccontextmanager
    async def opened(self, file: Path | None = None) -> AsyncIterator[Ports]:
        async with self.parts.workspace(file or self.file) as ports:
            yield ports

    async def connect(self, server: AzureEmulator) -> None:
        work = Connection("work", "azure", server.url, deployments=(
            Deployment("embed", "text-embedding-3-small"),))
        await self.parts.secrets.set(work, server.key)
        self.parts.update_settings(lambda settings: replace(settings, connections=(work,)))

    async def switch(self, choice: EmbedderChoice = EMBED) -> None:
        async with self.opened() as ports:
            known, embedder = await switching.look(choice, ports)
            await switching.switch(known, embedder, ports)


def run(folder: Path, test: Callable[[World], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with open_parts(SettingsFile(folder / "data")) as parts:
            world = World(parts, folder)
            await parts.create(world.file)
            (folder / "a.md").write_text("Crowns cost money.\nBridges cost more.")
            async with world.opened() as ports:
                await indexing.index([folder / "a.md"], ports)
            await test(world)

    asyncio.run(asyncio.wait_for(whole(), 60))


def test_a_workspace_remembers_its_deployment_and_asks_nobody_before_it_is_confirmed(
    tmp_path: Path
) -> None:
    async def test(world: World) -> None:
        await world.connect(server)
        await world.switch()
        async with world.opened() as ports:
            assert ports.embedder.id == "text-embedding-3-small:64"
            assert (await search("crowns", DENSE, ports))[0].text.startswith("Crowns")
            assert ports.scorer.id == "words"
            await world.parts.duplicate(ports, tmp_path / "copy.stratex")
        async with world.opened(tmp_path / "copy.stratex") as ports:
            assert switching.chooser_of(ports).problem is None
        shutil.copy(world.file, tmp_path / "from-elsewhere.stratex")
        asked = len(server.requests)
        async with world.opened(tmp_path / "from-elsewhere.stratex") as ports:
            chooser = switching.chooser_of(ports)
            assert "not confirmed on this machine" in str(chooser.problem)
            hits, note = await search_anyhow("crowns", HYBRID, ports)
            assert hits[0].text.startswith("Crowns") and "Confirm it" in note
            assert len(server.requests) == asked
            known, embedder = await switching.look(chooser.current, ports)
            assert (await switching.estimate(known, embedder, ports)).to_embed == 0
            await switching.switch(known, embedder, ports)
            assert chooser.problem is None and await search("crowns", DENSE, ports)
        world.parts.update_settings(lambda settings: replace(settings, connections=()))
        async with world.opened() as ports:
            _, note = await search_anyhow("crowns", HYBRID, ports)
            assert "The connection work is not on this machine" in note

    with AzureEmulator() as server:
        run(tmp_path, test)


def test_a_strangers_choice_is_not_believed(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        async def claim(**values: object) -> tuple[list[str], str]:
            async with world.opened() as ports:
                await ports.store.set_fact(FACT, values)
            async with world.opened() as ports:
                hits, note = await search_anyhow("crowns", HYBRID, ports)
                return [hit.text for hit in hits], note

        gone = {"kind": "folder", "path": str(tmp_path / "gone"), "id": "words", "dimension": 2048}
        hits, note = await claim(**gone)
        assert hits and "have not confirmed" in note
        choice = EmbedderChoice.from_json(gone)
        file = str(world.file.absolute())
        world.parts.update_settings(lambda s: s.confirmed_embedder(file, choice.key))
        hits, note = await claim(**gone)
        assert hits and "folder is not on this machine" in note
        async with world.opened() as ports:  # vectors of another length than it says
            await ports.store.save_vectors("tiny:1", [1], np.ones((1, 7), np.float32))
        hits, note = await claim(**{**gone, "id": "tiny:1", "dimension": 9})
        assert hits and "vectors of this workspace cannot be used" in note
        hits, note = await claim(kind="no kind", path="/etc")
        assert hits and not note

    run(tmp_path, test)


def test_a_cross_encoder_that_cannot_be_loaded_is_not_kept(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        with pytest.raises(EmbedderUnavailable):
            await world.parts.choose_reranker(str(tmp_path / "gone"))
        assert world.parts.current.cross_encoder == ""

    run(tmp_path, test)
