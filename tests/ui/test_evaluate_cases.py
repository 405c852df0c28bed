"""The cases of Evaluate: typed, pasted, edited in place and in the form; the goal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication

from desktop.core.evaluation.types import UseCase
from desktop.core.types import Case, Message
from desktop.ui.compare.evaluate.case_text import (
    pasted_cases,
    read_sources,
    read_tags,
    read_turns,
    read_variables,
    sources_text,
    turns_text,
    variables_text,
)
from desktop.ui.compare.evaluate.cases_model import Column
from desktop.ui.compare.evaluate.cases_view import CasesView
from desktop.ui.compare.evaluate.goal_form import goal_text
from desktop.ui.controllers.cases import draft_of

from .evaluate_samples import CASES
from .test_evaluate_view import told


@pytest.fixture
def cases(qtbot, dressed):
    made = CasesView()
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    made.show_cases(CASES)
    return made


def test_a_conversation_is_listed_found_and_shown_by_its_turns(cases):
    turns = (Message("user", "Are glasses covered?"), Message("assistant", "Yes."))
    cases.show_cases([Case(1, "How often?", history=turns), Case(2, "When?")])
    model = cases.model
    place = model.index(0, Column.QUESTION)
    assert model.data(place) == "How often?  (after 2 turns)"
    assert model.data(place, Qt.ItemDataRole.EditRole) == "How often?"
    assert model.data(place, Qt.ItemDataRole.ToolTipRole).startswith("User: Are glasses covered?")
    model.search("glasses")
    assert model.rowCount() == 1


def test_sources_are_read_as_they_are_written():
    sources = (("Vision.pdf", 4), ("Leave.md", None))
    assert sources_text(sources) == "Vision.pdf, p. 4; Leave.md"
    assert read_sources(sources_text(sources)) == sources
    assert read_sources("Vision.pdf#page=4\nVision.pdf, page 4; ") == (("Vision.pdf", 4),)
    assert read_sources("Plan 2026.pdf") == (("Plan 2026.pdf", None),)
    assert read_tags(" a, b,,a ") == ("a", "b")


def test_turns_are_read_as_they_are_written():
    turns = (Message("user", "Hello"), Message("assistant", "Yes:\nthis"))
    assert read_turns(turns_text(turns)) == turns
    assert read_turns("just words") == (Message("user", "just words"),)
    assert read_turns("  ") == ()


def test_variables_survive_being_typed() -> None:
    variables = (("tone", "dry: very"), ("table", "a\nb"))
    assert read_variables(variables_text(variables)) == variables
    assert read_variables("no name\nProduct name: Lamp") == (("Product_name", "Lamp"),)


def test_rows_of_a_spreadsheet_are_cases():
    made = pasted_cases('Question\tAnswer\nOne?\t"two\nlines"\tA.pdf#page=2\tx, y\n\nThree?\n')
    assert made == [Case(0, "One?", "two\nlines", (("A.pdf", 2),), ("x", "y")), Case(0, "Three?")]


def test_pasting_adds_rows_or_imports_files(cases, qtbot):
    added, files = told(cases.added), told(cases.importRequested)
    QApplication.clipboard().setText("One?\tYes.")
    qtbot.keyClick(cases.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/docs/cases.xlsx")])
    QApplication.clipboard().setMimeData(mime)
    qtbot.keyClick(cases.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert added == [([Case(0, "One?", "Yes.")],)]
    assert [path.name for path in files[0][0]] == ["cases.xlsx"]
    QApplication.clipboard().clear()  # what it holds must not outlive the interpreter


def test_a_cell_is_edited_in_place(cases):
    edited = told(cases.edited)
    cases.model.setData(cases.model.index(1, Column.SOURCES), "Leave.md, p. 2")
    cases.model.setData(cases.model.index(1, Column.SPLIT), "holdout")
    assert not cases.model.setData(cases.model.index(1, Column.QUESTION), "  ")
    assert not cases.model.setData(cases.model.index(1, Column.SPLIT), "elsewhere")
    assert [each[0][0].sources for each in edited] == [(("Leave.md", 2),)] * 2
    assert edited[1][0][0].split == "holdout"


def test_the_form_edits_when_a_field_is_left(cases, qtbot):
    edited = told(cases.edited)
    cases.table.selectRow(0)
    cases.table.setFocus()
    qtbot.keyClick(cases.table, Qt.Key.Key_Return)
    assert cases.form.isVisible() and cases.form.title.text() == "Case 1"
    cases.form.reference.setPlainText("Two pairs.")
    cases.form.tags.setText("vision, plans")
    cases.form.tags.editingFinished.emit()
    assert edited == [([replace(CASES[0], reference="Two pairs.", tags=("vision", "plans"))],)]
    cases.form.question.setPlainText("")
    cases.form.tags.editingFinished.emit()
    assert len(edited) == 1, "a case without a question is not stored"
    cases.table.selectRow(1)
    assert cases.form.title.text() == "Case 2"


def test_a_new_case_is_typed(cases, qtbot):
    added = told(cases.added)
    cases.add.click()
    assert not cases.form.add.isEnabled()
    cases.form.question.setPlainText("How much?")
    cases.form.history.setPlainText("User: Hello\nModel: Hi")
    cases.form.add.click()
    assert added == [([Case(0, "How much?", history=(
        Message("user", "Hello"), Message("assistant", "Hi")))],)]
    assert cases.form.question.toPlainText() == ""


def test_a_new_case_comes_back_after_a_crash(cases, qtbot):
    kept = told(cases.drafted)
    cases.type_case()
    cases.form.question.setPlainText("Are lenses covered?")
    cases.form.tags.setText("vision")
    cases.form.show_case(CASES[0])  # leaves the new one for another
    assert kept == [({"question": "Are lenses covered?", "tags": "vision"},)]
    after = CasesView()
    qtbot.addWidget(after)
    after.show_draft(kept[0][0])
    assert after.add.text() == "Go on with a case"
    after.type_case()
    assert after.form.typed() == Case(0, "Are lenses covered?", tags=("vision",))
    done = told(after.drafted)
    after.form.add.click()
    after.form._settled.timeout.emit()
    assert done == [({},)] and after.add.text() == "Type a case"
    after.form.question.setPlainText("Of this workspace")
    after.show_draft({})
    assert after.form.question.toPlainText() == "" and not after.form._settled.isActive()


@pytest.mark.parametrize("fact", [None, 7, "x", [1], {"question": 7, "tags": None}])
def test_a_draft_of_another_shape_is_none(fact):
    assert draft_of(fact) == {}


def test_removing_and_searching(cases, qtbot):
    removed = told(cases.removed)
    assert not cases.remove.isEnabled()
    cases.search.setText("acupuncture")
    assert cases.model.rowCount() == 1 and cases.count.text() == "1 of 4 cases"
    cases.table.selectRow(0)
    qtbot.keyClick(cases.table, Qt.Key.Key_Delete)
    assert removed == [([2],)]
    cases.show_cases([CASES[0]])
    cases.search.clear()
    assert cases.count.text() == "1 case"


def test_the_goal(cases):
    changed = told(cases.useCaseChanged)
    cases.show_metrics(["token_f1", "latency"])
    cases.show_use_case(UseCase("answer questions", "token_f1", 0.6, 40000))
    assert cases.goal.text() == "Goal: Token F1 at least 0.60"
    assert goal_text(UseCase("", "latency", 3.0)) == "Goal: Latency at most 3.0 s"
    cases.open_goal()
    dialog = cases._goal
    assert (dialog.least.text(), dialog.calls.text(), dialog.cost.text()) == ("0.6", "40000", "")
    dialog.cost.setText("2.5")
    dialog.latency.setText("4")
    dialog.keep.click()
    assert changed == [(UseCase("answer questions", "token_f1", 0.6, 40000, 2.5, 4.0),)]
    assert not dialog.isVisible()
