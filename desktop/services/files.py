"""The files that the user drops, found and read without trusting names, links or sizes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ..core.errors import DocumentError
from ..core.ports import FileContent, FoundFile
from . import archives
from .readers import kinds
from .threads import Threads

T = TypeVar("T")
LARGEST = 200_000_000  # bytes
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

    async def write(self, path: str, content: bytes) -> None:
        """All or nothing. Raises DocumentError."""
        await self._run(lambda: write_bytes(path, content))

    async def aclose(self) -> None:
        """Does not wait for a disk that hangs."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


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
    name = Path(path).name or path  # "." has none
    try:
        handle = os.open(Path(path).resolve(strict=True), _FLAGS)
        try:
            _check(name, os.fstat(handle))
            with open(handle, "rb", closefd=False) as file:
                content = file.read(LARGEST + 1)
        finally:
            os.close(handle)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _unreadable(name, error) from error
    if len(content) > LARGEST:
        raise _too_large(name, len(content))
    return content


def write_bytes(path: str, content: bytes) -> None:
    """Beside the target first, then in its place: a crash leaves the old file whole."""
    target = Path(path)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise DocumentError(
            f"{target.name} could not be written", why=error.strerror or str(error),
            remedy="Choose another folder",
        ) from error


def _check(name: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError(f"{name} is not a file", why="It is a folder, device or pipe",
                            remedy="Drop files or folders")
    if found.st_size > LARGEST:
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
