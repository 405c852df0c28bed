"""The files that the user drops, found and read without trusting names, links or sizes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from ..core.errors import DocumentError
from ..core.ports import FileContent, FoundFile
from . import archives
from .readers import kinds
from .threads import Threads

T = TypeVar("T")
LARGEST = 200_000_000  # bytes
BLOCK = 1 << 20  # bytes of a file that is read in pieces
# Links were followed before opening; a pipe put in a file's place must not make us wait.
_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
)


class DiskFiles:
    """Implements core.ports.FileSource on a thread of its own: disks may be slow."""

    def __init__(self) -> None:
        self._executor = Threads(1, "files")

    async def expand(self, paths: Sequence[str]) -> list[FoundFile]:
        """See the port. Hidden files and folders are left out of folders."""
        return await self._run(lambda: find(paths))

    async def read(self, path: str) -> FileContent:
        """Raises DocumentError."""
        return await self._run(lambda: read(path))

    async def read_any(self, path: str) -> bytes:
        """A file of whatever kind. Raises DocumentError."""
        return await self._run(lambda: read_bytes(path))

    async def blocks(self, path: str) -> AsyncGenerator[bytes]:
        """A file of whatever kind and size in blocks. Raises DocumentError."""
        opening = self._executor.submit(open_file, path, None)
        try:
            file = await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close)  # the thread may be opening it at this moment
            raise
        try:
            while block := await self._run(lambda: file.read(BLOCK)):
                yield block
        finally:
            file.close()

    async def write(self, path: str, content: bytes) -> None:
        """All or nothing. Raises DocumentError."""
        await self._run(lambda: write_bytes(path, content))

    async def write_blocks(self, path: str, blocks: AsyncIterable[bytes]) -> int:
        """All or nothing, as they come; returns the bytes written. Raises DocumentError."""
        part = Part(Path(path))
        try:
            await self._run(part.open)
            async for block in blocks:
                await self._run(partial(part.write, block))
            await self._run(part.put_in_place)
        finally:
            part.discard()
        return part.size

    async def aclose(self) -> None:
        """Does not wait for a disk that hangs."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _close(opening: Future[BinaryIO]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def find(paths: Sequence[str]) -> list[FoundFile]:
    """Each file once, in the order given; within a folder by path."""
    found: dict[str, FoundFile] = {}
    for path in paths:
        full = os.path.abspath(path)  # noqa: PTH100  a link keeps its own name
        if Path(full).is_dir():
            for below in _walk(full):
                for file in _unpacked(below):
                    found.setdefault(file.path, file)
        else:
            found |= {file.path: file for file in _unpacked(full, named=True)}
    return list(found.values())


def _unpacked(path: str, *, named: bool = False) -> list[FoundFile]:
    """The file itself, or the files in it. A `named` file is tried whatever its kind, and an
    archive without any that is read stands for itself: reading it says why."""
    own = FoundFile(path, Path(path).name, other=not named and not kinds.is_known(path))
    if kinds.suffix_of(path) != kinds.ARCHIVE:
        return [own]
    try:
        inside = archives.members(path)
    except DocumentError:
        return [replace(own, other=False)]
    files = [FoundFile(str(Path(path, name)), Path(name).name, other=not kinds.is_known(name))
             for name in inside]
    return files if any(not file.other for file in files) else [replace(own, other=False)]


def _walk(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield str(path)


def read(path: str) -> FileContent:
    """Raises DocumentError: missing, not a regular file, too large or of no known kind."""
    inside = archives.split(path)
    content = archives.read(*inside, LARGEST) if inside else read_bytes(path)
    if not inside and kinds.suffix_of(path) == kinds.ARCHIVE:
        archives.members(path)  # says what is wrong with the archive, if anything is
        raise DocumentError(f"{Path(path).name} holds no file of a kind that is read",
                            remedy="Drop an archive with documents in it")
    kinds.kind_of(Path(path).name, content)
    return FileContent(content, hashlib.sha256(content).hexdigest())


def read_bytes(path: str) -> bytes:
    """Raises DocumentError: missing, not a regular file or too large."""
    with open_file(path, LARGEST) as file:
        try:
            content = file.read(LARGEST + 1)
        except OSError as error:
            raise _unreadable(Path(path).name, error) from error
    if len(content) > LARGEST:
        raise _too_large(Path(path).name, len(content))
    return content


def open_file(path: str, largest: int | None) -> BinaryIO:
    """Raises DocumentError: missing, not a regular file or larger than `largest` bytes."""
    name = Path(path).name or path  # "." has none
    try:
        handle = os.open(Path(path).resolve(strict=True), _FLAGS)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _unreadable(name, error) from error
    try:
        _check(name, os.fstat(handle), largest)
    except BaseException:
        os.close(handle)
        raise
    return open(handle, "rb")


class Part:
    """A file that is being written beside its place: a crash leaves the old one whole."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
        self._file: BinaryIO | None = None
        self.size = 0

    def open(self) -> None:
        """Raises DocumentError."""
        with self._in_words():
            self._file = self._fresh.open("wb")

    def write(self, block: bytes) -> None:
        """Raises DocumentError."""
        assert self._file is not None, "it is open"
        with self._in_words():
            self.size += self._file.write(block)

    def put_in_place(self) -> None:
        """The end. Raises DocumentError."""
        assert self._file is not None, "it is open"
        with self._in_words():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._fresh.replace(self._target)
            self._file = None

    def discard(self) -> None:
        """What was not put in its place."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._fresh.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DocumentError(
                f"{self._target.name} could not be written", why=error.strerror or str(error),
                remedy="Choose another folder",
            ) from error


def write_bytes(path: str, content: bytes) -> None:
    """All or nothing. Raises DocumentError."""
    part = Part(Path(path))
    try:
        part.open()
        part.write(content)
        part.put_in_place()
    finally:
        part.discard()


def _check(name: str, found: os.stat_result, largest: int | None) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError(f"{name} is not a file", why="It is a folder, device or pipe",
                            remedy="Drop files or folders")
    if largest is not None and found.st_size > largest:
        raise _too_large(name, found.st_size)


def _too_large(name: str, size: int) -> DocumentError:
    return DocumentError(
        f"{name} is too large", why=f"It has {size / 1e6:,.0f} MB; up to {LARGEST / 1e6:,.0f} are"
        " read", remedy="Split it and drop the parts",
    )


def _unreadable(name: str, error: Exception) -> DocumentError:
    if isinstance(error, FileNotFoundError):
        return DocumentError(f"{name} is not there", remedy="Check its path and drop it again")
    if isinstance(error, PermissionError):
        return DocumentError(f"{name} may not be read", why="Its permissions forbid it",
                             remedy="Allow reading it and drop it again")
    return DocumentError(f"{name} cannot be opened", remedy="Check the disk and drop it again",
                         details=str(error))
