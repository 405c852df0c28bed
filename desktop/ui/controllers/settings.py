"""Settings dialog: what is changed counts at once; deleting all is done when the window is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from PySide6.QtCore import QDate, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from ...core.keeping import Kept
from ...core.settings import Settings
from ...core.settings_file import Change, Offer
from ...core.types import Connection
from ...flows.connections import SettingsStore
from ...flows.settings_files import SmallFiles, adopt_settings, export_settings, read_settings
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..dialogs.forward import bring_forward
from ..dialogs.settings import SettingsDialog
from ..dialogs.settings_offer import OfferDialog
from ..main_window import MainWindow
from . import Controller
from .backups import Backups
from .connections import Account, ConnectionsController, KeyKeeper, Prices
from .looks import LooksController

FILES = "Settings (*.json)"
# (id, words, icon) of the actions that the page of connections leads to, where they are there.
LINKS = (("connections", "Connections", "link"), ("embedder", "Embedding model", "cube"),
         ("doctor", "Azure doctor", "heartbeat"))


class KeptThings(Protocol):
    """What the program keeps: `services/kept.py`."""

    erase_at_end: bool

    async def listed(self) -> Sequence[Kept]: ...
    def clear_cache(self) -> None: ...


class Folders(SettingsStore, Protocol):
    """The settings file, and where it is."""

    data_dir: Path
    cache_dir: Path

    def backups_folder(self) -> Path: ...


class AllSettings(Protocol):
    """What of the program the settings show and change."""

    @property
    def current(self) -> Settings: ...
    @property
    def settings(self) -> Folders: ...
    @property
    def secrets(self) -> KeyKeeper: ...
    @property
    def entra(self) -> Account: ...
    @property
    def prices(self) -> Prices: ...
    @property
    def files(self) -> SmallFiles: ...
    @property
    def backups(self) -> Backups: ...
    @property
    def kept(self) -> KeptThings: ...
    def update_settings(self, change: Callable[[Settings], Settings]) -> Settings: ...
    def sample_path(self, sample: str) -> Path: ...


class SettingsController(Controller):
    """Makes the dialog when it is first asked for."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, program: AllSettings, looks: LooksController,
        connections: ConnectionsController, connections_changed: Callable[[], None],
    ) -> None:
        super().__init__(tasks)
        self.dialog: SettingsDialog | None = None
        self.offer: OfferDialog | None = None
        self._window = window
        self._program = program
        self._looks = looks
        self._connections = connections
        self._connections_changed = connections_changed

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"settings": self.show}

    def show(self) -> None:
        """All pages as things are now."""
        if self.dialog is None:
            self.dialog = self._make()
        self._refresh()
        bring_forward(self.dialog)

    def _make(self) -> SettingsDialog:
        actions = self._window.actions_table.by_id
        made = SettingsDialog([each for each in LINKS if each[0] in actions], self._window)
        made.appearance.themeChosen.connect(self._window.themeChosen)
        made.appearance.textSizeChosen.connect(self._window.textSizeChosen)
        made.appearance.motionChosen.connect(self._looks.choose_motion)
        made.connections.actionRequested.connect(lambda name: actions[name].trigger())
        made.connections.spendingRequested.connect(self._connections.show_costs_page)
        made.folders.openRequested.connect(_open)
        made.folders.chooseRequested.connect(self._choose_folder)
        made.folders.resetRequested.connect(lambda name: self._set_folder(name, ""))
        made.folders.clearRequested.connect(self._clear_cache)
        made.backups.minutesChosen.connect(lambda m: self._set(backup_minutes=m))
        made.backups.roomChosen.connect(self._set_room)
        made.backups.restoreRequested.connect(actions["restore_backup"].trigger)
        made.privacy.eraseRequested.connect(
            lambda: self.tasks.start("Delete all", self._erase(), key="erase"))
        made.transfer.exportRequested.connect(self._choose_export)
        made.transfer.importRequested.connect(self._choose_import)
        return made

    # --- showing -----------------------------------------------------------------------------

    def _refresh(self) -> None:
        dialog, now = self.dialog, self._program.current
        if dialog is None:
            return
        dialog.appearance.show_settings(now)
        dialog.backups.show_settings(now)
        for name in dialog.connections.links:
            dialog.connections.allow(name, self._window.actions_table.by_id[name].isEnabled())
        settings = self._program.settings
        dialog.folders.show_folders(
            {"data": str(settings.data_dir), "cache": str(settings.cache_dir),
             "samples": str(self._program.sample_path("benefits").parent),
             "backups": str(settings.backups_folder())},
            {name for name, chosen in (("samples", now.samples_folder),
                                       ("backups", now.backups_folder)) if chosen})
        self.tasks.start("Look at what is kept", self._measure(dialog), key="kept")

    async def _measure(self, dialog: SettingsDialog) -> None:
        program = self._program
        backups = await program.backups.listed()
        dialog.backups.show_total(len(backups), sum(each.size for each in backups))
        dialog.privacy.show_kept(await program.kept.listed())
        today = QDate.currentDate().toString(Qt.DateFormat.ISODate)
        dialog.connections.show_words(
            await self._connection_words(), program.prices.table().sentence(today))

    async def _connection_words(self) -> str:
        """Each with its host, and where the keys are."""
        known, secrets = self._program.current.connections, self._program.secrets
        if not known:
            return ("Only the built-in model answers. Add a connection to compare models that "
                    "write.")
        lines = [f"{each.name}: {urlsplit(each.endpoint).hostname or each.kind}, "
                 f"{len(each.deployments)} deployments" for each in known]
        keys = ("Keys are in the system keyring." if await secrets.persistent() else
                f"Keys are in memory until the program ends: {secrets.why}.")
        return "\n".join([*lines, keys])

    # --- changing ----------------------------------------------------------------------------

    def _set(self, **values: object) -> None:
        self._program.update_settings(lambda now: replace(now, **values))  # type: ignore[arg-type]

    def _set_room(self, megabytes: int) -> None:
        self._set(backup_megabytes=megabytes)
        self.tasks.start("Make room", self._tidy(), key="tidy")

    async def _tidy(self) -> None:
        await self._program.backups.tidy()
        self._refresh()

    def _choose_folder(self, name: str) -> None:
        if self.dialog is not None:
            file_dialogs.choose_folder(
                self.dialog, "Choose a folder", lambda paths: self._set_folder(name, str(paths[0])))

    def _set_folder(self, name: str, folder: str) -> None:
        self._set(**{name: folder})
        self._refresh()

    def _clear_cache(self) -> None:
        self.tasks.start("Clear the cache", self._cleared(), key="cache")

    async def _cleared(self) -> None:
        self._program.kept.clear_cache()
        self._refresh()
        if self.dialog is not None:
            self.dialog.tell("The cache is empty. Indexes are made again when they are missing.")

    # --- deleting all ------------------------------------------------------------------------

    async def _erase(self) -> None:
        """Keys and sign-in now, files when nothing is open any more."""
        program = self._program
        for each in program.current.connections:
            await program.secrets.delete(each)
        await program.entra.sign_out()
        program.kept.erase_at_end = True
        if self.dialog is not None:
            self.dialog.close()
        self._window.close()

    # --- to a file and back ------------------------------------------------------------------

    def _choose_export(self) -> None:
        assert self.dialog is not None
        file_dialogs.choose_new_file(
            self.dialog, "Export settings", FILES, "json",
            lambda path: self.tasks.start("Export settings", self._export(path)))

    async def _export(self, path: Path) -> None:
        await export_settings(path, self._program.settings, self._program.files)
        if self.dialog is not None:
            self.dialog.tell(f"Written to {path.name}, without keys.")

    def _choose_import(self) -> None:
        assert self.dialog is not None
        file_dialogs.choose_file(self.dialog, "Import settings", FILES, self.load)

    def load(self, path: Path) -> None:
        """Show what a file would change."""
        self.tasks.start("Import settings", self._load(path), key="import settings")

    async def _load(self, path: Path) -> None:
        offer = await read_settings(path, self._program.settings, self._program.files)
        self._show_offer(path.name, offer)

    def _show_offer(self, name: str, offer: Offer) -> None:
        if self.offer is not None:
            self.offer.close()
        self.offer = OfferDialog(name, offer, self.dialog or self._window)
        self.offer.accepted_.connect(self._adopt)
        bring_forward(self.offer)

    def _adopt(self, changes: list[Change], connections: list[Connection]) -> None:
        self.tasks.start("Take over settings", self._adopted(changes, connections))

    async def _adopted(self, changes: list[Change], connections: list[Connection]) -> None:
        program = self._program
        refused = await adopt_settings(changes, connections, program.settings, program.secrets)
        self._looks.show_again()
        self._connections_changed()
        self._refresh()
        words = f"Taken over: {len(changes) + len(connections) - len(refused)}."
        if refused:
            words += " Refused: " + " ".join(refused)
        if self.dialog is not None:
            self.dialog.tell(words)


def _open(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))
