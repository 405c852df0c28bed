"""Finding and reading what was dropped."""

import asyncio
import hashlib
import os
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import pytest

from desktop.core.errors import DocumentError
from desktop.services import files
from desktop.services.files import DiskFiles, find, read

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.md", "a.TXT", "sub/c.html", ".hidden.md", ".git/d.md", "sub/e.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\x89PNG\0" if name.endswith("png") else name.encode())
    return tmp_path


def names(paths: list[str]) -> list[str]:
    return [file.name for file in find(paths) if not file.other]


def test_folders_are_searched_in_order_without_hidden_files(folder: Path) -> None:
    assert names([str(folder)]) == ["a.TXT", "b.md", "c.html"]
    assert [file.name for file in find([str(folder)]) if file.other] == ["e.png"]


def test_a_named_file_is_taken_whatever_its_kind_and_each_file_once(folder: Path) -> None:
    given = [str(folder / "sub" / "e.png"), str(folder / "gone.md"), str(folder), str(folder)]
    assert names(given) == ["e.png", "gone.md", "a.TXT", "b.md", "c.html"]


@POSIX
def test_links_inside_folders_are_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.md").write_text("secret")
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "linked").symlink_to(outside)
    (folder / "sub" / "round").symlink_to(folder)
    assert names([str(folder)]) == ["a.TXT", "b.md", "c.html"]
    assert read(str(folder / "link.md")).content == b"secret"  # named by the user


def test_reading_gives_bytes_and_their_hash(folder: Path) -> None:
    async def whole() -> None:
        disk = DiskFiles()
        (file,) = await disk.expand([str(folder / "b.md")])
        content = await disk.read(file.path)
        assert content.content == b"b.md"
        assert content.sha256 == hashlib.sha256(b"b.md").hexdigest()
        await disk.aclose()

    asyncio.run(whole())


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read(str(path))
    assert caught.value.remedy
    return caught.value.what


def test_what_cannot_be_read_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(folder / "gone.md") == "gone.md is not there"
    assert "is not a kind that is read" in refusal(folder / "sub" / "e.png")
    monkeypatch.setattr(files, "LARGEST", 3)
    assert refusal(folder / "b.md") == "b.md is too large"


@POSIX
def test_devices_pipes_folders_and_circles_are_refused_at_once(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    (folder / "circle.md").symlink_to(folder / "circle.md")
    assert refusal(folder / "pipe.md") == "pipe.md is not a file"
    assert refusal(Path("/dev/zero")) == "zero is not a file"
    assert refusal(folder / "sub") == "sub is not a file"
    assert "circle.md" in refusal(folder / "circle.md")


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_forbidden_file_says_so(folder: Path) -> None:
    (folder / "b.md").chmod(0)
    assert refusal(folder / "b.md") == "b.md may not be read"


@POSIX
def test_odd_names_are_only_names(folder: Path) -> None:
    for name in ("a" * 252 + ".md", "new\nline.md", "ü\udcff.md", "..\\..\\x.md", "-rf.md"):
        path = folder / "odd" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        assert read(str(path)).content == b"x"
    assert len(names([str(folder / "odd")])) == 4  # one starts with a dot


def test_a_file_passes_by_in_blocks_and_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BLOCK", 4)
    (tmp_path / "a").write_bytes(b"0123456789")
    (tmp_path / "b").write_bytes(b"old")

    async def parts(fails: bool) -> AsyncIterator[bytes]:
        yield b"ne"
        if fails:
            raise DocumentError("The disk is gone")
        yield b"w"

    async def work() -> None:
        disk = DiskFiles()
        try:
            assert [block async for block in disk.blocks(str(tmp_path / "a"))] == [
                b"0123", b"4567", b"89"]
            with pytest.raises(DocumentError):
                await disk.write_blocks(str(tmp_path / "b"), parts(True))
            assert (tmp_path / "b").read_bytes() == b"old"
            assert await disk.write_blocks(str(tmp_path / "b"), parts(False)) == 3
            assert (tmp_path / "b").read_bytes() == b"new"
            with pytest.raises(DocumentError, match="is not a file"):
                await anext(disk.blocks(str(tmp_path)))
            assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
        finally:
            await disk.aclose()

    asyncio.run(work())


def test_a_file_that_is_being_opened_when_nobody_waits_any_more_is_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on, opened = threading.Event(), threading.Event(), []

    def slowly(path: str, largest: int | None) -> BinaryIO:
        begun.set()
        goes_on.wait(10)
        opened.append(open(path, "rb"))  # noqa: SIM115  closing it is what is tested
        return opened[0]

    async def work() -> None:
        disk = DiskFiles()
        reading = asyncio.ensure_future(anext(disk.blocks(str(folder / "b.md"))))
        await asyncio.sleep(0)
        await asyncio.to_thread(begun.wait, 10)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        goes_on.set()
        await disk.expand([])  # on the same thread: it is through with the file
        await disk.aclose()

    monkeypatch.setattr(files, "open_file", slowly)
    asyncio.run(work())
    assert [file.closed for file in opened] == [True]
