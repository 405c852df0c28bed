"""Another embedding model: told first, built beside the one in use, taken over when complete."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop.core.embedders import BUILTIN, FACT, EmbedderChoice
from desktop.core.errors import EmbedderUnavailable
from desktop.core.events import EmbedderProgress, EmbedderSwitched, ModelDownload
from desktop.core.profiles import find_profile
from desktop.core.types import DENSE, HYBRID, DocumentState
from desktop.flows import indexing, switching
from desktop.flows.indexing_read import settings_of
from desktop.flows.searching import search, search_anyhow
from desktop.services import workspace
from desktop.services.catalog import Catalog
from tests.choosers import OTHER, FakeChooser, OtherEmbedder
from tests.fakes import GatedEmbedder, indexing_ports

from .test_indexing import World

LINES = "\n".join(f"Rule number {n} is about word{n}." for n in range(3 * switching.BATCH))


class Switching(World):
    """A world whose embedder can be chosen."""

    @property
    def chooser(self) -> FakeChooser:
        found: Any = self.ports.chooser
        return found

    async def begin(self, choice: EmbedderChoice = OTHER) -> asyncio.Task[None]:
        known, embedder = await switching.look(choice, self.ports, self.events.append)
        return asyncio.ensure_future(
            switching.switch(known, embedder, self.ports, self.events.append))

    async def found(self, question: str = "word7") -> str:
        """The best passage by meaning."""
        return (await search(question, find_profile("dense, top 1, single passages"),
                             self.ports))[0].text


def run(
    tmp_path: Path, test: Callable[[Switching], Awaitable[None]], *, other: Any = None,
    builtin: Any = None, files: dict[str, str] | None = None,
) -> None:
    async def whole() -> None:
        store = await workspace.create(tmp_path / "w.stratex")
        chooser = FakeChooser(builtin or GatedEmbedder(), other or OtherEmbedder())
        ports = replace(indexing_ports(store, {"/a.md": LINES, **(files or {})}, chooser.embedder),
                        chooser=chooser, prices=Catalog())
        try:
            await asyncio.wait_for(test(Switching(ports)), 20)
        finally:
            await store.aclose()

    asyncio.run(whole())


def test_search_uses_the_old_model_until_the_new_one_is_complete(tmp_path: Path) -> None:
    other = OtherEmbedder(free=2)

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        before = await world.found()
        task = await world.begin()
        while not other.waiting:
            await asyncio.sleep(0)
        assert await world.found() == before and world.ports.embedder.id == "words"
        world.chooser.tell("work asks to wait 20 s")
        assert world.of(EmbedderProgress)[-1] == EmbedderProgress(
            128, 192, note="work asks to wait 20 s")
        other.open()
        await task
        assert world.ports.embedder.id == "other:1" and await world.found() == before
        assert world.of(EmbedderSwitched) and world.chooser.ended
        total, done = await world.ports.store.counts("other:1")
        assert total == done == 3 * switching.BATCH
        told = [each for each in world.of(EmbedderProgress) if not each.note]
        assert [each.done for each in told] == [0, 64, 128, 192]
        assert told[-1].total == 192 and told[-2].seconds_left is not None
        stored = EmbedderChoice.from_json(await world.ports.store.fact(FACT))
        assert stored == world.chooser.current and stored.id == "other:1"
        assert await switching.wanted(world.ports) is None

    run(tmp_path, test, other=other)


def test_cancelled_it_keeps_the_old_model_and_goes_on_with_what_is_left(tmp_path: Path) -> None:
    other = OtherEmbedder(free=2)

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        task = await world.begin()
        while not other.waiting:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert world.ports.embedder.id == "words" and await world.found()
        left = await switching.wanted(world.ports)
        assert left is not None and left.choice.path == OTHER.path and not left.paused
        assert (await world.ports.store.counts("other:1"))[1] == 2 * switching.BATCH
        other.open()
        other.embedded.clear()
        await (await world.begin(left.choice))
        assert len(other.embedded) == switching.BATCH

    run(tmp_path, test, other=other)


def test_what_is_dropped_meanwhile_is_in_both(tmp_path: Path) -> None:
    other = OtherEmbedder(free=1)

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        task = await world.begin()
        while not other.waiting:
            await asyncio.sleep(0)
        await world.drop("/b.md")
        other.open()
        await task
        assert await world.found("crowns") == "A crown costs crowns."
        assert (await world.ports.store.counts("other:1")) == (193, 193)

    run(tmp_path, test, other=other, files={"/b.md": "A crown costs crowns."})


def test_it_waits_for_indexing_to_end_and_indexing_for_it(tmp_path: Path) -> None:
    builtin = GatedEmbedder()

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        builtin.hold()
        indexed = asyncio.ensure_future(world.drop("/b.md"))
        await world.settled(DocumentState.EMBEDDING, row=1)
        task = await world.begin()
        while len(world.of(EmbedderProgress)) < 4:
            await asyncio.sleep(0)
        assert not task.done() and world.ports.embedder.id == "words"
        builtin.open()
        await indexed
        await task
        assert (await world.ports.store.counts("other:1")) == (193, 193)
        (outcome,) = await world.drop("/c.md")
        assert outcome.status == "ready" and await world.found("bridges") == "Bridges, too."

    run(tmp_path, test, builtin=builtin,
        files={"/b.md": "A crown costs crowns.", "/c.md": "Bridges, too."})


def test_back_to_the_first_model_embeds_only_what_is_new(tmp_path: Path) -> None:
    builtin = GatedEmbedder()

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        await (await world.begin())
        await world.drop("/b.md")
        builtin.embedded.clear()
        await (await world.begin(BUILTIN))
        assert world.ports.embedder.id == "words" and await world.ports.store.fact(FACT) is None
        assert [text for text in builtin.embedded if "crowns" in text] == builtin.embedded

    run(tmp_path, test, builtin=builtin, files={"/b.md": "A crown costs crowns."})


def test_the_estimate_embeds_no_document(tmp_path: Path) -> None:
    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        world.chooser.hosts[OTHER.key] = "models.example"
        other: Any = world.chooser.other
        choice, embedder = await switching.look(OTHER, world.ports)
        found = await switching.estimate(choice, embedder, world.ports)
        assert not any("word7" in text for text in other.embedded)
        assert (found.chunks, found.to_embed, found.exact) == (192, 192, True)
        # Title and six words a chunk; a second passes with each look at the clock.
        assert (found.tokens, found.seconds) == (192 * 7, 192 / switching.PROBE)
        assert found.cost == pytest.approx(found.tokens * 0.022e-6) and found.cut == 0
        text = " ".join(switching.sentences(found))
        assert "Every passage and question is sent to models.example." in text
        assert "192 of 192 chunks to embed, 1,344 tokens, ~24 s." in text

    run(tmp_path, test)


def test_chunks_that_it_would_cut_are_counted_and_fit_when_split_again(tmp_path: Path) -> None:
    async def test(world: Switching) -> None:
        await world.drop("/b.md")
        choice, embedder = await switching.look(OTHER, world.ports)
        found = await switching.estimate(choice, embedder, world.ports)
        assert found.cut == 1 and "Split the documents again" in switching.sentences(found)[-1]
        assert (await settings_of(world.ports)).limit == 256
        await switching.switch(choice, embedder, world.ports)
        assert (await settings_of(world.ports)).limit == 102

    run(tmp_path, test, files={"/b.md": "crown " * 200})


def test_a_model_of_the_hub_is_fetched_first(tmp_path: Path) -> None:
    async def test(world: Switching) -> None:
        world.chooser.here = False
        await switching.look(EmbedderChoice("hub", name="a/b"), world.ports, world.events.append)
        assert [(each.done, each.total) for each in world.of(ModelDownload)] == [(1, 2), (2, 2)]

    run(tmp_path, test)


def test_vectors_under_its_name_that_are_not_its_own_change_nothing(tmp_path: Path) -> None:
    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        await world.ports.store.save_vectors("other:1", [1], np.ones((1, 7), np.float32))
        with pytest.raises(EmbedderUnavailable, match="other vectors"):
            await (await world.begin())
        assert world.ports.embedder.id == "words" and await world.found()

    run(tmp_path, test)


def test_without_its_model_a_workspace_is_searched_by_words_and_says_so(tmp_path: Path) -> None:
    class Gone(GatedEmbedder):
        async def embed(self, texts: Any, *, urgent: bool = False) -> Any:
            if urgent:
                raise EmbedderUnavailable("The folder is gone", remedy="Choose another one")
            return await super().embed(texts)

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        hits, note = await search_anyhow("word7", HYBRID, world.ports)
        assert "word7" in hits[0].text
        assert note == "Searched by words only. The folder is gone. Choose another one."
        for profile in (DENSE, find_profile("hybrid, cross-encoder")):
            with pytest.raises(EmbedderUnavailable):
                await search_anyhow("word7", profile, world.ports)
        with pytest.raises(EmbedderUnavailable):
            await search("word7", HYBRID, world.ports)

    run(tmp_path, test, builtin=Gone())


def test_a_document_cannot_be_indexed_while_it_is_cancelled_waiting(tmp_path: Path) -> None:
    """A cancelled switch lets go of those that waited for it."""
    builtin, other = GatedEmbedder(), OtherEmbedder()

    async def test(world: Switching) -> None:
        await world.drop("/a.md")
        other.hold()
        task = await world.begin()
        while not other.waiting:
            await asyncio.sleep(0)
        builtin.hold()
        first = asyncio.ensure_future(world.drop("/b.md"))
        await world.settled(DocumentState.EMBEDDING, row=1)
        other.open()
        while len(world.of(EmbedderProgress)) < 4:
            await asyncio.sleep(0)
        waiting = asyncio.ensure_future(indexing.index(["/c.md"], world.ports))
        cancelled = asyncio.ensure_future(indexing.index(["/c.md"], world.ports))
        await asyncio.sleep(0.01)
        cancelled.cancel()
        task.cancel()
        builtin.open()
        await first
        (outcome,) = await waiting
        assert outcome.status == "ready" and world.ports.embedder.id == "words"

    run(tmp_path, test, builtin=builtin, other=other,
        files={"/b.md": "crowns", "/c.md": "bridges"})
