"""Backups as files: `<folder>/<name of the workspace>-<hash of its path>/<time>.stratex`.

Beside them `about.json` says which workspace they are of. A backup is written under another
name and renamed when it is whole and was looked through, so a crash leaves nothing that is
offered. Restoring makes a copy; it never replaces a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from ..core.backups import Backup, superfluous
from ..core.errors import WorkspaceError
from . import workspace
from .store import SqliteStore, copying

log = logging.getLogger(__name__)
ABOUT = "about.json"
MOST_FILES = 5_000  # looked at in the folder; it is ours, but anybody may fill it
STALE_SECONDS = 3600.0  # an unfinished file of this age belongs to nobody
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.stratex")
_TIME = "%Y-%m-%dT%H-%M-%SZ.stratex"


class DiskBackups:
    """The backups in a folder."""

    def __init__(
        self, folder: Callable[[], Path], room: Callable[[], int],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`room` in bytes, of all backups together."""
        self._folder = folder
        self._room = room
        self._clock = clock
        self._seen: WeakKeyDictionary[SqliteStore, int] = WeakKeyDictionary()

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._folder()

    async def listed(self) -> list[Backup]:
        """All that can be restored, the newest first."""
        return await asyncio.to_thread(self._listed)

    async def of(self, original: Path) -> list[Backup]:
        """Those of one workspace, the newest first."""
        wanted = original.absolute()
        return [each for each in await self.listed() if each.workspace == wanted]

    async def is_due(self, store: object, original: Path) -> bool:
        """Whether the open workspace has changed since its last backup."""
        assert isinstance(store, SqliteStore)
        if (seen := self._seen.get(store)) is not None:
            return store.changes != seen
        newest = next(iter(await self.of(original)), None)
        return newest is None or bool(store.changes) or await asyncio.to_thread(
            _is_newer, original, newest)

    async def fits(self, original: Path) -> bool:
        """Whether one backup of the workspace takes no more than the room for all."""
        return await asyncio.to_thread(_size, original) <= self._room()

    async def make(self, store: object, original: Path) -> Backup | None:
        """Back the open workspace up, and make room by what is superfluous.

        None when it closed meanwhile. Raises WorkspaceError: the disk is full, or what was copied
        is damaged.
        """
        assert isinstance(store, SqliteStore)
        home = self._home(original)
        target = home / self._clock().strftime(_TIME)
        part = target.with_suffix(".part")
        changes = store.changes
        try:
            await asyncio.to_thread(_prepare, home, original)
            if not await store.backup_to(part):
                return None
            await asyncio.to_thread(copying.finish, part, target)
        finally:
            for left in home.glob(f"{part.name}*"):
                left.unlink(missing_ok=True)
        self._seen[store] = changes
        await self.tidy()
        return Backup(target, original.absolute(), _when(target.name), target.stat().st_size)

    async def restore(self, backup: Backup, target: Path) -> None:
        """A copy of the backup as a workspace. Raises WorkspaceError; a file that exists is never
        replaced."""
        await workspace.duplicate(backup.file, target)

    async def tidy(self) -> None:
        """Remove what is superfluous, and what a crash left half-made."""
        await asyncio.to_thread(self._tidy)

    def files(self) -> list[Path]:
        """Every file that is ours in the folder. Blocks."""
        return [file for home in _entries(self.folder) if _original(home) is not None
                for file in _entries(home)
                if _NAME.fullmatch(file.name) or ".part" in file.name or file.name == ABOUT]

    def remove_empty_folders(self) -> None:
        """After the files are gone: folders that hold nothing else go too. Blocks."""
        for folder in (*_entries(self.folder), self.folder):
            if folder.is_dir():
                with contextlib.suppress(OSError):
                    folder.rmdir()

    def _listed(self) -> list[Backup]:
        found = sorted(self._files(), key=lambda each: each.when, reverse=True)
        return found[:MOST_FILES]

    def _files(self) -> Iterator[Backup]:
        for home in _entries(self.folder):
            original = _original(home)
            if original is None:
                continue
            for file in _entries(home):
                if _NAME.fullmatch(file.name):
                    with contextlib.suppress(OSError, ValueError):
                        yield Backup(file, original, _when(file.name), file.stat().st_size)

    def _tidy(self) -> None:
        for each in superfluous(self._listed(), self._clock(), self._room()):
            with contextlib.suppress(OSError):
                each.file.unlink()
        for home in _entries(self.folder):
            for file in _entries(home):
                with contextlib.suppress(OSError):
                    if ".part" in file.name and time.time() - file.stat().st_mtime > STALE_SECONDS:
                        file.unlink()
            with contextlib.suppress(OSError):
                if [file.name for file in _entries(home)] == [ABOUT]:
                    (home / ABOUT).unlink()
                    home.rmdir()

    def _home(self, original: Path) -> Path:
        path = original.absolute()
        short = re.sub(r"[^\w -]", "", path.stem)[:40].strip() or "workspace"
        digest = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return self.folder / f"{short}-{digest}"


def _prepare(home: Path, original: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        about = home / ABOUT
        if _original(home) is None:
            about.write_text(json.dumps({"workspace": str(original.absolute())}))
    except OSError as error:
        raise WorkspaceError(
            "No backup could be made", why=f"{home.parent}: {error.strerror or error}",
            remedy="Choose another folder for backups in the settings",
        ) from error


def _original(home: Path) -> Path | None:
    """Which workspace a folder's backups are of; None for a folder that is not ours."""
    try:
        path = json.loads((home / ABOUT).read_bytes())["workspace"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return Path(path) if isinstance(path, str) and path else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_newer(original: Path, backup: Backup) -> bool:
    try:
        return original.stat().st_mtime > backup.when.timestamp()
    except OSError:
        return False


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:MOST_FILES] if folder.is_dir() else []
    except OSError:
        return []


def _when(name: str) -> datetime:
    return datetime.strptime(name, _TIME).replace(tzinfo=UTC)
