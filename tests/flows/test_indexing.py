"""Dropping, removing and bringing back documents, without a disk, a model or a process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.core.chunk_settings import ChunkSettings
from desktop.core.errors import EmbedderUnavailable, WorkspaceError
from desktop.core.events import (
    DocumentChanged,
    DocumentSkipped,
    DocumentsRemoved,
    Event,
    IndexProgress,
)
from desktop.core.ports import Ports
from desktop.core.types import Case, Document, DocumentState, IndexOutcome
from desktop.flows import indexing
from desktop.flows.indexing_run import BATCH
from desktop.flows.passages import gold_passages
from desktop.services import workspace
from tests.contracts.word_embedder import WordEmbedder
from tests.fakes import FakeFiles, GatedEmbedder, indexing_ports

MANY = "\n".join(f"Rule number {n} is about word{n}." for n in range(3 * BATCH))
Q, R, E, READY, FAILED, _SKIPPED = DocumentState


class World:
    """An open workspace and what the flows said."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.events: list[Event] = []

    async def drop(self, *paths: str) -> list[IndexOutcome]:
        return await indexing.index(paths, self.ports, self.events.append)

    async def rows(self) -> list[Document]:
        return await self.ports.store.documents()

    async def states(self) -> list[DocumentState]:
        return [row.state for row in await self.rows()]

    async def words(self, word: str) -> list[int]:
        return [found for found, _ in await self.ports.store.lexical_search(word, 10)]

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def indexed(self) -> set[int]:
        index: Any = self.ports.vectors
        return set(index.vectors)

    def write(self, path: str, text: str) -> None:
        files: Any = self.ports.files
        assert isinstance(files, FakeFiles)
        files.contents[path] = text

    async def settled(self, state: DocumentState, row: int = 0) -> None:
        """Until the row is in that state, as told by events."""
        while [d.document.state for d in self.of(DocumentChanged)
               if d.document.id == row + 1][-1:] != [state]:
            await asyncio.sleep(0)


def run(
    tmp_path: Path, files: dict[str, str], test: Callable[[World], Awaitable[None]],
    embedder: Any = None,
) -> None:
    async def whole() -> None:
        store = await workspace.create(tmp_path / "w.stratex")
        try:
            await asyncio.wait_for(test(World(indexing_ports(store, files, embedder))), 10)
        finally:
            await store.aclose()

    asyncio.run(whole())


def test_a_file_becomes_searchable_by_words_then_by_meaning(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        (outcome,) = await world.drop("/a.md")
        assert (outcome.path, outcome.name, outcome.status) == ("/a.md", "a.md", "ready")
        assert (outcome.pages, outcome.chunks, outcome.error) == (2, 3, None)
        assert outcome.seconds > 0 and outcome.characters == len("eyeglasses\nteethodd knees")
        documents = [event.document for event in world.of(DocumentChanged)]
        assert [d.state for d in documents] == [Q, R, E, E, READY]
        assert documents[-1] == (await world.rows())[0]
        assert documents[-1].embedded == documents[-1].chunks == 3
        assert documents[-1].warning == "odd"
        assert await world.words("knees") == [3]
        assert world.indexed() == {1, 2, 3}

    run(tmp_path, {"/a.md": "eyeglasses\nteeth\fodd knees"}, test)


def test_words_can_be_searched_while_the_embedder_has_not_answered_yet(tmp_path: Path) -> None:
    embedder = GatedEmbedder(free=0)

    async def test(world: World) -> None:
        task = asyncio.ensure_future(world.drop("/a.md", "/b.md"))
        await world.settled(E)
        await world.settled(E, row=1)
        assert await world.words("word7") and await world.words("other")
        assert world.indexed() == set()
        embedder.open()
        assert [outcome.status for outcome in await task] == ["ready", "ready"]
        assert len(world.indexed()) == 3 * BATCH + 1

    run(tmp_path, {"/a.md": MANY, "/b.md": "other"}, test, embedder)


def test_the_embedder_is_kept_busy_while_vectors_are_stored(tmp_path: Path) -> None:
    embedder = GatedEmbedder(free=0)

    async def test(world: World) -> None:
        task = asyncio.ensure_future(world.drop("/a.md"))
        while embedder.waiting < 2:
            await asyncio.sleep(0)
        embedder.open()
        await task
        assert 2 <= embedder.most_waiting <= 3

    run(tmp_path, {"/a.md": MANY}, test, embedder)


def test_what_is_there_already_is_not_read_again(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md")
        again = await world.drop("/a.md", "/elsewhere/a.md", "/copy.md", "/b.md", "/b2.md")
        assert [outcome.status for outcome in again] == [
            "unchanged", "unchanged", "duplicate", "ready", "duplicate",
        ]
        reader: Any = world.ports.reader
        assert reader.names == ["a.md", "b.md"]
        assert [event.why for event in world.of(DocumentSkipped)][2] == (
            "It is here already as a.md"
        )

    files = {"/a.md": "one", "/elsewhere/a.md": "one", "/copy.md": "one", "/b.md": "two",
             "/b2.md": "two"}
    run(tmp_path, files, test)


def test_a_file_that_cannot_be_read_fails_its_own_row_only(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        bad, good, gone, empty = await world.drop("/bad.md", "/good.md", "/gone.md", "/empty.md")
        assert bad.status == "failed" and bad.error == "Is damaged. It says so. Mend it."
        assert good.status == "ready"
        assert gone.status == "failed" and gone.error == "gone.md is not there. Check its path."
        assert empty.status == "failed" and empty.error is not None
        assert empty.error.startswith("No text found")
        rows = await world.rows()
        assert [row.state for row in rows] == [FAILED, READY, FAILED]
        assert (rows[0].error, rows[0].remedy) == ("Is damaged. It says so", "Mend it")
        assert [event.path for event in world.of(DocumentSkipped)] == ["/gone.md"]

    run(tmp_path, {"/bad.md": "BAD", "/good.md": "good", "/empty.md": " \n "}, test)


def test_a_failed_file_is_tried_again_when_dropped_again_or_on_request(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        reader: Any = world.ports.reader
        await world.drop("/bad.md")
        assert [o.status for o in await world.drop("/bad.md")] == ["failed"]
        assert [o.status for o in await indexing.retry([1], world.ports)] == ["failed"]
        assert reader.names == ["bad.md"] * 3
        assert len(await world.rows()) == 1
        assert await indexing.retry([7], world.ports) == []

    run(tmp_path, {"/bad.md": "BAD"}, test)


def test_other_kinds_in_a_folder_are_told_in_one_word(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        outcomes = await world.drop("/folder")
        assert [outcome.name for outcome in outcomes] == ["a.md"]
        (skipped,) = world.of(DocumentSkipped)
        assert skipped.path == "/folder"
        assert skipped.why == "2 files in folders are not of a kind that is read (.zip)"

    run(tmp_path, {"/folder/a.md": "a", "/folder/b.zip": "", "/folder/c.zip": ""}, test)


def test_equal_chunks_are_embedded_once_and_all_are_found(tmp_path: Path) -> None:
    embedder = WordEmbedder()

    async def test(world: World) -> None:
        await world.drop("/1/a.md", "/2/a.md")
        assert len(embedder.embedded) == len(set(embedder.embedded)) == 4
        assert world.indexed() == {1, 2, 3, 4, 5, 6}
        assert all(row.embedded == row.chunks == 3 for row in await world.rows())
        last = world.of(IndexProgress)[-1]
        assert last.chunks_embedded == last.chunks_total >= 4

    files = {"/1/a.md": "same\nsame\nfirst", "/2/a.md": "same\nsecond\nthird"}
    run(tmp_path, files, test, embedder)


def test_cancelling_keeps_finished_batches_and_resuming_finishes(tmp_path: Path) -> None:
    embedder = GatedEmbedder(free=1)

    async def test(world: World) -> None:
        task = asyncio.ensure_future(world.drop("/a.md", "/hang.md"))
        while len(world.indexed()) < BATCH:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await world.states() == [E, R]
        assert (await world.rows())[0].embedded == BATCH
        embedder.open()
        embedder.embedded.clear()
        await world.ports.vectors.load(embedder.id, embedder.dimension, world.ports.store)
        await indexing.remove([2], world.ports, world.events.append)
        (outcome,) = await indexing.resume(world.ports, world.events.append)
        assert outcome.status == "ready" and outcome.chunks == 3 * BATCH
        assert len(embedder.embedded) == 2 * BATCH
        assert len(world.indexed()) == 3 * BATCH
        reader: Any = world.ports.reader
        assert reader.names == ["a.md", "hang.md"]

    run(tmp_path, {"/a.md": MANY, "/hang.md": "HANG"}, test, embedder)


def test_a_cancelled_file_goes_on_when_it_is_dropped_again(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        task = asyncio.ensure_future(world.drop("/a.md", "/b.md"))
        await world.settled(R)
        task.cancel()
        await asyncio.wait([task])
        assert await world.states() in ([R], [R, Q])
        reader: Any = world.ports.reader
        world.write("/a.md", "HANG no more")

        async def read(name: str, content: bytes, settings: ChunkSettings) -> Any:
            return await type(reader).read(reader, name, b"awake")

        reader.read = read
        world.write("/a.md", "HANG")
        assert [o.status for o in await world.drop("/a.md", "/b.md")] == ["ready", "ready"]

    run(tmp_path, {"/a.md": "HANG", "/b.md": "b"}, test)


def test_without_the_embedder_words_are_searchable_and_the_rows_say_why(tmp_path: Path) -> None:
    class Broken(WordEmbedder):
        broken = True

        async def embed(self, texts: Any, *, urgent: bool = False) -> Any:
            if self.broken:
                raise EmbedderUnavailable("No model", remedy="Convert it")
            return await super().embed(texts, urgent=urgent)

    embedder = Broken()

    async def test(world: World) -> None:
        outcomes = await world.drop("/a.md", "/b.md")
        assert [(o.status, o.error) for o in outcomes] == [("failed", "No model. Convert it.")] * 2
        rows = await world.rows()
        assert [(row.state, row.error, row.remedy) for row in rows] == [
            (E, "No model", "Convert it")] * 2
        assert await world.words("other")
        embedder.broken = False
        outcomes = await indexing.retry([1, 2], world.ports, world.events.append)
        assert [outcome.status for outcome in outcomes] == ["ready", "ready"]
        assert [row.error for row in await world.rows()] == ["", ""]
        assert len(world.indexed()) == 3 * BATCH + 1

    run(tmp_path, {"/a.md": MANY, "/b.md": "other"}, test, embedder)


def test_removing_hides_and_restoring_brings_back(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md", "/b.md")
        await indexing.remove([1], world.ports, world.events.append)
        assert world.of(DocumentsRemoved) == [DocumentsRemoved((1,))]
        assert world.indexed() == {3} and await world.words("one") == []
        assert await indexing.restore([1], world.ports, world.events.append) == []
        assert world.indexed() == {1, 2, 3} and await world.words("one") == [1]
        assert await world.states() == [READY, READY]

    run(tmp_path, {"/a.md": "one\ntwo", "/b.md": "three"}, test)


def test_what_is_removed_while_it_is_read_or_embedded_stays_gone(tmp_path: Path) -> None:
    embedder = GatedEmbedder(free=1)

    async def test(world: World) -> None:
        task = asyncio.ensure_future(world.drop("/a.md", "/b.md"))
        while len(world.indexed()) < BATCH:
            await asyncio.sleep(0)
        await indexing.remove([1], world.ports, world.events.append)
        seen = len(world.events)
        embedder.open()
        removed, kept = await task
        assert removed.status == "failed" and removed.error == "a.md was removed meanwhile"
        assert kept.status == "ready"
        assert all(d.document.id == 2 for d in world.events[seen:]
                   if isinstance(d, DocumentChanged))
        assert len(world.indexed()) == 1
        (outcome,) = await indexing.restore([1], world.ports, world.events.append)
        assert outcome.status == "ready"
        assert len(world.indexed()) == 3 * BATCH + 1

    run(tmp_path, {"/a.md": MANY, "/b.md": "other"}, test, embedder)


def test_a_changed_file_takes_the_place_of_its_older_version(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md", "/b.md")
        world.write("/a.md", "newer")
        (outcome,) = await world.drop("/a.md")
        assert outcome.status == "ready"
        assert [row.id for row in await world.rows()] == [2, 3]
        assert await world.words("older") == [] and await world.words("newer")
        assert world.indexed() == {2, 3}
        assert world.of(DocumentsRemoved) == [DocumentsRemoved((1,))]
        world.write("/a.md", "BAD version")
        await world.drop("/a.md")
        assert await world.words("newer")  # kept: the new version cannot be read

    run(tmp_path, {"/a.md": "older", "/b.md": "same"}, test)


def test_two_drops_at_once_read_a_file_once(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        first, second = await asyncio.gather(world.drop("/a.md"), world.drop("/a.md", "/b.md"))
        assert [o.status for o in first] == ["ready"]
        assert [o.status for o in second] == ["unchanged", "ready"]
        reader: Any = world.ports.reader
        assert sorted(reader.names) == ["a.md", "b.md"]

    run(tmp_path, {"/a.md": MANY, "/b.md": "b"}, test)


def test_progress_counts_files_and_chunks_and_tells_the_time_left(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/a.md", "/bad.md", "/b.md")
        progress = world.of(IndexProgress)
        assert [p.files_total for p in progress] == [3] * len(progress)
        assert progress[0].seconds_left is None
        done = [p.chunks_embedded for p in progress]
        assert done == sorted(done)
        last = progress[-1]
        assert last == IndexProgress(3, 3, 6 * BATCH + 1, 6 * BATCH + 1, 0.0)
        left = [p.seconds_left for p in progress if p.seconds_left is not None]
        assert left[0] > 0 and left[-1] == 0

    more = MANY.replace("Rule", "Law")
    run(tmp_path, {"/a.md": MANY + "\n" + more, "/bad.md": "BAD", "/b.md": "b"}, test)


def test_a_failing_workspace_is_raised_as_itself(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        store: Any = world.ports.store

        async def full(*args: Any) -> None:
            raise WorkspaceError("The disk is full")

        store.save_vectors = full
        with pytest.raises(WorkspaceError, match="The disk is full"):
            await world.drop("/a.md")
        del store.save_vectors
        (outcome,) = await indexing.resume(world.ports)
        assert outcome.status == "ready"

    run(tmp_path, {"/a.md": MANY}, test)


def test_new_settings_split_stored_pages_and_keep_vectors_of_texts_that_stay(
    tmp_path: Path,
) -> None:
    embedder = GatedEmbedder()

    async def test(world: World) -> None:
        await world.drop("/a.md", "/b.md")
        reader: Any = world.ports.reader
        reader.names.clear()
        asked = []
        plain = embedder.embed

        async def embed(texts: Any, *, urgent: bool = False) -> Any:
            asked.extend(texts)
            return await plain(texts, urgent=urgent)

        embedder.embed = embed  # type: ignore[method-assign]
        await indexing.split_anew(ChunkSettings(splitter="fixed"), world.ports,
                                  world.events.append)
        assert reader.names == []  # nothing was read
        assert await world.states() == [READY, READY]
        assert [row.chunks for row in await world.rows()] == [2, 1]
        assert [text.split("\n", 1)[1] for text in asked] == ["eyeglasses\nteeth"]
        ids, _ = await world.ports.store.vectors(embedder.id)
        assert world.indexed() == set(ids.tolist()) and len(ids) == 3
        assert (await world.rows())[0].warning == "odd"  # what was said of it when it was read

    run(tmp_path, {"/a.md": "eyeglasses\nteeth\fodd knees", "/b.md": "elbows"}, test, embedder)


def test_splitting_anew_goes_on_after_it_was_cancelled(tmp_path: Path) -> None:
    embedder = GatedEmbedder()

    async def test(world: World) -> None:
        await world.drop("/a.md", "/b.md")
        embedder.hold()
        task = asyncio.ensure_future(indexing.split_anew(
            ChunkSettings(splitter="fixed"), world.ports, world.events.append))
        await world.settled(E)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await world.words("teeth")
        waiting = (await world.rows())[1]
        assert waiting.state is not READY and await gold_passages(
            Case(1, "?", sources=(("b.md", None),)), world.ports)
        embedder.open()
        await indexing.resume(world.ports, world.events.append)
        assert await world.states() == [READY, READY]
        assert [row.chunks for row in await world.rows()] == [1, 1]
        ids, _ = await world.ports.store.vectors(embedder.id)
        assert world.indexed() == set(ids.tolist())

    run(tmp_path, {"/a.md": "eyeglasses\nteeth", "/b.md": "elbows\nknees"}, test, embedder)
