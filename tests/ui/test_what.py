"""“What is this?”: no knob and no metric without its sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from desktop.core.evaluation.metrics import METRICS
from desktop.core.glossary import KNOBS
from desktop.core.types import Deployment
from desktop.ui.compare.evaluate.case_form import CaseForm
from desktop.ui.compare.evaluate.goal_form import GoalDialog
from desktop.ui.compare.evaluate.judge_form import JudgeForm
from desktop.ui.compare.evaluate.run_dialog import RunDialog
from desktop.ui.compare.evaluate.scoring_dialog import ScoringDialog
from desktop.ui.components.what import inputs_of, name_of
from desktop.ui.dialogs.chunking import ChunkingDialog
from desktop.ui.dialogs.connection_form import ConnectionForm
from desktop.ui.dialogs.deployment_rows import DeploymentRow
from desktop.ui.dialogs.spending_page import SpendingPage
from desktop.ui.dialogs.strategy_form import StrategyForm
from desktop.ui.panes.documents_search import SearchView
from desktop.ui.panes.fine_tuning_deploy import DeployCard
from desktop.ui.panes.fine_tuning_grow import GrowDialog
from desktop.ui.panes.fine_tuning_split import SplitPage
from desktop.ui.panes.fine_tuning_submit import SubmitForm
from desktop.ui.panes.prompt_parameters import ParametersForm

pytestmark = pytest.mark.usefixtures("dressed")
FORMS: tuple[Callable[[], QWidget], ...] = (
    StrategyForm, ChunkingDialog, ConnectionForm, lambda: DeploymentRow(Deployment("gpt")),
    GoalDialog, RunDialog, JudgeForm, ScoringDialog, CaseForm, SpendingPage, SplitPage, GrowDialog,
    DeployCard, SubmitForm, ParametersForm, SearchView,
)


@pytest.mark.parametrize("make", FORMS)
def test_every_knob_says_what_it_is(make: Callable[[], QWidget], qtbot: Any) -> None:
    form = make()
    qtbot.addWidget(form)
    found = inputs_of(form)
    assert found
    assert [name_of(each) for each in found if not each.toolTip()] == []


def test_a_label_with_a_sentence_shows_it_and_the_control_answers_shift_f1(qtbot: Any) -> None:
    form = StrategyForm()
    qtbot.addWidget(form)
    named = next(each for each in form.findChildren(QLabel) if each.text() == "Temperature")
    assert named.toolTip() == KNOBS["Temperature"]
    assert named.buddy().whatsThis() == KNOBS["Temperature"]
    assert not named.grab().isNull()  # the dots under it


def test_sentences_are_one_line_and_end_like_sentences() -> None:
    for name, words in KNOBS.items():
        assert 20 < len(words) < 220 and words.endswith((".", "!", "?")) and "!" not in words, name


def test_every_metric_explains_itself_where_it_is_chosen(qtbot: Any) -> None:
    dialog = ScoringDialog()
    qtbot.addWidget(dialog)
    assert all(metric.explanation and metric.source for metric in METRICS.values())
    ticks = {name_of(each): each.toolTip() for each in inputs_of(dialog)}
    assert all(ticks.get(metric.label) for metric in METRICS.values()
               if metric.label in ticks)
