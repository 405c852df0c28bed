"""Text at 150 and 200 per cent: the window asks for no more than a small screen has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from desktop.ui import theme
from desktop.ui.components import FlowRow
from desktop.ui.main_window import MainWindow
from desktop.ui.views import Views


@pytest.fixture
def window(qtbot, qapp: QApplication, dressed) -> Iterator[MainWindow]:
    made = MainWindow()
    Views(made)
    qtbot.addWidget(made)
    made.resize(1024, 700)
    made.show()
    made.show_workspace("Benefits")
    return made


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_an_open_pane_never_widens_a_small_window(window, qapp, percent):
    theme.apply(qapp, "light", percent)
    for pane in (window.show_prompt, window.show_documents, window.show_fine_tuning):
        pane()
        qapp.processEvents()
        assert window.minimumSizeHint().width() <= 1024
        assert (window.width(), window.height()) == (1024, 700)


def test_where_both_do_not_fit_the_pane_has_the_room_until_the_view_is_wanted(window, qapp):
    center = window.centralWidget()
    window.show_documents()
    assert center.isVisible()
    theme.apply(qapp, "light", 200)
    window.resize(760, 700)
    qapp.processEvents()
    assert not center.isVisible()
    window.show_ask()
    assert center.isVisible() and window.panes.is_folded()
    window.show_prompt()
    assert not center.isVisible()
    window.actions_table.by_id["ask"].trigger()
    assert center.isVisible()
    window.show_prompt()
    window.resize(1440, 700)
    qapp.processEvents()
    assert center.isVisible() and not window.panes.is_folded()


def test_the_toolbar_keeps_its_buttons(window, qapp):
    theme.apply(qapp, "light", 200)
    qapp.processEvents()
    bar = window.toolbar
    for made in (bar.workspace, bar.search, bar.connection, bar.settings):
        assert made.isVisible() and not made.visibleRegion().isEmpty(), made.accessibleName()
    assert bar.connection.accessibleName() == "Connection: Built-in (offline)."


def flow(width: int, *parts: QWidget, right: QWidget | None = None) -> list[tuple[int, int, int]]:
    """x, y and width of each part in a row of that width."""
    host = QWidget()
    row = FlowRow(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    for part in parts:
        row.addWidget(part)
    if right is not None:
        row.add_right(right)
    host.resize(width, row.heightForWidth(width))
    host.show()
    row.activate()
    return [(part.x(), part.y(), part.width()) for part in (*parts, right) if part is not None]


def fixed(width: int) -> QWidget:
    made = QWidget()
    made.setFixedSize(width, 20)
    return made


def test_a_row_breaks_where_it_is_too_narrow(qapp, dressed):
    assert flow(400, fixed(100), fixed(100), right=fixed(50)) == [
        (0, 0, 100), (110, 0, 100), (350, 0, 50)]
    assert flow(250, fixed(100), fixed(100), right=fixed(50)) == [
        (0, 0, 100), (110, 0, 100), (200, 30, 50)]
    assert [y for _, y, _ in flow(100, fixed(100), fixed(100), fixed(100))] == [0, 30, 60]


def test_a_row_gives_spare_room_to_fields_and_skips_what_is_hidden(qapp, dressed):
    field, hidden = QLineEdit(), QLabel("hidden")
    field.setMaximumWidth(240)
    hidden.hide()
    (_, _, wide), (x, _, _) = flow(500, field, fixed(50), right=hidden)[:2]
    assert wide == 240 and x == 250
