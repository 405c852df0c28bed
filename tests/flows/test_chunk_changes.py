"""Excluding, editing and restoring chunks: what searches and models get then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.chunk_changes import ChunkChange, ListedChunk
from desktop.core.chunk_settings import ChunkSettings
from desktop.core.errors import DocumentError, EmbedderUnavailable
from desktop.core.types import HYBRID, Case, DocumentState
from desktop.flows import indexing
from desktop.flows.chunk_changes import change
from desktop.flows.passages import gold_passages
from desktop.flows.searching import search
from desktop.flows.whole_documents import whole_documents
from tests.contracts.word_embedder import WordEmbedder
from tests.flows.test_indexing import World, run

FILES = {"/a.md": "Glasses are covered.\nTeeth are extra.\nKnees are free."}


async def passages(world: World) -> list[ListedChunk]:
    (document,) = await world.rows()
    return await world.ports.store.listed_chunks(document.id)


async def changed(world: World, place: int, **wanted: object) -> None:
    chosen = (await passages(world))[place]
    await change(chosen.place, ChunkChange(**wanted), world.ports,  # type: ignore[arg-type]
                 world.events.append)


async def found(world: World, question: str) -> list[str]:
    return [hit.text for hit in await search(question, HYBRID, world.ports)]


def test_an_excluded_chunk_is_found_by_nobody_and_sent_to_nobody(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md")
        await changed(world, 1, excluded=True)
        assert await world.words("teeth") == [] and world.indexed() == {1, 3}
        said = " ".join(await found(world, "teeth knees"))
        assert "Teeth" not in said and "Knees" in said, "nor as the neighbour of a hit"
        (row,) = await world.rows()
        assert (row.chunks, row.embedded, row.excluded, row.state) == (
            2, 2, 1, DocumentState.READY)
        case = Case(1, "?", sources=(("a.md", 1),))
        (gold,) = await gold_passages(case, world.ports)
        assert "Teeth" not in gold.text and "Knees" in gold.text
        prices: Any = Windows()
        hits, _ = await whole_documents(replace(world.ports, prices=prices), "")
        assert "Teeth" not in hits[0].text
        await changed(world, 1)
        assert await world.words("teeth") == [2] and world.indexed() == {1, 2, 3}

    run(tmp_path, dict(FILES), test)


class Windows:
    def window(self, model: str) -> None:
        """Nobody knows it."""


def test_an_edited_chunk_is_found_by_its_new_text_under_a_new_id(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md")
        await changed(world, 1, text="Molars are extra.")
        assert await world.words("teeth") == [] and await world.words("molars") == [4]
        assert world.indexed() == {1, 3, 4}, "id 2 may have the old vector on the disk"
        (hit,) = [h for h in await search("molars", HYBRID, world.ports) if h.rank == 1]
        assert hit.edited and hit.text == "Molars are extra.", "not widened over the page"
        assert (await passages(world))[1].original == "Teeth are extra."
        page = await world.ports.store.page(1, 0)
        assert "Teeth" in page.text and "Molars" not in page.text
        await changed(world, 1)
        assert await world.words("teeth") == [2] and world.indexed() == {1, 2, 3}
        with pytest.raises(DocumentError, match="empty"):
            await changed(world, 1, text="  ")

    run(tmp_path, dict(FILES), test)


def test_changes_survive_splitting_anew_and_a_new_version_of_the_file(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md")
        await changed(world, 0, excluded=True)
        await changed(world, 1, text="Molars are extra.")
        await indexing.split_anew(ChunkSettings(splitter="fixed"), world.ports)
        assert [(p.chunk.text, p.excluded) for p in await passages(world)] == [
            ("Glasses are covered.", True), ("Molars are extra.", False),
            ("Knees are free.", False)]
        assert await world.words("teeth") == await world.words("glasses") == []
        world.write("/a.md", "A new first line.\n" + FILES["/a.md"])
        await world.drop("/a.md")
        assert await world.words("teeth") == await world.words("glasses") == []
        assert len(await world.words("molars")) == len(await world.words("first")) == 1
        ids, _ = await world.ports.store.vectors(world.ports.embedder.id)
        assert world.indexed() == set(ids.tolist())

    run(tmp_path, dict(FILES), test)


class Broken(WordEmbedder):
    async def embed(self, texts: object, *, urgent: bool = False) -> object:  # type: ignore[override]
        if urgent:
            raise EmbedderUnavailable("The model is gone", remedy="Bring it back")
        return await super().embed(texts)  # type: ignore[arg-type]


def test_without_an_embedder_an_edit_is_found_by_words_and_waits(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md")
        await changed(world, 1, text="Molars are extra.")
        (row,) = await world.rows()
        assert (row.state, row.chunks, row.embedded) == (DocumentState.EMBEDDING, 3, 2)
        assert row.error == "The model is gone" and await world.words("molars")
        await indexing.resume(world.ports)
        (row,) = await world.rows()
        assert row.state is DocumentState.READY and len(world.indexed()) == 3

    run(tmp_path, dict(FILES), test, Broken())


def test_an_excluded_edit_stays_as_it_was_written(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md")
        await changed(world, 1, excluded=True, text="Molars are extra.")
        assert await world.words("molars") == await world.words("teeth") == []
        assert (await passages(world))[1].change == ChunkChange(True, "Molars are extra.")
        await changed(world, 1, text="Molars are extra.")
        assert len(await world.words("molars")) == 1

    run(tmp_path, dict(FILES), test)
