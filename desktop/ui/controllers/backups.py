"""Backups: made by the clock while a workspace is open, offered when one cannot be opened."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from ...core.backups import Backup
from ...core.errors import StrategyExplorerError, WorkspaceLocked, WorkspaceTooNew
from ...core.ports import Ports
from ...core.settings import Settings
from ...flows.tasks import Tasks
from ..amounts import size_words, time_words
from ..dialogs.backups import BackupsDialog
from ..dialogs.forward import bring_forward
from ..main_window import MainWindow
from . import Controller

LOOK_EVERY = 60_000  # ms
FIRST_AFTER = 60.0  # seconds after a workspace was opened
RESTORE, OTHERS, LEAVE = "Restore a copy", "Other backups", "Leave"


class Backups(Protocol):
    """The files: `services/backups.py`."""

    @property
    def folder(self) -> Path: ...
    async def listed(self) -> Sequence[Backup]: ...
    async def of(self, original: Path) -> Sequence[Backup]: ...
    async def is_due(self, store: object, original: Path) -> bool: ...
    async def fits(self, original: Path) -> bool: ...
    async def make(self, store: object, original: Path) -> Backup | None: ...
    async def restore(self, backup: Backup, target: Path) -> None: ...
    async def tidy(self) -> None: ...


class BackupKeeper(Protocol):
    """What of the program backups need."""

    @property
    def current(self) -> Settings: ...
    @property
    def backups(self) -> Backups: ...


class BackupController(Controller):
    """One timer; the first look a minute after opening, then as often as the settings say."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, keeper: BackupKeeper,
        open_file: Callable[[Path], None],
    ) -> None:
        super().__init__(tasks)
        self.dialog: BackupsDialog | None = None
        self._window = window
        self._keeper = keeper
        self._open_file = open_file
        self._next = 0.0  # on the monotonic clock
        self._told = False  # that it is too large
        self._timer = QTimer(window)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"restore_backup": self.show}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._next = time.monotonic() + FIRST_AFTER
        self._told = False
        self._timer.start()

    def close(self) -> None:
        self._timer.stop()
        super().close()

    # --- making ------------------------------------------------------------------------------

    def look(self) -> None:
        """Make one when its time has come and something has changed."""
        minutes = self._keeper.current.backup_minutes
        if minutes and self.is_open and time.monotonic() >= self._next:
            self._next = time.monotonic() + minutes * 60 - 1
            self.tasks.start("Back up", self._back_up(), key="back up")

    async def _back_up(self) -> None:
        ports, backups = self.ports, self._keeper.backups
        if not await backups.is_due(ports.store, ports.workspace):
            return
        if not await backups.fits(ports.workspace):
            self._tell_too_large(ports.workspace)
            return
        began = time.monotonic()
        await backups.make(ports.store, ports.workspace)
        # A large file on a slow disk: copying it takes a twentieth of the time at most.
        self._next = max(self._next, began + 20 * (time.monotonic() - began))

    def _tell_too_large(self, workspace: Path) -> None:
        """Once for each time it is opened."""
        if not self._told:
            self._told = True
            self._window.messages.say(
                f"{workspace.stem} is larger than the room for backups, so none is made. More "
                "room is given under Settings, Backups.", "warning")

    # --- restoring ---------------------------------------------------------------------------

    def show(self) -> None:
        """The list of all backups."""
        if self.dialog is None:
            self.dialog = BackupsDialog(self._window)
            self.dialog.restoreRequested.connect(self.restore)
            self.dialog.folderRequested.connect(self._open_folder)
        bring_forward(self.dialog)
        self.tasks.start("List backups", self._list(self.dialog))

    async def _list(self, dialog: BackupsDialog) -> None:
        dialog.show_backups(await self._keeper.backups.listed())

    def _open_folder(self) -> None:
        folder = self._keeper.backups.folder
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    async def offer(self, path: Path, error: StrategyExplorerError) -> None:
        """Beside the reason why a workspace cannot be opened: its newest backup, if any."""
        if isinstance(error, WorkspaceLocked | WorkspaceTooNew):
            return
        newest = next(iter(await self._keeper.backups.of(path)), None)
        if newest is not None:
            self._window.messages.ask(
                f"There is a backup of {path.stem} from {time_words(newest.when)} "
                f"({size_words(newest.size)})", [RESTORE, OTHERS, LEAVE],
                partial(self._answered, newest),
                why="Restoring makes a copy; the file stays as it is.",
            )

    def _answered(self, backup: Backup, reply: str) -> None:
        if reply == RESTORE:
            self.restore(backup)
        elif reply == OTHERS:
            self.show()

    def restore(self, backup: Backup) -> None:
        """A copy beside the original, opened."""
        self.tasks.start("Restore a backup", self._restore(backup), key="restore")

    async def _restore(self, backup: Backup) -> None:
        target = _free_name(backup, self._keeper.backups.folder)
        await self._keeper.backups.restore(backup, target)
        if self.dialog is not None:
            self.dialog.close()
        self._open_file(target)


def _free_name(backup: Backup, backups_folder: Path) -> Path:
    """Beside the original; beside the backups where its folder is gone or read-only."""
    folder = backup.workspace.parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        folder = backups_folder.parent
    stem = f"{backup.workspace.stem} (backup of {backup.when.astimezone():%Y-%m-%d %H.%M})"
    target, number = folder / f"{stem}.stratex", 2
    while os.path.lexists(target):
        target, number = folder / f"{stem} {number}.stratex", number + 1
    return target
