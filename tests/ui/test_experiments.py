"""Which example helps, and sweeps: by what a person sees and presses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.core.evaluation.leave_one_out import ExampleEffect, ExampleEffects
from desktop.core.evaluation.pacing import Estimate
from desktop.core.evaluation.statistics import Enough, Paired
from desktop.core.evaluation.sweeps import SweepCell, SweepChoice, SweepResult
from desktop.core.evaluation.types import Comparison, Interval, Run, RunState
from desktop.core.events import RunProgress
from desktop.core.types import (
    BUILTIN,
    FewShotExample,
    Parameters,
    Prompt,
    PromptVersion,
    Strategy,
)
from desktop.flows.evaluating import Brake
from desktop.flows.sweeping import plan_a_sweep, run_sweep
from desktop.flows.tasks import Tasks
from desktop.services import workspace
from desktop.ui.controllers.sweeps import SweepController
from desktop.ui.controllers.which_example import WhichExampleController
from desktop.ui.dialogs.experiment import ExperimentDialog
from desktop.ui.dialogs.sweep import SweepDialog
from desktop.ui.dialogs.which_example import ExamplesChoice, WhichExampleDialog
from desktop.ui.panes.prompt import PromptPane
from tests.flows.test_probing import World

from .samples import make_window, names_missing

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


# --- with a workspace ----------------------------------------------------------------------


class Means:
    """Statistics without scipy, which takes seconds to import."""

    async def intervals(self, rows: Any, shares: Any = ()) -> list[Interval]:
        return [Interval(fmean(row), fmean(row) * 2 / 3, fmean(row) * 4 / 3, len(row))
                for row in rows]

    async def compare(self, pairs: Any, shares: Any = ()) -> list[Paired]:
        means = [fmean(b) - fmean(a) for a, b in pairs]
        return [Paired(mean, mean - 0.1, mean + 0.1, 0.5) for mean in means]

    async def enough(self, pairs: Any, shares: Any = ()) -> list[Enough]:
        return [Enough(0.1, None)] * len(pairs)


class Desk:
    """A window with a Prompt pane over an open workspace, and models that are none."""

    def __init__(self, qtbot: Any, world: World) -> None:
        self.store = world.store
        self.window, _ = make_window()
        self.pane = PromptPane(self.window.undo_stack)
        self.pane.show_prompt(Prompt("Be brief."))
        for widget in (self.window, self.pane):
            qtbot.addWidget(widget)
        self.failures: list[BaseException] = []
        self.tasks = Tasks(lambda _, error: self.failures.append(error))
        self.ports = replace(world.ports, compute=Means())  # type: ignore[arg-type]
        self.center: Any = SimpleNamespace(evaluate=None)
        self.prompt: Any = SimpleNamespace(pin_draft=self.pin)
        self.ask: Any = SimpleNamespace(refresh=self.pin)

    async def pin(self) -> None:
        await self.store.save_prompt(self.pane.prompt())

    async def which(self) -> WhichExampleController:
        made = WhichExampleController(self.tasks, self.window, self.center, self.prompt, self.pane)
        await made.open(self.ports)
        self.close = made.close
        return made

    async def sweeps(self) -> SweepController:
        made = SweepController(self.tasks, self.window, self.center, self.prompt, self.ask,
                               lambda: [BUILTIN])
        await made.open(self.ports)
        self.close = made.close
        return made

    async def idle(self) -> None:
        await self.tasks.wait_idle()
        assert self.failures == []

    async def estimated(self, dialog: ExperimentDialog) -> None:
        """As if the moment after the last change had passed."""
        dialog._later.timeout.emit()
        await self.idle()
        assert dialog.isVisible() and dialog.go.isEnabled()


@pytest.fixture
def play(tmp_path: Path, qtbot: Any) -> Callable[..., None]:
    def start(scene: Callable[[Desk], Awaitable[None]]) -> None:
        async def main() -> None:
            store = await workspace.create(tmp_path / "w.stratex")
            try:
                world = World(store)
                await world.fill(12)
                desk = Desk(qtbot, world)
                async with asyncio.timeout(20):
                    await scene(desk)
                desk.close()  # before the loop: its dialog still waits for a moment without change
            finally:
                await store.aclose()

        asyncio.run(main())

    return start


def test_examples_are_measured_and_one_is_switched_off_with_undo(play: Any) -> None:
    async def scene(desk: Desk) -> None:
        which = await desk.which()
        desk.pane.examples.replace((GOOD, BAD), "add")
        desk.pane.which_helps.click()
        await desk.idle()
        dialog = which.dialog
        assert dialog is not None
        await desk.estimated(dialog)
        assert dialog.estimate.figures["Calls"].text() == "36"
        dialog.go.click()
        await desk.idle()
        assert dialog.table.rowCount() == 2
        assert "no difference is shown for any" in dialog.summary.text()
        dialog._buttons[1].click()
        assert [each.on for each in desk.pane.prompt().examples] == [True, False]
        assert dialog._buttons[1].text() == "Switch on"
        desk.window.undo_stack.undo()
        assert dialog._buttons[1].text() == "Switch off"
        await desk.idle()

    play(scene)


def test_a_winner_takes_the_place_of_its_column_and_undo_brings_it_back(play: Any) -> None:
    async def scene(desk: Desk) -> None:
        sweeps = await desk.sweeps()
        desk.pane.show_prompt(Prompt("Another."))
        sweeps.commands()["sweep"]()
        await desk.idle()
        dialog = sweeps.dialog
        assert dialog is not None
        QTest.keyClicks(dialog.form.fields["temperature"], "0.5")
        await desk.estimated(dialog)
        before = {each.name: each for each in await desk.store.strategies()}
        dialog.go.click()
        await desk.idle()
        assert dialog.matrix.rowCount() == 2 and dialog.use.text() == "Use as Prompt"
        assert {each.name: each for each in await desk.store.strategies()} == before
        dialog.use.click()
        await desk.idle()
        after = {each.name: each for each in await desk.store.strategies()}
        assert after["Prompt"].parameters == Parameters(temperature=0.5)
        assert "takes it back" in dialog.note.text()
        desk.window.undo_stack.undo()
        await desk.idle()
        assert {each.name: each for each in await desk.store.strategies()} == before

    play(scene)


def test_a_paused_sweep_is_offered_to_be_gone_on_with(play: Any) -> None:
    async def scene(desk: Desk) -> None:
        brake = Brake()
        brake.pull()
        strategy = next(each for each in await desk.store.strategies() if each.prompt)
        choice = SweepChoice(strategy.id, (1,), (("azure", "mini"),), {"temperature": (0, 1)})
        await run_sweep(await plan_a_sweep(desk.ports, choice), desk.ports, brake=brake)
        sweeps = await desk.sweeps()
        sweeps.show()
        await desk.idle()
        dialog = sweeps.dialog
        assert dialog is not None and dialog.go_on.isVisible()
        assert dialog.note.text() == "Sweep of Prompt is paused: 0 of 24 answers are there."
        dialog.go_on.click()
        await desk.idle()
        assert not dialog.go_on.isVisible() and dialog.matrix.rowCount() == 1

    play(scene)
