"""Dropped anywhere: shown with where it goes, changed by nobody before that."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from desktop.core.routing import Place, Sighting
from desktop.core.types import DocumentState
from desktop.flows.routing import Dropped
from desktop.ui.dialogs.drop_sheet import MOST_LINES, DropSheet, grouped
from tests.conftest import Run

from .session_tools import make, opened, until

pytestmark = pytest.mark.usefixtures("dressed")


def test_a_single_document_goes_in_and_undo_takes_it_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.md"
    file.write_text("Eyeglasses are covered.", encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path, await make(tmp_path / "a.stratex")) as each:
            undo = each.views.window.undo_stack
            each.session.dropping.take([file])
            await each.idle()
            assert each.session.dropping.sheet is None
            assert [d.state for d in each.documents()] == [DocumentState.READY]
            undo.undo()
            await each.idle()
            assert each.documents() == []
            undo.redo()
            await each.idle()
            assert [d.name for d in each.documents()] == ["plan.md"]
            assert each.reported == []

    run(story())


def test_several_files_wait_for_the_sheet_and_each_goes_its_way(run: Run, tmp_path: Path) -> None:
    plan, cases = tmp_path / "plan.md", tmp_path / "cases.csv"
    plan.write_text("Eyeglasses are covered.", encoding="utf-8")
    cases.write_text("question,answer\nAre eyeglasses covered?,Yes\n", encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path, await make(tmp_path / "a.stratex")) as each:
            each.session.dropping.take([plan, cases])
            await until(lambda: each.session.dropping.sheet)
            sheet = each.session.dropping.sheet
            assert sheet is not None and not sheet.isModal()
            assert sheet.summary.text() == "plan.md to Documents, cases.csv to Cases."
            ports = each.session._ports
            assert ports is not None
            assert not each.documents() and not await ports.store.cases()
            QTest.keyClick(sheet.go, Qt.Key.Key_Return)
            await each.idle()
            assert [d.name for d in each.documents()] == ["plan.md"]
            assert [c.question for c in await ports.store.cases()] == ["Are eyeglasses covered?"]
            assert each.reported == []

    run(story())


def test_without_a_workspace_a_new_one_takes_the_files(run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text("Eyeglasses are covered.", encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path) as each:
            each.session.dropping.take([plan])
            await until(lambda: each.session.dropping.sheet)
            sheet = each.session.dropping.sheet
            assert sheet is not None
            QTest.keyClick(sheet.go, Qt.Key.Key_Return)
            dialog = each.views.window.findChild(QFileDialog)
            assert dialog is not None
            dialog.filesSelected.emit([str(tmp_path / "new.stratex")])
            dialog.close()
            await each.idle()
            assert [d.name for d in each.documents()] == ["plan.md"]
            assert each.reported == []

    run(story())


def test_the_sheet_says_what_the_choosers_say(qtbot) -> None:  # type: ignore[no-untyped-def]
    asked = Sighting(Place.CASES, "2 questions", (Place.EXAMPLES, Place.DOCUMENTS))
    sheet = DropSheet([Dropped(Path("a.csv"), asked)], needs_workspace=False)
    qtbot.addWidget(sheet)
    chooser = sheet.choosers[0]
    assert [chooser.itemText(i) for i in range(chooser.count())] == [
        "Cases", "Training examples", "Documents", "Leave out"]
    chooser.setCurrentIndex(3)
    assert sheet.summary.text() == "Nothing will be added." and not sheet.go.isEnabled()
    chooser.setCurrentIndex(1)
    with qtbot.waitSignal(sheet.confirmed) as told:
        sheet.go.click()
    assert told.args == [[(Path("a.csv"), Place.EXAMPLES)]]


def test_thousands_of_files_make_a_sheet_that_can_be_read() -> None:
    asked = Sighting(Place.CASES, "", (Place.DOCUMENTS,))
    many = [Dropped(Path(f"{n}.csv"), asked) for n in range(2_000)]
    plain = [Dropped(Path(f"{n}.pdf"), Sighting(Place.DOCUMENTS)) for n in range(3_000)]
    lines = grouped([*many, *plain])
    assert len(lines) == MOST_LINES + 2 and sum(map(len, lines)) == 5_000
