import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services import vectors
from desktop.services.vectors import FaissIndex

DIMENSION = 8


def unit(count: int, seed: int = 0, dimension: int = DIMENSION) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Store:
    """The part of the workspace that the index is made from."""

    def __init__(self, ids, vectors) -> None:
        self.ids = np.array(ids, np.int64)
        self.rows = vectors
        self.marks = self.ids * 7
        self.reads = 0  # how often all vectors were fetched
        self.fetched: list[int] = []  # ids whose vectors were fetched alone

    async def vector_marks(self, embedder_id: str) -> tuple[np.ndarray, np.ndarray]:
        return self.ids, self.marks

    async def vectors_at(self, embedder_id: str, ids: list[int]) -> tuple[np.ndarray, np.ndarray]:
        self.fetched += ids
        here = np.isin(self.ids, ids)
        return self.ids[here], self.rows[here]

    async def vectors(self, embedder_id: str) -> tuple[np.ndarray, np.ndarray]:
        self.reads += 1
        return self.ids, self.rows


def stored(count: int = 30) -> Store:
    return Store(range(1, count + 1), unit(count))


def brute_force(store: Store, query: np.ndarray, top: int) -> list[int]:
    scores = store.rows @ query
    order = np.argsort(-scores, kind="stable")[:top]
    return [int(store.ids[n]) for n in order]


async def opened(tmp_path: Path, store: Store, embedder: str = "mini") -> FaissIndex:
    index = FaissIndex(tmp_path / "cache", tmp_path / "a.stratex")
    assert await index.load(embedder, DIMENSION, store) == len(store.ids)
    return index


def found(index: FaissIndex, store: Store) -> bool:
    query = unit(1, seed=9)[0]

    async def ids() -> list[int]:
        return [number for number, _ in await index.search(query, 5)]

    return asyncio.run(ids()) == brute_force(store, query, 5)


def written(tmp_path: Path, store: Store) -> Path:
    async def write() -> None:
        await (await opened(tmp_path, store)).aclose()

    asyncio.run(write())
    [path] = (tmp_path / "cache").glob("*.faiss")
    return path


def test_search_before_load_finds_nothing(tmp_path):
    async def use() -> None:
        index = FaissIndex(tmp_path, tmp_path / "a.stratex")
        await index.add([1], unit(1))
        await index.remove([1])
        assert await index.search(unit(1)[0], 5) == []
        await index.aclose()
        assert list(tmp_path.iterdir()) == []

    asyncio.run(use())


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 25), min_size=1)), max_size=12),
       st.integers(0, 30))
def test_search_equals_brute_force_after_adding_and_removing(steps, top):
    truth: dict[int, np.ndarray] = {}

    async def use() -> list[tuple[int, float]]:
        index = FaissIndex(Path("unused"), Path("a.stratex"))
        await index.load("mini", DIMENSION, Store([], unit(0)))
        for number, (adds, ids) in enumerate(steps):
            rows = unit(len(ids), seed=number)
            if adds:
                await index.add(sorted(ids), rows)
                truth.update(zip(sorted(ids), rows, strict=True))
            else:
                await index.remove(sorted(ids))
                for chunk_id in ids:
                    truth.pop(chunk_id, None)
        return await index.search(unit(1, seed=99)[0], top)

    hits = asyncio.run(use())
    query = unit(1, seed=99)[0]
    expected = sorted(((float(row @ query), n) for n, row in truth.items()), reverse=True)[:top]
    assert [number for number, _ in hits] == [number for _, number in expected]
    assert [score for _, score in hits] == pytest.approx([s for s, _ in expected], abs=1e-5)


def test_whole_cache_is_used_without_reading_the_vectors(tmp_path):
    store = stored()
    written(tmp_path, store)
    store.reads = 0
    index = asyncio.run(opened(tmp_path, store))
    assert store.reads == 0
    assert found(index, store)


def overwrite(position: int, new: bytes) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        where = position if position >= 0 else len(content) + position
        content[where : where + len(new)] = new
        path.write_bytes(content)

    return damage


def another_kind(path: Path) -> None:
    faiss.write_index(faiss.IndexFlatL2(DIMENSION), str(path))


DAMAGE: dict[str, Callable[[Path], None]] = {
    "empty": lambda path: path.write_bytes(b""),
    "eight bytes": lambda path: path.write_bytes(path.read_bytes()[:8]),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "last byte missing": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "trailing garbage": lambda path: path.write_bytes(path.read_bytes() + b"garbage"),
    "another file type": lambda path: path.write_bytes(b"%PDF-1.7\n" * 50),
    "another kind of index": another_kind,
    "bad fourcc": overwrite(0, b"XXXX"),
    "bit flip in the dimension": overwrite(4, b"\x09"),
    "flipped count": overwrite(8, b"\xff"),
    "bit flip in a vector": overwrite(200, b"\x01"),
    "not a number in a vector": overwrite(200, np.float32(np.nan).tobytes()),
    "zeroed vectors": overwrite(100, bytes(400)),
    "broken id": overwrite(-8, (10**15).to_bytes(8, "little")),
    "missing": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "bit flip in the chunks": lambda path: overwrite(3, b"\x01")(path.with_suffix(".chunks")),
    "no chunks": lambda path: path.with_suffix(".chunks").unlink(),
    "no manifest": lambda path: path.with_suffix(".json").unlink(),
    "manifest is no JSON": lambda path: path.with_suffix(".json").write_bytes(b"\xff{"),
    "manifest is a list": lambda path: path.with_suffix(".json").write_text("[]"),
    "older format": lambda path: edit_manifest(path, format=0),
    "another embedder": lambda path: edit_manifest(path, embedder="other"),
    "another dimension": lambda path: edit_manifest(path, dimension=4),
    "a fact too many": lambda path: edit_manifest(path, count=2),
    "approximate, it says": lambda path: edit_manifest(path, approximation={
        "recall": 0.9, "sample": 2, "chunks": 30, "probes": 1, "groups": 2}),
    "a strange approximation": lambda path: edit_manifest(path, approximation=[1]),
}


def edit_manifest(path: Path, **facts: object) -> None:
    manifest = path.with_suffix(".json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | facts))


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_cache_is_made_again_from_the_workspace(tmp_path, damage):
    store = stored()
    path = written(tmp_path, store)
    store.reads = 0
    damage(path)
    index = asyncio.run(opened(tmp_path, store))
    assert store.reads == 1
    assert found(index, store)


@pytest.mark.parametrize("embedder", ["mini", "other"])
def test_cache_of_other_vectors_is_made_again(tmp_path, embedder):
    path = written(tmp_path, stored())
    now = Store([*range(1, 30), 77], unit(30, seed=5))  # as many, but not the same
    now.marks = now.ids * 11
    edit_manifest(path, embedder=embedder)
    index = asyncio.run(opened(tmp_path, now, embedder))
    assert now.reads == 1 or len(now.fetched) == 30
    assert found(index, now)


def test_file_with_a_fitting_manifest_but_another_dimension_is_made_again(tmp_path):
    store = stored()
    path = written(tmp_path, store)
    other = faiss.IndexIDMap2(faiss.IndexFlatIP(4))
    other.add_with_ids(unit(30, dimension=4), store.ids)
    faiss.write_index(other, str(path))
    import hashlib

    edit_manifest(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    store.reads = 0
    assert found(asyncio.run(opened(tmp_path, store)), store)
    assert store.reads == 1


def test_changes_are_saved_and_an_empty_index_leaves_no_file(tmp_path, monkeypatch):
    store = stored()
    path = written(tmp_path, store)

    async def use() -> None:
        index = await opened(tmp_path, store)
        await index.remove([2, 3, 999])
        await index.save()
        assert faiss.read_index(str(path)).ntotal == 28
        await index.remove(range(1, 31))
        await index.aclose()

    monkeypatch.setattr(vectors, "LITTLE", 0)
    asyncio.run(use())
    assert list(path.parent.iterdir()) == []


def test_failing_to_save_is_no_error(tmp_path, caplog):
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = stored()

    async def use() -> None:
        index = await opened(tmp_path, store)
        await index.aclose()

    asyncio.run(use())
    assert "could not be written" in caplog.text


@pytest.mark.parametrize(("ids", "rows"), [
    ([1], unit(1, dimension=4)),
    ([1], unit(2)),
    ([1, 2], unit(1)),
    ([1], unit(1)[0]),
    ([1, 1], unit(2)),
    ([-1], unit(1)),
    ([1], np.full((1, DIMENSION), np.nan, np.float32)),
    ([1], np.full((1, DIMENSION), np.inf, np.float32)),
])
def test_wrong_vectors_are_refused_and_change_nothing(tmp_path, ids, rows):
    store = stored()

    async def use() -> FaissIndex:
        index = await opened(tmp_path, store)
        with pytest.raises(ValueError):
            await index.add(ids, rows)
        return index

    assert found(asyncio.run(use()), store)


@pytest.mark.parametrize("query", [unit(1), unit(1, dimension=4)[0]])
def test_wrong_query_is_refused(tmp_path, query):
    async def use() -> None:
        index = await opened(tmp_path, stored())
        with pytest.raises(ValueError, match="numbers wanted"):
            await index.search(query, 5)

    asyncio.run(use())


def test_two_workspaces_do_not_share_a_file(tmp_path):
    async def use() -> None:
        for name in ("a.stratex", "b.stratex"):
            index = FaissIndex(tmp_path / "cache", tmp_path / name)
            await index.load("mini", DIMENSION, stored())
            await index.aclose()

    asyncio.run(use())
    assert len(list((tmp_path / "cache").glob("*.faiss"))) == 2


# --- a little that changed is put right, and not written at once


def test_what_came_and_went_since_is_put_right_without_reading_all(tmp_path):
    store = stored()
    path = written(tmp_path, store)
    store.ids = np.array([*range(3, 31), 31, 40], np.int64)  # 1 and 2 went, 31 and 40 came
    store.rows = np.concatenate([store.rows[2:], unit(2, seed=3)])
    store.marks = store.ids * 7
    store.marks[4] += 1  # chunk 7 was edited
    store.rows[4] = unit(1, seed=4)[0]
    store.reads, before = 0, path.read_bytes()

    async def use() -> None:
        index = await opened(tmp_path, store)
        assert index.count == 30 and index.without([1, 7, 31]) == {1}
        query = unit(1, seed=9)[0]
        ids = [number for number, _ in await index.search(query, 30)]
        assert ids == brute_force(store, query, 30)
        await index.aclose()

    asyncio.run(use())
    assert store.reads == 0 and sorted(store.fetched) == [7, 31, 40]
    assert path.read_bytes() == before, "so little is left for the next time"


def test_more_than_a_little_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors, "LITTLE", 1)
    store = stored()
    path = written(tmp_path, store)
    store.ids, store.rows, store.marks = store.ids[2:], store.rows[2:], store.marks[2:]
    asyncio.run(closed(asyncio.run(opened(tmp_path, store))))
    assert faiss.read_index(str(path)).ntotal == 28
    store.reads = 0
    asyncio.run(opened(tmp_path, store))
    assert store.reads == 0


async def closed(index: FaissIndex) -> None:
    await index.aclose()
