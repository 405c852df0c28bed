"""Scores and their options: what is chosen, what is wrong with it, and what it weighs."""

from __future__ import annotations

from desktop.core.evaluation.chosen import Chosen
from desktop.core.evaluation.metrics import METRICS
from desktop.core.evaluation.types import UseCase
from desktop.core.evaluation.weights import METRIC, limits_of, scales
from desktop.ui.compare.evaluate.metric_rows import GROUPS
from desktop.ui.compare.evaluate.scoring_dialog import ScoringDialog
from desktop.ui.compare.evaluate.weighing import Weighing

from .samples import names_missing


def make(qtbot, chosen: Chosen = Chosen(), confirmed: bool = False) -> ScoringDialog:  # noqa: B008
    made = ScoringDialog()
    qtbot.addWidget(made)
    made.show_chosen(chosen, confirmed=confirmed)
    made.show_run("Run 7")
    made.show()
    return made


def test_every_metric_stands_in_one_group_with_its_source_and_needs(qtbot, dressed):
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(name for name in METRICS if name != METRIC)
    made = make(qtbot)
    assert names_missing(made) == []
    assert not made.rows.ticks["judge"].isEnabled() and made.rows.weights["judge"].isEnabled()


def test_what_is_chosen_is_kept_once(qtbot, dressed):
    made = make(qtbot)
    told = []
    made.kept.connect(told.append)
    assert not made.keep.isEnabled(), "nothing is other yet"
    made.rows.ticks["mrr"].setChecked(False)
    made.rows.weights["exact"].setValue(2.0)
    assert made.rows.ticks["exact"].isChecked(), "what weighs something is computed"
    made.rows.weights["token_f1"].setValue(6.0)
    assert made.formula.text() == "0.25 × exact match + 0.75 × token F1"
    made.keep.click()
    assert "mrr" not in told[0].metrics and told[0].weights == {"exact": 2.0, "token_f1": 6.0}
    made.show_chosen(told[0], confirmed=False)
    assert not made.keep.isEnabled() and "Run 7 can be scored again" in made.note.text()


def test_an_option_that_cannot_be_used_is_not_kept(qtbot, dressed):
    made = make(qtbot)
    asked = []
    made.checkRequested.connect(lambda *typed: asked.append(typed))
    made.pattern.setText("(")
    qtbot.waitUntil(lambda: asked == [("(", "")], timeout=2000)
    made.show_problems("The pattern cannot be used: missing )", "")
    assert made.wrong_pattern.isVisible() and not made.keep.isEnabled()
    made.show_problems("", "")
    assert not made.wrong_pattern.isVisible() and made.keep.isEnabled()


def test_a_database_that_came_along_waits_for_a_word(qtbot, dressed):
    made = make(qtbot, Chosen(database="/home/stranger/shop.db"))
    told = []
    made.databaseConfirmed.connect(told.append)
    assert made.confirm.isVisible() and "came with the workspace" in made.database_note.text()
    made.confirm.click()
    assert told == ["/home/stranger/shop.db"]
    made.show_database("/home/stranger/shop.db")
    assert not made.confirm.isVisible() and "only read" in made.database_note.text()
    made.forget.click()
    assert made.typed().database == "" and made.keep.isEnabled()


def test_the_parts_of_a_weighted_score_are_said():
    weights = {"token_f1": 3.0, "latency": 1.0}
    by = scales(weights, [], limits_of(UseCase(most_latency=4.0)))
    weighing = Weighing(weights, by)
    assert weighing.of_cell({"token_f1": 0.8, "latency": 1.0}) == [
        "0.75 × Token F1 0.80 = 0.60",
        "0.25 × Latency 1.0 s (0.75 of 1: 0 counts 1, your limit counts 0) = 0.19"]
    assert weighing.of_cell({"latency": 1.0})[0] == "0.75 × Token F1: does not apply here"
