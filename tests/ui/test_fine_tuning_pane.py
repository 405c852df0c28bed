"""The Fine-tuning pane by hand: edit, add, remove, search, and back again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QUndoStack
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.dataset.report import DatasetReport
from desktop.core.types import DatasetIssue, Example
from desktop.ui.panes import fine_tuning_model
from desktop.ui.panes.fine_tuning import FineTuningPane
from desktop.ui.panes.fine_tuning_model import Column


def example(number: int, answer: str = "Yes.", **more: Any) -> Example:
    messages = [{"role": "system", "content": "Be brief."},
                {"role": "user", "content": f"Question {number}?"},
                {"role": "assistant", "content": answer}]
    return Example(number, number, {"messages": messages, **more})


EXAMPLES = [example(1), example(2), Example(3, 3, {}, raw='{"messages": ['),
            example(4, tools=[]), example(5, "No lenses.")]
REPORT = DatasetReport(
    "chat", 5, 1_200, 1_200, 20, 0.048,
    (DatasetIssue(0, "error", "too_few", "5 examples: fewer than 10 are refused. Add 5 or more."),
     DatasetIssue(2, "warning", "duplicate", "The same as line 1. Remove one of them."),
     DatasetIssue(3, "error", "invalid_json", "The line is not JSON: expecting value. Mend it.")),
    (200, 210, 220, 230, 340), exact=False,
)


class Told:
    """Everything the pane tells, in order."""

    def __init__(self, pane: FineTuningPane) -> None:
        self.all: list[tuple[str, Any]] = []
        pane.exampleSaved.connect(lambda e: self.all.append(("saved", e)))
        pane.examplesAdded.connect(lambda es: self.all.append(("added", [e.id for e in es])))
        pane.examplesRemoved.connect(lambda ids: self.all.append(("removed", ids)))
        pane.importRequested.connect(lambda paths: self.all.append(("import", paths)))
        pane.exportRequested.connect(lambda: self.all.append(("export", None)))


@pytest.fixture
def stack() -> QUndoStack:
    return QUndoStack()


@pytest.fixture
def pane(qtbot: QtBot, dressed: None, stack: QUndoStack) -> FineTuningPane:
    made = FineTuningPane(stack)
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show_examples(EXAMPLES)
    made.show_report(REPORT)
    made.show()
    return made


@pytest.fixture
def empty_pane(qtbot: QtBot, dressed: None) -> FineTuningPane:
    # A fixture, so that it is held until its teardown: a shown widget that only a finished
    # test knew can be collected while it is being painted.
    made = FineTuningPane()
    qtbot.addWidget(made)
    made.show_examples([])
    made.show()
    return made


@pytest.fixture
def told(pane: FineTuningPane) -> Told:
    return Told(pane)


def cell(pane: FineTuningPane, row: int, column: Column) -> str:
    return str(pane.model.index(row, column).data())


def cells(pane: FineTuningPane, column: Column) -> list[str]:
    return [cell(pane, row, column) for row in range(pane.model.rowCount())]


def answer_field(pane: FineTuningPane) -> Any:
    return pane.editor.form.fields[-1].text


def test_a_row_shows_question_answer_tokens_origin_and_check(pane: FineTuningPane) -> None:
    assert [cell(pane, 1, column) for column in Column] == [
        "2", "Question 2?", "Yes.", "~210", "import", "Duplicate"]
    assert cell(pane, 2, Column.USER) == '{"messages": ['
    assert cell(pane, 2, Column.CHECK) == "Not JSON"


def test_the_figures_above(pane: FineTuningPane) -> None:
    counts = pane.counts
    assert counts.examples.text() == "5 examples, chat"
    assert counts.tokens.text() == "~1,200 tokens"
    assert (counts.errors.words.text(), counts.warnings.words.text()) == ("2 errors", "1 warning")
    assert counts.cost.text() == "20 epochs, about $0.05"


def test_nothing_is_invented_before_a_check(empty_pane: FineTuningPane) -> None:
    pane = empty_pane
    pane.show_examples(EXAMPLES)
    assert pane.counts.examples.text() == "5 examples"
    assert (pane.counts.tokens.text(), pane.counts.cost.text()) == ("", "")
    assert cells(pane, Column.TOKENS) == [""] * 5


def test_an_empty_dataset_says_what_to_do(empty_pane: FineTuningPane, qtbot: QtBot) -> None:
    pane = empty_pane
    assert pane.empty.isVisible()
    told = Told(pane)
    qtbot.mouseClick(pane.add_first, Qt.MouseButton.LeftButton)
    assert told.all == [("added", [1])]
    assert pane.table.isVisible()


def test_an_issue_leads_to_its_line(pane: FineTuningPane, qtbot: QtBot) -> None:
    view = pane.issues.view
    place = view.visualRect(pane.issues.model.index(2)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert pane.table.currentIndex().row() == 2
    assert pane.editor.raw.toPlainText() == '{"messages": ['
    assert pane.editor.title.text() == "Line 3"


def test_an_issue_of_the_whole_dataset_leads_nowhere(pane: FineTuningPane) -> None:
    pane.issues.view.clicked.emit(pane.issues.model.index(0))
    assert pane.editor.isHidden()


def test_an_edit_is_told_once_and_undone_in_one_step(
    pane: FineTuningPane, qtbot: QtBot, told: Told, stack: QUndoStack
) -> None:
    pane.show_line(1)
    qtbot.keyClicks(answer_field(pane), "No. ")
    assert told.all == []
    with qtbot.waitSignal(pane.exampleSaved):
        pass
    assert [what for what, _ in told.all] == ["saved"]
    assert cell(pane, 0, Column.ASSISTANT) == "No. Yes."
    stack.undo()
    assert told.all[-1] == ("saved", EXAMPLES[0])
    assert answer_field(pane).toPlainText() == "Yes."
    stack.redo()
    assert cell(pane, 0, Column.ASSISTANT) == "No. Yes."


def test_going_to_another_row_tells_the_edit(pane: FineTuningPane, told: Told) -> None:
    pane.show_line(1)
    answer_field(pane).setPlainText("Maybe.")
    pane.show_line(2)
    assert [(what, e.line) for what, e in told.all] == [("saved", 1)]
    assert pane.editor.title.text() == "Line 2"


def test_looking_at_examples_changes_nothing(
    pane: FineTuningPane, told: Told, stack: QUndoStack
) -> None:
    for line in (1, 2, 3, 4, 5):
        pane.show_line(line)
    pane.flush()
    assert told.all == []
    assert stack.count() == 0
    assert pane.model.examples() == EXAMPLES


def test_a_line_is_checked_while_it_is_typed(pane: FineTuningPane) -> None:
    pane.show_line(2)
    answer_field(pane).setPlainText(" ")
    assert cell(pane, 1, Column.CHECK) == "Empty message"
    codes = [i.code for i in pane.issues.model.issues() if i.line == 2]
    assert codes == ["missing_content", "duplicate"]
    assert pane.counts.errors.words.text() == "3 errors"
    answer_field(pane).setPlainText("Yes.")
    assert cell(pane, 1, Column.CHECK) == "Duplicate"
    assert pane.counts.errors.words.text() == "2 errors"


def test_broken_json_is_mended_as_text(pane: FineTuningPane, told: Told) -> None:
    pane.show_line(3)
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    pane.editor.raw.setPlainText(json.dumps(row, indent=2))
    pane.flush()
    [(_, saved)] = told.all
    assert (saved.id, saved.row, saved.raw) == (3, row, "")
    assert cell(pane, 2, Column.CHECK) == ""


def test_half_typed_json_is_kept(pane: FineTuningPane, told: Told) -> None:
    pane.show_line(4)
    pane.editor.raw.setPlainText('{"messages": [')
    pane.flush()
    [(_, saved)] = told.all
    assert (saved.raw, dict(saved.row)) == ('{"messages": [', {})
    assert cell(pane, 3, Column.CHECK) == "Not JSON"


def test_turns_are_added_removed_and_weighed(
    pane: FineTuningPane, qtbot: QtBot, told: Told
) -> None:
    pane.show_line(1)
    form = pane.editor.form
    form.fields[-1].learn.setChecked(False)
    qtbot.mouseClick(form.add_turn, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(form.fields[-1].text, "And lenses?")
    qtbot.mouseClick(form.add_turn, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(form.fields[-1].text, "Those too.")
    form.fields[0].removed.emit()
    pane.flush()
    assert told.all[-1][1].row == {"messages": [
        {"role": "user", "content": "Question 1?"},
        {"role": "assistant", "content": "Yes.", "weight": 0},
        {"role": "user", "content": "And lenses?"},
        {"role": "assistant", "content": "Those too."},
    ]}
    assert not form.add_system.isHidden()


def test_a_new_example_shares_the_system_message(
    pane: FineTuningPane, qtbot: QtBot, told: Told, stack: QUndoStack
) -> None:
    qtbot.mouseClick(pane.tools.add, Qt.MouseButton.LeftButton)
    assert told.all == [("added", [6])]
    assert [field.text.toPlainText() for field in pane.editor.form.fields] == [
        "Be brief.", "", ""]
    assert cell(pane, 5, Column.LINE) == "6"
    assert cell(pane, 5, Column.ORIGIN) == "typed"
    stack.undo()
    assert told.all[-1] == ("removed", [6])
    assert pane.model.examples() == EXAMPLES


def test_rows_are_removed_by_key_and_come_back_in_place(
    pane: FineTuningPane, qtbot: QtBot, told: Told, stack: QUndoStack
) -> None:
    pane.table.setFocus()
    pane.table.selectRow(1)
    qtbot.keyClick(pane.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
    assert told.all == [("removed", [2, 3])]
    assert cells(pane, Column.LINE) == ["1", "4", "5"]
    stack.undo()
    assert told.all[-1] == ("added", [2, 3])
    assert pane.model.examples() == EXAMPLES


def test_an_edit_that_is_not_told_yet_survives_a_removal(
    pane: FineTuningPane, told: Told, stack: QUndoStack
) -> None:
    pane.show_line(1)
    answer_field(pane).setPlainText("Maybe.")
    pane.editor.remove.click()
    stack.undo()
    assert [what for what, _ in told.all] == ["saved", "removed", "added"]
    assert cell(pane, 0, Column.ASSISTANT) == "Maybe."


def test_a_search_shows_only_what_holds_the_words(pane: FineTuningPane, qtbot: QtBot) -> None:
    pane.tools.search.setText("LENSES")
    qtbot.keyClick(pane.tools.search, Qt.Key.Key_Return)
    assert cells(pane, Column.LINE) == ["5"]
    assert pane.counts.examples.text() == "1 of 5 examples, chat"
    pane.show_line(2)
    assert pane.tools.search.text() == ""
    assert pane.model.rowCount() == 5


def test_a_long_search_is_done_in_slices(
    pane: FineTuningPane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fine_tuning_model, "_SLICE", 2)
    with qtbot.waitSignal(pane.model.searched):
        pane.model.search("lenses")
        assert pane.model.rowCount() == 5
    assert cells(pane, Column.LINE) == ["5"]


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_a_dropped_file_is_imported_and_others_are_not(
    pane: FineTuningPane, told: Told, tmp_path: Path
) -> None:
    move, buttons, keys = (Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton,
                           Qt.KeyboardModifier.NoModifier)
    data = mime(tmp_path / "a.jsonl", tmp_path / "b.pdf")
    enter = QDragEnterEvent(QPoint(5, 5), move, data, buttons, keys)
    pane.dragEnterEvent(enter)
    pane.dropEvent(QDropEvent(QPoint(5, 5), move, data, buttons, keys))
    assert enter.isAccepted()
    assert told.all == [("import", [tmp_path / "a.jsonl"])]
    other = mime(tmp_path / "b.pdf")
    refused = QDragEnterEvent(QPoint(5, 5), move, other, buttons, keys)
    refused.ignore()
    pane.dragEnterEvent(refused)
    assert not refused.isAccepted()


def test_lines_of_json_are_pasted(pane: FineTuningPane, qtbot: QtBot, told: Told) -> None:
    QGuiApplication.clipboard().setText('{"messages": []}\n{broken\n')
    pane.intake.paste()
    assert told.all == [("added", [6, 7])]
    assert cells(pane, Column.LINE)[5:] == ["6", "7"]
    assert cell(pane, 6, Column.ORIGIN) == "pasted"


def test_chosen_rows_are_copied_as_lines(pane: FineTuningPane) -> None:
    pane.table.selectRow(0)
    pane.copy_chosen()
    assert json.loads(QGuiApplication.clipboard().text()) == EXAMPLES[0].row


def test_export_tells_the_last_edit_first(
    pane: FineTuningPane, qtbot: QtBot, told: Told
) -> None:
    pane.show_line(1)
    answer_field(pane).setPlainText("Maybe.")
    qtbot.mouseClick(pane.tools.export, Qt.MouseButton.LeftButton)
    assert [what for what, _ in told.all] == ["saved", "export"]


def test_a_report_of_another_length_keeps_the_tokens(pane: FineTuningPane) -> None:
    pane.show_report(dataclasses.replace(REPORT, counts=(1,)))
    assert cell(pane, 0, Column.TOKENS) == "~200"


def test_columns_give_way_when_the_pane_is_narrow(pane: FineTuningPane, qtbot: QtBot) -> None:
    assert not pane.table.isColumnHidden(Column.ORIGIN)
    assert pane.upper.orientation() is Qt.Orientation.Horizontal
    pane.resize(360, 700)
    qtbot.waitUntil(lambda: pane.table.isColumnHidden(Column.TOKENS))
    assert pane.upper.orientation() is Qt.Orientation.Vertical
    assert pane.width() == 360
    assert not pane.table.isColumnHidden(Column.CHECK)


def test_every_control_has_a_name_for_screen_readers(pane: FineTuningPane) -> None:
    pane.show_line(1)
    nameless = [
        widget for widget in pane.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def test_tab_leads_from_the_tools_through_the_table_to_the_editor(
    pane: FineTuningPane, qtbot: QtBot
) -> None:
    pane.show_line(1)
    order = [pane.tools.import_, pane.tools.add, pane.tools.search, pane.tools.export,
             pane.table, pane.issues.view, pane.editor.remove, pane.editor.form.fields[0].text,
             pane.editor.form.fields[1].text, pane.editor.form.add_turn]
    chain, widget = [], pane.nextInFocusChain()
    while widget is not pane:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    places = [chain.index(widget) for widget in order]
    assert places == sorted(places)


def test_enter_on_a_row_puts_the_caret_into_the_editor(
    pane: FineTuningPane, qtbot: QtBot
) -> None:
    pane.show_line(1)
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert pane.focusWidget() is pane.editor.form.fields[0].text
