"""Watched folders: what a look finds, and what becomes of documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.core.chunk_changes import ChunkChange
from desktop.core.events import DocumentSkipped
from desktop.core.watching import WatchedFolder, folders_from
from desktop.flows.chunk_changes import change
from desktop.flows.watching import Looked, folders_of, look, note_seen, save_folders
from tests.flows.test_indexing import World, run

FILES = {"/plans/a.md": "glasses", "/plans/sub/b.md": "teeth", "/elsewhere/c.md": "knees",
         "/plans/~$a.md": "a lock"}
PLANS = WatchedFolder("/plans")


async def looked(world: World, folder: WatchedFolder = PLANS) -> Looked:
    """As the window does: look, index, remember."""
    (known,) = await folders_of(world.ports) or (folder,)
    folder = replace(known, remove_gone=folder.remove_gone)
    found = await look(folder, world.ports, world.events.append)
    await world.drop(*found.new)
    await save_folders([folder], world.ports)
    await note_seen(world.ports)
    return found


async def names(world: World) -> list[tuple[str, bool]]:
    return [(row.name, row.gone) for row in await world.rows()]


def delete(world: World, path: str) -> str:
    files: Any = world.ports.files
    text: str = files.contents.pop(path)
    return text


def test_new_and_changed_files_are_taken_in_once(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        assert (await looked(world)).new == ("/plans/a.md", "/plans/sub/b.md")
        assert await looked(world) == Looked(2, (), 0)
        world.write("/plans/a.md", "glasses and lenses")
        assert (await looked(world)).new == ("/plans/a.md",)
        assert sorted(await names(world)) == [("a.md", False), ("b.md", False)]
        assert len(await world.words("lenses")) == 1

    run(tmp_path, dict(FILES), test)


def test_a_deleted_file_is_marked_and_comes_back(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await looked(world)
        text = delete(world, "/plans/a.md")
        assert (await looked(world)).gone == 1
        assert await names(world) == [("a.md", True), ("b.md", False)]
        assert await world.words("glasses"), "what was read is still searched"
        assert (await looked(world)).gone == 0, "it is said once"
        world.write("/plans/a.md", text)
        assert (await looked(world)).new == ()
        assert await names(world) == [("a.md", False), ("b.md", False)]

    run(tmp_path, dict(FILES), test)


def test_deleted_files_are_removed_where_that_was_chosen_but_not_with_the_whole_disk(
    tmp_path: Path,
) -> None:
    removing = WatchedFolder("/plans", remove_gone=True)

    async def test(world: World) -> None:
        await looked(world)
        delete(world, "/plans/a.md")
        await looked(world)
        await looked(world, removing)  # those that were marked already go, too
        assert await names(world) == [("b.md", False)] and not await world.words("glasses")
        delete(world, "/plans/sub/b.md")
        delete(world, "/plans/~$a.md")
        await looked(world, removing)
        assert await names(world) == [("b.md", True)]

    run(tmp_path, dict(FILES), test)


def test_a_renamed_file_is_one_document_and_a_removed_one_stays_away(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await looked(world)
        (chunk,) = await world.ports.store.listed_chunks(1)
        await change(chunk.place, ChunkChange(excluded=True), world.ports)
        world.write("/plans/new.md", delete(world, "/plans/a.md"))
        await looked(world)
        assert not await world.words("glasses"), "what was excluded stays so under a new name"
        assert sorted(await names(world)) == [("b.md", False), ("new.md", False)]
        await world.ports.store.remove_documents([row.id for row in await world.rows()])
        assert (await looked(world)).new == () and await names(world) == []
        world.write("/plans/new.md", "other words")
        assert (await looked(world)).new == ("/plans/new.md",)

    run(tmp_path, dict(FILES), test)


def test_what_is_here_already_under_another_path_is_not_taken_in_again(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.drop("/elsewhere/c.md")
        world.write("/plans/copy.md", "knees")
        assert (await looked(world)).new == ("/plans/a.md", "/plans/sub/b.md")
        assert not world.of(DocumentSkipped)

    run(tmp_path, dict(FILES), test)


def test_folders_of_a_stranger_cost_nothing() -> None:
    good = {"path": "/plans", "remove_gone": 1, "seen": {"a": "b", "c": 3}}
    odd = [good, good, 7, {"path": "relative"}, {"path": None}, {"path": "/" + "x" * 5000}]
    assert folders_from(odd) == (WatchedFolder("/plans", False, {"a": "b"}),)
    assert folders_from("no list") == () and len(folders_from(
        [{"path": f"/{n}"} for n in range(99)])) == 20
