"""Runs by choice, with repeats; renamed, and deleted after a question."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QInputDialog

from desktop.core.evaluation.pacing import Estimate
from desktop.core.evaluation.types import CellState
from desktop.core.events import JobChanged, JobState
from desktop.core.types import Case
from desktop.ui.compare.evaluate.run_dialog import RunDialog
from desktop.ui.compare.evaluate.run_words import case_groups, cost_text, time_text
from desktop.ui.controllers.runs import DELETE, LEAVE, RunsController
from tests.flows.test_evaluating import Bot

from .evaluate_samples import STRATEGIES
from .samples import names_missing
from .test_evaluate_controller import Desk, play

__all__ = ["play"]


async def runs_of(desk: Desk) -> RunsController:
    center: Any = SimpleNamespace(evaluate=desk.controller, show_evaluate=lambda: None)
    made = RunsController(center, desk.tasks, desk.window)
    await made.open(desk.controller.ports)
    return made


def waiting(desk: Desk) -> list[JobChanged]:
    """The rows of the tray that somebody may go on with."""
    newest = {job.id: job for job in desk.jobs}
    return [job for job in newest.values() if job.state is JobState.WAITING]


def press(desk: Desk, words: str) -> None:
    message = desk.window.messages.bar.messages()[0]
    next(button for button in message.buttons() if button.text() == words).click()


def test_groups_of_cases_are_those_that_differ_from_all():
    cases = [Case(1, "a"), Case(2, "b", split="holdout"), Case(3, "c")]
    assert case_groups(cases, [1, 2, 3], [3, 9]) == {
        "All cases": [1, 2, 3], "The selected rows": [3], "Tune": [1, 3], "Holdout": [2]}
    assert [cost_text(cost) for cost in (None, 0.0, 0.001, 1.5)] == [
        "Price unknown", "Cost 0", "Under $0.01", "$1.50"]
    assert [time_text(seconds) for seconds in (40, 180)] == ["40 s", "3 min"]


def test_the_choice_says_what_it_takes_before_it_runs(qtbot, dressed):
    made = RunDialog()
    qtbot.addWidget(made)
    asked = []
    made.changed.connect(asked.append)
    made.show_choice(STRATEGIES, {"All cases": [1, 2, 3, 4], "Tune": [1, 2]})
    made.show()
    assert made.go.text() == f"Run {4 * len(STRATEGIES)} cells"
    made.groups[1][0].setChecked(True)
    made.columns[1].setChecked(False)
    made.repeats.setValue(3)
    assert asked[-1] == made.choice() and made.choice().calls == 2 * (len(STRATEGIES) - 1) * 3
    made.show_estimate(Estimate(12, 3456, 0.5, 40.0, "It passes your limit."))
    assert [figure.text() for figure in made.figures.values()] == [
        "12", "~3,456", "$0.50", "40 s"]
    assert made.warning.isVisible()
    for tick in made.columns.values():
        tick.setChecked(False)
    assert not made.go.isEnabled() and made.note.text() == "Choose a column."
    assert names_missing(made) == []


def test_a_run_that_was_cut_off_waits_in_the_tray_and_goes_on(play):
    bot = Bot()

    async def scene(desk: Desk) -> None:
        bot.gate = asyncio.Event()
        desk.view.run()
        while not bot.now:
            await asyncio.sleep(0)
        desk.view.stopRequested.emit()
        await desk.idle()
        stopped = waiting(desk)
        assert [job.sentence for job in stopped] == ["Stopped. What is finished is kept."]
        desk.tasks.cancel(stopped[0].id)
        await runs_of(desk)  # as after a restart
        (left,) = waiting(desk)
        assert "Resume asks the rest." in left.sentence
        bot.gate.set()
        desk.tasks.resume(left.id)
        await desk.idle()
        assert desk.states() == [CellState.DONE] * 2
        await runs_of(desk)
        assert waiting(desk) == []

    play(scene, bot)


def test_repeats_are_run_and_their_spread_is_shown(play):
    bot = Bot()

    async def scene(desk: Desk) -> None:
        made = await runs_of(desk)
        made.commands()["run_choice"]()
        await desk.idle()
        made.dialog.repeats.setValue(3)
        made.dialog.name.setText("Three times")
        await desk.idle()
        assert made.dialog.figures["Calls"].text() == "6"
        made.dialog.go.click()
        await desk.idle()
        run = desk.view.run_shown()
        assert (run.repeats, run.name, len(bot.asked)) == (3, "Three times", 6)
        strategy = desk.controller.strategies[0].id
        assert desk.view.grid.shown(1, strategy).spread == 0.0
        assert "Repeats of a case differ by 0.00" in desk.view.table.head.words(1)
        made.close()
    play(scene, bot)


def test_selected_cells_are_run_again(play):
    bot = Bot()

    async def scene(desk: Desk) -> None:
        desk.view.run()
        await desk.idle()
        desk.view.table.selectAll()
        cells = desk.view.table.selected_cells()
        assert len(cells) == 2 and desk.view.table.selected_cases() == [1, 2]
        desk.view.table.cellsRunRequested.emit(cells)
        await desk.idle()
        assert len(bot.asked) == 4
    play(scene, bot)


def test_a_run_is_renamed_and_deleted_only_after_a_yes(play):
    async def scene(desk: Desk) -> None:
        made = await runs_of(desk)
        made.remove()
        assert "no run on screen" in desk.window.messages.bar.messages()[0].what
        for _ in range(2):
            desk.view.run()
            await desk.idle()
        made.rename()
        dialog = desk.window.findChild(QInputDialog)
        dialog.setTextValue("Before  the change")
        dialog.accept()
        await desk.idle()
        assert desk.view.bar.runs.currentText().startswith("Before the change, ")
        store = desk.controller.ports.store
        made.remove()
        press(desk, LEAVE)
        await desk.idle()
        assert len(await store.runs()) == 2
        made.remove()
        press(desk, DELETE)
        await desk.idle()
        assert [run.id for run in await store.runs()] == [1]
        assert desk.view.run_shown().id == 1 and desk.view.bar.runs.count() == 1
    play(scene)
