"""The dialog of versions: found, compared, described and taken further; 1,000 of them at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desktop.core.types import Prompt, PromptVersion
from desktop.ui.components.version_link import VersionLink
from desktop.ui.dialogs.versions import VersionsDialog
from tests.ui.samples import names_missing

VERSIONS = [
    PromptVersion(1, Prompt("Be brief."), "Short", created_at="2026-11-20T10:00:00Z"),
    PromptVersion(2, Prompt("Be brief. Cite pages."), "Cites", "for HR", starred=True),
    PromptVersion(3, Prompt("Be kind."), parent=1),
]
DRAFT = Prompt("Be brief. Cite all pages.")


@pytest.fixture
def dialog(qtbot: QtBot, dressed: None) -> VersionsDialog:
    made = VersionsDialog()
    qtbot.addWidget(made)
    made.show_versions(VERSIONS, DRAFT)
    made.show()
    return made


def numbers(dialog: VersionsDialog) -> list[int]:
    return [version.number for version in dialog.model.rows]


def test_newest_first_and_filtered_by_name_note_text_and_star(dialog: VersionsDialog) -> None:
    assert numbers(dialog) == [3, 2, 1]
    for words, found in (("cite", [2]), ("hr", [2]), ("brief", [2, 1]), ("nothing", [])):
        dialog.filter.setText(words)
        dialog._typing.timeout.emit()  # the pause after the last key
        assert numbers(dialog) == found
    dialog.choose(3)  # somebody asks for one that the filter hides
    assert numbers(dialog) == [3, 2, 1]
    dialog.starred.click()
    assert numbers(dialog) == [2]


def test_one_is_compared_with_the_draft_or_with_where_it_is_from(dialog: VersionsDialog) -> None:
    dialog.choose(2)
    assert "v2 Cites and the draft: 1 change" in dialog.words.text()
    assert "all " in dialog.diff.toPlainText()
    dialog.choose(3)
    dialog.against.setCurrentIndex(1)
    assert dialog.words.text().startswith("v2 Cites and v3: 1 change")
    dialog.against.setCurrentIndex(2)
    assert dialog.words.text().startswith("v1 Short and v3: 1 change")


def test_two_are_compared_with_each_other(dialog: VersionsDialog) -> None:
    dialog._choose([1, 2])
    assert dialog.words.text() == "v1 Short and v2 Cites: 1 change"
    assert not dialog.restore.isEnabled()


def test_what_is_far_from_a_change_in_a_long_line_gives_way(dialog: VersionsDialog) -> None:
    long = "word " * 400
    dialog.show_versions([PromptVersion(1, Prompt(f"{long}old {long}"))],
                         Prompt(f"{long}new {long}"))
    shown = dialog.diff.toPlainText()
    assert "old" in shown and "new" in shown
    assert len(shown) < 1_000


def test_markup_in_a_prompt_is_text(dialog: VersionsDialog) -> None:
    dialog.show_versions([PromptVersion(1, Prompt("<b>x</b> <img src=y>"))], DRAFT)
    assert "<b>x</b> <img src=y>" in dialog.diff.toPlainText()


def test_a_version_is_named_starred_restored_and_branched(
    dialog: VersionsDialog, qtbot: QtBot
) -> None:
    told: list[object] = []
    dialog.described.connect(lambda *what: told.append(what))
    dialog.restored.connect(told.append)
    dialog.branched.connect(lambda number: told.append(f"from {number}"))
    dialog.choose(1)
    dialog.name.setText("Shortest")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.branch, Qt.MouseButton.LeftButton)
    assert told[0] == (1, "Shortest", "", False)
    assert told[-2:] == [1, "from 1"]


def test_every_control_has_a_name(dialog: VersionsDialog) -> None:
    assert names_missing(dialog) == []


def test_a_link_leads_to_the_nearest_window_that_shows_versions(qtbot: QtBot) -> None:
    from desktop.ui.window_slots import WindowSlots

    assert isinstance(WindowSlots.versionRequested, type(WindowSlots.newRequested))
    window, link = QMainWindow(), VersionLink()
    qtbot.addWidget(window)
    window.setCentralWidget(link)
    found: list[int] = []

    class Signal:
        emit = staticmethod(found.append)

    window.versionRequested = Signal()  # type: ignore[attr-defined]
    link.show_version(None)
    assert link.isHidden()
    link.show_version(7)
    link.link.click()
    assert found == [7]
