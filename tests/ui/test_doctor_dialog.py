"""The doctor's screen: what was pasted, what was tried, what to do; never the key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.core.doctor import Problem, read
from desktop.core.types import BUILTIN, Connection
from desktop.flows.doctor import Check, Diagnosis
from desktop.ui.components import ErrorBox
from desktop.ui.dialogs.doctor import HIDDEN, NOBODY, DoctorDialog

KEY = "canary-0123456789abcdef0123456789"
CURL = (f"curl https://hr.openai.azure.com/openai/v1/chat/completions -H 'api-key: {KEY}' "
        "-d '{\"model\": \"mini\"}'")
WORK = Connection("Work", "azure", "https://hr.openai.azure.com")
FOUND = Diagnosis(
    read(CURL), WORK,
    (Check("Reached", True, "hr.openai.azure.com answered in 0.10 s."),
     Check("Key", False, "hr.openai.azure.com refused the key")),
    problems=(Problem("hr.openai.azure.com refused the key", "It is mistyped", "Paste it again"),))

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def dialog(qtbot: QtBot) -> DoctorDialog:
    made = DoctorDialog()
    qtbot.addWidget(made)
    made.show_ready([BUILTIN, WORK])
    made.show()
    return made


def texts(dialog: DoctorDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_ctrl_enter_examines_the_text_with_its_key(qtbot: QtBot, dialog: DoctorDialog) -> None:
    asked: list[tuple[str, str]] = []
    dialog.examineRequested.connect(lambda *what: asked.append(what))
    assert dialog.connection.currentText() == NOBODY
    dialog.text.setPlainText(CURL)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog.show_diagnosis(FOUND, adoptable=True)
    assert KEY not in dialog.text.toPlainText()
    assert HIDDEN in dialog.text.toPlainText()
    dialog.examine.click()
    assert asked == [(CURL, ""), (CURL, "")], "the key is only hidden, not lost"
    dialog.text.setPlainText("https://other.openai.azure.com")
    assert KEY not in dialog.pasted()


def test_what_was_found_stands_with_its_remedy(dialog: DoctorDialog) -> None:
    dialog.text.setPlainText(CURL)
    dialog.show_diagnosis(FOUND, adoptable=True)
    shown = texts(dialog)
    for words in ("refused the key", "It is mistyped", "Paste it again", "Resource", "Azure OpenAI"
                  ", v1", "https://hr.openai.azure.com", "mini", "answered in 0.10 s"):
        assert words in shown
    assert KEY not in shown
    assert dialog.adopt.isVisible()
    assert "sent to that address only" in dialog.note.text()
    assert dialog.findChild(ErrorBox).accessibleName() == FOUND.problems[0].what


def test_all_is_well(dialog: DoctorDialog) -> None:
    dialog.show_diagnosis(replace(FOUND, problems=(), checks=FOUND.checks[:1]))
    assert "Nothing is wrong." in texts(dialog)
    assert not dialog.adopt.isVisible()


def test_it_can_be_stopped_and_keeps_what_was_found(dialog: DoctorDialog) -> None:
    stopped: list[bool] = []
    dialog.stopRequested.connect(lambda: stopped.append(True))
    dialog.show_running(True)
    dialog.show_diagnosis(FOUND)
    assert "Nothing is wrong" not in texts(dialog)
    assert dialog.examine.text() == "Stop"
    dialog.examine.click()
    dialog.show_stopped()
    assert stopped == [True]
    assert dialog.examine.text() == "Examine"
    assert "kept" in dialog.note.text()


def test_nothing_to_look_at_is_said(dialog: DoctorDialog) -> None:
    asked: list[str] = []
    dialog.examineRequested.connect(lambda text, name: asked.append(name))
    dialog.examine.click()
    assert asked == []
    assert "Paste a text, or choose" in dialog.note.text()
    dialog.show_ready([BUILTIN, WORK], "Work")
    dialog.examine.click()
    assert asked == ["Work"]


def test_a_closed_doctor_keeps_no_key(dialog: DoctorDialog) -> None:
    dialog.text.setPlainText(CURL)
    dialog.show_diagnosis(FOUND)
    dialog.close()
    assert KEY not in dialog.pasted()


def test_everything_has_a_name(dialog: DoctorDialog) -> None:
    for widget in (dialog.text, dialog.connection):
        assert widget.accessibleName()
    dialog.show_diagnosis(FOUND)
    assert all(label.textFormat() is Qt.TextFormat.PlainText
               for label in dialog.findChildren(QLabel))
