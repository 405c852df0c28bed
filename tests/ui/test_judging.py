"""Judging in the window: the choice, the scores in the grid, what is said of the judge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.core.evaluation.judging import DEFAULT_RUBRIC, JudgeChoice
from desktop.core.evaluation.types import Rating
from desktop.core.types import BUILTIN, Connection, Deployment
from desktop.flows.judge_items import judged
from desktop.services import workspace
from desktop.ui.compare.evaluate.judge_form import JudgeForm, Scope
from desktop.ui.compare.evaluate.view import EvaluateView
from desktop.ui.controllers.judging import JudgingController
from tests.compute import DirectCompute
from tests.conftest import Run
from tests.judges import COLUMNS, Messages, chats_to, fair, filled, server_with
from tests.servers.behaviours import BAD_KEY, Refusal, Reply

from .session_tools import Opened, make, opened, until

TEXTS = [(f"It is fact {n}.", "No idea.") for n in range(12)]


@asynccontextmanager
async def judging(
    folder: Path, *does: Reply | Refusal
) -> AsyncIterator[tuple[Opened, JudgingController, EvaluateView]]:
    """A window with a finished run on screen and a server that judges."""
    file = folder / "w.stratex"
    await make(file)
    store = await workspace.open_workspace(file)
    await filled(store, TEXTS)
    await store.aclose()
    with server_with(*does) as server:
        work = Connection("work", "azure", server.url, deployments=(
            Deployment("judge", "gpt-4.1"), Deployment("gpt-mini", "gpt-4.1-mini")))
        async with chats_to(server.url, server.key) as chats, opened(folder, file) as window:
            controller = window.session.judging
            controller._connections = lambda: [BUILTIN, work]
            ports = replace(controller.ports, chats=chats, compute=DirectCompute())
            await controller.open(ports)
            window.session.center._ports = ports
            window.session.center.show_evaluate()
            await window.idle()
            assert window.session.center.evaluate is not None
            yield window, controller, window.session.center.evaluate.view


async def open_dialog(window: Opened, controller: JudgingController) -> Any:
    window.views.window.commandRequested.emit("judge")
    await window.idle()
    assert controller.dialog is not None
    return controller.dialog


def messages(window: Opened) -> str:
    return " ".join(each.text() for each in window.views.window.messages.bar.messages())


def cell_words(view: EvaluateView, row: int, column: int) -> str:
    return str(view.model.data(view.model.index(row, column)))


def test_scores_are_grey_with_words_until_people_agree(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with judging(tmp_path) as (window, controller, view):
            dialog = await open_dialog(window, controller)
            assert [dialog.form.model.itemText(place) for place in range(2)] == [
                "work: judge (gpt-4.1)", "work: gpt-mini (gpt-4.1-mini)"]
            assert "24 answers: 24 calls" in dialog.note.text()
            assert "127.0.0.1" in dialog.form.place.text()
            dialog.go.click()
            await window.idle()
            assert "has seen 24 answers" in messages(window)
            assert "nothing is missing" in dialog.note.text()
            view.show_metric("judge")
            assert "Judge (not calibrated)" in view.filters.score.currentText()
            assert cell_words(view, 0, 1).startswith("1.00, not calibrated")
            assert view.grid.counts()[list(view.grid.counts())[1]] == 0, "nothing passes or fails"
            assert "not calibrated" in view.table.head.words(1)
            assert view.table.head.interval(COLUMNS[0]) is None
            view.table.go_to(view.grid.cases[0].id, 1)
            view.open_cell()
            await window.idle()
            assert view.detail.judge.reason.text() == "Judge: because"
            assert "Correctness 5" in view.detail.judge.ratings.text()
            for cell in view.grid.all_cells():
                await controller.ports.store.save_rating(
                    Rating(0, cell.id, float(cell.strategy_id == 1), rater="blind"))
            controller.refresh()
            await window.idle()
            assert "Calibrated on 24 labels" in dialog.report.chip.word()
            assert cell_words(view, 0, 1).startswith("Pass, 1.00")
            assert cell_words(view, 0, 2).startswith("Fail, 0.00")

    run(main())


def test_what_a_judge_that_cannot_work_says(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with judging(tmp_path, BAD_KEY) as (window, controller, _):
            dialog = await open_dialog(window, controller)
            dialog.go.click()
            await window.idle()
            assert not dialog.error.isHidden() and "key" in dialog.error.text()
            assert not dialog.go.isHidden()
            assert [name for name, _ in window.reported] == ["Judge the answers"]

    run(main())


def test_pause_keeps_what_landed_and_judge_goes_on(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        said: list[Messages] = []

        def slowly(messages: Messages) -> str:
            said.append(messages)
            return fair(messages)

        async with judging(tmp_path, Reply(text=slowly)) as (window, controller, view):
            dialog = await open_dialog(window, controller)
            dialog.go.click()
            await until(lambda: len(said) > 2)
            dialog.pause.click()
            await window.idle()
            run_shown = view.run_shown()
            assert run_shown is not None
            landed = (await judged(run_shown, controller.ports.store)).judgements
            assert 0 < len(landed) < 24
            assert "left: " in dialog.note.text()
            dialog.go.click()
            await window.idle()
            assert len((await judged(run_shown, controller.ports.store)).judgements) == 24
            assert len(said) == 24

    run(main())


def test_pairs_a_judge_of_its_own_answers_and_no_judge_at_all(
    run: Run[None], tmp_path: Path
) -> None:
    async def main() -> None:
        async with judging(tmp_path) as (window, controller, _):
            dialog = await open_dialog(window, controller)
            dialog.form.kinds["pairs"].click()
            await window.idle()
            assert "12 pairs: 24 calls" in dialog.note.text()
            assert dialog.form.warning.isHidden()
            dialog.go.click()
            await window.idle()
            assert "0 won, 0 tied, 12 lost" in dialog.report.text()
            assert "Not calibrated on pairs (0 of 20 labels)" in dialog.report.text()
            assert "The place of an answer made no difference" in dialog.report.text()
            dialog.form.model.setCurrentIndex(1)
            dialog.form.model.activated.emit(1)
            await window.idle()
            assert "also answers Prompt" in dialog.form.warning.text()
            controller._connections = lambda: [BUILTIN]
            dialog = await open_dialog(window, controller)
            assert dialog.none.isVisible() and "only quotes" in dialog.none.sentence.text()
            assert dialog.go.isHidden()
            asked: list[bool] = []
            window.views.window.connectionsRequested.connect(lambda: asked.append(True))
            dialog.none.button.click()
            await window.idle()
            assert asked

    run(main())


def test_nothing_to_judge_is_said(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, tmp_path / "w.stratex") as window:
            window.session.judging.show()
            await window.idle()
            assert window.session.judging.dialog is None
            assert "Run the cases" in messages(window)

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
