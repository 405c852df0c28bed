"""The settings dialog: what it shows, changes at once, and takes from a file."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from PySide6.QtWidgets import QApplication

from desktop.core.settings import Settings
from desktop.core.settings_file import Offer, to_file
from desktop.core.types import Connection
from desktop.services.secrets import NoKeyring, Secrets
from desktop.ui import theme
from desktop.ui.controllers.settings import SettingsController
from desktop.ui.dialogs.settings import PAGES, SettingsDialog
from desktop.ui.dialogs.settings_offer import OfferDialog
from desktop.ui.dialogs.settings_pages import CONFIRMATION
from tests.conftest import Run

from .samples import names_missing
from .session_tools import Opened, opened

pytestmark = pytest.mark.usefixtures("dressed")
OFFICE = Connection("Office", "azure", "https://office.openai.azure.com")


def no_keyring() -> NoReturn:
    """Looking for a real one takes its time."""
    raise NoKeyring


@pytest.fixture
def dialog(qtbot) -> SettingsDialog:
    made = SettingsDialog([("connections", "Connections", "link")])
    qtbot.addWidget(made)
    made.show()
    return made


def controller(window: Opened) -> SettingsController:
    return next(each for each in window.session._controllers
                if isinstance(each, SettingsController))


def test_every_page_has_names_and_fits(dialog, qapp):
    for percent in (100, 200):
        theme.apply(qapp, "light", percent)
        for name, _ in PAGES:
            dialog.show_page(name)
            qapp.processEvents()
            area = dialog._pages.currentWidget()
            assert names_missing(dialog) == [], name
            assert area.widget().minimumSizeHint().width() <= theme.dialog_size(570, 1).width()


def test_deleting_all_wants_the_words(dialog, qtbot):
    page = dialog.privacy
    assert not page.erase.isEnabled()
    page.typed.setText("delete")
    assert not page.erase.isEnabled()
    page.typed.setText(CONFIRMATION.title())
    with qtbot.waitSignal(page.eraseRequested, timeout=500):
        page.erase.click()


def test_connections_of_a_file_are_not_ticked_by_themselves(qtbot):
    from desktop.core.settings_file import from_file

    offer = from_file(to_file(Settings(theme="dark", connections=(OFFICE,))), Settings())
    made = OfferDialog("file.json", offer)
    qtbot.addWidget(made)
    changes, connections = made.chosen()
    assert [each.name for each in changes] == ["theme"] and connections == []
    assert names_missing(made) == []
    empty = OfferDialog("file.json", Offer())
    qtbot.addWidget(empty)
    assert not empty.take.isEnabled()


def test_changes_count_at_once_and_a_file_is_taken_over(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as window:
            window.parts.secrets = Secrets(no_keyring)
            settings = controller(window)
            window.views.window.toolbar.settings.click()
            await window.idle()
            assert settings.dialog is not None and settings.dialog.isVisible()
            settings.dialog.backups.minutesChosen.emit(30)
            settings._set_folder("backups_folder", str(tmp_path))
            await window.idle()
            assert window.parts.current.backup_minutes == 30
            assert window.parts.backups.folder.parent == tmp_path
            out = tmp_path / "settings.json"
            await settings._export(out)
            window.parts.update_settings(lambda now: Settings())
            out.write_bytes(to_file(Settings(reduced_motion=True, connections=(OFFICE,))))
            settings.load(out)
            await window.idle()
            assert settings.offer is not None
            settings.offer.tree.topLevelItem(1).setCheckState(0, settings.offer.tree.topLevelItem(
                0).checkState(0))
            settings.offer.take.click()
            await window.idle()
            assert window.parts.current.reduced_motion and QApplication.cursorFlashTime() == 0
            theme.reduce_motion(False)
            assert [each.name for each in window.parts.current.connections] == ["Office"]
            assert window.reported == []

    run(story())


def test_deleting_all_closes_the_window_and_marks_the_files(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as window:
            settings = controller(window)
            settings.show()
            closing = []
            window.views.window.closeRequested.connect(lambda: closing.append(True))
            assert settings.dialog is not None
            settings.dialog.privacy.eraseRequested.emit()
            await window.idle()
            assert window.parts.kept.erase_at_end and closing == [True]

    run(story())
