"""The window: panes fold and stand side by side, drops arrive, closing takes two steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QUndoCommand
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui import theme
from desktop.ui.main_window import MainWindow
from desktop.ui.pane_docks import DockTitle

from .samples import make_window, names_missing


@pytest.fixture
def window(qtbot, dressed):
    made, pane = make_window()
    made.pane = pane
    made.resize(1440, 900)
    made.show()
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    QApplication.processEvents()
    return made


def drop(target, *paths: Path, enter: bool = True) -> bool:
    """What the system sends when files are dropped on a widget; whether it was taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    point, copy = QPointF(5, 5), Qt.DropAction.CopyAction
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(point.toPoint(), copy, mime, button, none)
    event.ignore()
    QApplication.sendEvent(target, event)
    if event.isAccepted():
        QApplication.sendEvent(target, QDropEvent(point, copy, mime, button, none))
    return event.isAccepted()


def test_it_can_be_painted_before_its_parts_exist(qtbot, dressed):
    bare = MainWindow()
    qtbot.addWidget(bare, before_close_func=lambda w: setattr(w, "_may_close", True))
    bare.show()
    bare.place(QWidget(), QWidget(), QWidget(), QWidget())
    QApplication.processEvents()
    assert bare.jobs.isVisible() and bare.panes.docks[0].isVisible()


def test_title_names_the_workspace(window):
    assert window.windowTitle() == "Strategy Explorer"
    window.show_workspace("HR benefits")
    assert window.windowTitle() == "HR benefits – Strategy Explorer"


def test_panes_are_tabs_at_the_left_until_they_stand_side_by_side(window):
    docks = window.panes.docks
    assert len(window.tabifiedDockWidgets(docks[0])) == 2
    assert not any(isinstance(dock.titleBarWidget(), DockTitle) for dock in docks)
    window.resize(1920, 1000)
    QApplication.processEvents()
    window.place_side_by_side()
    QApplication.processEvents()
    assert window.tabifiedDockWidgets(docks[0]) == []
    assert all(isinstance(dock.titleBarWidget(), DockTitle) for dock in docks)
    assert docks[0].x() < docks[1].x() < docks[2].x() < window.centralWidget().x()
    window.place_as_tabs()
    QApplication.processEvents()
    assert len(window.tabifiedDockWidgets(docks[0])) == 2


def test_side_by_side_never_covers_the_comparison(window):
    docks = window.panes.docks
    window.resize(1440, 900)
    window.place_side_by_side()
    QApplication.processEvents()
    assert window.tabifiedDockWidgets(docks[0]) == []
    assert window.tabifiedDockWidgets(docks[1]) == [docks[2]]
    window.place_as_tabs()
    window.resize(1024, 700)
    window.place_side_by_side()
    assert len(window.tabifiedDockWidgets(docks[0])) == 2
    assert "wider window" in window.messages.bar.messages()[0].text()


def test_ctrl_b_folds_to_the_rail_and_a_rail_tab_unfolds(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert window.panes.rail.isVisible() and not window.pane.isVisible()
    window.panes._rail_tabs.tabBarClicked.emit(1)
    QApplication.processEvents()
    assert not window.panes.rail.isVisible() and window.pane.isVisible()


def test_a_narrow_window_folds_by_itself_but_obeys_the_user(window):
    window.resize(1024, 700)
    QApplication.processEvents()
    assert window.panes.is_folded() and window.jobs.is_folded()
    window.toggle_panes()
    window.resize(1000, 700)
    QApplication.processEvents()
    assert not window.panes.is_folded()
    window.resize(1440, 900)
    QApplication.processEvents()
    assert not window.jobs.is_folded()


@pytest.mark.parametrize("name", ["plan.pdf", "train.jsonl", "old.stratex"])
def test_a_file_dropped_anywhere_is_passed_on(window, qtbot, name):
    for target in (window, ):
        with qtbot.waitSignal(window.filesDropped, timeout=500) as seen:
            assert drop(target, Path("/docs") / name)
        assert seen.args == [[Path("/docs") / name]]


def test_editors_leave_file_drops_to_the_window(window):
    assert not window._center.acceptDrops()


def test_a_drop_of_a_web_address_is_left_alone(window):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/a.pdf")])
    event = QDragEnterEvent(QPointF(5, 5).toPoint(), Qt.DropAction.CopyAction, mime,
                            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()


def test_closing_asks_first(window, qtbot):
    with qtbot.waitSignal(window.closeRequested, timeout=500):
        assert not window.close()
    assert window.isVisible()
    window.allow_close()
    assert not window.isVisible()


def test_undo_names_what_it_undoes(window):
    undo = window.actions_table.by_id["undo"]
    assert not undo.isEnabled()
    window.undo_stack.push(QUndoCommand("remove 2 documents"))
    assert undo.isEnabled() and undo.text() == "Undo remove 2 documents"
    undo.trigger()
    assert window.actions_table.by_id["redo"].isEnabled()


def test_layout_is_kept_and_nonsense_refused(window):
    window.toggle_panes()
    text = window.layout_text()
    window.toggle_panes()
    assert window.restore_layout(text)
    assert window.panes.is_folded() and window.panes.rail.isVisible()
    for broken in ("", "{}", "[1]", '{"geometry": 3, "docks": "", "folded": 0}'):
        assert not window.restore_layout(broken)


def test_the_use_case_is_edited_in_place(window, qtbot):
    line = window.toolbar.use_case
    window.show_use_case("Answer questions " * 30)
    assert line.text() != line.use_case() and line.toolTip() == line.use_case()
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "Turn questions into SQL")
    with qtbot.waitSignal(window.useCaseChanged, timeout=500) as seen:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert seen.args == ["Turn questions into SQL"]


def test_status_says_what_leaves_this_machine(window):
    status = window.status
    assert status.network.words.text() == "Offline: nothing leaves this machine"
    status.show_network("hr.openai.azure.com")
    status.show_counts(750, 605)
    assert status.network.words.text() == "Sends to hr.openai.azure.com"
    assert status.counts.text() == "750 chunks searchable by words, 605 by meaning"


def test_start_page_opens_the_sample_with_enter(window, qtbot):
    window.show_start()
    assert window.is_start() and window.panes.is_folded() and not window.jobs.isVisible()
    with qtbot.waitSignal(window.sampleRequested, timeout=500) as seen:
        qtbot.keyClick(window._start.focusProxy(), Qt.Key.Key_Return)
    assert seen.args == ["benefits"]
    window.show_workspace("HR")
    assert not window.is_start() and not window.panes.is_folded()


def test_a_view_that_is_asked_for_leaves_the_start_page(window):
    window.show_start()
    window.show_evaluate()
    assert window.is_start()  # nothing is open that could be evaluated
    window.show_workspace("HR benefits")
    window.show_start()
    window.show_evaluate()
    assert not window.is_start()


def test_messages_scroll_rather_than_push_the_window(window, qtbot):
    window.resize(1024, 640)
    for number in range(3):
        window.messages.show_bug(f"Message {number}. " + "The disk is full. " * 120, "details")
    bar = window.messages.bar
    qtbot.waitUntil(lambda: bar.verticalScrollBar().maximum() > 0, timeout=2000)
    assert window.size().toTuple() == (1024, 640)
    window.messages.clear()
    window.messages.say("Saved.")
    qtbot.waitUntil(lambda: bar.height() < 80, timeout=2000)
    assert bar.verticalScrollBar().maximum() == 0


def test_recent_workspaces_are_offered(window, qtbot):
    window.show_recent([Path("/home/a/HR.stratex")])
    window.show_start()
    from desktop.ui.start_screen import RowButton

    rows = {row.accessibleName(): row for row in window._start.findChildren(RowButton)}
    with qtbot.waitSignal(window.recentRequested, timeout=500) as seen:
        rows["HR"].click()
    assert seen.args == [Path("/home/a/HR.stratex")]


def test_text_sizes_step_through_the_scale(window, qtbot):
    with qtbot.waitSignal(window.textSizeChosen, timeout=500) as seen:
        window.larger_text()
    assert seen.args == [110]


def test_everything_focusable_has_a_name(window):
    window.show_workspace("HR")
    assert names_missing(window) == []
    window.show_start()
    QApplication.processEvents()
    assert names_missing(window) == []


def test_tab_goes_through_the_toolbar_in_reading_order(window):
    window.show_workspace("HR")
    toolbar = window.toolbar
    wanted = [toolbar.workspace, toolbar.use_case, toolbar.search, toolbar.connection,
              toolbar.settings]
    order, widget = [], wanted[0]
    for _ in range(400):
        if widget in wanted and widget not in order:
            order.append(widget)
        widget = widget.nextInFocusChain()
    assert order == wanted


def test_documents_are_in_front_of_a_new_window(window):
    assert window.panes.front() == 1 and not window.pane.visibleRegion().isEmpty()


def test_bars_grow_with_the_text(window, qapp):
    before = window.toolbar.height(), window.status.height(), window.jobs.height()
    theme.apply(qapp, "dark", 200)
    QApplication.processEvents()
    after = window.toolbar.height(), window.status.height(), window.jobs.height()
    assert all(new >= 1.5 * old for new, old in zip(after, before, strict=True))
