"""The Fine-tuning pane by hand: edit, add, remove, search. What it tells is told a list."""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.dataset.estimate import Plan, estimate, lengths_of
from desktop.core.dataset.query import ExampleOrder, Facets
from desktop.core.dataset.report import DatasetReport
from desktop.core.types import DatasetIssue, Example
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
    (200, 210, 220, 230, 340), (0, 1, 2, 3, 4), (1, 2, 3, 4, 5), exact=False,
)


FACETS = Facets({"kept": 5}, {"training": 5}, {"eyes": 2}, {"import": 5})


class Host:
    """A dataset in memory: gives the pane what it asks for, and keeps what it tells."""

    def __init__(self, pane: FineTuningPane, examples: list[Example]) -> None:
        self.pane = pane
        self.examples = {each.id: each for each in examples}
        self.loads: list[int] = []
        self.told: list[tuple[Any, ...]] = []
        pane.model.wanted.connect(self.load)
        pane.queryChanged.connect(lambda: self.told.append(("query", pane.query())))
        pane.edited.connect(lambda old, new: self.told.append(("edited", old, new)))
        pane.added.connect(lambda new: self.told.append(("added", new)))
        pane.acted.connect(lambda name, ids: self.told.append((name, ids)))
        pane.tagged.connect(lambda ids, name, on: self.told.append(("tag", ids, name, on)))
        pane.mendRequested.connect(lambda codes: self.told.append(("mend", codes)))
        pane.importRequested.connect(lambda paths: self.told.append(("import", paths)))
        pane.sourceRequested.connect(lambda name: self.told.append(("source", name)))
        pane.exportRequested.connect(lambda name: self.told.append(("export", name)))

    def load(self, ids: list[int]) -> None:
        self.loads += ids
        self.pane.fill([self.examples[each] for each in ids])

    def show(self, *lines: int) -> None:
        found = [each for each in self.examples.values() if not lines or each.line in lines]
        order = ExampleOrder(array("q", (e.id for e in found)), array("q", (e.line for e in found)))
        self.pane.show_rows(order, FACETS if self.examples else Facets())


@pytest.fixture
def pane(qtbot: QtBot, dressed: None) -> FineTuningPane:
    made = FineTuningPane()
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def host(pane: FineTuningPane, qtbot: QtBot) -> Host:
    made = Host(pane, EXAMPLES)
    made.show()
    pane.show_report(REPORT)
    qtbot.waitUntil(lambda: cell(pane, 0, Column.USER) != "…")
    return made


def cell(pane: FineTuningPane, row: int, column: Column) -> str:
    return str(pane.model.index(row, column).data())


def cells(pane: FineTuningPane, column: Column) -> list[str]:
    return [cell(pane, row, column) for row in range(pane.model.rowCount())]


def answer_field(pane: FineTuningPane) -> Any:
    return pane.editor.form.fields[-1].text


def test_a_row_shows_question_answer_tokens_tags_origin_and_check(
    pane: FineTuningPane, host: Host
) -> None:
    assert [cell(pane, 1, column) for column in Column] == [
        "2", "Question 2?", "Yes.", "~210", "", "import", "Duplicate"]
    assert cell(pane, 2, Column.USER) == '{"messages": ['
    assert cell(pane, 2, Column.CHECK) == "Not JSON"


def test_only_what_is_looked_at_is_loaded(pane: FineTuningPane, qtbot: QtBot) -> None:
    host = Host(pane, [example(number) for number in range(1, 5_001)])
    host.show()
    qtbot.waitUntil(lambda: cell(pane, 0, Column.USER) == "Question 1?")
    first = len(host.loads)
    assert first < 500
    pane.table.scrollToBottom()
    assert cell(pane, 4_999, Column.LINE) == "5000"
    qtbot.waitUntil(lambda: cell(pane, 4_999, Column.USER) == "Question 5000?")
    assert len(host.loads) < first + 500 and len(set(host.loads)) == len(host.loads)


def test_a_changed_dataset_is_shown_as_it_was_until_it_comes_anew(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    host.examples[1] = example(1, "No.")
    pane.model.ask_again()
    assert cell(pane, 0, Column.ASSISTANT) == "Yes."
    qtbot.waitUntil(lambda: cell(pane, 0, Column.ASSISTANT) == "No.")
    loaded = len(host.loads)
    assert cell(pane, 4, Column.ASSISTANT) == "No lenses." and len(host.loads) == loaded


def test_the_figures_above(pane: FineTuningPane, host: Host) -> None:
    counts = pane.counts
    assert counts.examples.text() == "5 examples"
    assert counts.tokens.text() == "~1,200 tokens"
    assert (counts.errors.words.text(), counts.warnings.words.text()) == ("2 errors", "1 warning")
    assert counts.state.text() == "Mend 2 errors before training"
    pane.forget()
    assert counts.tokens.text() == "" and pane.issues.isHidden()


def test_an_empty_dataset_says_what_to_do(pane: FineTuningPane, qtbot: QtBot) -> None:
    host = Host(pane, [])
    host.show()
    assert pane.empty.isVisible()
    qtbot.mouseClick(pane.add_first, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pane.fill_first, Qt.MouseButton.LeftButton)
    (what, [new]), source = (told for told in host.told if told[0] in ("added", "source"))
    assert (what, new.id, new.origin, source) == ("added", 0, "typed", ("source", "cases"))


def test_issues_come_by_kind_and_lead_to_their_lines(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    kinds = [(row.kind.first.code, row.kind.count) for row in pane.issues.rows]
    assert kinds == [("too_few", 1), ("invalid_json", 1), ("duplicate", 1)]
    assert not pane.issues.rows[0].review.isVisible()  # no line causes it
    qtbot.mouseClick(pane.issues.rows[1].review, Qt.MouseButton.LeftButton)
    assert pane.table.currentIndex().row() == 2
    assert pane.editor.raw.toPlainText() == '{"messages": ['
    pane._close_editor()
    qtbot.mouseClick(pane.issues.rows[2].mend, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pane.issues.safely, Qt.MouseButton.LeftButton)
    assert host.told == [("mend", ["duplicate"])] * 2


def test_a_kind_with_many_lines_filters_the_table(pane: FineTuningPane, host: Host) -> None:
    issues = tuple(DatasetIssue(n, "warning", "personal_data", "E-mail. Replace it.")
                   for n in range(1, 5))
    pane.show_report(DatasetReport("chat", 5, 5, 5, 3, None, issues))
    [row] = pane.issues.rows
    row.review.click()
    assert pane.code() == "personal_data" and host.told[-1][0] == "query"
    assert pane.tools.filter.currentText() == "Personal data"


def test_an_edit_is_told_once(pane: FineTuningPane, host: Host, qtbot: QtBot) -> None:
    pane.show_line(1)
    qtbot.keyClicks(answer_field(pane), "No. ")
    assert host.told == []
    with qtbot.waitSignal(pane.edited):
        pass
    [(_, before, after)] = host.told
    assert before == EXAMPLES[0] and after.row["messages"][-1]["content"] == "No. Yes."
    assert cell(pane, 0, Column.ASSISTANT) == "No. Yes."
    pane.fill([before])  # undone elsewhere
    assert answer_field(pane).toPlainText() == "Yes."


def test_going_to_another_row_tells_the_edit(pane: FineTuningPane, host: Host) -> None:
    pane.show_line(1)
    answer_field(pane).setPlainText("Maybe.")
    pane.show_line(2)
    assert [(each[0], each[2].line) for each in host.told] == [("edited", 1)]
    assert pane.editor.title.text() == "Line 2"


def test_looking_at_examples_changes_nothing(pane: FineTuningPane, host: Host) -> None:
    for line in (1, 2, 3, 4, 5):
        pane.show_line(line)
    pane.flush()
    assert host.told == []


def test_a_line_is_checked_while_it_is_typed(pane: FineTuningPane, host: Host) -> None:
    pane.show_line(2)
    answer_field(pane).setPlainText(" ")
    assert cell(pane, 1, Column.CHECK) == "Empty message"
    assert [i.code for i in pane.model.issues(2)] == ["missing_content", "duplicate"]
    answer_field(pane).setPlainText("Yes.")
    assert cell(pane, 1, Column.CHECK) == "Duplicate"


def test_broken_json_is_mended_as_text_and_half_typed_json_is_kept(
    pane: FineTuningPane, host: Host
) -> None:
    pane.show_line(3)
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    pane.editor.raw.setPlainText(json.dumps(row, indent=2))
    pane.show_line(4)
    pane.editor.raw.setPlainText('{"messages": [')
    pane.flush()
    (_, _, mended), (_, _, broken) = host.told
    assert (mended.id, mended.row, mended.raw) == (3, row, "")
    assert (broken.raw, dict(broken.row)) == ('{"messages": [', {})


def test_turns_tools_and_tags_are_edited(pane: FineTuningPane, host: Host, qtbot: QtBot) -> None:
    pane.show_line(1)
    form = pane.editor.form
    form.fields[-1].learn.setChecked(False)
    qtbot.mouseClick(form.add_turn, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(form.fields[-1].text, "And lenses?")
    qtbot.mouseClick(form.add_turn, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(form.fields[-1].text, "Those too.")
    form.fields[0].removed.emit()
    form.add_tools.click()
    form.tools.text.setPlainText('[{"type": "function"')
    assert form.tools.problem.isVisible()
    form.tools.text.setPlainText('[{"type": "function"}]')
    pane.editor.facts.tags.setText("eyes, eyes, new")
    pane.editor.facts.tags.editingFinished.emit()
    pane.editor.facts.use.setCurrentIndex(1)
    pane.editor.facts.use.activated.emit(1)
    pane.flush()
    after = host.told[-1][2]
    assert after.row == {"messages": [
        {"role": "user", "content": "Question 1?"},
        {"role": "assistant", "content": "Yes.", "weight": 0},
        {"role": "user", "content": "And lenses?"},
        {"role": "assistant", "content": "Those too."},
    ], "tools": [{"type": "function"}]}
    assert (after.tags, after.state, after.split) == (("eyes", "new"), "kept", "validation")


def test_a_new_example_shares_the_system_message(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    qtbot.mouseClick(pane.tools.add, Qt.MouseButton.LeftButton)
    [new] = next(told[1] for told in host.told if told[0] == "added")
    assert [turn["content"] for turn in new.row["messages"]] == ["Be brief.", "", ""]
    assert (new.id, new.line, new.origin) == (0, 0, "typed")


def test_rows_are_removed_and_tagged_together(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    pane.table.setFocus()
    pane.table.selectRow(1)
    assert pane.bulk.isHidden()
    qtbot.keyClick(pane.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert pane.bulk.isVisible() and pane.bulk.count.text() == "2 chosen"
    qtbot.keyClicks(pane.bulk.tag, "eyes")
    pane.bulk.add.click()
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
    assert host.told == [("tag", [2, 3], "eyes", True), ("remove", [2, 3])]
    pane.table.selectAll()
    pane.act("validation")
    assert host.told[-1] == ("validation", [1, 2, 3, 4, 5])


def test_an_edit_that_is_not_told_yet_survives_a_removal(pane: FineTuningPane, host: Host) -> None:
    pane.show_line(1)
    answer_field(pane).setPlainText("Maybe.")
    pane.editor.remove.click()
    assert [each[0] for each in host.told] == ["edited", "remove"]
    assert pane.editor.isHidden()


def test_search_filter_and_sort_ask_for_other_rows(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    pane.tools.search.setText("LENSES")
    qtbot.keyClick(pane.tools.search, Qt.Key.Key_Return)
    assert host.told[-1][1].search == "LENSES"
    host.show(5)
    assert cells(pane, Column.LINE) == ["5"]
    assert pane.counts.examples.text() == "1 of 5 examples"
    pane.tools.filter.setCurrentIndex(pane.tools.filter.findText("Tag: eyes 2"))
    assert host.told[-1][1].tag == "eyes"
    pane.table.horizontalHeader().sectionClicked.emit(int(Column.USER))
    pane.table.horizontalHeader().sectionClicked.emit(int(Column.USER))
    assert (host.told[-1][1].sort, host.told[-1][1].descending) == ("question", True)
    pane.table.horizontalHeader().sectionClicked.emit(int(Column.TOKENS))
    assert pane.order_by() == ("tokens", False)
    pane.show_line(2)  # hidden by the search: that is ended, and the line chosen when listed
    assert (pane.tools.search.text(), pane.query().tag) == ("", "")
    host.show()
    assert pane.editor.title.text() == "Line 2"


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_a_dropped_file_is_imported_and_others_are_not(
    pane: FineTuningPane, host: Host, tmp_path: Path
) -> None:
    move, buttons, keys = (Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton,
                           Qt.KeyboardModifier.NoModifier)
    data = mime(tmp_path / "a.jsonl", tmp_path / "b.pdf", tmp_path / "c.xlsx")
    enter = QDragEnterEvent(QPoint(5, 5), move, data, buttons, keys)
    pane.dragEnterEvent(enter)
    pane.dropEvent(QDropEvent(QPoint(5, 5), move, data, buttons, keys))
    assert enter.isAccepted()
    assert host.told == [("import", [tmp_path / "a.jsonl", tmp_path / "c.xlsx"])]
    other = mime(tmp_path / "b.pdf")
    refused = QDragEnterEvent(QPoint(5, 5), move, other, buttons, keys)
    refused.ignore()
    pane.dragEnterEvent(refused)
    assert not refused.isAccepted()


def test_lines_of_json_are_pasted_and_chosen_rows_copied(pane: FineTuningPane, host: Host) -> None:
    QGuiApplication.clipboard().setText('{"messages": []}\n{broken\n')
    pane.intake.paste()
    assert [(each.origin, each.raw) for each in host.told[-1][1]] == [
        ("pasted", ""), ("pasted", "{broken")]
    pane.table.selectRow(0)
    pane.copy_chosen()
    assert json.loads(QGuiApplication.clipboard().text()) == EXAMPLES[0].row


def test_export_tells_the_last_edit_first(pane: FineTuningPane, host: Host) -> None:
    pane.show_line(1)
    answer_field(pane).setPlainText("Maybe.")
    pane.tools.target_chosen.emit("training")
    assert [each[0] for each in host.told] == ["edited", "export"]


def test_columns_give_way_when_the_pane_is_narrow(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    assert not pane.table.isColumnHidden(Column.TOKENS)
    assert pane.upper.orientation() is Qt.Orientation.Horizontal
    pane.resize(360, 700)
    qtbot.waitUntil(lambda: pane.table.isColumnHidden(Column.TOKENS))
    assert pane.upper.orientation() is Qt.Orientation.Vertical
    assert pane.width() == 360
    assert not pane.table.isColumnHidden(Column.CHECK)
    assert pane.issues.isVisible()
    pane.show_line(1)
    assert not pane.issues.isVisible()  # the open example says its own


def test_the_split_page_shows_an_estimate_and_never_guesses(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    page = pane.split
    pane.segments.choose(1)
    counts = [100] * 200
    page.show_plan(Plan("gpt-4.1-mini"))
    page.show_estimate(estimate(counts, page.plan(), None, "2026-11-20", 1.7), lengths_of(counts))
    assert page.figures["training"].text().startswith("unknown")
    assert "Type it" in page.price_note.text() and page.plot.isVisible()
    with qtbot.waitSignal(page.planChanged):
        qtbot.keyClicks(page.price, "3")
    page.show_estimate(estimate(counts, page.plan(), None, "2026-11-20", 1.7), lengths_of(counts))
    assert page.figures["training"].text().startswith("~$0.18")  # 20,000 x 3 epochs x $3
    assert page.figures["hosting"].text().startswith("~$1,241")
    with qtbot.waitSignal(page.splitRequested) as told:
        page.go.click()
    assert told.args == [0.1, 7]


def test_every_control_has_a_name_for_screen_readers(pane: FineTuningPane, host: Host) -> None:
    for view in (0, 1):
        pane.segments.choose(view)
        pane.show_line(1)
        pane.table.selectAll()
        nameless = [
            widget for widget in pane.findChildren(QWidget)
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
            and not (widget.accessibleName() or getattr(widget, "text", str)())
        ]
        assert nameless == []


def test_enter_on_a_row_puts_the_caret_into_the_editor(
    pane: FineTuningPane, host: Host, qtbot: QtBot
) -> None:
    pane.show_line(1)
    pane.table.setFocus()
    qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert pane.focusWidget() is pane.editor.form.fields[0].text
