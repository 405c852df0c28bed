"""Beyond so many vectors the index is approximate, says how well it finds, and stays correct."""

import asyncio
import threading

import numpy as np
import pytest

from desktop.services import vector_groups, vectors
from desktop.services.vectors import FaissIndex
from tests.services.test_vectors import DIMENSION, Store, brute_force, unit

COUNT = 600


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(vector_groups, "EXACT_UP_TO", 500)
    monkeypatch.setattr(vector_groups, "BLOCK", 100)
    monkeypatch.setattr(vector_groups, "SAMPLE", 50)
    monkeypatch.setattr(vectors, "LITTLE", 0)


def clustered(count: int = COUNT, seed: int = 0) -> np.ndarray:
    """Around twenty points, as passages lie around subjects."""
    draw = np.random.default_rng(seed)
    rows = np.repeat(unit(20, seed=1), count // 20, axis=0)
    rows = (rows + 0.15 * draw.normal(size=rows.shape)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def stored(count: int = COUNT) -> Store:
    return Store(range(1, count + 1), clustered(count))


async def opened(tmp_path, store: Store) -> FaissIndex:
    index = FaissIndex(tmp_path / "cache", tmp_path / "a.stratex")
    await index.load("mini", DIMENSION, store)
    return index


def recall(index_ids: list[list[int]], store: Store, queries: np.ndarray) -> float:
    exact = [set(brute_force(store, query, 10)) for query in queries]
    return float(np.mean([len(set(a) & b) / 10 for a, b in zip(index_ids, exact, strict=True)]))


async def nearest(index: FaissIndex, queries: np.ndarray) -> list[list[int]]:
    return [[each for each, _ in await index.search(query, 10)] for query in queries]


def test_a_grouped_index_finds_what_it_says_it_finds_and_looks_at_less(tmp_path):
    store, told = stored(), []

    async def use() -> None:
        index = await opened(tmp_path, store)
        assert index.wants_groups and index.approximation is None
        await index.group(lambda sentence, share: told.append((sentence, share)))
        found = index.approximation
        assert not index.wants_groups and index.count == COUNT
        assert found.probes < found.groups and found.sample == 50 and found.chunks == COUNT
        queries = store.rows[::7]
        measured = recall(await nearest(index, queries), store, queries)
        assert measured >= 0.98 and found.recall == pytest.approx(measured, abs=0.02)
        await index.aclose()

    asyncio.run(use())
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert len({sentence for sentence, _ in told}) == 3


def test_it_comes_back_from_the_disk_and_takes_changes(tmp_path):
    store = stored()

    async def use() -> None:
        index = await opened(tmp_path, store)
        assert store.reads == before and not index.wants_groups
        await index.remove([int(store.ids[0])])
        fresh = clustered(40, seed=8)
        await index.add(list(range(1001, 1041)), fresh)
        await index.add([5], fresh[:1])
        top = dict(await index.search(fresh[0], 3))
        assert top[1001] == pytest.approx(1.0) and top[5] == pytest.approx(1.0)
        assert 1 not in [each for each, _ in await index.search(store.rows[0], 600)]
        assert index.count == COUNT - 1 + 40 and index.without([1, 5]) == {1}

    async def grouped() -> None:
        index = await opened(tmp_path, store)
        await index.group(lambda sentence, share: None)
        await index.aclose()

    asyncio.run(grouped())
    before = store.reads
    asyncio.run(use())


def test_what_comes_and_goes_meanwhile_is_there_afterwards(tmp_path, monkeypatch):
    store = stored()
    fresh = unit(1, seed=77)
    wait, go = threading.Event(), threading.Event()
    put_in = vector_groups.Grouping._put_in

    def slowly(self, *given):
        wait.set()
        assert go.wait(10)
        return put_in(self, *given)

    monkeypatch.setattr(vector_groups.Grouping, "_put_in", slowly)

    async def use() -> None:
        index = await opened(tmp_path, store)
        async with asyncio.TaskGroup() as group:
            group.create_task(index.group(lambda sentence, share: None))
            await asyncio.get_running_loop().run_in_executor(None, wait.wait)
            assert not index.wants_groups, "not twice at a time"
            assert await index.search(store.rows[3], 1) == [(4, pytest.approx(1.0))]
            store.ids = np.append(store.ids[1:], 9_999)
            store.rows = np.concatenate([store.rows[1:], fresh])
            store.marks = store.ids * 7
            await index.remove([1])
            await index.add([9_999], fresh)
            go.set()
        assert index.approximation is not None and index.count == COUNT
        assert index.without([1, 9_999]) == {1}
        assert (await index.search(fresh[0], 1))[0][0] == 9_999

    asyncio.run(use())


def test_stopped_it_stays_exact(tmp_path):
    store = stored()

    async def use() -> None:
        index = await opened(tmp_path, store)
        started = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(index.group(lambda sentence, share: started.set()))
            await started.wait()
            task.cancel()
        assert index.approximation is None and index.wants_groups
        assert await nearest(index, store.rows[:3]) == [
            brute_force(store, row, 10) for row in store.rows[:3]]
        await index.aclose()

    asyncio.run(use())


def test_half_as_many_again_are_grouped_anew(tmp_path):
    store = stored()

    async def use() -> None:
        index = await opened(tmp_path, store)
        await index.group(lambda sentence, share: None)
        more = clustered(400, seed=5)
        store.ids = np.arange(1, COUNT + 401)
        store.rows, store.marks = np.concatenate([store.rows, more]), store.ids * 7
        await index.add(list(range(COUNT + 1, COUNT + 401)), more)
        assert index.wants_groups
        await index.group(lambda sentence, share: None)
        assert index.approximation.chunks == COUNT + 400 and not index.wants_groups
        queries = store.rows[::9]
        assert recall(await nearest(index, queries), store, queries) >= 0.97

    asyncio.run(use())


@pytest.mark.parametrize("count", [1, 2, 12])
def test_few_vectors_can_be_grouped_too(tmp_path, monkeypatch, count):
    monkeypatch.setattr(vector_groups, "EXACT_UP_TO", 0)
    store = Store(range(1, count + 1), unit(count))

    async def use() -> None:
        index = await opened(tmp_path, store)
        await index.group(lambda sentence, share: None)
        assert index.approximation.recall >= 0.9
        assert (await index.search(store.rows[0], 1))[0][0] == 1

    asyncio.run(use())
