"""Judge the answers: the dialog's choice becomes judgements, scores and a calibration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from PySide6.QtWidgets import QWidget

from ...core.errors import StrategyExplorerError
from ...core.evaluation.calibration import Judged
from ...core.evaluation.judging import JudgeChoice
from ...core.evaluation.pacing import Estimate
from ...core.evaluation.types import Cell, Run
from ...core.events import CellChanged, Event, JudgeProgress
from ...core.ports import Ports
from ...core.types import Connection
from ...flows.judge_asking import open_judge
from ...flows.judge_items import (
    Item,
    answers_of,
    has_answer,
    judged,
    labelled,
    load_choice,
    pairs_of,
    remaining,
    save_choice,
)
from ...flows.judge_wins import win_lines, win_rates
from ...flows.judging import JudgeOutcome, estimate, judge, judges_itself
from ...flows.lanes import Brake
from ...flows.tasks import Tasks
from ...flows.weighing import weigh
from ..compare.evaluate.judge_dialog import JudgeDialog, progress_text
from ..compare.evaluate.judge_form import Scope
from ..compare.evaluate.run_words import estimate_text, run_title
from ..compare.evaluate.view import EvaluateView
from ..main_window import MainWindow
from . import Controller
from .center import CenterController
from .evaluate import RUN

PUT_AWAY = 1.0  # seconds, of the 1.5 that a closing program waits
NOTHING = "Nothing to judge yet. Run the cases under Evaluate first."


class JudgingController(Controller):
    """Judging is a run of its own kind: one of the two at a time, because both write cells."""

    def __init__(
        self, center: CenterController, tasks: Tasks, window: MainWindow,
        connections: Callable[[], Sequence[Connection]],
    ) -> None:
        super().__init__(tasks)
        self.dialog: JudgeDialog | None = None
        self._center = center
        self._window = window
        self._connections = connections
        self._run: Run | None = None  # that the dialog is about
        self._shown: object = None  # the run whose judge the grid shows, and its state
        self._brake = Brake()
        self._job = 0
        center.center.made.connect(self._made)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"judge": self.show}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._shown = None
        self._look()

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._run, self._shown = None, None
        super().close()

    # --- the grid ------------------------------------------------------------------------

    @property
    def view(self) -> EvaluateView | None:
        """Evaluate, once somebody has looked at it."""
        return self._center.evaluate.view if self._center.evaluate is not None else None

    def _made(self, name: str, view: QWidget) -> None:
        if isinstance(view, EvaluateView):
            view.model.modelReset.connect(self._look)
            view.model.listed.connect(self._look)

    def _look(self) -> None:
        """Another run is on screen, or it has other answers: whose word are its scores?"""
        run = self.view.run_shown() if self.view is not None else None
        now = (run.id, run.state, run.finished_at) if run is not None else None
        if self.is_open and now is not None and now != self._shown:
            self._shown = now
            self.refresh()

    def refresh(self) -> None:
        """Labels or judgements are other: what the grid and the dialog say of the judge."""
        if self.is_open:
            self.tasks.start("Show the judge", self._refresh(), key="judge shown")

    async def _refresh(self) -> None:
        view = self.view
        run = view.run_shown() if view is not None else None
        if view is None or run is None:
            return
        found = await judged(run, self.ports.store)
        before = view.grid.judged
        if found != before:
            view.grid.show_judged(found)
            view.model.refresh()
            view.count()
        if found.uncalibrated != before.uncalibrated:
            await weigh(run, self.ports)  # it may weigh something now, or no more
            self._show_figures()  # with intervals, or without
        if self.dialog is not None and self._run is not None:
            await self._report(self.dialog, self._run)

    async def _report(self, dialog: JudgeDialog, run: Run) -> None:
        found: Judged = await judged(run, self.ports.store)
        cells = await self.ports.store.cells(run.id)
        wins = await win_rates(run, cells, found, self.ports.compute)
        dialog.show_judged(found, win_lines(wins, found))

    # --- the dialog ----------------------------------------------------------------------

    def show(self) -> None:
        """Compare, Judge the answers."""
        if self.is_open:
            self._center.show_evaluate()
            self.tasks.start("Judge the answers", self._show(), key="judge dialog")

    async def _show(self) -> None:
        run = await self._chosen_run()
        if run is None:
            self._window.messages.say(NOTHING, "warning")
            return
        self._run = run
        choice = await load_choice(self.ports.store) or JudgeChoice("", "")
        if self.dialog is None:
            self.dialog = self._make()
        self.dialog.show_run(run_title(run), run.strategies, self._connections(), choice)
        await self._report(self.dialog, run)

    async def _chosen_run(self) -> Run | None:
        """The one on screen, or the newest; None where nothing has answered."""
        shown = self.view.run_shown() if self.view is not None else None
        runs = [shown] if shown is not None else await self.ports.store.runs()
        for run in runs:
            if any(has_answer(cell) for cell in await self.ports.store.cells(run.id)):
                return run
        return None

    def _make(self) -> JudgeDialog:
        dialog = JudgeDialog(self._window)
        dialog.changed.connect(self.estimate)
        dialog.judgeRequested.connect(self.judge)
        dialog.pauseRequested.connect(self.pause)
        dialog.labelRequested.connect(self.label)
        dialog.connectionsRequested.connect(self._window.connectionsRequested)
        return dialog

    def show_connections(self) -> None:
        """A connection was added or removed while the dialog is open."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_connections(self._connections())

    def label(self) -> None:
        """To blind labelling; the dialog would cover it."""
        if self.dialog is not None:
            self.dialog.close()
        self._window.commandRequested.emit("label")

    def estimate(self, choice: JudgeChoice, scope: Scope) -> None:
        """What it will take; a newer choice takes the place of an older one."""
        if self.is_open:
            self.tasks.start("Estimate", self._estimate(choice, scope), key="judge estimate")

    async def _estimate(self, choice: JudgeChoice, scope: Scope) -> None:
        dialog, run = self.dialog, self._run
        if dialog is None or run is None:
            return
        try:
            every, items, _ = await self._items(choice, scope, run)
            found = await estimate(choice, items, self.ports)
            dialog.show_self_judged(await judges_itself(choice, run.strategies, self.ports))
        except StrategyExplorerError as error:
            dialog.show_error(error)
            return
        dialog.show_estimate(_words(scope, len(every), len(items), found), found.calls)

    async def _items(
        self, choice: JudgeChoice, scope: Scope, run: Run
    ) -> tuple[list[Item], list[Item], set[int]]:
        """All there is, what is missing of it, and the runs it is of."""
        store = self.ports.store
        _, name = await open_judge(choice, self.ports)
        cells: list[Cell] = await store.cells(run.id)
        if scope.kind == "labelled":
            items, cells = await labelled(store)
        elif scope.kind == "pairs":
            items = pairs_of(cells, scope.first, scope.second)
        else:
            items = answers_of(cells)
        runs = {cell.run_id for cell in cells} | {run.id}
        said = await store.judgements()
        return items, await asyncio.to_thread(remaining, items, name, cells, said), runs

    # --- judging ---------------------------------------------------------------------------

    def judge(self, choice: JudgeChoice, scope: Scope) -> None:
        """Ask for what is missing; starting again after a stop goes on."""
        if not self.is_open or self.dialog is None or self._run is None:
            return
        if self.tasks.running(RUN):
            self._window.messages.say("A run is going on. Pause or stop it first.", "warning")
            return
        self._brake = Brake()
        self.dialog.show_running(running=True)
        self._job = self.tasks.start(
            "Judge the answers", self._judge(choice, scope, self._run, self.dialog), key=RUN,
            shown=True, pause=self.pause)

    async def _judge(
        self, choice: JudgeChoice, scope: Scope, run: Run, dialog: JudgeDialog
    ) -> None:
        try:
            await save_choice(choice, self.ports.store)
            _, items, runs = await self._items(choice, scope, run)
            found = await judge(choice, items, sorted(runs), self.ports, self.apply,
                                brake=self._brake)
        except asyncio.CancelledError:
            dialog.show_running(running=False)
            # Now and not for long: a task of its own might outlive the workspace.
            with suppress(TimeoutError):
                async with asyncio.timeout(PUT_AWAY):
                    await self._refresh()
            raise
        except StrategyExplorerError as error:
            dialog.show_running(running=False)
            dialog.show_error(error)
            self._show_again()
            raise
        dialog.show_running(running=False)
        self._window.messages.say(_outcome(found, scope), seconds=8)
        await weigh(run, self.ports)
        self._show_again()
        self.estimate(choice, scope)

    def _show_again(self) -> None:
        """Scores of another judge have left the grid; and who judged."""
        self._show_figures()
        self.refresh()

    def _show_figures(self) -> None:
        if self._center.evaluate is not None:
            self._center.evaluate.show_again()

    def pause(self) -> None:
        """What is on its way still comes; what landed is kept."""
        self._brake.pull()

    def apply(self, event: Event) -> None:
        """Scores to the grid, progress to the dialog and the tray."""
        if isinstance(event, CellChanged) and self.view is not None:
            shown = self.view.run_shown()
            if shown is not None and shown.id == event.cell.run_id:
                self.view.apply(event)
        elif isinstance(event, JudgeProgress):
            share = event.done / event.total if event.total else None
            self.tasks.update(self._job, progress_text(event), share, event.seconds_left)
            if not event.done:
                self.refresh()  # the first scores must not look as if they counted
            if self.dialog is not None:
                self.dialog.show_progress(event)


def _words(scope: Scope, every: int, missing: int, found: Estimate) -> str:
    """What the foot of the dialog says before it is pressed."""
    if not every:
        return {"labelled": "Nobody has labelled anything blindly yet: label some answers first.",
                "pairs": "The two columns have no answers to the same question.",
                }.get(scope.kind, "No answer to judge.")
    counted = _counted(scope, every)
    if not missing:
        return f"This judge has seen all of {counted}: nothing is missing."
    left = f"{missing:,} of {counted} left" if missing < every else counted
    text = f"{left}: {estimate_text(found).removeprefix('Run: ')}"
    return f"{text}. {found.warning}" if found.warning else text


def _outcome(found: JudgeOutcome, scope: Scope) -> str:
    counted = _counted(scope, found.done)
    if found.stopped:
        return f"Paused: {counted} judged and kept. Judge goes on with the rest."
    failed = f" {found.failed:,} without a verdict: open them to see why." if found.failed else ""
    return f"The judge has seen {counted}.{failed}"


def _counted(scope: Scope, count: int) -> str:
    """60 answers; labelled are answers and pairs alike."""
    what = {"pairs": "pair", "labelled": "label"}.get(scope.kind, "answer")
    return f"{count:,} {what}{'' if count == 1 else 's'}"
