"""The connections dialog as a view: what it shows, what it asks for, what it keeps to itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import ConfigurationError
from desktop.core.pricing import PriceTable
from desktop.core.spending import Limits, Spent
from desktop.core.types import BUILTIN, Connection, Deployment
from desktop.ui.dialogs.connections import ConnectionsDialog
from desktop.ui.dialogs.spending_page import Costs

KEY = "canary-typed-key"
WORK = Connection("Work", "azure", "https://res.openai.azure.com",
                  deployments=(Deployment("mini", "gpt-4.1-mini"), Deployment("large")))
LOCAL = Connection("Ollama", "openai", "http://127.0.0.1:11434/v1",
                   deployments=(Deployment("llama3.2"),))

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def dialog(qtbot: QtBot) -> ConnectionsDialog:
    made = ConnectionsDialog()
    qtbot.addWidget(made)
    made.show_secret_place(True, "")
    made.show_connections([BUILTIN, WORK, LOCAL])
    made.show()
    return made


def type_into(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    field.editingFinished.emit()


def requests(signal: Any) -> list[tuple[Any, ...]]:
    seen: list[tuple[Any, ...]] = []
    signal.connect(lambda *what: seen.append(what))
    return seen


def test_lists_all_and_shows_the_built_in_as_what_it_is(dialog: ConnectionsDialog) -> None:
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert names == ["Built-in (offline)", "Work", "Ollama"]
    assert not dialog.save.isVisible()
    dialog.show_one("Work")
    assert dialog.save.isVisible()
    assert dialog.form.connection() == WORK
    assert not dialog.save.isEnabled(), "nothing is changed"
    assert dialog.test.isEnabled()


def test_a_pasted_call_fills_the_form(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    saved = requests(dialog.saveRequested)
    dialog.add.click()
    form = dialog.form
    type_into(qtbot, form.name, "Benefits")
    type_into(qtbot, form.endpoint, "https://hr.openai.azure.com/openai/deployments/hr-mini/chat"
              "/completions?api-version=2024-10-21")
    assert form.reading.text() == "Sends to hr.openai.azure.com"
    type_into(qtbot, form.key, KEY)
    dialog.save.click()
    assert saved == [(Connection("Benefits", "azure", "https://hr.openai.azure.com", "2024-10-21",
                                 deployments=(Deployment("hr-mini"),)), KEY)]
    assert dialog.replaces() is None


def test_the_kind_follows_the_address_until_it_is_chosen(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    dialog.add.click()
    type_into(qtbot, dialog.form.endpoint, "localhost:11434")
    assert dialog.form.connection().kind == "openai"
    assert dialog.form.endpoint.text() == "http://localhost:11434/v1"
    assert not dialog.form.api_version.isVisible()
    dialog.form.kind.setCurrentIndex(0)
    dialog.form.kind.activated.emit(0)
    type_into(qtbot, dialog.form.endpoint, "https://gateway.example.com")
    assert dialog.form.connection().kind == "azure"
    assert "not one of Azure's own addresses" in dialog.form.reading.text()


def test_a_bad_address_says_why_and_cannot_be_saved(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    dialog.show_one("Work")
    type_into(qtbot, dialog.form.endpoint, "http://res.openai.azure.com")
    assert "unencrypted" in dialog.form.reading.text()
    assert dialog.form.reading.property("tone") == "danger"
    assert not dialog.save.isEnabled()
    assert not dialog.test.isEnabled()
    assert "unencrypted" in dialog.note.text()


def test_plain_http_needs_a_tick_and_takes_no_key(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    dialog.add.click()
    form = dialog.form
    type_into(qtbot, form.name, "Office")
    type_into(qtbot, form.key, KEY)
    type_into(qtbot, form.endpoint, "http://10.0.0.1:8000/v1")
    assert form.private.isVisible()
    assert not form.key.isEnabled()
    assert form.typed_key() is None
    assert form.key_place.text() == "This address gets no key."
    assert not dialog.save.isEnabled()
    form.private.click()
    assert dialog.save.isEnabled()
    assert dialog.confirmed()


@pytest.mark.parametrize(("persistent", "why", "says"), [
    (True, "", "Kept in the system keyring."),
    (False, "This system has no keyring", "in memory until the program ends. This system has no"),
    (False, "", "Kept in memory until the program ends."),
])
def test_where_a_key_is_kept_is_said(
    dialog: ConnectionsDialog, persistent: bool, why: str, says: str
) -> None:
    dialog.show_secret_place(persistent, why)
    assert says in dialog.form.key_place.text()


def test_editing_saves_under_the_old_name_and_leaves_the_key(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    saved = requests(dialog.saveRequested)
    dialog.show_one("Work")
    type_into(qtbot, dialog.form.name, "Team")
    assert not dialog.list.isEnabled(), "an unsaved change is not left behind"
    dialog.save.click()
    assert saved == [(replace(WORK, name="Team"), None)]
    assert dialog.replaces() == "Work"


def test_after_saving_the_key_is_gone_from_the_form(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    dialog.show_one("Work")
    type_into(qtbot, dialog.form.key, KEY)
    dialog.show_saved([WORK, LOCAL], "Work")
    assert dialog.form.key.text() == ""
    assert dialog.note.text() == "Work is saved."
    assert dialog.list.isEnabled()
    assert dialog.replaces() == "Work"


def test_a_key_is_never_readable_and_does_not_survive_closing(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    dialog.show_one("Work")
    type_into(qtbot, dialog.form.key, KEY)
    assert dialog.form.key.echoMode() is QLineEdit.EchoMode.Password
    assert KEY not in dialog.form.key.displayText()
    dialog.close()
    assert dialog.form.key.text() == ""


def test_revert_brings_the_stored_one_back(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    dialog.show_one("Work")
    type_into(qtbot, dialog.form.name, "Other")
    dialog.form.deployments.rows[0].remove.click()
    dialog.revert.click()
    assert dialog.form.connection() == WORK
    assert not dialog.save.isEnabled()


def test_deployments_are_added_and_removed(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    dialog.show_one("Work")
    rows = dialog.form.deployments
    rows.add.click()
    type_into(qtbot, rows.rows[2].name, "third")
    type_into(qtbot, rows.rows[2].model, "o4-mini")
    rows.rows[0].remove.click()
    assert dialog.form.connection().deployments == (
        Deployment("large"), Deployment("third", "o4-mini"))
    assert dialog.save.isEnabled()


def test_each_deployment_shows_its_own_result(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    asked = requests(dialog.testRequested)
    dialog.show_one("Work")
    dialog.test.click()
    assert asked == [(WORK, None)]
    assert not dialog.test.isEnabled()
    dialog.show_test([("mini", True, ""), ("large", False, "No such deployment. Compare it.")])
    words = [label.text() for row in dialog.form.deployments.rows
             for label in row.findChildren(QLabel) if label.isVisible() and label.text()]
    assert words == ["Answers", "No such deployment. Compare it."]
    assert dialog.note.text() == "1 of 2 deployments answer."
    assert dialog.test.isEnabled()
    type_into(qtbot, dialog.form.api_version, "2024-10-21")
    shown = [label.text() for row in dialog.form.deployments.rows
             for label in row.findChildren(QLabel) if label.isVisible()]
    assert shown == [], "results belong to what was tested"


def test_removing_takes_two_presses(dialog: ConnectionsDialog) -> None:
    removed = requests(dialog.removeRequested)
    dialog.show_one("Work")
    dialog.remove.click()
    assert removed == []
    assert "forget its key" in dialog.note.text()
    dialog.remove.click()
    assert removed == [("Work",)]
    dialog.show_connections([LOCAL])
    assert dialog.remove.text() == "Remove"


def test_an_error_stands_in_the_dialog(dialog: ConnectionsDialog) -> None:
    dialog.show_one("Work")
    dialog.show_error(ConfigurationError("The settings could not be saved", remedy="Free space"))
    assert dialog.error.isVisible()
    assert "Free space" in dialog.error.text()
    dialog.show_one("Ollama")
    assert not dialog.error.isVisible()


def test_every_field_has_a_name_and_tab_reaches_all(
    qtbot: QtBot, dialog: ConnectionsDialog
) -> None:
    dialog.show_one("Work")
    form = dialog.form
    wanted: list[QWidget] = [
        form.name, form.kind, form.endpoint, form.api_version, form.access.mode, form.key,
        form.key_env,
        form.deployments.rows[0].name, form.deployments.rows[0].model,
        form.deployments.rows[0].remove, form.deployments.rows[1].name,
        form.deployments.rows[1].model, form.deployments.rows[1].remove, form.deployments.add,
    ]
    assert all(widget.accessibleName() or widget is form.deployments.add for widget in wanted)
    form.name.setFocus()
    reached = []
    for _ in wanted:
        reached.append(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert reached == wanted


def test_labels_are_plain_text(dialog: ConnectionsDialog) -> None:
    assert all(label.textFormat() is Qt.TextFormat.PlainText
               for label in dialog.findChildren(QLabel))


# --- pasting anything, signing in, spending ------------------------------------------------


def test_a_pasted_curl_line_is_taken_apart(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    dialog.add.click()
    form = dialog.form
    line = ("curl https://hr.openai.azure.com/openai/v1/chat/completions -H \"api-key: "
            f"{KEY}-0123456789\" -d '{{\"model\": \"hr-mini\"}}'")
    form.endpoint.setText(line)
    form.endpoint.textEdited.emit(line)
    assert form.endpoint.text() == "https://hr.openai.azure.com"
    assert form.typed_key() == f"{KEY}-0123456789"
    assert form.connection().deployments == (Deployment("hr-mini"),)
    assert "stands below, and is stored when you save" in form.reading.text()
    assert KEY not in "".join(label.text() for label in dialog.findChildren(QLabel))


def test_a_page_of_the_portal_gives_the_address(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    dialog.add.click()
    page = ("https://portal.azure.com/#@x/resource/subscriptions/1/resourceGroups/rg/providers/"
            "Microsoft.CognitiveServices/accounts/hr/overview")
    dialog.form.endpoint.setText(page)
    dialog.form.endpoint.textEdited.emit(page)
    assert dialog.form.endpoint.text() == "https://hr.openai.azure.com"
    assert "page of the portal" in dialog.form.reading.text()


def test_entra_takes_the_place_of_the_key(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    access = dialog.form.access
    dialog.show_one("Work")
    access.mode.setCurrentIndex(1)
    access.mode.activated.emit(1)
    assert not dialog.form.key.isVisible()
    assert access.account.isVisible()
    assert dialog.form.connection() == replace(WORK, entra=True)
    asked = requests(access.signInRequested)
    cancelled, out = requests(access.cancelRequested), requests(access.signOutRequested)
    listing = requests(dialog.listRequested)
    dialog.form.deployments.fetch.click()
    assert listing == [(replace(WORK, entra=True),)]
    dialog.show_listed([Deployment("large", "gpt-4.1-2025-04-14"), Deployment("mini", "other"),
                        Deployment("new", "gpt-5-2025-08-07")])
    assert dialog.form.connection().deployments == (
        Deployment("mini", "gpt-4.1-mini"), Deployment("large", "gpt-4.1-2025-04-14"),
        Deployment("new", "gpt-5-2025-08-07"))
    assert "3 deployments, 1 of them new" in dialog.note.text()
    access.sign_in.click()
    access.show_waiting()
    access.sign_in.click()
    access.show_account("ana@contoso.com", persistent=False)
    assert "ends with the program" in access._who.text()
    access.sign_in.click()
    assert (len(asked), len(cancelled), len(out)) == (1, 1, 1)
    access.show_failed("No browser could be opened. Run: az login.")
    assert access._who.property("tone") == "danger"
    dialog.revert.click()
    dialog.show_one("Ollama")
    assert not dialog.form.deployments.fetch.isVisible()
    assert not access.mode.isVisible(), "only Azure signs in"
    assert not dialog.form.connection().entra


def test_the_spending_limit_is_said_and_changed(dialog: ConnectionsDialog) -> None:
    asked, changed = requests(dialog.spendingRequested), requests(dialog.costs.changed)
    dialog.show_one("Work")
    dialog.spending.click()
    assert asked == [()]
    assert dialog.costs.isVisible()
    assert not dialog.save.isVisible()
    table = PriceTable("2026-01-02")
    dialog.costs.show_costs(Costs(Limits(month=20.0)), Spent("2026-11", 4.2, 12, 2), table,
                            "2026-11-21")
    assert dialog.costs.spent.text() == (
        "About $4.20 in 10 paid calls this month, and 2 calls whose price is unknown.")
    assert dialog.costs.run.text() == "No limit"
    assert "days ago" in dialog.costs.prices.text()
    assert dialog.costs.prices.property("tone") == "warning"
    dialog.costs.run.setValue(1.5)
    dialog.costs.run.editingFinished.emit()
    dialog.costs.run.editingFinished.emit()
    assert changed == [(Costs(Limits(1.5, 20.0)),)]
    dialog.show_one("Work")
    assert dialog.save.isVisible()


def test_a_tested_deployment_says_what_it_takes(dialog: ConnectionsDialog) -> None:
    dialog.show_one("Work")
    dialog.show_test([("mini", True, "Answers. It does not take: temperature."),
                      ("large", True, "Answers.")],
                     {"mini": "gpt-4o", "large": "gpt-4.1-2025-04-14"})
    words = [label.text() for row in dialog.form.deployments.rows
             for label in row.findChildren(QLabel) if label.isVisible() and label.text()]
    assert words == ["Answers. It does not take: temperature.", "Answers."]
    assert dialog.form.connection().deployments == (
        Deployment("mini", "gpt-4.1-mini"), Deployment("large", "gpt-4.1-2025-04-14"))
    assert dialog.save.isEnabled(), "what the server said can be kept"


def test_what_a_server_lists_can_be_chosen(qtbot: QtBot, dialog: ConnectionsDialog) -> None:
    rows = dialog.form.deployments
    rows.show_choices(["llama3.2", "phi-4"], ["gpt-4.1-mini-2025-04-14"])
    dialog.show_one("Ollama")
    completer = rows.rows[0].name.completer()
    completer.setCompletionPrefix("PHI")
    assert completer.currentCompletion() == "phi-4"
    rows.rows[0].name.setText("phi-4")
    completer.activated.emit("phi-4")
    assert dialog.save.isEnabled(), "choosing is an edit"
    rows.add.click()
    assert rows.rows[1].model.completer().completionCount() == 1
