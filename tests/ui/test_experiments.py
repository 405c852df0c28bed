"""Which example helps, and sweeps: by what a person sees and presses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.core.evaluation.chosen import FACT, Chosen
from desktop.core.evaluation.leave_one_out import ExampleEffect, ExampleEffects
from desktop.core.evaluation.pacing import Estimate
from desktop.core.evaluation.statistics import Enough, Paired
from desktop.core.evaluation.sweeps import SweepCell, SweepResult
from desktop.core.evaluation.types import Comparison, Interval, Run, RunState
from desktop.core.events import RunProgress
from desktop.core.types import (
    BUILTIN,
    Case,
    FewShotExample,
    Parameters,
    Prompt,
    PromptVersion,
    Strategy,
)
from desktop.ui.dialogs.experiment import ExperimentDialog
from desktop.ui.dialogs.sweep import SweepDialog
from desktop.ui.dialogs.which_example import ExamplesChoice, WhichExampleDialog
from tests.runs import MadeTokens

from .samples import names_missing
from .session_tools import Opened, opened

pytestmark = pytest.mark.usefixtures("dressed")
GOOD, BAD = FewShotExample("How?", "Rightly."), FewShotExample("How not?", "Wrongly.")
PROMPT = Strategy(2, "Prompt", prompt="current")


def effects() -> ExampleEffects:
    made = [(GOOD, Comparison("without", "all", "token_f1", 0.4, 0.2, 0.6, 0.01, 40), "helps"),
            (BAD, Comparison("without", "all", "token_f1", -0.1, -0.3, 0.1, 0.4, 40),
             "no difference shown")]
    return ExampleEffects(7, "Prompt", 3, "token_f1", Interval(0.8, 0.7, 0.9, 40), tuple(
        ExampleEffect(example, change, verdict, 12)  # type: ignore[arg-type]
        for example, change, verdict in made), "Of 2 examples, 1 helps.")


def sweep() -> SweepResult:
    columns = [replace(PROMPT, id=place, name=f"v{place}, mini", prompt=str(place))
               for place in (1, 2)]
    cells = (SweepCell(columns[0], Interval(0.8, 0.7, 0.9, 30), "best", 30, 0, 0.4, 1.2),
             SweepCell(columns[1], Interval(0.5, 0.4, 0.6, 29), "worst", 29, 1, 0.2, 0.9,
                       -0.3, -0.4, -0.2, 0.001))
    return SweepResult(Run(7, RunState.DONE, tuple(columns), (1, 2)), "token_f1", cells, "Best.")


def test_each_example_has_its_verdict_in_a_word_and_a_switch(qtbot: Any) -> None:
    dialog = WhichExampleDialog()
    qtbot.addWidget(dialog)
    dialog.show_columns([PROMPT], 40)
    dialog.show_effects(effects())
    dialog.show_states({(GOOD.question, GOOD.answer): True, (BAD.question, BAD.answer): False})
    dialog.show()
    rows = [[item.text() for column in range(5) if (item := dialog.table.item(row, column))]
            for row in range(2)]
    assert rows == [["How?", "+0.40", "+0.20 to +0.60", "Helps", "12"],
                    ["How not?", "−0.10", "−0.30 to +0.10", "No difference shown", "12"]]
    switches: list[tuple[FewShotExample, bool]] = []
    dialog.switched.connect(lambda example, on: switches.append((example, on)))
    off, on = dialog._buttons
    assert (off.text(), on.text()) == ("Switch off", "Switch on")
    off.click()
    on.click()
    assert switches == [(GOOD, False), (BAD, True)]
    dialog.show_states({})
    assert off.text() == "Not in the prompt" and not off.isEnabled()
    assert names_missing(dialog) == []


def test_nothing_begins_before_it_was_estimated(qtbot: Any) -> None:
    dialog = WhichExampleDialog()
    qtbot.addWidget(dialog)
    asked: list[Any] = []
    dialog.changed.connect(asked.append)
    dialog.show_columns([PROMPT], 40)
    dialog.show()
    assert not dialog.go.isEnabled()
    qtbot.waitUntil(lambda: asked == [ExamplesChoice("Prompt", 40)])
    dialog.show_problem("There are too few tune cases. Add 6.")
    assert not dialog.go.isEnabled() and dialog.note.text().endswith("Add 6.")
    dialog.show_estimate(Estimate(80, 3_000, 0.02, 10.0), "2 examples over 40 cases.")
    assert dialog.go.isEnabled() and dialog.estimate.figures["Calls"].text() == "80"
    dialog.show_running(running=True)
    dialog.show_progress(RunProgress(8, 80, 1, 70.0))
    assert dialog.note.text() == "8 of 80 answers, 1 failed, 1:10 left"
    assert dialog.pause.isVisible() and not dialog.strategy.isEnabled()
    dialog.show_running(running=False)
    dialog.show_unfinished("It is paused: 8 of 80 answers are there.")
    assert dialog.go_on.isVisible() and not dialog.pause.isVisible()


def test_a_sweep_counts_its_combinations(qtbot: Any) -> None:
    dialog = SweepDialog()
    qtbot.addWidget(dialog)
    versions = [PromptVersion(number, Prompt(str(number))) for number in (1, 2, 3)]
    dialog.form.show_choices([PROMPT], versions, [BUILTIN], 40)
    dialog.show()
    QTest.keyClicks(dialog.form.fields["temperature"], "0, 0.5")
    assert dialog.go.text() == "Run 4 combinations" and not dialog.go.isEnabled()
    choice = dialog.choice()
    assert choice is not None and choice.prompts == (2, 3) and choice.of == 2
    assert choice.values == {"temperature": (0, 0.5)}
    item = dialog.form.prompts.item(2)
    item.setCheckState(Qt.CheckState.Checked)
    assert dialog.go.text() == "Run 6 combinations"
    assert names_missing(dialog) == []


def test_the_matrix_says_best_and_worst_in_words(qtbot: Any) -> None:
    dialog = SweepDialog()
    qtbot.addWidget(dialog)
    dialog.show_result(sweep(), [], "Prompt")
    dialog.show()
    texts = [item.text() for row in range(2) if (item := dialog.matrix.item(row, 0))]
    assert texts[0] == "Best  0.80\n0.70 to 0.90, 30 cases\n$0.40 per 1,000, 1.2 s"
    assert texts[1] == ("Worst  0.50\n0.40 to 0.60, 29 cases, 1 failed\n"
                        "−0.30 (−0.40 to −0.20)\n$0.20 per 1,000, 0.90 s")
    wanted: list[SweepCell] = []
    dialog.winnerRequested.connect(wanted.append)
    assert dialog.use.text() == "Use as Prompt"
    dialog.use.click()
    dialog.matrix.setCurrentCell(1, 0)
    dialog.use.click()
    assert wanted == list(sweep().cells)
    dialog.show_result(sweep(), [], "")
    assert not dialog.use.isEnabled()


# --- in the window -----------------------------------------------------------------------


class Means:
    """Statistics without scipy, which takes seconds to import: a third of the mean either way."""

    async def intervals(self, rows: Any, shares: Any = ()) -> list[Interval]:
        return [Interval(fmean(row), fmean(row) * 2 / 3, fmean(row) * 4 / 3, len(row))
                for row in rows]

    async def compare(self, pairs: Any, shares: Any = ()) -> list[Paired]:
        means = [fmean(b) - fmean(a) for a, b in pairs]
        return [Paired(mean, mean - 0.1, mean + 0.1, 0.5) for mean in means]

    async def enough(self, pairs: Any, shares: Any = ()) -> list[Enough]:
        return [Enough(0.1, None)] * len(pairs)


async def filled(window: Opened) -> None:
    ports = window.session.prompt.ports
    for name, made in (("compute", Means()), ("tokens", MadeTokens())):
        object.__setattr__(ports, name, made)  # processes take seconds to start
    await ports.store.set_fact(FACT, Chosen(metrics=("token_f1",)).as_fact())
    store = ports.store
    words = ("alpha", "beta", "gamma", "delta", "eta", "theta", "iota", "kappa", "mu", "nu")
    await store.add_cases([Case(0, f"What is {word}?", "Yes, they are.") for word in words])


async def estimated(window: Opened, dialog: ExperimentDialog) -> None:
    """As if the moment after the last change had passed."""
    dialog._later.timeout.emit()
    await window.idle()
    assert dialog.go.isEnabled()


def controller(window: Opened, name: str) -> Any:
    return next(each for each in window.session._controllers if type(each).__name__ == name)


def test_examples_are_measured_and_one_is_switched_off_with_undo(
    tmp_path: Path, run: Any
) -> None:
    async def scene() -> None:
        async with opened(tmp_path, tmp_path / "w.stratex") as window:
            await filled(window)
            window.views.prompt.examples.replace((GOOD,), "add")
            which = controller(window, "WhichExampleController")
            window.views.prompt.which_helps.click()
            await window.idle()
            dialog = which.dialog
            await estimated(window, dialog)
            assert dialog.isVisible() and dialog.estimate.figures["Calls"].text() == "20"
            dialog.go.click()
            await window.idle()
            assert dialog.table.rowCount() == 1
            assert "no difference is shown for any" in dialog.summary.text()
            dialog._buttons[0].click()
            assert [each.on for each in window.views.prompt.prompt().examples] == [False]
            assert dialog._buttons[0].text() == "Switch on"
            window.views.window.undo_stack.undo()
            assert dialog._buttons[0].text() == "Switch off"
            await window.idle()
            assert window.reported == []

    run(scene())


def test_a_winner_takes_the_place_of_its_column_and_undo_brings_it_back(
    tmp_path: Path, run: Any
) -> None:
    async def scene() -> None:
        async with opened(tmp_path, tmp_path / "w.stratex") as window:
            await filled(window)
            store = window.session.prompt.ports.store
            await store.save_prompt(Prompt("Another."))
            await store.save_prompt(Prompt("A third."))
            await store.save_draft(None)
            sweeps = controller(window, "SweepController")
            window.views.window.actions_table.by_id["sweep"].trigger()
            await window.idle()
            dialog = sweeps.dialog
            QTest.keyClicks(dialog.form.fields["temperature"], "0.5")
            await estimated(window, dialog)
            dialog.go.click()
            await window.idle()
            assert dialog.matrix.rowCount() == 2
            before = {each.name: each for each in await store.strategies()}
            assert len(before) == 3 and dialog.use.text() == "Use as Prompt"
            dialog.use.click()
            await window.idle()
            after = {each.name: each for each in await store.strategies()}
            assert after["Prompt"].parameters == Parameters(temperature=0.5)
            assert "takes it back" in dialog.note.text()
            window.views.window.undo_stack.undo()
            await window.idle()
            assert {each.name: each for each in await store.strategies()} == before
            assert window.reported == []

    run(scene())
