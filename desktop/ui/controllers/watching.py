"""Watched folders: chosen, confirmed, followed while the workspace is open, and given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from ...core.events import DocumentSkipped, Event, IndexProgress
from ...core.ports import Ports
from ...core.watching import MOST, WatchedFolder
from ...flows import watching
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..panes.documents import DocumentsPane
from ..panes.documents_watched import WatchedStrip
from ..tokens import Tone
from . import Controller
from .looks import SettingsKeeper

AWAY = "it is not there now; its documents are kept"
PREFIX = "watch "  # of the keys of tasks


class WatchingController(Controller):
    """`add` indexes paths; `apply` takes what became of documents to the ledger."""

    def __init__(
        self, pane: DocumentsPane, tasks: Tasks, keeper: SettingsKeeper,
        add: Callable[[Sequence[Path]], None], apply: Callable[[Event], None],
        say: Callable[[str, Tone], object],
    ) -> None:
        super().__init__(tasks)
        self._pane = pane
        self._keeper = keeper
        self._add = add
        self._apply = apply
        self._say = say
        self._told: set[str] = set()  # files that cannot be read: said once
        self._folders: tuple[WatchedFolder, ...] = ()
        self.strip = WatchedStrip()
        pane.ledger.watching.addWidget(self.strip)
        pane.watchRequested.connect(self.choose)
        self.strip.confirmRequested.connect(self.confirm)
        self.strip.stopRequested.connect(self.stop)
        self.strip.lookRequested.connect(self.look_again)
        self.strip.removalChosen.connect(self.choose_removal)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"watch_folder": self.choose}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._told.clear()
        self._folders = await watching.folders_of(ports)
        self._show()
        for folder in self._folders:
            if self._may(folder):
                self._follow(folder)

    def close(self) -> None:
        self._folders = ()
        self.strip.show_folders(())
        super().close()

    def _may(self, folder: WatchedFolder) -> bool:
        return self._keeper.current.may_watch(self._workspace(), folder.path)

    def _workspace(self) -> str:
        return str(self.ports.workspace.absolute())

    def _show(self) -> None:
        self.strip.show_folders([(folder, self._may(folder)) for folder in self._folders])

    # --- what the user does --------------------------------------------------------------

    def choose(self) -> None:
        """Ask which folder."""
        if self.is_open:
            self._pane.view.choose(0)
            file_dialogs.choose_folder(self._pane, "Watch a folder", self.watch)

    def watch(self, paths: Sequence[Path]) -> None:
        """Follow a folder from now on, and after restarts."""
        path = str(paths[0].absolute())
        if any(folder.path == path for folder in self._folders):
            self.look_again(path)
        elif len(self._folders) >= MOST:
            self._say(f"{MOST} folders are watched already. Stop watching one first.", "warning")
        else:
            self._folders = (*self._folders, WatchedFolder(path))
            self._save()
            self.confirm(path)

    def confirm(self, path: str) -> None:
        """The user of this machine agrees that the folder is watched."""
        workspace = self._workspace()
        self._keeper.update_settings(lambda now: now.confirmed_folder(workspace, path))
        self._show()
        for folder in self._folders:
            if folder.path == path:
                self._follow(folder)

    def stop(self, path: str) -> None:
        """Watch it no more; its documents stay."""
        self.tasks.cancel_key(PREFIX + path)
        self._folders = tuple(folder for folder in self._folders if folder.path != path)
        self._save()
        self._show()

    def choose_removal(self, path: str, remove: bool) -> None:
        """Whether documents go with their files; those that are marked already go now."""
        self._folders = tuple(replace(folder, remove_gone=remove) if folder.path == path
                              else folder for folder in self._folders)
        self._save()
        self.look_again(path)

    def look_again(self, path: str) -> None:
        """Now, without waiting for a change."""
        self.tasks.start("Look into a folder", self._look(path), key=f"look {path}")

    def _save(self) -> None:
        self.tasks.start("Keep the watched folders", self._saved())

    async def _saved(self) -> None:
        stored = {folder.path: folder for folder in await watching.folders_of(self.ports)}
        self._folders = tuple(replace(folder, seen=stored[folder.path].seen)
                              if folder.path in stored else folder for folder in self._folders)
        await watching.save_folders(self._folders, self.ports)

    # --- following -----------------------------------------------------------------------

    def _follow(self, folder: WatchedFolder) -> None:
        self.tasks.start(f"Watch {folder.name}", self._followed(folder.path),
                         key=PREFIX + folder.path)

    async def _followed(self, path: str) -> None:
        watcher = self.ports.watcher
        if watcher is None:
            return
        async with aclosing(watcher.changes(path)) as changes:
            async for there in changes:
                if there:
                    await self._look(path)
                else:
                    self.strip.show_state(path, AWAY)

    async def _look(self, path: str) -> None:
        await watching.note_seen(self.ports)
        folder = next((f for f in await watching.folders_of(self.ports) if f.path == path), None)
        if folder is None:
            return
        self.strip.show_state(path, "looking through it…")
        looked = await watching.look(folder, self.ports, self._emit)
        files = f"{looked.files:,} file{'s' if looked.files != 1 else ''}"
        if looked.new:
            self.strip.show_state(path, f"{files}, {len(looked.new):,} new or changed")
            self._add([Path(each) for each in looked.new])
        else:
            self.strip.show_state(path, f"up to date, {files}")

    def _emit(self, event: Event) -> None:
        if isinstance(event, DocumentSkipped):
            if event.path in self._told:
                return
            self._told.add(event.path)
        self._apply(event)

    def seen(self, event: Event) -> None:
        """Indexing has ended: what was taken in is remembered."""
        if self._folders and self.is_open and isinstance(event, IndexProgress) and (
                event.files_done == event.files_total):
            self.tasks.start("Note what was seen", self._note(), key="note seen")

    async def _note(self) -> None:
        await watching.note_seen(self.ports)
        for folder in self._folders:
            said = self.strip.states().get(folder.path, "")
            if said.endswith("changed"):
                self.strip.show_state(folder.path, "up to date")
