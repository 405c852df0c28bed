"""Evaluate's controller on a real workspace: run, pause, retry, causes, ratings, cases, export."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.core.errors import AuthFailed
from desktop.core.evaluation.types import Cause, CellState, RunState, UseCase
from desktop.core.events import JobChanged
from desktop.core.types import Case
from desktop.flows import evaluating
from desktop.flows.tasks import Tasks
from desktop.services import workspace
from desktop.ui import actions
from desktop.ui.compare.evaluate.columns import FACT, Columns
from desktop.ui.compare.evaluate.mapping import MappingDialog
from desktop.ui.compare.evaluate.run_words import estimate_text
from desktop.ui.compare.evaluate.view import EvaluateView
from desktop.ui.controllers import evaluate as module
from desktop.ui.controllers.evaluate import EvaluateController
from tests.compute import DirectCompute
from tests.flows.test_evaluating import Bot, World, length

from .samples import make_window


class Files:
    def __init__(self) -> None:
        self.written: dict[str, bytes] = {}
        self.content = b'{"question": "New?", "truth": "Yes."}\n{"question": "q0"}\n'

    async def write(self, path: str, content: bytes) -> None:
        self.written[path] = content

    async def read_any(self, path: str) -> bytes:
        return self.content


class Desk:
    """A window's worth of Evaluate over an open workspace."""

    def __init__(self, qtbot: Any, world: World) -> None:
        self.world = world
        self.window, _ = make_window()
        self.view = EvaluateView()
        qtbot.addWidget(self.window)
        qtbot.addWidget(self.view)
        self.failures: list[BaseException] = []
        self.jobs: list[JobChanged] = []
        self.tasks = Tasks(lambda _, error: self.failures.append(error), self.jobs.append)
        self.pages: list[Any] = []
        prompt: Any = SimpleNamespace(pin_draft=_nothing)
        pages: Any = SimpleNamespace(show_hit=lambda *place: self.pages.append(place))
        self.controller = EvaluateController(self.view, self.tasks, self.window, prompt, pages)
        self.files = Files()

    async def open(self) -> None:
        ports = replace(self.world.ports, files=self.files, compute=DirectCompute())  # type: ignore[arg-type]
        await self.controller.open(ports)

    async def idle(self) -> None:
        await self.tasks.wait_idle()
        self.view.model.flush()
        assert self.failures == []

    def states(self) -> list[CellState]:
        return [cell.state for cell in self.view.grid.all_cells()]


async def _nothing() -> None:
    return None


Scene = Callable[[Desk], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path, qtbot, dressed, monkeypatch) -> Callable[..., None]:
    """`play(scene, bot)`: two cases, one column, an open view."""
    for name in ("run", "resume", "rerun"):
        monkeypatch.setattr(module.evaluating, name, _scored(getattr(evaluating, name)))

    def start(scene: Scene, bot: Bot | None = None) -> None:
        async def main() -> None:
            store = await workspace.create(tmp_path / "w.stratex")
            try:
                world = World(store, {"bot": bot or Bot()})
                for strategy in await store.strategies():
                    await store.remove_strategy(strategy.id)
                await world.column()
                await world.fill([Case(0, "q0", "echo"), Case(0, "q1", "echo")])
                desk = Desk(qtbot, world)
                await desk.open()
                async with asyncio.timeout(20):
                    await scene(desk)
                    await desk.idle()
                desk.controller.close()
            finally:
                await store.aclose()
        asyncio.run(main())

    return start


def _scored(flow: Callable[..., Any]) -> Callable[..., Any]:
    async def with_score(*args: Any, **options: Any) -> Any:
        return await flow(*args, score=length, **options)
    return with_score


def test_a_run_fills_the_grid_and_has_figures(play):
    async def scene(desk: Desk) -> None:
        assert desk.view.bar.estimate.text().startswith("Run: 2 calls, ~")
        desk.view.run()
        await desk.idle()
        assert desk.states() == [CellState.DONE] * 2
        assert desk.view.grid.shown(1, desk.controller.strategies[0].id).score == 1.0
        assert desk.view.run_shown().state is RunState.DONE
        assert "95 % interval" in desk.view.table.head.words(1)
        assert [job for job in desk.jobs if "2 of 2 cells" in job.sentence]
    play(scene)


def test_one_cell_is_asked_anew(play):
    bot = Bot()

    async def scene(desk: Desk) -> None:
        desk.view.run()
        await desk.idle()
        strategy = desk.controller.strategies[0].id
        before = len(bot.asked)
        desk.view.cellRunRequested.emit(1, strategy)
        await desk.idle()
        assert len(bot.asked) == before + 1, "one cell, asked anew"
    play(scene, bot)


def test_what_failed_is_retried(play):
    refusals: list[Exception] = [AuthFailed("no")]
    bot = Bot(say=lambda question: refusals.pop() if refusals else f"echo: {question}")

    async def scene(desk: Desk) -> None:
        desk.view.run()
        await desk.idle()
        assert desk.view.bar.retry.text() == "Retry 1 failed"
        desk.view.retryFailedRequested.emit()
        await desk.idle()
        assert desk.states() == [CellState.DONE] * 2 and len(bot.asked) == 3
    play(scene, bot)


def test_pause_keeps_and_continue_goes_on(play):
    bot = Bot()

    async def scene(desk: Desk) -> None:
        bot.gate = asyncio.Event()
        desk.view.run()
        while not bot.now:
            await asyncio.sleep(0)
        desk.view.pauseRequested.emit()
        desk.view.runRequested.emit([], [])  # refused while one is going on
        bot.gate.set()
        await desk.idle()
        assert desk.view.run_shown().state in (RunState.PAUSED, RunState.DONE)
        desk.view.resumeRequested.emit()
        await desk.idle()
        assert desk.states() == [CellState.DONE] * 2
        assert len(await desk.world.store.runs()) == 1
    play(scene, bot)


def test_stop_ends_at_once(play):
    bot = Bot()

    async def scene(desk: Desk) -> None:
        bot.gate = asyncio.Event()
        desk.view.run()
        while not bot.now:
            await asyncio.sleep(0)
        desk.view.stopRequested.emit()
        await desk.idle()
        assert desk.view.run_shown().state is RunState.PAUSED
        assert desk.view.bar.run.text() == "Continue"
    play(scene, bot)


def test_a_person_overrules_comments_and_rates(play):
    async def scene(desk: Desk) -> None:
        desk.view.run()
        await desk.idle()
        cell = desk.view.grid.all_cells()[0]
        desk.view.overrideRequested.emit(cell.id, Cause.UNSUPPORTED)
        await desk.idle()
        assert desk.view.grid.all_cells()[0].attribution.by_hand
        desk.view.overrideRequested.emit(cell.id, None)
        desk.view.rated.emit(cell.id, 0.0)
        desk.view.commented.emit(cell.id, "Wrong plan")
        desk.view.corrected.emit(cell.id, "Better")
        await desk.idle()
        assert desk.view.grid.all_cells()[0].attribution is None, "the rules find nothing wrong"
        rating, = await desk.world.store.ratings()
        assert (rating.value, rating.comment, rating.correction) == (0.0, "Wrong plan", "Better")
        assert desk.view.grid.shown(cell.case_id, cell.strategy_id).rated == 0.0
        desk.view.cellOpened.emit(cell.id)
        await desk.idle()
        assert desk.view.opened.full().answer.messages
    play(scene)


def test_cases_are_added_edited_and_removed_with_undo(play):
    async def scene(desk: Desk) -> None:
        undo, view = desk.window.undo_stack, desk.view
        questions = lambda: [case.question for case in desk.controller.cases.cases]  # noqa: E731
        view.casesAdded.emit([Case(0, "q2")])
        await desk.idle()
        assert questions() == ["q0", "q1", "q2"]
        view.casesEdited.emit([replace(desk.controller.cases.cases[0], reference="other")])
        await desk.idle()
        view.casesRemoved.emit([1, 2])
        await desk.idle()
        assert questions() == ["q2"]
        for _ in range(3):
            undo.undo()
            await desk.idle()
        assert questions() == ["q0", "q1"]
        assert desk.controller.cases.cases[0].reference == "echo"
        for _ in range(3):
            undo.redo()
            await desk.idle()
        assert questions() == ["q2"] and undo.undoText() == "remove 2 cases"
    play(scene)


def test_files_of_cases_are_imported_and_can_be_taken_back(play):
    async def scene(desk: Desk) -> None:
        desk.view.importCasesRequested.emit([Path("new.jsonl")])
        await desk.idle()
        assert [case.question for case in desk.controller.cases.cases] == ["q0", "q1", "New?"]
        desk.window.undo_stack.undo()
        await desk.idle()
        assert len(desk.controller.cases.cases) == 2
    play(scene)


def test_the_goal_is_kept(play):
    async def scene(desk: Desk) -> None:
        desk.view.useCaseChanged.emit(UseCase("answer", "token_f1", 0.5))
        await desk.idle()
        assert await desk.world.store.fact("use case") == "answer"
        assert desk.view.cases.goal.text() == "Goal: Token F1 at least 0.50"
    play(scene)


def test_cells_are_exported(play, monkeypatch):
    monkeypatch.setattr(module.file_dialogs, "choose_new_file",
                        lambda *args: args[-1](Path(f"cells.{args[-2]}")))

    async def scene(desk: Desk) -> None:
        desk.view.exportRequested.emit("csv")
        assert desk.files.written == {}, "nothing was run yet"
        desk.view.run()
        await desk.idle()
        desk.view.exportRequested.emit("csv")
        await desk.idle()
        assert b"echo: q1" in desk.files.written["cells.csv"]
    play(scene)


def test_what_a_run_takes_in_words():
    made = lambda **more: estimate_text(evaluating_estimate(**more))  # noqa: E731
    assert made(cost=0.231, seconds=40) == "Run: 300 calls, ~520,000 tokens, $0.23, 40 s"
    assert made(cost=0.0, seconds=600) == "Run: 300 calls, ~520,000 tokens, cost 0, 10 min"
    assert "price unknown" in made(cost=None, seconds=1)
    assert "under $0.01" in made(cost=0.001, seconds=1)
    assert "300 calls (40 to rewrite follow-up questions), ~" in made(
        cost=0.0, seconds=1, rewritings=40)


def evaluating_estimate(**more: Any) -> Any:
    from desktop.core.evaluation.pacing import Estimate

    return Estimate(300, 520_000, **more)


def test_a_file_with_names_of_its_own_asks_which_column_is_which(play, qtbot):
    async def scene(desk: Desk) -> None:
        desk.files.content = b"Frage,Antwort\nWarum?,Darum.\n"
        desk.view.importCasesRequested.emit([Path("fragen.csv")])
        await desk.idle()
        assert len(desk.controller.cases.cases) == 2, "nothing is added before it is said"
        dialog = desk.window.findChild(MappingDialog)
        for role, column in (("question", "Frage"), ("reference", "Antwort")):
            dialog.choices[role].setCurrentIndex(dialog.choices[role].findData(column))
        dialog.go.click()
        await desk.idle()
        assert desk.controller.cases.cases[-1] == Case(3, "Warum?", "Darum.")
        desk.window.undo_stack.undo()
        await desk.idle()
        assert len(desk.controller.cases.cases) == 2
    play(scene)


def test_what_compare_offers_is_found_beside_the_run(play):
    async def scene(desk: Desk) -> None:
        bar = desk.view.bar
        texts = [action.text() for action in bar.more_menu.actions() if action.text()]
        rows = [row.text for row in actions.TABLE if row.menu == "Compare"]
        assert texts == rows and not bar.more.isHidden()
    play(scene)


def test_widths_and_hidden_columns_are_there_again(play, qtbot):
    async def scene(desk: Desk) -> None:
        table, store = desk.view.table, desk.controller.ports.store
        strategy = desk.controller.strategies[0].id
        desk.view.show()
        table.setColumnWidth(1, 333)
        table.hide_strategy(strategy, True)
        table.columnsChanged.emit(table.columns())  # as its timer does
        await desk.idle()
        assert (await store.fact(FACT))["hidden"] == [strategy]
        desk.controller.close()
        table.restore(Columns())
        await desk.open()
        assert table.isColumnHidden(1)
        table.hide_strategy(strategy, False)
        table._telling.stop()
        assert abs(table.columnWidth(1) - 333) <= 1
    play(scene)


def test_columns_of_a_stranger_are_held_to_their_kind():
    said = {"widths": {"1": 10**9, "x": 3, "2": "wide", "3": True}, "hidden": [1, "2", None]}
    assert Columns.from_fact(said) == Columns({1: 3000}, frozenset({1}))
    assert Columns.from_fact(7) == Columns()
