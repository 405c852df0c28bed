"""Connections dialog: add, edit, test and remove; keys go to the keyring, never through us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDate, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from ...core.errors import StrategyExplorerError
from ...core.ports import SecretStore
from ...core.pricing import PriceTable
from ...core.probing import Prober
from ...core.spending import Spending
from ...core.types import Connection, Deployment
from ...flows.connections import SettingsStore, remove_connection, save_connection
from ...flows.doctor import Diagnosis, diagnose
from ...flows.tasks import Tasks
from ..dialogs.connection_access import Access
from ..dialogs.connections import ConnectionsDialog
from ..dialogs.spending_page import Costs
from ..main_window import MainWindow

SIGN_IN = "sign in"


class KeyKeeper(SecretStore, Protocol):
    """Secrets that can say why they are only in memory."""

    why: str


class Account(Protocol):
    """Signs in with Microsoft Entra ID: `services/entra.py`."""

    persistent: bool

    async def sign_in(self) -> str: ...
    async def sign_out(self) -> None: ...
    async def who(self) -> str: ...


class Listing(Protocol):
    """What a resource has deployed: `services/arm_listing.py`."""

    async def deployments(self, connection: Connection) -> Sequence[Deployment]: ...


class Prices(Protocol):
    """The price table, as far as it is shown."""

    def table(self) -> PriceTable: ...
    def models(self) -> Sequence[str]: ...
    def words(self, model: str, today: str, retires: str = "") -> str: ...
    def region_warning(self, model: str, region: str) -> str: ...
    def start_editing(self) -> Path | None: ...


class ConnectionKeeper(Protocol):
    """The parts of the program that connections need."""

    @property
    def settings(self) -> SettingsStore: ...
    @property
    def secrets(self) -> KeyKeeper: ...
    @property
    def prober(self) -> Prober: ...
    @property
    def entra(self) -> Account: ...
    @property
    def listing(self) -> Listing: ...
    @property
    def prices(self) -> Prices: ...
    @property
    def spending(self) -> Spending: ...
    def connections(self) -> Sequence[Connection]: ...
    def hide_keys(self, text: str) -> str: ...


class ConnectionsController:
    """Makes the dialog when it is first asked for."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, keeper: ConnectionKeeper,
        changed: Callable[[], None], examine: Callable[[str], None] = lambda name: None,
    ) -> None:
        """`examine` opens the doctor on a connection."""
        self.tasks = tasks
        self._examine = examine
        self._window = window
        self._keeper = keeper
        self._changed = changed
        self._dialog: ConnectionsDialog | None = None

    def show(self) -> None:
        if self._dialog is None:
            self._dialog = self._make()
        self._dialog.show_connections(self._keeper.connections())
        self._dialog.form.deployments.show_choices((), self._keeper.prices.models())
        self._dialog.open()
        self.tasks.start("Look for a keyring", self._tell_secret_place())
        self._look_for_account()

    def _look_for_account(self) -> None:
        if self._access.entra or any(each.entra for each in self._keeper.connections()):
            self.tasks.start("Look who is signed in", self._tell_account(), key="who")

    def adopt(self, connection: Connection, key: str) -> None:
        """A new connection of what the doctor read; nothing is stored before Save."""
        self.show()
        assert self._dialog is not None
        self._dialog.adopt(connection, key)

    def _make(self) -> ConnectionsDialog:
        dialog = ConnectionsDialog(self._window)
        dialog.saveRequested.connect(self.save)
        dialog.removeRequested.connect(self.remove)
        dialog.testRequested.connect(self.test)
        dialog.examineRequested.connect(self._examine)
        dialog.listRequested.connect(self.list_deployments)
        dialog.spendingRequested.connect(self.show_spending)
        dialog.costs.changed.connect(self.change_costs)
        dialog.costs.editPricesRequested.connect(self.edit_prices)
        access = dialog.form.access
        access.mode.activated.connect(self._look_for_account)
        access.signInRequested.connect(self.sign_in)
        access.cancelRequested.connect(self.cancel_sign_in)
        access.signOutRequested.connect(self.sign_out)
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
        """Each deployment as it answers; what concerns all of them stands above."""
        assert self._dialog is not None
        dialog, keeper = self._dialog, self._keeper
        found = await diagnose(
            "", (), keeper.prober, self._tell_test, chosen=connection, key=key,
            hide=keeper.hide_keys)
        listed = [each.model for each in found.models]
        dialog.form.deployments.show_choices(
            listed if connection.kind == "openai" else (), [*listed, *keeper.prices.models()])
        named = {each.deployment for each in found.deployments}
        general = [check for check in found.checks if check.ok is False
                   and check.name not in named]
        if general and found.problems:
            first = found.problems[0]
            dialog.show_error(StrategyExplorerError(
                first.what, why=first.why, remedy=first.fix))
            return
        dialog.show_test(self._results(found), {
            each.deployment: each.model for each in found.deployments if each.ok and each.model})

    def _tell_test(self, found: Diagnosis) -> None:
        if self._dialog is not None and found.deployments:
            self._dialog.form.deployments.show_results(self._results(found))

    def _results(self, found: Diagnosis) -> list[tuple[str, bool, str]]:
        prices, today = self._keeper.prices, _today()
        rows = []
        for each in found.deployments:
            words = [self._keeper.hide_keys(each.sentence)]
            if each.ok:
                words += [prices.words(each.model, today, found.retires(each.model)),
                          prices.region_warning(each.model, each.region)]
            rows.append((each.deployment, each.ok, " ".join(filter(None, words))))
        return rows

    # --- Microsoft Entra ID ----------------------------------------------------------------

    async def _tell_account(self) -> None:
        name = await self._keeper.entra.who()
        self._access.show_account(name, persistent=self._keeper.entra.persistent)

    def sign_in(self) -> None:
        self._access.show_waiting()
        self.tasks.start("Sign in with Microsoft Entra ID", self._sign_in(), key=SIGN_IN,
                         shown=True)

    async def _sign_in(self) -> None:
        try:
            name = await self._keeper.entra.sign_in()
        except StrategyExplorerError as error:
            self._access.show_failed(str(error))
        else:
            self._access.show_account(name, persistent=self._keeper.entra.persistent)

    def cancel_sign_in(self) -> None:
        """Stop waiting; a sign-in that is finished in the browser later is not used."""
        self.tasks.cancel_key(SIGN_IN)
        self._access.show_account("")

    def sign_out(self) -> None:
        self.tasks.start("Sign out", self._sign_out(), key=SIGN_IN)

    async def _sign_out(self) -> None:
        await self._keeper.entra.sign_out()
        await self._tell_account()

    @property
    def _access(self) -> Access:
        assert self._dialog is not None
        return self._dialog.form.access

    def list_deployments(self, connection: Connection) -> None:
        self.tasks.start("List deployments", self._list_deployments(connection), key="list")

    async def _list_deployments(self, connection: Connection) -> None:
        assert self._dialog is not None
        try:
            found = await self._keeper.listing.deployments(connection)
        except StrategyExplorerError as error:
            self._dialog.show_error(error)
            return
        self._dialog.show_listed(found)

    # --- spending and prices ---------------------------------------------------------------

    def show_costs_page(self) -> None:
        """The dialog, with spending and prices in front."""
        self.show()
        if self._dialog is not None:
            self._dialog.spending.click()

    def show_spending(self) -> None:
        self.tasks.start("Look at the spending", self._show_spending(), key="spending")

    async def _show_spending(self) -> None:
        assert self._dialog is not None
        spent, table = await self._keeper.spending.spent(), self._keeper.prices.table()
        now = self._keeper.settings.current
        self._dialog.costs.show_costs(
            Costs(now.limits, now.entra_scope, now.entra_tenant), spent, table, _today())

    def change_costs(self, costs: Costs) -> None:
        limits = costs.limits
        self._keeper.settings.update(lambda now: replace(
            now, limit_run=limits.run, limit_month=limits.month,
            block_unknown_prices=limits.block_unknown, entra_scope=costs.scope,
            entra_tenant=costs.tenant))

    def edit_prices(self) -> None:
        """The user's own file, in whatever they edit JSON with."""
        path = self._keeper.prices.start_editing()
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
            self._window.messages.say(f"Prices are edited in {path}; they count from the next "
                                      "look at this page.")


def _today() -> str:
    return QDate.currentDate().toString(Qt.DateFormat.ISODate)
