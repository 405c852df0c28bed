"""The grid of Evaluate by what a person sees and does."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from desktop.core.evaluation.types import (
    Attribution,
    Cause,
    CellState,
    Comparison,
    Interval,
    Rating,
    RunState,
    RunSummary,
    StrategySummary,
    UseCase,
)
from desktop.core.events import CellChanged, RunEnded, RunProgress, RunStarted
from desktop.core.types import Case
from desktop.ui import theme
from desktop.ui.compare.evaluate.grid import Filter, spoken
from desktop.ui.compare.evaluate.model import SHOWN
from desktop.ui.compare.evaluate.score_words import difference_text, score_text
from desktop.ui.compare.evaluate.view import EvaluateView

from .evaluate_samples import CASES, RULE, STRATEGIES, cell, cells, fill, run
from .samples import names_missing
from .test_main_window import drop


@pytest.fixture
def view(qtbot, dressed):
    made = EvaluateView()
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    return fill(made)


def told(signal):
    """What a signal has said, as a list that fills."""
    said = []
    signal.connect(lambda *values: said.append(values))
    return said


def listed(view: EvaluateView) -> list[int]:
    return [view.model.case(row).id for row in range(view.model.rowCount())]


def go(view: EvaluateView, case_id: int, strategy: int) -> None:
    view.table.setFocus()
    view.table.go_to(case_id, strategy)


def shown(view: EvaluateView, case_id: int, strategy: int):
    return view.grid.shown(case_id, strategy)


def test_a_new_workspace_says_what_a_case_is_and_offers_both_ways(qtbot, dressed):
    made = EvaluateView()
    qtbot.addWidget(made)
    made.show()
    assert made.empty.isVisible() and "question with the answer" in made.empty.sentence.text()
    assert not made.bar.run.isEnabled() and not made.bar.runs.isVisible()
    made.type_button.click()
    assert made.cases.form.isVisible() and made.cases.form.case_id() == 0


def test_cells_say_verdict_score_difference_and_cause(view):
    best = shown(view, 1, 3)
    assert (best.good, best.score, best.text) == (True, 0.9, "One pair a year. [1]")
    assert best.difference == pytest.approx(0.7)
    failed = shown(view, 2, 3)
    assert failed.good is False and failed.chip.word == "Not retrieved"
    assert shown(view, 3, 1).chip.word == "Filtered"
    assert shown(view, 3, 3).chip.word == "Throttled"
    assert shown(view, 1, 1).difference is None, "the Baseline is not compared with itself"


def test_what_a_cell_says_aloud(view):
    index = view.model.index(0, 3)
    said = index.data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert said == "Prompt + documents: Pass, 0.90, +0.70 from Baseline, One pair a year. [1]"
    assert "recorded" in spoken(shown(view, 4, 2), "token_f1", False)


def test_filters_count_and_list(view):
    counts = view.grid.counts()
    assert counts == {Filter.ALL: 4, Filter.FAILURES: 2, Filter.DIFFERENT: 1, Filter.ERRORS: 1,
                      Filter.DISAGREEMENT: 0}
    assert view.filters.filters.accessibleDescription().endswith("Disagreement 0")
    for place, ids in ((1, [1, 2]), (2, [1]), (3, [3]), (4, []), (0, [1, 2, 3, 4])):
        view.filters.filters.choose(place)
        assert listed(view) == ids


def test_a_rating_against_the_score_is_a_disagreement(view):
    view.show_ratings([Rating(1, 13, 0.0), Rating(2, 43, 1.0)])
    assert view.grid.counts()[Filter.DISAGREEMENT] == 1
    view.filters.filters.choose(4)
    assert listed(view) == [1]


def test_search_looks_into_questions_tags_and_answers(view):
    view.filters.search.setText("acupuncture")
    assert listed(view) == [2]
    view.filters.search.setText("PAIR eyeglasses")
    assert listed(view) == [1]
    assert view.table.head.words(0) == "Case, 1 of 4 shown"


def test_sorting_by_a_column_keeps_the_current_cell(view):
    go(view, 2, 2)
    view.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert listed(view) == [1, 4, 2, 3], "what has no score comes last"
    assert view.table.place() == (2, 2)
    view.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert listed(view) == [2, 1, 4, 3]
    view.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert listed(view) == [1, 2, 3, 4]


def test_another_score_is_shown_in_every_cell(view):
    view.show_metric("groundedness")
    assert shown(view, 1, 1).score is None and shown(view, 1, 2).score == 0.9
    assert view.filters.score.currentText() == "Groundedness"


def test_the_goal_is_the_bar(view):
    view.show_use_case(UseCase("answer questions", "token_f1", 0.95))
    assert shown(view, 1, 3).good is False
    assert "at least 0.95" in view.cases.goal.text()


def test_changes_are_gathered(view, qtbot):
    changed = told(view.model.dataChanged)
    for score in (0.1, 0.5, 0.95):
        view.apply(CellChanged(cell(1, 1, score)))
        view.apply(CellChanged(cell(4, 1, score)))
    assert changed == []
    view.model.flush()
    assert len(changed) == 2, "one for each stretch of rows"
    assert shown(view, 1, 1).score == 0.95
    assert shown(view, 1, 3).difference == pytest.approx(-0.05), "the Baseline of its row moved"


def test_cells_of_another_run_do_not_show(view):
    view.apply(CellChanged(replace(cell(1, 1, 1.0), run_id=8)))
    view.model.flush()
    assert shown(view, 1, 1).score == 0.2


def test_a_run_as_it_happens(view):
    going = run(RunState.RUNNING, 8)
    view.apply(RunStarted(going))
    assert view.bar.pause.isVisible() and view.bar.stop.isVisible()
    assert not view.bar.run.isVisible() and view.bar.runs.count() == 2
    view.apply(RunProgress(3, 12, 1, 42.0))
    assert view.bar.state.text() == "3 of 12 cells, 0:42 left"
    waiting = replace(cell(1, 1, None, CellState.RUNNING), id=99, run_id=8)
    view.apply(CellChanged(waiting))
    view.model.flush()
    assert shown(view, 1, 1).chip.word == "Running"
    view.apply(RunEnded(run(RunState.PAUSED, 8)))
    assert view.bar.run.text() == "Continue" and view.bar.anew.isVisible()
    resumed = told(view.resumeRequested)
    view.run()
    assert resumed == [()]


def test_waiting_cells_fill_in_behind_what_is_known(view):
    view.apply(RunStarted(run(RunState.RUNNING, 8)))
    view.apply(CellChanged(replace(cell(1, 1, 0.9), run_id=8)))
    view.show_waiting([replace(c, run_id=8, state=CellState.WAITING, answer=None, scores={})
                       for c in cells()])
    view.model.flush()
    assert shown(view, 1, 1).score == 0.9
    assert shown(view, 1, 2).state is CellState.WAITING


def test_retry_counts_what_failed(view):
    assert view.bar.retry.text() == "Retry 1 failed" and view.bar.retry.isVisible()
    asked = told(view.retryFailedRequested)
    view.bar.retry.click()
    assert asked == [()]
    assert view.bar.filtered.word() == "1 filtered" and view.bar.failed.word() == ""


def test_buttons_say_what_is_wanted(view):
    asked, chosen = told(view.runRequested), told(view.runChosen)
    view.bar.run.click()
    view.bar.runs.activated.emit(0)
    assert asked == [([], [])] and chosen == [(7,)]


def test_one_row_column_or_cell_is_run_again(view):
    rows, one = told(view.runRequested), told(view.cellRunRequested)
    go(view, 2, 3)
    menu = view.table.cell_menu(view.table.currentIndex())
    actions = {action.text(): action for action in menu.actions()}
    actions["Run this row"].trigger()
    actions["Run this column"].trigger()
    actions["Run this cell"].trigger()
    assert rows == [([], [2]), ([3], [])] and one == [(2, 3)]


def test_the_keyboard_moves_opens_rates_and_copies(view, qtbot):
    opened, rated = told(view.cellOpened), told(view.rated)
    go(view, 1, 2)
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    qtbot.keyClick(view.table, Qt.Key.Key_Right)
    assert view.table.place() == (2, 3)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert view.detail.isVisible() and opened == [(23,)]
    qtbot.keyClick(view.table, Qt.Key.Key_G)
    qtbot.keyClick(view.table, Qt.Key.Key_B)
    assert rated == [(23, 1.0), (23, 0.0)] and view.detail.people.bad.isChecked()
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "One pair a year. [1]"
    qtbot.keyClick(view.table, Qt.Key.Key_Escape)
    assert not view.detail.isVisible()


def test_ctrl_enter_runs(view, qtbot):
    asked = told(view.runRequested)
    go(view, 1, 2)
    qtbot.keyClick(view.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [([], [])] and not view.detail.isVisible()
    view.apply(RunProgress(12, 12, 0, 0.0))
    assert view.bar.state.text() == "12 of 12 cells answered, scoring them"


def test_several_cells_are_copied_as_harmless_rows(view, qtbot):
    view.apply(CellChanged(cell(4, 1, 0.7, text="=1+1")))
    view.model.flush()
    view.table.setCurrentIndex(view.model.index(3, 0))
    view.table.selectRow(3)
    view.table.copy()
    assert QApplication.clipboard().text().split("\t")[:2] == ["Is massage covered?", "'=1+1"]


def test_the_detail_explains_a_cell(view):
    view.show_explanations({"token_f1": "Words shared with the reference"})
    go(view, 2, 3)
    view.open_cell()
    detail = view.detail
    assert detail.title.text() == "Case 2" and detail.verdict.word() == "Fail"
    assert detail.cause.rule.text() == RULE and detail.cause.chip.word() == "Not retrieved"
    assert detail.answer.answer() == "One pair a year. [1]" and len(detail.sources.rows) == 2
    assert detail.reference.toPlainText() == "Twelve visits."
    assert "100 in, 9 out" in detail.people.figures.text()
    tips = [w.toolTip() for w in detail.scores.findChildren(type(detail.title))]
    assert "Words shared with the reference" in tips
    detail.down.click()
    assert detail.title.text() == "Case 3" and detail.error.isVisible()


def test_the_store_gives_the_open_cell_its_passages(view):
    light = cell(1, 3, 0.9)
    full = light
    light = replace(light, answer=replace(light.answer, context=(), messages=()))
    view.apply(CellChanged(light))
    view.model.flush()
    go(view, 1, 3)
    view.open_cell()
    assert not view.detail.sources.isVisible() and not view.detail.people.sent.isEnabled()
    view.show_cell(full)
    assert view.detail.sources.isVisible() and view.detail.people.sent.isEnabled()
    by_hand = replace(light, attribution=Attribution(Cause.OTHER, "Set by hand.", by_hand=True))
    view.apply(CellChanged(by_hand))
    view.model.flush()
    assert view.detail.sources.isVisible(), "a new cause does not take the passages away"
    assert view.detail.cause.choice.currentText() == "Other"


def test_a_cause_by_hand_and_back(view):
    go(view, 2, 3)
    view.open_cell()
    asked, choice = told(view.overrideRequested), view.detail.cause.choice
    choice.activated.emit(choice.findText("Wrong format"))
    choice.activated.emit(0)
    assert asked == [(23, Cause.WRONG_FORMAT), (23, None)]


def test_comment_and_correction(view, qtbot):
    go(view, 1, 3)
    view.open_cell()
    people = view.detail.people
    commented, corrected = told(view.commented), told(view.corrected)
    people.comment.click()
    people.note.setText("Too short")
    qtbot.keyClick(people.note, Qt.Key.Key_Return)
    people.correct.click()
    assert people.correction.toPlainText() == "One pair a year. [1]"
    people.correction.setPlainText("One pair in each plan year. [1]")
    people.keep.click()
    assert commented == [(13, "Too short")]
    assert corrected == [(13, "One pair in each plan year. [1]")]


def test_what_was_sent_is_shown(view):
    go(view, 1, 3)
    view.open_cell()
    view.detail.people.sent.click()
    sent = view.opened._sent
    assert sent.isVisible() and sent.windowTitle().endswith("Prompt + documents")
    sent.close()


def test_repeats_are_one_cell_and_can_be_looked_at_each(view):
    view.apply(CellChanged(replace(cell(1, 3, 0.5, text="Another."), id=777, repeat=1)))
    view.model.flush()
    assert shown(view, 1, 3).score == pytest.approx(0.7)
    go(view, 1, 3)
    view.open_cell()
    assert view.detail.repeat.count() == 2
    wanted = told(view.cellOpened)
    view.detail.repeat.activated.emit(1)
    assert wanted == [(777,)]
    view.show_cell(replace(cell(1, 3, 0.5, text="Another."), id=777, repeat=1))
    assert view.detail.answer.answer() == "Another."


def test_heads_show_means_then_intervals(view):
    assert view.table.head.words(3) == "Prompt + documents: Token F1 0.67 over 3 cases so far"
    summary = RunSummary(7, 12, 0, 1, (StrategySummary(
        "Prompt + documents", 4, {"token_f1": Interval(0.7, 0.5, 0.9, 4)}, None, None),),
        (Comparison("Baseline", "Prompt + documents", "token_f1", 0.4, -0.1, 0.8, 0.2, 4),))
    view.show_summary(summary)
    words = view.table.head.words(3)
    assert "95 % interval 0.50 to 0.90, n 4" in words and "No difference shown" in words


def test_columns_hide_maximise_and_come_back(view):
    table = view.table
    table.hide_strategy(2, True)
    assert table.isColumnHidden(2) and not table.isColumnHidden(1)
    table.maximise(3)
    assert [table.isColumnHidden(c) for c in range(4)] == [False, True, True, False]
    table.maximise(3)
    assert [table.isColumnHidden(c) for c in range(4)] == [False, False, True, False]
    menu = QMenu()
    table.fill_columns(menu)
    next(a for a in menu.actions() if a.text() == "Prompt").setChecked(True)
    assert not table.isColumnHidden(2)


def test_a_width_set_by_hand_stays(view):
    view.table.setColumnWidth(1, 333)
    view.resize(1100, 700)
    assert view.table.columnWidth(1) == 333


def test_export_and_files(view):
    kinds, files = told(view.exportRequested), told(view.importCasesRequested)
    for action in view.filters.export.menu().actions():
        action.trigger()
    assert drop(view, Path("/docs/cases.csv")) and not drop(view, Path("/docs/plan.pdf"))
    assert [kind for kind, in kinds] == ["csv", "xlsx", "md", "json"]
    assert files == [([Path("/docs/cases.csv")],)]


def test_evidence_elsewhere_points_at_cases(view):
    view.filters.search.setText("acupuncture")
    view.list_cases([1, 4])
    rows = {index.row() for index in view.table.selectionModel().selectedIndexes()}
    assert rows == {0, 3} and view.filters.search.text() == ""
    view.list_cases([1, 4], ["Prompt"])
    cells = {(index.row(), index.column()) for index in
             view.table.selectionModel().selectedIndexes()}
    column = next(n for n, each in enumerate(view.grid.strategies, 1) if each.name == "Prompt")
    assert cells == {(0, column), (3, column)}, "the right column's cells only"


def test_a_removed_case_keeps_its_row_in_the_run(view):
    view.show_cases(CASES[1:])
    assert listed(view) == [1, 2, 3, 4]
    assert view.model.case(0).question == "This case was removed"


def test_no_run_shows_the_columns_of_the_next_one(view):
    view.show_run(None)
    assert view.model.columnCount() == 4 and shown(view, 1, 1).state is None
    view.show_strategies([replace(STRATEGIES[0], hidden=True), *STRATEGIES[1:]])
    assert view.model.columnCount() == 3


def test_figures():
    assert [score_text(*pair) for pair in (
        ("token_f1", 0.844), ("latency", 1.94), ("cost", 0.00078), ("tokens", 1726.0),
        ("token_f1", None))] == ["0.84", "1.9 s", "$0.00078", "1,726", "–"]
    assert difference_text("token_f1", -0.04) == "−0.04"
    assert difference_text("token_f1", 0.001) == "0.00", "nothing to show has no sign"


def test_everything_has_a_name(view):
    go(view, 2, 3)
    view.open_cell()
    assert names_missing(view) == []
    view.bar.segment.choose(1)
    view.cases.type_case()
    assert names_missing(view) == []


def test_both_themes_and_large_text_paint(view, qapp):
    go(view, 2, 3)
    view.open_cell()
    for dress in (("dark", 100), ("light", 200)):
        theme.apply(qapp, *dress)
        assert not view.grab().isNull()


def test_eight_thousand_cells(qtbot, dressed):
    made = EvaluateView()
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    many = [Case(n, f"Question {n}?") for n in range(1, 1001)]
    strategies = tuple(replace(STRATEGIES[0], id=n, name=f"S{n}") for n in range(1, 9))
    going = replace(run(), strategies=strategies, case_ids=tuple(c.id for c in many))
    base = cell(1, 1, 0.5)
    made.show_cases(many)
    made.show_run(going, [replace(base, id=c.id * 8 + s.id, case_id=c.id, strategy_id=s.id)
                          for c in many for s in strategies])
    assert made.model.rowCount() == 1000 and made.grid.counts()[Filter.ALL] == 1000
    made.table.setCurrentIndex(made.model.index(999, 8))
    assert made.model.index(999, 8).data(SHOWN).good is True
    assert not made.grab().isNull()


def test_a_narrow_view_lists_its_filters_and_keeps_one_chip(view):
    view.resize(1300, 700)
    view.count()
    assert view.filters.filters.isVisible() and view.bar.throttled.isVisible()
    view.resize(640, 600)
    assert view.width() == 640, "beside an open pane in a window of 1024"
    assert view.filters.narrow.isVisible() and not view.filters.filters.isVisible()
    assert not view.bar.throttled.isVisible() and "1 throttled" in view.bar.done.toolTip()
    view.filters.narrow.activated.emit(1)
    assert listed(view) == [1, 2] and view.filters.narrow.currentText() == "Failures 2"


def test_words_without_end_neither_hold_up_nor_widen_the_panel(view):
    case = replace(CASES[0], question="Q" * 3000, history=())
    view.show_cases([case, *CASES[1:]])
    solid = "A" * 200_000
    view.show_run(run(), [cell(1, 3, 0.9, text=solid)])
    go(view, 1, 3)
    begun = time.process_time()
    view.open_cell()
    QApplication.processEvents()
    assert time.process_time() - begun < 5, "laid out as one word it takes half a minute"
    assert view.detail.answer.answer() == solid
    assert view.detail.question.minimumSizeHint().width() < view.detail.width()
