"""Testing, examining, signing in and limiting in a real window, against the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.core.errors import AuthFailed
from desktop.core.spending import Limits
from desktop.core.types import Connection, Deployment
from desktop.ui.dialogs.spending_page import Costs
from tests.servers.azure import AzureEmulator

from .session_tools import Opened, opened, until

Run = Callable[[Coroutine[Any, Any, Any]], Any]
pytestmark = pytest.mark.usefixtures("dressed")
VARIABLE = "CANARY_VARIABLE"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureEmulator]:
    with AzureEmulator() as running:
        monkeypatch.setenv(VARIABLE, running.key)
        yield running


def connect(window: Opened, server: AzureEmulator, key_env: str = VARIABLE) -> None:
    """A stored connection with one deployment that answers and one that is gone."""
    from dataclasses import replace

    made = Connection("Work", "azure", server.url, "", key_env,
                      deployments=(Deployment("gpt-mini"), Deployment("gone", "gpt-4o")))
    window.parts.update_settings(lambda now: replace(now, connections=(made,)))


def real(window: Opened) -> None:
    """The session tools put stepped models in the place of the real ones."""
    from desktop.services.chats import Chats

    window.parts.chats = Chats(window.parts.connections, window.parts.secrets,
                               window.parts.embedder)


def test_each_deployment_tells_model_price_and_dates(
    run: Run, qtbot: QtBot, tmp_path: Path, server: AzureEmulator
) -> None:
    async def scenario() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            real(window)
            connect(window, server)
            controller = window.session.connections
            controller.show()
            dialog = controller._dialog
            assert dialog is not None
            dialog.show_one("Work")
            dialog.test.click()
            await window.idle()
            rows = dialog.form.deployments.rows
            words = [next(label.text() for label in row.findChildren(QLabel)
                          if label.text()) for row in rows]
            assert "It runs gpt-4.1-mini-2025-04-14" in words[0]
            assert "$0.40 in and $1.60 out" in words[0]
            assert "as the resource says" in words[0]
            assert "no deployment named gone" in words[1]
            assert rows[0].model.text() == "gpt-4.1-mini-2025-04-14"
            assert "save to keep them" in dialog.note.text()
            await window.parts.chats.aclose()
            dialog.close()

    run(scenario())


def test_the_doctor_makes_a_connection_of_a_curl_line(
    run: Run, qtbot: QtBot, tmp_path: Path, server: AzureEmulator
) -> None:
    line = (f"curl {server.url}/v1/chat/completions -H 'Authorization: Bearer {server.key}' "
            "-d '{\"model\": \"gpt-mini\"}'")

    async def scenario() -> None:
        async with opened(tmp_path) as window:
            real(window)
            window.views.window.commandRequested.emit("doctor")
            dialog = window.session.doctor._dialog
            assert dialog is not None
            dialog.text.setPlainText(line)
            dialog.examine.click()
            await window.idle()
            texts = " ".join(label.text() for label in dialog.findChildren(QLabel))
            assert "Nothing is wrong." in texts
            assert server.key not in texts + dialog.text.toPlainText()
            dialog.adopt.click()
            form = window.session.connections._dialog
            assert form is not None
            await window.idle()
            assert form.form.typed_key() == server.key
            assert form.form.connection().deployments == (Deployment("gpt-mini"),)
            await window.parts.chats.aclose()
            form.close()

    run(scenario())


class FakeEntra:
    persistent = False

    def __init__(self) -> None:
        self.name = ""
        self.fails = True
        self.gate: asyncio.Event | None = None

    async def who(self) -> str:
        return self.name

    async def sign_in(self) -> str:
        if self.gate is not None:
            await self.gate.wait()
        if self.fails:
            raise AuthFailed("No browser could be opened to sign in", remedy="Run: az login")
        self.name = "ana@contoso.com"
        return self.name

    async def sign_out(self) -> None:
        self.name = ""

    async def aclose(self) -> None:
        """Nothing to end."""


def test_signing_in_out_and_giving_up(run: Run, qtbot: QtBot, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as window:
            entra = FakeEntra()
            window.parts.entra = entra  # type: ignore[assignment]
            window.session.connections.show()
            await window.idle()
            dialog = window.session.connections._dialog
            assert dialog is not None
            access = dialog.form.access
            access.sign_in.click()
            await window.idle()
            assert "az login" in access._who.text()
            entra.gate = asyncio.Event()
            access.sign_in.click()
            await until(lambda: access.sign_in.text() == "Cancel")
            access.sign_in.click()
            await window.idle()
            assert access.sign_in.text() == "Sign in"
            entra.gate, entra.fails = None, False
            access.sign_in.click()
            await window.idle()
            assert "Signed in as ana@contoso.com." in access._who.text()
            access.sign_in.click()
            await window.idle()
            assert "Nobody is signed in" in access._who.text()
            dialog.close()

    run(scenario())


def test_a_limit_counts_at_once_and_is_remembered(
    run: Run, qtbot: QtBot, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as window:
            window.session.connections.show()
            dialog = window.session.connections._dialog
            assert dialog is not None
            dialog.spending.click()
            await window.idle()
            assert "$0.00 in 0 paid calls" in dialog.costs.spent.text()
            dialog.costs.changed.emit(Costs(Limits(2.0, 30.0, True), "api://x/.default", ""))
            assert window.parts.current.limits == Limits(2.0, 30.0, True)
            assert window.parts.current.entra_scope == "api://x/.default"
            assert window.parts.spending.limits() == Limits(2.0, 30.0, True)
            dialog.close()

    run(scenario())
