"""Watches folders on a thread of its own, with the system's notifications.

Every folder below is watched by itself, because the library would follow links, and one link to
the root of a disk would have all of it watched.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

QUIET_MS = 500  # without a change, before it is told: a file that is being copied changes often
LONGEST_MS = 10_000  # that changes are held back
WAKE_MS = 1_000  # how often the thread looks whether it is still wanted
AWAY_SECONDS = 3.0  # between two looks for a folder that is not there
BLIND_SECONDS = 30.0  # between two looks where the system cannot notify
MOST_FOLDERS = 5_000  # watched by notification; larger trees are looked through now and then
_log = logging.getLogger(__name__)


class DiskWatcher:
    """Implements core.watching.FolderWatcher."""

    async def changes(self, folder: str) -> AsyncGenerator[bool]:
        """See the port."""
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[bool] = asyncio.Queue()
        stop = threading.Event()

        def tell(there: bool) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens
                loop.call_soon_threadsafe(told.put_nowait, there)

        thread = threading.Thread(
            target=watch, args=(folder, stop, tell), name="watch folder", daemon=True)
        thread.start()
        try:
            while True:
                there = await told.get()
                while not told.empty():  # many at once are one
                    there = told.get_nowait()
                yield there
        finally:
            stop.set()


def watch(folder: str, stop: threading.Event, tell: Callable[[bool], None]) -> None:
    """Until `stop`: tells whether the folder is there, at first and after changes."""
    missing = False
    while not stop.is_set():
        if not Path(folder).is_dir():
            if not missing:
                tell(False)
            missing = True
            stop.wait(AWAY_SECONDS)
            continue
        missing = False
        try:
            _watch_armed(folder, stop, tell)
        except OSError as error:  # no notifications left, or a folder vanished meanwhile
            _log.info("folders are looked through now and then: %s", error)
            tell(True)
            stop.wait(BLIND_SECONDS)


def _watch_armed(folder: str, stop: threading.Event, tell: Callable[[bool], None]) -> None:
    """Until the folders below it are others than at first. Raises OSError."""
    import watchfiles

    folders = real_folders(folder)
    if len(folders) > MOST_FOLDERS:
        raise OSError(f"{len(folders)} folders")
    armed = False
    for changes in watchfiles.watch(
            *folders, watch_filter=None, debounce=LONGEST_MS, step=QUIET_MS, stop_event=stop,
            rust_timeout=WAKE_MS, yield_on_timeout=True, raise_interrupt=False, recursive=False):
        if not armed or changes:  # from the first look on nothing is missed
            armed = True
            if not Path(folder).is_dir():
                return
            tell(True)
        if changes and real_folders(folder) != folders:
            return


def real_folders(folder: str) -> list[str]:
    """The folder and those below it that are no links and not hidden."""
    found = []
    for here, folders, _ in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith(".")
                            and not Path(here, name).is_symlink())
        found.append(here)
        if len(found) > MOST_FOLDERS:
            break
    return found
