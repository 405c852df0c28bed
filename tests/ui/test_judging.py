"""Judging in the window: the choice, the scores in the grid, what is said of the judge."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.core.evaluation.judging import DEFAULT_RUBRIC, JudgeChoice
from desktop.core.evaluation.types import Rating, UseCase
from desktop.core.types import BUILTIN, Connection, Deployment
from desktop.flows.judge_items import judged
from desktop.flows.tasks import Tasks
from desktop.ui.compare.decide import DecideView
from desktop.ui.compare.evaluate.judge_dialog import JudgeDialog
from desktop.ui.compare.evaluate.judge_form import JudgeForm, Scope
from desktop.ui.compare.evaluate.view import EvaluateView
from desktop.ui.controllers.evaluate import RUN, EvaluateController
from desktop.ui.controllers.judging import JudgingController
from tests.conftest import Run
from tests.judges import COLUMNS, Court, Messages, court, fair
from tests.servers.behaviours import BAD_KEY, Refusal, Reply

from .decide_samples import thin
from .samples import make_window, names_missing
from .session_tools import opened, until

TEXTS = [(f"It is fact {n}.", "No idea.") for n in range(12)]


class Bench:
    """Evaluate and its judge over an open workspace, without the rest of the program."""

    def __init__(self, qtbot: Any, world: Court) -> None:
        self.world = world
        self.window, _ = make_window()
        self.view = EvaluateView()
        for widget in (self.window, self.view):
            qtbot.addWidget(widget)
        self.failures: list[str] = []
        self.tasks = Tasks(lambda name, _: self.failures.append(name))
        nothing: Any = SimpleNamespace()
        evaluate = EvaluateController(self.view, self.tasks, self.window, nothing, nothing)
        never: Any = SimpleNamespace(connect=lambda slot: None)
        center: Any = SimpleNamespace(
            center=SimpleNamespace(made=never), evaluate=evaluate, show_evaluate=lambda: None)
        self.evaluate = evaluate
        self.connections = [BUILTIN, Connection("work", "azure", world.server.url, deployments=(
            Deployment("judge", "gpt-4.1"), Deployment("gpt-mini", "gpt-4.1-mini")))]
        self.controller = JudgingController(
            center, self.tasks, self.window, lambda: self.connections)
        self.controller._made("Evaluate", self.view)

    async def open(self) -> None:
        await self.evaluate.open(self.world.ports)
        await self.controller.open(self.world.ports)
        await self.idle()

    async def idle(self) -> None:
        await self.tasks.wait_idle()
        self.view.model.flush()

    async def dialog(self) -> JudgeDialog:
        self.controller.commands()["judge"]()
        await self.idle()
        assert self.controller.dialog is not None
        return self.controller.dialog

    def said(self) -> str:
        return messages(self.window)


Scene = Callable[[Bench], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path, qtbot: Any, dressed: Any) -> Callable[..., None]:
    """`play(scene, *does)`: a finished run on screen and a server that judges."""

    def start(scene: Scene, *does: Reply | Refusal) -> None:
        async def main() -> None:
            async with court(tmp_path / "w.stratex", *does, texts=TEXTS) as world:
                bench = Bench(qtbot, world)
                await bench.open()
                async with asyncio.timeout(60):
                    await scene(bench)
                await bench.idle()
                bench.controller.close()
                bench.evaluate.close()

        asyncio.run(main())

    return start


def messages(window: Any) -> str:
    return " ".join(each.text() for each in window.messages.bar.messages())


def cell_words(view: EvaluateView, row: int, column: int) -> str:
    return str(view.model.data(view.model.index(row, column)))


def test_scores_are_grey_with_words_until_people_agree(play: Any) -> None:
    async def scene(bench: Bench) -> None:
        view, dialog = bench.view, await bench.dialog()
        assert [dialog.form.model.itemText(place) for place in range(2)] == [
            "work: judge (gpt-4.1)", "work: gpt-mini (gpt-4.1-mini)"]
        assert "24 answers: 24 calls" in dialog.note.text()
        assert "127.0.0.1" in dialog.form.place.text()
        dialog.go.click()
        await bench.idle()
        assert "has seen 24 answers" in bench.said()
        assert "nothing is missing" in dialog.note.text()
        view.show_metric("judge")
        assert "Judge (not calibrated)" in view.filters.score.currentText()
        assert cell_words(view, 0, 1).startswith("1.00, not calibrated")
        assert view.grid.counts()[list(view.grid.counts())[1]] == 0, "nothing passes or fails"
        assert "not calibrated" in view.table.head.words(1)
        assert view.table.head.interval(COLUMNS[0]) is None
        view.table.go_to(view.grid.cases[0].id, 1)
        view.open_cell()
        await bench.idle()
        assert view.detail.judge.reason.text() == "Judge: because"
        assert "Correctness 5" in view.detail.judge.ratings.text()
        for cell in view.grid.all_cells():
            await bench.world.store.save_rating(
                Rating(0, cell.id, float(cell.strategy_id == 1), rater="blind"))
        bench.controller.refresh()
        await bench.idle()
        assert "Calibrated on 24 labels" in dialog.report.chip.word()
        assert cell_words(view, 0, 1).startswith("Pass, 1.00")
        assert cell_words(view, 0, 2).startswith("Fail, 0.00")
        assert view.table.head.interval(COLUMNS[0]) is not None, "now it has figures"
        assert bench.failures == []

    play(scene)


def test_what_a_judge_that_cannot_work_says(play: Any) -> None:
    async def scene(bench: Bench) -> None:
        dialog = await bench.dialog()
        dialog.go.click()
        await bench.idle()
        assert not dialog.error.isHidden() and "key" in dialog.error.text()
        assert not dialog.go.isHidden()
        assert bench.failures == ["Judge the answers"]

    play(scene, BAD_KEY)


def test_pause_keeps_what_landed_and_judge_goes_on(play: Any) -> None:
    said: list[Messages] = []

    def counted(messages: Messages) -> str:
        said.append(messages)
        return fair(messages)

    async def scene(bench: Bench) -> None:
        dialog = await bench.dialog()
        dialog.go.click()
        await until(lambda: len(said) > 2)
        dialog.pause.click()
        await bench.idle()
        landed = (await judged(bench.world.run, bench.world.store)).judgements
        assert 0 < len(landed) < 24
        assert "left: " in dialog.note.text()
        dialog.go.click()
        await bench.idle()
        assert len((await judged(bench.world.run, bench.world.store)).judgements) == 24
        assert len(said) == 24

    play(scene, Reply(text=counted))


def test_cancelled_from_the_tray_it_can_go_on(play: Any) -> None:
    said: list[Messages] = []

    def counted(messages: Messages) -> str:
        said.append(messages)
        return fair(messages)

    async def scene(bench: Bench) -> None:
        dialog = await bench.dialog()
        dialog.go.click()
        await until(lambda: len(said) > 4)
        bench.tasks.cancel_key(RUN)
        await bench.idle()
        assert "What was judged is kept" in dialog.note.text() and not dialog.go.isHidden()
        assert bench.view.grid.judged.judge, "the scores so far are known as a judge's"
        dialog.go.click()
        await bench.idle()
        assert len((await judged(bench.world.run, bench.world.store)).judgements) == 24
        assert bench.failures == []

    play(scene, Reply(text=counted))


def test_pairs_a_judge_of_its_own_answers_and_no_judge_at_all(play: Any) -> None:
    async def scene(bench: Bench) -> None:
        dialog = await bench.dialog()
        dialog.form.kinds["pairs"].click()
        await bench.idle()
        assert "12 pairs: 24 calls" in dialog.note.text()
        assert dialog.form.warning.isHidden()
        dialog.go.click()
        await bench.idle()
        assert "0 won, 0 tied, 12 lost" in dialog.report.text()
        assert "Not calibrated on pairs (0 of 20 labels)" in dialog.report.text()
        assert "The place of an answer made no difference" in dialog.report.text()
        dialog.form.model.setCurrentIndex(1)
        dialog.form.model.activated.emit(1)
        await bench.idle()
        assert "also answers Prompt" in dialog.form.warning.text()
        bench.connections = [BUILTIN]
        dialog = await bench.dialog()
        assert dialog.none.isVisible() and "only quotes" in dialog.none.sentence.text()
        assert dialog.go.isHidden()
        asked: list[bool] = []
        bench.window.connectionsRequested.connect(lambda: asked.append(True))
        dialog.none.button.click()
        assert asked

    play(scene)


def test_labelling_is_one_click_away(play: Any) -> None:
    async def scene(bench: Bench) -> None:
        asked: list[str] = []
        bench.window.commandRequested.connect(asked.append)
        dialog = await bench.dialog()
        assert names_missing(dialog) == []
        dialog.report.label_button.click()
        assert asked == ["label"] and not dialog.isVisible()

    play(scene)


def test_decide_leads_from_a_judge_that_does_not_count_to_labels(
    qtbot: Any, dressed: Any
) -> None:
    view = DecideView()
    qtbot.addWidget(view)
    asked: list[str] = []
    view.commandRequested.connect(asked.append)
    view.show_decision(replace(thin(), withheld=True), None, UseCase(metric="judge"))
    box = view.recommendation
    assert box.cases.isHidden() and box.run.isHidden() and not box.label.isHidden()
    box.label.click()
    box.judge.click()
    assert asked == ["label", "judge"]
    view.show_decision(thin(), None, UseCase(metric="token_f1"))
    assert box.label.isHidden() and box.judge.isHidden() and not box.cases.isHidden()


def test_nothing_to_judge_is_said(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, tmp_path / "w.stratex") as window:
            window.views.window.commandRequested.emit("judge")
            await window.idle()
            assert window.session.judging.dialog is None
            assert "Run the cases" in messages(window.views.window)

    run(main())


def test_the_rubric_is_edited_and_restored(qapp: Any) -> None:
    form = JudgeForm()
    form.show_connections([Connection("work", "openai", "https://x.example/v1", deployments=(
        Deployment("big"),))])
    form.show_choice(JudgeChoice("work", "big"))
    assert form.choice() == JudgeChoice("work", "big")
    assert not form.restore.isEnabled()
    form.rubric.setPlainText("be nice")
    assert form.choice() is None and "names no criterion" in form.problem
    assert not form.wrong.isHidden()
    form.rubric.setPlainText("Tone: friendly.")
    found = form.choice()
    assert found is not None and found.rubric.text == "Tone: friendly."
    form.restore.click()
    found = form.choice()
    assert found is not None and found.rubric == DEFAULT_RUBRIC
    assert form.scope() == Scope("answers")
    form.show_choice(JudgeChoice("elsewhere", "big"))
    assert form.choice() is None and "Choose the model" in form.problem
    assert "not on this machine" in form.place.text()
    form.deleteLater()
