"""Connections dialog: add, edit, test and remove; keys go to the keyring, never through us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from ...core.errors import StrategyExplorerError
from ...core.ports import ChatModel, SecretStore
from ...core.types import Connection
from ...flows.connections import (
    SettingsStore,
    check_connection,
    remove_connection,
    save_connection,
)
from ...flows.tasks import Tasks
from ..dialogs.connections import ConnectionsDialog
from ..main_window import MainWindow


class KeyKeeper(SecretStore, Protocol):
    """Secrets that can say why they are only in memory."""

    why: str


class Opener(Protocol):
    """Opens a chat model of a connection that need not be saved."""

    def open(
        self, connection: Connection, deployment: str, key: str | None = None
    ) -> Awaitable[ChatModel]: ...


class ConnectionKeeper(Protocol):
    """The parts of the program that connections need."""

    @property
    def settings(self) -> SettingsStore: ...
    @property
    def secrets(self) -> KeyKeeper: ...
    @property
    def chats(self) -> Opener: ...
    def connections(self) -> Sequence[Connection]: ...


class ConnectionsController:
    """Makes the dialog when it is first asked for."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, keeper: ConnectionKeeper,
        changed: Callable[[], None],
    ) -> None:
        self.tasks = tasks
        self._window = window
        self._keeper = keeper
        self._changed = changed
        self._dialog: ConnectionsDialog | None = None

    def show(self) -> None:
        if self._dialog is None:
            self._dialog = self._make()
        self._dialog.show_connections(self._keeper.connections())
        self._dialog.open()
        self.tasks.start("Look for a keyring", self._tell_secret_place())

    def _make(self) -> ConnectionsDialog:
        dialog = ConnectionsDialog(self._window)
        dialog.saveRequested.connect(self.save)
        dialog.removeRequested.connect(self.remove)
        dialog.testRequested.connect(self.test)
        return dialog

    async def _tell_secret_place(self) -> None:
        persistent = await self._keeper.secrets.persistent()
        if self._dialog is not None:
            self._dialog.show_secret_place(persistent, self._keeper.secrets.why)

    def save(self, connection: Connection, key: str | None) -> None:
        self.tasks.start("Save connection", self._save(connection, key), key="connection")

    async def _save(self, connection: Connection, key: str | None) -> None:
        assert self._dialog is not None
        keeper = self._keeper
        try:
            saved = await save_connection(
                connection, keeper.settings, keeper.secrets, key=key,
                confirmed=self._dialog.confirmed(), replaces=self._dialog.replaces(),
            )
        except StrategyExplorerError as error:
            self._dialog.show_error(error)
            return
        self._dialog.show_saved(keeper.connections(), saved.name)
        self._changed()

    def remove(self, name: str) -> None:
        self.tasks.start("Remove connection", self._remove(name), key="connection")

    async def _remove(self, name: str) -> None:
        assert self._dialog is not None
        try:
            await remove_connection(name, self._keeper.settings, self._keeper.secrets)
        except StrategyExplorerError as error:
            self._dialog.show_error(error)
            return
        self._dialog.show_connections(self._keeper.connections())
        self._changed()

    def test(self, connection: Connection, key: str | None) -> None:
        self.tasks.start("Test connection", self._test(connection, key), key="test connection")

    async def _test(self, connection: Connection, key: str | None) -> None:
        assert self._dialog is not None
        result = await check_connection(connection, self._keeper.chats.open, key)
        self._dialog.show_test([(d.name, d.ok, d.problem) for d in result.deployments])
