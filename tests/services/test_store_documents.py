"""Documents, chunks, vectors and full-text search in the workspace file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import DocumentError
from desktop.core.types import Document, DocumentState, NewChunk, Page
from desktop.services import workspace
from desktop.services.store import SqliteStore, search
from desktop.services.store.values import clean
from tests.services.store_tools import add_text, chunk_of, scenario

Check = Callable[[Callable[[SqliteStore], Awaitable[None]]], None]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Check]:
    """`run(check)` calls `await check(store)` on a new workspace."""
    with scenario(tmp_path / "w.stratex") as call:
        yield call


async def pages_of(store: SqliteStore, name: str, *texts: str) -> Document:
    """A document with a page and a chunk for each text, not embedded."""
    document = await store.add_document(name, "", name, b"")
    await store.save_pages(
        document.id,
        [Page(number, text) for number, text in enumerate(texts, 1)],
        [NewChunk(place, place + 1, 0, len(text), text) for place, text in enumerate(texts)],
    )
    return document


# --- the ledger --------------------------------------------------------------------------


def test_a_document_goes_through_its_states(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        added = await store.add_document("Plan.pdf", "/home/me/Plan.pdf", "ab12", b"%PDF")
        assert added == Document(
            added.id, "Plan.pdf", "/home/me/Plan.pdf", "ab12", 4, DocumentState.QUEUED
        )
        assert await store.document_by_hash("ab12") == added
        assert await store.document_bytes(added.id) == b"%PDF"
        failed = await store.set_document(
            added.id, DocumentState.FAILED, seconds=1.5, error="No text.", remedy="Scan it.",
            warning="2 pages are pictures.",
        )
        assert (failed.error, failed.remedy, failed.seconds) == ("No text.", "Scan it.", 1.5)
        again = await store.set_document(added.id, DocumentState.READING)
        assert (again.error, again.remedy, again.seconds) == ("", "", 1.5)
        assert again.warning == "2 pages are pictures."
        assert await store.documents() == [again]

    run(check)


def test_saved_pages_are_counted_and_searchable_by_words(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        document = await store.add_document("Eye_care.md", "", "x", b"")
        pages = [Page(1, "Glasses: one pair.\nLenses too."), Page(2, " \n"), Page(3, "Nothing.")]
        new = [
            NewChunk(0, 1, 0, 18, "Glasses: one pair.", "Vision > Glasses"),
            NewChunk(0, 1, 19, 30, "Lenses too."), NewChunk(2, 3, 0, 8, "Nothing."),
        ]
        chunks = await store.save_pages(document.id, pages, new)
        row = (await store.documents())[0]
        assert row.state is DocumentState.EMBEDDING
        assert (row.pages, row.characters, row.chunks) == (3, 40, 3)
        assert (row.embedded, row.empty_pages) == (0, 1)
        assert await store.pages(document.id) == pages
        assert await store.page(document.id, 2) == pages[2]
        assert await store.chunks([c.id for c in reversed(chunks)]) == chunks[::-1]
        for chunk in chunks:
            page = await store.page(document.id, chunk.page_index)
            assert page.text[chunk.start:chunk.end] == chunk.text
        assert [hit for hit, _ in await store.lexical_search("lenses", 9)] == [chunks[1].id]
        assert [hit for hit, _ in await store.lexical_search("vision", 9)] == [chunks[0].id]
        assert len(await store.lexical_search("eye care", 9)) == 3

    run(check)


def test_reading_a_document_again_replaces_all_of_it(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        document = await pages_of(store, "a.md", "old words", "more old words")
        old = [hit for hit, _ in await store.lexical_search("old", 9)]
        new = await store.save_pages(document.id, [Page(None, "new")], [chunk_of("new")])
        assert await store.lexical_search("old", 9) == []
        assert [hit for hit, _ in await store.lexical_search("new", 9)] == [new[0].id]
        assert await store.chunks(old) == []
        assert new[0].id not in old
        assert (await store.documents())[0].chunks == 1
        with pytest.raises(DocumentError):
            await store.page(document.id, 1)

    run(check)


def test_equal_bytes_are_kept_once(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        for name in ("a.md", "b.md"):
            await store.add_document(name, "", "same", b"the same bytes")
        count = await store._read(lambda db: db.execute("SELECT count(*) FROM contents").fetchone())
        assert count == (1,)
        assert await store.document_bytes(2) == b"the same bytes"

    run(check)


def test_undecodable_names_and_halves_of_characters_are_kept_readable(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        document = await store.add_document("caf\udce9.txt", "/x/caf\udce9.txt", "x", b"")
        assert document.name == "caf\ufffd.txt"
        text = "a\ud83d zero\x00 b"
        await store.save_pages(document.id, [Page(None, text)], [chunk_of(text)])
        assert (await store.page(document.id, 0)).text == "a\ufffd zero\x00 b"

    run(check)


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_cleaning_keeps_every_offset(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert len(cleaned) == len(text)
    assert all(a == b or b == "\ufffd" for a, b in zip(text, cleaned, strict=True))


# --- removal -----------------------------------------------------------------------------


def test_removed_documents_show_nowhere_and_come_back(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        kept = await add_text(store, "kept.md", "a common word")
        gone = await add_text(store, "gone.md", "another common word")
        before = await store.documents()
        hidden = await store.remove_documents([gone.id])
        assert await store.documents() == [kept]
        assert await store.document_by_hash(gone.sha256) is None
        assert await store.chunks(hidden) == []
        assert await store.pages(gone.id) == []
        assert len(await store.lexical_search("common", 9)) == 1
        assert await store.counts("test") == (1, 1)
        for load in (store.vectors("test"), store.vectors_of("test", gone.id)):
            assert not set(hidden) & set((await load)[0].tolist())
        for ask in (store.document_bytes(gone.id), store.page(gone.id, 0)):
            with pytest.raises(DocumentError, match="no longer"):
                await ask
        assert await store.remove_documents([gone.id]) == []
        assert await store.restore_documents([gone.id, kept.id]) == [gone]
        assert await store.documents() == before
        assert len(await store.chunks(hidden)) == len(hidden) == 1
        assert await store.counts("test") == (2, 2)

    run(check)


def test_removed_documents_take_no_place_among_the_first_hits(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        better = [await add_text(store, f"{n}.md", "word " * 5 + str(n)) for n in range(20)]
        last = await add_text(store, "last.md", "one word among several others " * 9)
        await store.remove_documents([document.id for document in better])
        hits = await store.lexical_search("word", 3)
        found = await store.chunks([chunk_id for chunk_id, _ in hits])
        assert [chunk.document_id for chunk in found] == [last.id]

    run(check)


def test_words_of_most_chunks_are_left_out_where_there_are_many_and_change_no_order(
    run: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = '"plan" OR "teeth" OR "glasses"'

    async def check(store: SqliteStore) -> None:
        texts = [f"the plan pays {'teeth ' * (n % 4)}{'glasses' if n % 3 == 0 else ''} {n}"
                 for n in range(24)]
        await pages_of(store, "a.md", *texts)
        every = await store.lexical_search(match, 99)
        monkeypatch.setattr(search, "_MANY", 10)
        telling = await store.lexical_search(match, 99)
        held = [hit for hit in every if hit[1] > 0.01]
        assert 0 < len(held) < len(every) == 24
        assert [each for each, _ in telling][:len(held)] == [each for each, _ in held]
        assert len(await store.lexical_search('"plan"', 99)) == 24, "all it has is not left out"
        assert len(await store.lexical_search('"plan" OR "pays"', 99)) == 24

    run(check)


def test_a_document_added_again_is_not_brought_back_beside_itself(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        first = await add_text(store, "a.md", "the text")
        await store.remove_documents([first.id])
        second = await add_text(store, "a.md", "the text")
        assert await store.restore_documents([first.id]) == []
        assert [document.id for document in await store.documents()] == [second.id]

    run(check)


def test_closing_deletes_what_was_removed_and_only_that(tmp_path: Path) -> None:
    path = tmp_path / "w.stratex"

    async def check() -> None:
        store = await workspace.create(path)
        kept = await add_text(store, "kept.md", "shared text")
        gone = await pages_of(store, "gone.md", *(f"page {n} zanzibar" for n in range(2500)))
        twin = await store.add_document("kept.md", "", "twin", b"")
        await store.save_pages(twin.id, [Page(1, "shared text")], [chunk_of("shared text")])
        await store.remove_documents([gone.id, twin.id])
        await store.aclose()
        assert b"zanzibar" not in path.read_bytes()
        store = await workspace.open_workspace(path)
        assert await store.documents() == [kept]
        assert await store.restore_documents([gone.id]) == []
        assert await store.counts("test") == (1, 1)
        new = await add_text(store, "new.md", "new")
        assert new.id > twin.id, "ids are never used twice"
        await store.aclose()

    asyncio.run(check())
    assert path.stat().st_size < 400_000


def test_closing_stops_deleting_when_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.stratex"
    with scenario(path) as run:
        document = run(lambda store: add_text(store, "a.md", "text"))
        run(lambda store: store.remove_documents([document.id]))
        monkeypatch.setattr("desktop.services.store.thread.CLOSING_SECONDS", 0.0)
    with scenario(path) as run:
        assert run(lambda store: store.documents()) == []
        assert run(lambda store: store.restore_documents([document.id])) != []


# --- vectors -----------------------------------------------------------------------------


def test_equal_passages_are_embedded_once(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        document = await pages_of(store, "a.md", "the footer", "a body", "the footer")
        todo = await store.chunks_to_embed("e", document.id)
        assert [chunk.text for chunk in todo] == ["the footer", "a body"]
        footer = np.array([[1, 0, 0]], np.float32)
        await store.save_vectors("e", [todo[0].id], footer)
        assert [c.text for c in await store.chunks_to_embed("e", document.id)] == ["a body"]
        assert (await store.documents())[0].embedded == 2
        assert await store.counts("e") == (3, 2)
        ids, vectors = await store.vectors("e")
        assert ids.tolist() == [todo[0].id, todo[0].id + 2]
        assert (vectors == footer).all()
        assert len(await store.chunks_to_embed("other", document.id)) == 2
        assert await store.counts("other") == (3, 0)

    run(check)


def test_a_document_read_again_finds_its_vectors(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        document = await add_text(store, "a.md", "the text")
        await store.save_pages(document.id, [Page(1, "the text")], [chunk_of("the text")])
        assert await store.chunks_to_embed("test", document.id) == []
        assert (await store.documents())[0].embedded == 1

    run(check)


def test_vectors_come_back_exactly_and_by_document(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        random = np.random.default_rng(7)
        saved = {}
        for name in ("a.md", "b.md"):
            document = await pages_of(store, name, *(f"{name} {n}" for n in range(50)))
            todo = await store.chunks_to_embed("e", document.id)
            vectors = random.normal(size=(50, 8)).astype(np.float32)
            await store.save_vectors("e", [c.id for c in todo], vectors)
            saved[document.id] = ([c.id for c in todo], vectors)
        for number, (expected, vectors) in saved.items():
            ids, found = await store.vectors_of("e", number)
            assert ids.tolist() == expected
            assert (ids.dtype, found.dtype) == (np.dtype(np.int64), np.dtype(np.float32))
            assert (found == vectors).all()
        ids, found = await store.vectors("e")
        assert ids.tolist() == [*saved[1][0], *saved[2][0]]
        marked, marks = await store.vector_marks("e")
        assert (marked == ids).all() and len(set(marks.tolist())) == len(ids)
        assert [part.shape for part in await store.vector_marks("other")] == [(0,), (0,)]
        some, rows = await store.vectors_at("e", [int(ids[3]), int(ids[70]), 10**9])
        assert some.tolist() == [ids[3], ids[70]] and (rows == found[[3, 70]]).all()
        assert (found == np.concatenate([saved[1][1], saved[2][1]])).all()

    run(check)


def test_strange_vectors_are_refused(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        document = await pages_of(store, "a.md", "one", "two")
        ids = [chunk.id for chunk in await store.chunks_to_embed("e", document.id)]
        for shape in ((1, 3), (2,), (2, 3, 1)):
            with pytest.raises(ValueError, match="shape"):
                await store.save_vectors("e", ids, np.zeros(shape, np.float32))
        await store.save_vectors("e", ids[:1], np.ones((1, 3), np.float32))
        with pytest.raises(ValueError, match="3 numbers, not 4"):
            await store.save_vectors("e", ids[1:], np.ones((1, 4), np.float32))
        assert await store.counts("e") == (2, 1)

    run(check)


def test_vectors_of_chunks_that_are_gone_are_dropped(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        ids, vectors = await store.vectors("never used")
        assert (ids.shape, vectors.shape) == ((0,), (0, 0))
        await store.save_vectors("e", [12345], np.ones((1, 3), np.float32))
        ids, vectors = await store.vectors("e")
        assert (ids.shape, vectors.shape) == ((0,), (0, 3))

    run(check)


# --- the order of things -----------------------------------------------------------------


def test_lexical_scores_are_higher_for_better_hits(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        await pages_of(store, "a.md", "glasses glasses", "one pair of glasses " + "and more " * 30)
        (first, high), (second, low) = await store.lexical_search("glasses", 5)
        assert high > low > 0
        assert first < second
        assert len(await store.lexical_search("glasses", 1)) == 1

    run(check)


def test_many_ids_are_found_in_their_order(run: Check) -> None:
    async def check(store: SqliteStore) -> None:
        await pages_of(store, "a.md", *(str(n) for n in range(1200)))
        ids = list(range(1200, 0, -1))
        assert [chunk.id for chunk in await store.chunks([*ids, 99999])] == ids

    run(check)
