"""Backups from the window: made by the clock, offered for what is damaged, restored as a copy."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.core.backups import Backup
from desktop.core.errors import NotAWorkspace
from desktop.ui.amounts import size_words, time_words
from desktop.ui.controllers.backups import OTHERS, RESTORE
from desktop.ui.dialogs.backups import BackupsDialog
from tests.conftest import Run

from .samples import names_missing
from .session_tools import opened

pytestmark = pytest.mark.usefixtures("dressed")
NOW = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)


def test_sizes_and_times_in_words() -> None:
    sizes = (812, 1_000, 812_400, 3_400_000, 12_300_000, 999_600_000, 34_000_000_000)
    assert [size_words(size) for size in sizes] == [
        "812 bytes", "1 KB", "812 KB", "3.4 MB", "12 MB", "1.0 GB", "34 GB"]
    assert time_words(NOW, NOW).startswith("today ")
    assert time_words(NOW - timedelta(days=1), NOW).startswith("yesterday ")
    assert "Nov 2026" in time_words(NOW - timedelta(days=9), NOW)


def test_the_list_is_grouped_and_gives_what_is_chosen(qtbot) -> None:
    dialog = BackupsDialog()
    qtbot.addWidget(dialog)
    dialog.show_backups([])
    assert not dialog.restore.isEnabled() and dialog.empty.isVisibleTo(dialog)
    made = [Backup(Path(f"/b/{n}"), Path(f"/w/{name}.stratex"), NOW - timedelta(hours=n), 2_000)
            for n, name in enumerate(("HR", "Shop", "HR"))]
    dialog.show_backups(made)
    assert [dialog.tree.topLevelItem(n).text(0) for n in range(2)] == ["HR", "Shop"]
    assert dialog.chosen() == made[0]
    with qtbot.waitSignal(dialog.restoreRequested, timeout=500) as seen:
        dialog.restore.click()
    assert seen.args == [made[0]]
    dialog.tree.setCurrentItem(dialog.tree.topLevelItem(1))
    assert dialog.chosen() is None and not dialog.restore.isEnabled()
    assert names_missing(dialog) == []


def test_a_workspace_that_changed_is_backed_up_and_its_damage_mended(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "HR.stratex"

    async def story() -> None:
        async with opened(tmp_path, path) as window:
            keeper, backups = window.session.backups, window.parts.backups
            window.session.save_use_case("Answer questions")
            await window.idle()
            window.parts.update_settings(lambda now: replace(now, backup_minutes=0))
            keeper._next = 0.0
            keeper.look()
            assert not window.tasks.running("back up")  # they are off
            window.parts.update_settings(lambda now: replace(now, backup_minutes=10))
            window.parts.backups._room = lambda: 1
            keeper._next = 0.0
            for _ in range(2):
                keeper.look()
                await window.idle()
                keeper._next = 0.0
            said = [each.what for each in window.views.window.messages.bar.messages()]
            assert len([words for words in said if "larger than the room" in words]) == 1
            window.parts.backups._room = lambda: 10**9
            keeper._next = time.monotonic() + 60
            for wanted in (0, 1, 1):  # too early; due; nothing has changed
                keeper.look()
                await window.idle()
                assert len(await backups.listed()) == wanted
                keeper._next = time.monotonic()
            await window.session.close()
            path.write_bytes(b"")
            window.session.open_later(path)
            await window.idle()
            assert [type(error) for _, error in window.reported] == [NotAWorkspace]
            offer = window.views.window.messages.bar.messages()[0]
            assert offer.what.startswith("There is a backup of HR from today")
            window.session.backups.show()
            await window.idle()
            assert window.session.backups.dialog is not None
            assert [b.text() for b in offer.buttons()][:2] == [RESTORE, OTHERS]
            offer.buttons()[0].click()
            await window.idle()
            assert window.views.window.windowTitle().startswith("HR (backup of ")
            assert window.views.window.toolbar.use_case.use_case() == "Answer questions"
            assert path.read_bytes() == b"" and not window.session.backups.dialog.isVisible()

    run(story())

