"""Backups: whole or not there, taken while the workspace is used, restored as a copy."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.core.backups import Backup
from desktop.core.errors import NotAWorkspace, WorkspaceError
from desktop.services import workspace
from desktop.services.backups import ABOUT, DiskBackups
from desktop.services.store import SqliteStore, copying
from desktop.services.store.turns import Turns
from tests.services.store_tools import add_text, scenario

NOW = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=10)
        return self.now


@pytest.fixture
def backups(tmp_path: Path) -> DiskBackups:
    return DiskBackups(lambda: tmp_path / "backups", lambda: 10**9, Clock())


async def fact_of(path: Path) -> object:
    store = await workspace.open_workspace(path)
    try:
        return await store.fact("n")
    finally:
        await store.aclose()


def test_a_backup_is_listed_and_restored_as_a_copy(tmp_path: Path, backups: DiskBackups) -> None:
    path, restored = tmp_path / "HR: team?.stratex", tmp_path / "restored.stratex"

    async def story() -> None:
        store = await workspace.create(path)
        await store.set_fact("n", 1)
        made = await backups.make(store, path)
        await store.set_fact("n", 2)
        await store.aclose()
        assert made is not None and await backups.of(path) == [made]
        assert made.size == made.file.stat().st_size and made.workspace == path
        await backups.restore(made, restored)
        assert (await fact_of(restored), await fact_of(path)) == (1, 2)
        with pytest.raises(WorkspaceError, match="exists already"):
            await backups.restore(made, path)
        assert await fact_of(path) == 2
        assert [each.name for each in made.file.parent.iterdir()] == [made.file.name, ABOUT]

    asyncio.run(story())


class Gated(Turns):
    """Halts the copy after its twentieth step until `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.halted, self.go = threading.Event(), threading.Event()
        self._steps = 0

    def run_waiting(self) -> None:
        self._steps += 1
        if self._steps == 20:
            self.halted.set()
            assert self.go.wait(5)
        super().run_waiting()


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_STEP", 1)


@pytest.mark.usefixtures("small_steps")
def test_work_goes_on_between_the_steps_and_is_in_the_copy(tmp_path: Path) -> None:
    path, part, target = (tmp_path / name for name in ("a.stratex", "a.part", "b.stratex"))

    async def story(store: SqliteStore) -> None:
        await store.set_fact("n", 0)  # on a page that is copied before it changes
        turns = store._turns = Gated()
        copy = asyncio.ensure_future(store.backup_to(part))
        await asyncio.to_thread(turns.halted.wait, 5)
        assert not await store.backup_to(tmp_path / "other.part")  # one at a time
        writes = [asyncio.ensure_future(store.set_fact("n", number)) for number in range(9)]
        failing = asyncio.ensure_future(store._call(lambda: {}["missing"]))
        await asyncio.sleep(0)
        turns.go.set()
        await asyncio.gather(*writes)
        with pytest.raises(LookupError):
            await failing
        assert await copy
        assert await store.fact("n") == 8  # the usual way is open again

    with scenario(path) as call:
        call(story)
    copying.finish(part, target)
    assert asyncio.run(fact_of(target)) == 8
    assert not part.exists()


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("by", ["closing", "cancelling"])
def test_a_backup_that_is_broken_off_leaves_nothing(
    tmp_path: Path, backups: DiskBackups, by: str
) -> None:
    path = tmp_path / "a.stratex"

    async def story(store: SqliteStore) -> None:
        turns = store._turns = Gated()
        making = asyncio.ensure_future(backups.make(store, path))
        await asyncio.to_thread(turns.halted.wait, 5)
        if by == "closing":
            closing_it = asyncio.ensure_future(store.aclose())
        else:
            making.cancel()
        await asyncio.sleep(0)
        turns.go.set()
        if by == "closing":
            assert await making is None
            await closing_it
        else:
            with pytest.raises(asyncio.CancelledError):
                await making
            await store.set_fact("n", 1)
        assert await backups.listed() == []

    with scenario(path) as call:
        call(story)
    assert [each.name for each in tmp_path.glob("backups/*/*")] == [ABOUT]


def test_a_workspace_larger_than_all_the_room_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.stratex"
    path.write_bytes(b"x" * 1000)
    rooms = iter((1000, 999, 0))
    backups = DiskBackups(lambda: tmp_path / "backups", lambda: next(rooms))

    async def story() -> None:
        assert await backups.fits(path)
        assert not await backups.fits(path)
        assert await backups.fits(tmp_path / "missing.stratex")

    asyncio.run(story())


def test_what_was_removed_is_not_in_a_backup(tmp_path: Path, backups: DiskBackups) -> None:
    path = tmp_path / "a.stratex"

    async def story(store: SqliteStore) -> Backup | None:
        document = await add_text(store, "a.md", "Purple elephants.")
        await store.remove_documents([document.id])
        return await backups.make(store, path)

    with scenario(path) as call:
        made = call(story)
    assert b"elephants" not in made.file.read_bytes()


def test_a_damaged_workspace_makes_no_backup(tmp_path: Path) -> None:
    part, target = tmp_path / "a.part", tmp_path / "a.stratex"
    with closing(sqlite3.connect(part)) as db:
        db.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))")
    content = bytearray(part.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    part.write_bytes(content)
    with pytest.raises(NotAWorkspace, match="damaged"):
        copying.finish(part, target)
    assert not target.exists()


def test_half_files_and_strange_ones_are_not_offered(
    tmp_path: Path, backups: DiskBackups
) -> None:
    home = tmp_path / "backups" / "a-1"
    for folder, about in (("a-1", '{"workspace": "/w/a.stratex"}'), ("b-1", "[7]"),
                          ("c-1", '{"workspace": 7}'), ("d-1", "{")):
        (tmp_path / "backups" / folder).mkdir(parents=True)
        (tmp_path / "backups" / folder / ABOUT).write_text(about)
        (tmp_path / "backups" / folder / "2026-11-29T16-20-00Z.stratex").write_text("x")
    half = home / "2026-11-29T16-30-00Z.part"
    for strange in (half, home / "2026-99-29T16-30-00Z.stratex", home / "notes.stratex"):
        strange.write_text("x")
    (tmp_path / "backups" / "file").write_text("x")
    old = time.time() - 7200
    os.utime(half, (old, old))

    async def story() -> None:
        found = await backups.listed()
        assert [each.file.name for each in found] == ["2026-11-29T16-20-00Z.stratex"]
        await backups.tidy()
        assert not half.exists()
        with pytest.raises(NotAWorkspace):  # nobody checked what is in it: restoring does
            await backups.restore(found[0], tmp_path / "copy.stratex")
        assert not (tmp_path / "copy.stratex").exists()

    asyncio.run(story())


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    backups = DiskBackups(lambda: tmp_path / "taken", lambda: 10**9)

    async def story(store: SqliteStore) -> None:
        with pytest.raises(WorkspaceError, match="No backup could be made"):
            await backups.make(store, tmp_path / "a.stratex")

    with scenario(tmp_path / "a.stratex") as call:
        call(story)
