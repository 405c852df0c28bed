"""Columns of the Ask view: order, widths, folding, hiding, renaming, their menu."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction

from desktop.core.types import Rung, Strategy
from desktop.ui.compare.ask_view import AskView
from desktop.ui.compare.fitting import NARROWEST, STRIP

from .ask_samples import VERSIONS, finish, make_view, start, three

pytestmark = pytest.mark.usefixtures("dressed")
MOVE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: Any) -> AskView:
    return make_view(qtbot)


def open_columns(view: AskView) -> list[int]:
    return [slot.column for slot in view.board.slots if not slot.strip]


def order(view: AskView) -> list[int]:
    return [slot.column for slot in view.board.slots]


def do(view: AskView, column: int, text: str) -> QAction:
    menu = view.board.menu(view.board.columns[column])
    action = next(a for a in menu.actions() if a.text().split("\t")[0] == text)
    action.trigger()
    return action


# --- heads ---------------------------------------------------------------------------------


def test_heads_say_what_is_added(view: AskView) -> None:
    adds = [view.board.columns[n].header.adds.text() for n in (1, 2, 3)]
    assert adds == ["The question and nothing else", "+ System message, v1",
                    '+ 5 passages, profile "Hybrid, top 5"']


def test_more_than_one_difference_is_not_attributable(qtbot: Any) -> None:
    strategies = three()
    strategies[2] = replace(strategies[2], derived_from=1)
    view = make_view(qtbot, strategies=strategies)
    assert view.board.columns[3].header.adds.text() == (
        "Differs from Baseline in 2 ways: not attributable")


def test_a_prompt_that_is_gone_is_said_in_the_head(qtbot: Any) -> None:
    strategies = three()
    strategies[1] = replace(strategies[1], prompt="9")
    view = make_view(qtbot, strategies=strategies)
    assert "not in this workspace" in view.board.columns[2].header.adds.text()


def test_a_second_strategy_of_a_rung_is_numbered(qtbot: Any) -> None:
    strategies = [*three(), replace(three()[2], id=4, name="Again", position=3)]
    view = make_view(qtbot, width=1500, strategies=strategies)
    badge = view.board.columns[4].header.badge
    assert badge.accessibleName() == f"PD2, {Rung.DOCUMENTS.value}"


def test_answers_survive_a_change_of_the_strategies(view: AskView) -> None:
    start(view)
    finish(view, 1, "Kept")
    view.show_strategies([*three(), Strategy(4, "New", position=3)], VERSIONS, {})
    assert view.board.columns[1].text.answer() == "Kept"
    view.show_strategies(three()[1:], VERSIONS, {})
    assert order(view) == [2, 3]
    assert view.strategies_button.text() == "Strategies 2"


# --- order ---------------------------------------------------------------------------------


def test_ctrl_shift_arrows_move_a_column_and_it_keeps_the_focus(view: AskView, qtbot: Any) -> None:
    header = view.board.columns[1].header
    header.setFocus()
    with qtbot.waitSignal(view.orderChanged) as changed:
        qtbot.keyClick(header, Qt.Key.Key_Right, MOVE)
    assert changed.args == [[2, 1, 3]]
    assert order(view) == [2, 1, 3] and view.focusWidget() is header


def test_the_last_column_does_not_move_further(view: AskView, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(view.orderChanged):
        qtbot.keyClick(view.board.columns[3].header, Qt.Key.Key_Right, MOVE)


def test_dragging_a_head_reorders(view: AskView, qtbot: Any) -> None:
    header = view.board.columns[1].header
    qtbot.mousePress(header, LEFT, pos=QPoint(60, 12))
    for x in (80, 300, 560):
        qtbot.mouseMove(header, QPoint(x, 12))
    assert view.board._line.isVisible()
    with qtbot.waitSignal(view.orderChanged) as changed:
        qtbot.mouseRelease(header, LEFT, pos=QPoint(560, 12))
    assert changed.args == [[2, 1, 3]]
    assert not view.board._line.isVisible()


def test_hidden_strategies_keep_their_place_in_the_order(qtbot: Any) -> None:
    strategies = three()
    strategies[1] = replace(strategies[1], hidden=True)
    view = make_view(qtbot, strategies=strategies)
    with qtbot.waitSignal(view.orderChanged) as changed:
        do(view, 1, "Move right")
    assert changed.args == [[3, 2, 1]]


def test_arrows_walk_from_head_to_head(view: AskView, qtbot: Any) -> None:
    view.board.columns[1].header.setFocus()
    qtbot.keyClick(view.board.columns[1].header, Qt.Key.Key_Right)
    assert view.focusWidget() is view.board.columns[2].header


# --- widths --------------------------------------------------------------------------------


def test_dragging_a_border_is_remembered(view: AskView, qtbot: Any) -> None:
    grip = view.board._grips[0]
    before = view.board.slots[0].width
    qtbot.mousePress(grip, LEFT)
    qtbot.mouseMove(grip, QPoint(grip.width() // 2 + 40, 10))
    with qtbot.waitSignal(view.layoutChanged) as changed:
        qtbot.mouseRelease(grip, LEFT)
    width = view.board.slots[0].width
    assert width > before
    other = make_view(qtbot)
    other.restore_layout(changed.args[0])
    assert other.board.slots[0].width == width


def test_a_column_dragged_under_240_becomes_a_strip(view: AskView) -> None:
    view.board.widen(1, NARROWEST - view.board.slots[0].width - 1)
    assert open_columns(view) == [2, 3]
    assert view.board.slots[0].width == STRIP
    assert view.board.columns[1].strip.isVisible()


def test_a_strip_opens_by_click_and_by_enter(qtbot: Any) -> None:
    view = make_view(qtbot, width=600)
    assert open_columns(view) == [2, 3]
    qtbot.mouseClick(view.board.columns[1].strip, LEFT)
    assert open_columns(view) == [1, 3]
    view.board.columns[2].strip.setFocus()
    qtbot.keyClick(view.board.columns[2].strip, Qt.Key.Key_Return)
    assert 2 in open_columns(view) and view.focusWidget() is view.board.columns[2].header


def test_a_strip_shows_the_key_figure(qtbot: Any) -> None:
    view = make_view(qtbot, width=600)
    strip = view.board.columns[1].strip
    assert "not asked" in strip.accessibleName()
    start(view)
    finish(view, 1)
    assert strip.accessibleName() == "Open Baseline: 1.1 s, 445 tokens"


def test_narrow_and_wide_windows_never_scroll_sideways(view: AskView) -> None:
    for width in (320, 500, 900, 1400):
        view.resize(width, 600)
        last = view.board.slots[-1]
        assert last.x + last.width == view.board.width()


def test_maximise_by_double_click_enter_and_menu(view: AskView, qtbot: Any) -> None:
    header = view.board.columns[2].header
    qtbot.mouseDClick(header, LEFT, pos=QPoint(60, 12))
    assert open_columns(view) == [2]
    header.setFocus()
    qtbot.keyClick(header, Qt.Key.Key_Return)
    assert open_columns(view) == [1, 2, 3]
    do(view, 2, "Maximise")
    assert open_columns(view) == [2]
    do(view, 2, "Restore")
    assert open_columns(view) == [1, 2, 3]


# --- changes -------------------------------------------------------------------------------


def test_hide_and_show_again(view: AskView, qtbot: Any) -> None:
    with qtbot.waitSignal(view.strategySaved) as saved:
        do(view, 2, "Hide")
    assert saved.args[0] == replace(three()[1], hidden=True)
    assert order(view) == [1, 3]
    assert not view.board.columns[2].isVisible()
    do(view, 1, "Show 1 hidden")
    assert order(view) == [1, 2, 3]


def test_rename_in_place(view: AskView, qtbot: Any) -> None:
    header = view.board.columns[1].header
    header.setFocus()
    qtbot.keyClick(header, Qt.Key.Key_F2)
    qtbot.keyClicks(header._edit, "Bare model")
    with qtbot.waitSignal(view.strategySaved) as saved:
        qtbot.keyClick(header._edit, Qt.Key.Key_Return)
    assert saved.args[0].name == "Bare model"
    assert header.name.text() == "Bare model"


def test_esc_leaves_the_name_and_does_not_stop(view: AskView, qtbot: Any) -> None:
    start(view)
    header = view.board.columns[1].header
    header.rename()
    qtbot.keyClicks(header._edit, "Other")
    with qtbot.assertNotEmitted(view.strategySaved), qtbot.assertNotEmitted(view.stopRequested):
        qtbot.keyClick(header._edit, Qt.Key.Key_Escape)
    assert header.name.text() == "Baseline" and view.focusWidget() is header


@pytest.mark.parametrize(("entry", "signal"), [
    ("Duplicate", "strategyDuplicated"), ("Remove", "strategyRemoved"),
    ("Ask only this column", "retryRequested"),
])
def test_menu_entries_tell_which_column(view: AskView, qtbot: Any, entry: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(view, signal)) as told:
        do(view, 2, entry)
    assert told.args == [2]


def test_the_menu_says_which_moves_are_possible(view: AskView) -> None:
    menu = view.board.menu(view.board.columns[1])
    enabled = {a.text().split("\t")[0]: a.isEnabled() for a in menu.actions()}
    assert not enabled["Move left"] and enabled["Move right"]


def test_the_menu_opens_without_waiting_for_it(view: AskView, qtbot: Any) -> None:
    from PySide6.QtWidgets import QMenu

    qtbot.mouseClick(view.board.columns[1].header.menu_button, LEFT)
    menus = [m for m in view.board.findChildren(QMenu) if m.isVisible()]
    assert [m.title() for m in menus] == ["Baseline"]
    menus[0].close()


def test_plus_adds_a_copy_of_the_last_column_and_opens_its_form(view: AskView, qtbot: Any) -> None:
    with qtbot.waitSignal(view.strategySaved) as saved:
        qtbot.mouseClick(view.add_button, LEFT)
    made = saved.args[0]
    assert (made.id, made.derived_from, made.name) == (0, 3, "Prompt + documents 2")
    view.show_strategies([*three(), replace(made, id=9)], VERSIONS, {})
    assert view._dialog is not None and view._dialog.current() == replace(made, id=9)
    view._dialog.close()
