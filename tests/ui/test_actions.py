"""The table of actions: nothing twice, nothing out of reach, nothing that leads nowhere."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from desktop.ui.actions import CONDITIONS, MENUS, TABLE, act_of
from desktop.ui.icons import outline
from desktop.ui.shortcuts import ShortcutsPage, shortcut_rows

from .samples import make_window


@pytest.fixture
def window(qtbot, dressed):
    made, _ = make_window()
    qtbot.addWidget(made)
    return made


def test_ids_and_keys_are_unique():
    keys = [QKeySequence(row.key).toString() for row in TABLE if row.key]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert len({row.id for row in TABLE}) == len(TABLE)
    assert all(keys), "a key that Qt does not know"


def test_rows_name_known_menus_conditions_and_icons(qapp):
    for row in TABLE:
        assert row.menu in MENUS, row.id
        assert row.when in ("", *CONDITIONS), row.id
        if row.icon:
            assert not outline(row.icon, 16).isEmpty(), row.icon


def test_every_action_is_in_a_menu_and_has_a_slot(window):
    reachable = {action.objectName() for menu in window.menuBar().findChildren(QMenu)
                 for action in menu.actions()}
    for row in TABLE:
        assert row.id in reachable
        assert callable(act_of(window, row))


def test_actions_wait_for_their_condition(window):
    actions = window.actions_table.by_id
    assert not actions["ask"].isEnabled() and not actions["duplicate"].isEnabled()
    window.show_workspace("HR")
    assert actions["ask"].isEnabled() and not actions["stop"].isEnabled()
    window.set_running(True)
    assert actions["stop"].isEnabled() and not actions["ask"].isEnabled()


def test_trigger_emits_the_named_signal(window, qtbot):
    window.show_workspace("HR")
    with qtbot.waitSignal(window.askRequested, timeout=500):
        window.actions_table.by_id["ask"].trigger()


def test_the_page_of_keys_lists_every_key(window, qtbot):
    assert len(shortcut_rows()) >= sum(bool(row.key) for row in TABLE)
    window.show_shortcuts()
    page = window.findChild(ShortcutsPage)
    assert page is not None and page.isVisible() and not page.window().isModal()
    page.window().close()


def test_palette_finds_actions_and_what_is_added(window, qtbot):
    from desktop.ui.palette import Entry

    done = []
    window.add_palette_source(lambda: [Entry("Documents", "Vision.pdf", lambda: done.append(1))])
    window.show_palette()
    palette = window._palette
    assert "Keyboard shortcuts" in palette.shown() and "Ask all columns" not in palette.shown()
    qtbot.keyClicks(palette.field, "vis pdf")
    assert palette.shown() == ["Vision.pdf"]
    from PySide6.QtCore import Qt

    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == [1] and not palette.isVisible()
