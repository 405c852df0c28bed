"""Decide: sentences lead to cells, thin evidence to what is missing; never sideways."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.advice.decision import Decision, Evidence, Reason
from desktop.core.evaluation.types import Cause, UseCase
from desktop.core.plots import TONES, Words, effects_picture
from desktop.core.types import Rung
from desktop.ui import theme
from desktop.ui.compare.decide import DecideView
from desktop.ui.compare.decide.drift_list import DriftDialog
from desktop.ui.compare.decide.words import pieces
from desktop.ui.tokens import DARK, LIGHT, RUNG_ROLES
from tests.ui.decide_samples import USE_CASE, decision, drift, effects, run, summary, thin
from tests.ui.samples import names_missing
from tests.ui.test_theme import contrast


@pytest.fixture
def view(qtbot: QtBot, dressed: None) -> DecideView:
    made = DecideView()
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    return made


@pytest.fixture
def full(view: DecideView) -> DecideView:
    view.show_decision(decision(), summary(), USE_CASE, run(), 60)
    return view


def words_of(view: DecideView) -> str:
    return " ".join(label.text() for label in view.findChildren(QLabel)
                    if label.isVisibleTo(view))


def test_a_decision_says_what_how_sure_and_over_how_many(full):
    assert full.recommendation.sentence.text() == "Use Prompt + documents."
    assert full.recommendation.chip.word() == "Strong evidence"
    assert full.recommendation.about.text() == "60 cases, Run 7"
    enough = full.effects.enough.toPlainText()
    assert enough.startswith("60 cases can show a difference of 0.06 or more.")
    assert "Met" in words_of(full) and "Not met" in words_of(full) and "Unknown" in words_of(full)


def test_figures_of_the_reasons_open_their_cells(full):
    seen = []
    full.evidenceRequested.connect(seen.append)
    full.recommendation.reasons.anchorClicked.emit(QUrl("reason:2"))
    assert seen == [{"run": 7, "strategies": ["Prompt + documents"], "metric": "token_f1",
                     "cases": list(range(1, 14))}]


def test_figures_are_found_and_names_are_left_alone():
    found = [text for text, figure in pieces("gpt-4.1 answers 47 of 60 cases for $1.37 in 2.6 s.")
             if figure]
    assert found == ["47 of 60 cases", "$1.37", "2.6 s"]
    text = "Baseline 0, Prompt 1,000 (+0.03 to +0.11)."
    found = [piece for piece, figure in pieces(text) if figure]
    assert found == ["0", "1,000", "+0.03 to +0.11"]
    text = "If hit@5 falls below 0.52, v2 wins."
    assert [piece for piece, figure in pieces(text) if figure] == ["0.52"]
    named = pieces("Variant 2 answers 3 of 9.", ["Variant 2"])
    assert [piece for piece, figure in named if figure] == ["3 of 9"]
    assert "".join(piece for piece, _ in pieces(text)) == text


def test_rows_of_the_plot_open_by_mouse_and_keyboard(full, qtbot):
    seen = []
    full.evidenceRequested.connect(seen.append)
    plot = full.effects.plot
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot._box(0).center())
    assert [each["strategies"] for each in seen] == [
        ["Baseline", "Prompt + documents"], ["Baseline", "Prompt"]]


def test_a_cause_leads_to_the_pane_that_helps_with_its_cases(view):
    view.show_decision(decision(), summary(), USE_CASE, run(), 60,
                       {Cause.NOT_RETRIEVED: [3, 5]})
    seen = []
    view.paneRequested.connect(lambda pane, cases: seen.append((pane, cases)))
    button = next(b for b in view.findChildren(QPushButton)
                  if b.accessibleName() == "Open in Documents: Not retrieved")
    button.click()
    [(pane, evidence)] = seen
    assert (pane, evidence["cases"]) == ("Documents", [3, 5])
    assert evidence["strategies"] == ["Prompt + documents"], "the right column's cells only"


def test_correct_answers_open_their_column(full):
    seen = []
    full.evidenceRequested.connect(seen.append)
    next(b for b in full.table.findChildren(QPushButton) if b.text() == "47 of 60").click()
    assert seen[0]["strategies"] == ["Prompt + documents"]


def test_thin_evidence_recommends_nothing_and_says_what_to_add(view):
    view.show_decision(thin(), None, UseCase(), run(6), 6)
    box = view.recommendation
    assert box.sentence.text() == "No recommendation yet"
    assert "add 24 or more" in box.reasons.toPlainText()
    asked = []
    view.goalRequested.connect(lambda: asked.append("goal"))
    view.runRequested.connect(lambda: asked.append("run"))
    view.casesRequested.connect(lambda: asked.append("cases"))
    for button in box.buttons():
        assert button.isVisibleTo(view)
        button.click()
    assert asked == ["goal", "run", "cases"]
    assert not view.copy.isVisibleTo(view)


def test_before_the_first_run_there_is_nothing_to_save(view):
    assert view.recommendation.sentence.text() == "Nothing to decide yet"
    assert not view.save.isVisibleTo(view)
    assert not view.effects.isVisibleTo(view) and not view.readiness.isVisibleTo(view)


def test_while_the_run_is_read_nothing_is_claimed(view):
    view.show_working()
    assert view.recommendation.sentence.text() == "Reading the newest run"
    assert not view.recommendation.run.isVisibleTo(view)
    assert not view.recommendation.chip.isVisibleTo(view)
    view.show_decision(decision(), summary(), USE_CASE, run(), 60)
    view.show_working()
    assert view.recommendation.sentence.text() == "Use Prompt + documents."
    assert view.recommendation.chip.isVisibleTo(view)


def test_readiness_is_told_before_the_first_run_too(view):
    view.show_decision(Decision("", "none", readiness=decision().readiness), None, UseCase(),
                       None, 60)
    assert view.recommendation.sentence.text() == "Nothing to decide yet"
    assert view.recommendation.run.property("kind") == "primary"
    assert view.readiness.isVisibleTo(view) and not view.save.isVisibleTo(view)


def test_a_recommendation_after_thin_evidence_takes_its_buttons_away(view):
    view.show_decision(thin(), None, UseCase(), run(6), 6)
    view.show_decision(decision(), summary(), USE_CASE, run(), 60)
    assert not view.recommendation.goal.isVisibleTo(view)


@pytest.mark.parametrize("kind", ["html", "pdf", "md", "csv"])
def test_a_report_is_asked_for_by_kind(full, kind):
    seen = []
    full.reportRequested.connect(seen.append)
    place = ["html", "pdf", "md", "csv"].index(kind)
    full.save.menu().actions()[place].trigger()
    assert seen == [kind]


def test_the_sentence_is_copied_with_its_reasons(full):
    full.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Use Prompt + documents. It answers 47 of 60 cases")


@pytest.mark.parametrize(("width", "columns"), [(1400, 2), (990, 1), (640, 1)])
def test_one_column_when_narrow_and_never_sideways(full, qtbot, width, columns):
    full.resize(width, 700)
    qtbot.waitUntil(lambda: full.columns() == columns)
    page, room = full._scroll.widget(), full._scroll.viewport()
    qtbot.waitUntil(lambda: page.minimumSizeHint().width() <= room.width() == page.width())


def test_text_is_never_wider_than_it_reads_well(full):
    full.resize(2400, 900)
    assert full._page.maximumWidth() == theme.px(1180)


def test_everything_that_takes_focus_has_a_name(full):
    assert names_missing(full) == []
    assert full.effects.plot.accessibleDescription().startswith("Prompt against Baseline: +0.13")


def test_hostile_words_stay_words(view):
    bad = replace(decision(), recommendation="<b>Use</b> <img src=x>",
                  flip_conditions=(Reason("<a href='file:///etc'>x</a>"),))
    view.show_decision(bad, summary(), USE_CASE, run(), 60)
    assert view.recommendation.sentence.textFormat() is Qt.TextFormat.PlainText
    assert "<a href='file:///etc'>x</a>" in words_of(view)


def test_a_change_of_theme_repaints_plots_and_links(full, qapp):
    light = full.grab().toImage()
    theme.apply(qapp, "dark", 100)
    dark = full.grab().toImage()
    assert light.pixelColor(5, 5) != dark.pixelColor(5, 5)
    assert "47 of 60 cases" in full.recommendation.reasons.toPlainText()


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_plot_labels_read_on_the_page(tokens):
    rungs = {"Prompt": Rung.PROMPT}
    roles = {s.role for s in effects_picture(effects(), rungs, 640).shapes if isinstance(s, Words)}
    assert roles & set(TONES.values())
    for role in roles:
        assert contrast(tokens.get(role), tokens.surface) >= 4.5, role


def test_roles_of_plots_are_those_of_the_theme():
    from desktop.core.plots import role_of

    assert {rung.value: role_of(rung) for rung in Rung} == RUNG_ROLES


def test_limits_that_nothing_keeps_lead_to_the_limits(view):
    words = "No strategy keeps the use case's limits. Change a limit, or add a strategy."
    none = replace(thin(), reasons=(Reason(words, Evidence(7, ("Prompt",), place="Goal")),))
    view.show_decision(none, summary(), USE_CASE, run(), 60)
    box = view.recommendation
    assert box.goal.text() == "Change the limits" and box.goal.isVisibleTo(box)
    assert box.goal.property("kind") == "primary"
    view.show_decision(thin(), summary(), USE_CASE, run(), 60)
    assert not box.goal.isVisibleTo(box)


def test_sentences_lead_where_they_speak_of(view):
    tuned = replace(run().strategies[3], fine_tuned=True, retrieval=None)
    told = {name: [] for name in ("goal", "cases", "pane", "cells")}
    view.goalRequested.connect(lambda: told["goal"].append(1))
    view.casesRequested.connect(lambda: told["cases"].append(1))
    view.paneRequested.connect(lambda name, _: told["pane"].append(name))
    view.evidenceRequested.connect(told["cells"].append)
    shown = replace(decision(), drift=drift())
    view.show_decision(shown, summary(), USE_CASE, replace(
        run(), strategies=(*run().strategies[:3], tuned)), 60)
    for place in ("Goal", "Cases", "Costs", "Fine-tuning", "Drift"):
        view.follow(Evidence(7, place=place).as_dict())
    view.readiness.plot.opened.emit(0)
    assert (told["goal"], told["cases"], told["pane"]) == ([1], [1], ["Fine-tuning"])
    assert [each["run"] for each in told["cells"]] == [9], "the probe's own cells"
    dialog = view.findChild(DriftDialog)
    assert dialog.table.rowCount() == 20 and names_missing(dialog) == []
    assert view.guidance.drift.isVisibleTo(view.guidance)
    dialog.close()
