"""Evaluate: runs as shown jobs, their cells into the grid, and what people say of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...core.errors import StrategyExplorerError
from ...core.evaluation.calibration import BLIND
from ...core.evaluation.grid_export import export_grid
from ...core.evaluation.metrics import METRICS
from ...core.evaluation.probes import plain_runs
from ...core.evaluation.types import Cause, Cell, Rating, Run, RunState
from ...core.events import Event, Preparing, RunProgress, RunStarted
from ...core.ports import Ports
from ...core.types import Strategy
from ...flows import evaluating
from ...flows.judge_items import exported, judged, trusted
from ...flows.overruling import set_cause
from ...flows.scoring import load_chosen
from ...flows.summarising import summarise
from ...flows.tasks import Tasks
from ...flows.weighing import scales_of, weigh_all
from .. import file_dialogs
from ..compare.evaluate.columns import FACT as COLUMNS
from ..compare.evaluate.columns import Columns
from ..compare.evaluate.run_dialog import RunChoice
from ..compare.evaluate.run_words import estimate_text
from ..compare.evaluate.view import EvaluateView
from ..compare.evaluate.weighing import Weighing
from ..main_window import MainWindow
from . import Controller
from .cases import CasesController
from .pages import PagesController
from .prompt import PromptController

RUN = "run"
KINDS = {"csv": "Tables (*.csv)", "xlsx": "Workbooks (*.xlsx)", "md": "Markdown (*.md)",
         "json": "JSON (*.json)"}


class EvaluateController(Controller):
    """One run at a time; what it finds is in the file before it is on screen."""

    def __init__(
        self, view: EvaluateView, tasks: Tasks, window: MainWindow, prompt: PromptController,
        pages: PagesController,
    ) -> None:
        super().__init__(tasks)
        self.view = view
        self.strategies: list[Strategy] = []
        self.ratings: list[Rating] = []
        self._window = window
        self._prompt = prompt
        self._pages = pages
        self._brake = evaluating.Brake()
        self._job = 0
        self._rating = asyncio.Lock()
        self._shown = asyncio.Event()  # the workspace's newest run is on screen
        self.cases = CasesController(
            view, tasks, window, self._estimate, self.weigh_again)
        view.cases.show_metrics(list(METRICS))
        view.show_explanations(
            {metric.name: f"{metric.explanation} ({metric.source})" for metric in METRICS.values()})
        view.bar.show_more(lambda menu: window.actions_table.fill_menu(menu, "Compare"))
        self._connect()

    def _connect(self) -> None:
        view = self.view
        view.runRequested.connect(self.run)
        view.resumeRequested.connect(self.resume)
        view.pauseRequested.connect(self.pause)
        view.stopRequested.connect(self.stop)
        view.retryFailedRequested.connect(self.retry_failed)
        view.cellRunRequested.connect(lambda case, strategy: self.run([strategy], [case]))
        view.table.cellsRunRequested.connect(self.rerun)
        view.table.columnsChanged.connect(self._keep_columns)
        view.bar.chooseRequested.connect(lambda: self._window.commandRequested.emit("run_choice"))
        view.runChosen.connect(lambda number: self._later("Show run", self._show_run(number)))
        view.cellOpened.connect(self.show_cell)
        view.citationOpened.connect(
            lambda cell, number: self._later("Open citation", self._open_citation(cell, number)))
        view.overrideRequested.connect(self.override)
        view.rated.connect(lambda cell, value: self.rate(cell, value=value))
        view.commented.connect(lambda cell, text: self.rate(cell, comment=text))
        view.corrected.connect(lambda cell, text: self.rate(cell, correction=text))
        view.exportRequested.connect(self.export)

    # --- opening and closing -----------------------------------------------------------

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self.strategies = await ports.store.strategies()
        self.ratings = [r for r in await ports.store.ratings() if r.rater != BLIND]
        self.view.table.restore(Columns.from_fact(await ports.store.fact(COLUMNS)))
        self.view.show_strategies(self.strategies)
        await self.cases.open(ports)
        self.view.show_ratings(self.ratings)
        runs = await ports.store.runs()
        self.view.show_runs(runs)
        first = next(iter(plain_runs(runs)), None)
        await self._show_run(first.id if first is not None else 0)
        self._shown.set()

    def close(self) -> None:
        self._shown.clear()
        self.strategies, self.ratings = [], []
        self.view.show_runs([])
        self.view.show_run(None)
        self.view.show_ratings([])
        self.view.show_strategies([])
        self.cases.close()
        super().close()

    def refresh(self) -> None:
        """Strategies or cases may be other: when the view comes to the front."""
        self._later("Show strategies", self._refresh(), key="evaluate")

    async def _refresh(self) -> None:
        self.strategies = await self.ports.store.strategies()
        self.view.show_strategies(self.strategies)
        await self.cases.show()

    async def show_run(self, run_id: int) -> None:
        """Another run on screen, one that others made meanwhile included."""
        self.view.show_runs(await self.ports.store.runs())
        await self._show_run(run_id)

    async def _show_run(self, run_id: int) -> None:
        runs = await self.ports.store.runs()
        run = next((each for each in runs if each.id == run_id), None)
        cells = await self.ports.store.cells(run.id) if run else []
        if run is not None:
            await self._weigh(run, cells)
        self.view.show_run(run, cells)
        if run is not None:
            await self._summarise(run, cells)

    async def weigh_again(self) -> None:
        """Weights, or the limits that seconds and dollars are held to, are other."""
        changed = await weigh_all(self.ports)
        shown = self.view.run_shown()
        if shown is not None and (changed or self.view.grid.weighing.weights):
            await self._show_run(shown.id)

    def _keep_columns(self, columns: Columns) -> None:
        if self.is_open:
            kept = columns.as_fact() if columns != Columns() else None
            self._later("Keep the columns", self.ports.store.set_fact(COLUMNS, kept))

    async def _weigh(self, run: Run, cells: Sequence[Cell]) -> None:
        """What the parts of a weighted score are, beside it."""
        weights = (await load_chosen(self.ports.store)).weights
        scales = await scales_of(run, cells, self.ports.store) if weights else {}
        self.view.grid.weighing = Weighing(weights, scales)

    async def open_cell(self, cell: Cell) -> None:
        """A cell of whatever run, in its grid and in full beside it."""
        await self._shown.wait()
        shown = self.view.run_shown()
        if shown is None or shown.id != cell.run_id:
            await self.show_run(cell.run_id)
        self.view.list_cases([cell.case_id])
        self.view.table.go_to(cell.case_id, cell.strategy_id)
        self.view.open_cell()
        if self.is_open:
            await self._show_cell(cell.id)

    def show_again(self) -> None:
        """The run on screen from the file: a judge has been over it."""
        shown = self.view.run_shown()
        if shown is not None:
            self._later("Show run", self._show_run(shown.id))

    async def _summarise(self, run: Run, cells: Sequence[Cell]) -> None:
        if any(cell.scores for cell in cells):
            cases = [case for case in self.cases.cases if case.id in set(run.case_ids)]
            counted = await trusted(run, cells, self.ports.store)
            summary = await summarise(run, counted, cases, self.ports.compute)
            shown = self.view.run_shown()
            if shown is not None and shown.id == run.id:
                self.view.show_summary(summary)

    # --- runs ----------------------------------------------------------------------------

    def run(self, strategy_ids: Sequence[int], case_ids: Sequence[int]) -> None:
        """All of it anew; a row, a column or a cell of the run on screen is asked again."""
        shown = self.view.run_shown()
        part = bool(strategy_ids or case_ids)
        if part and shown is not None:
            ids = [
                cell.id for cell in self.view.grid.all_cells()
                if (not strategy_ids or cell.strategy_id in strategy_ids)
                and (not case_ids or cell.case_id in case_ids)
            ]
            self._go(f"Run {len(ids):,} cells again", self._rerun(shown.id, ids))
        else:
            self._go("Run", self._run(list(strategy_ids), list(case_ids)))

    def begin(self, choice: RunChoice) -> None:
        """A new run of chosen columns and cases."""
        self._go("Run", self._run(list(choice.strategy_ids), list(choice.case_ids),
                                  choice.repeats, choice.name))

    def rerun(self, cell_ids: Sequence[int]) -> None:
        """Chosen cells of the run on screen, anew."""
        shown = self.view.run_shown()
        if shown is not None and cell_ids:
            self._go(f"Run {len(cell_ids):,} cells again", self._rerun(shown.id, list(cell_ids)))

    async def _run(
        self, strategy_ids: list[int], case_ids: list[int], repeats: int = 1, name: str = ""
    ) -> None:
        await self._prompt.pin_draft()
        self.strategies = await self.ports.store.strategies()
        strategies = [s for s in self.strategies
                      if (s.id in strategy_ids if strategy_ids else not s.hidden)]
        cases = [case for case in self.cases.cases if not case_ids or case.id in case_ids]
        await self._ended(await evaluating.run(
            strategies, cases, self.ports, self.apply, repeats=repeats, name=name,
            brake=self._brake))

    async def _rerun(self, run_id: int, cell_ids: list[int]) -> None:
        await self._ended(await evaluating.rerun(
            run_id, cell_ids, self.ports, self.apply, brake=self._brake))

    def resume(self) -> None:
        self._go_on("Go on with the run", retry_failed=False)

    async def shown(self) -> None:
        """Until the workspace is on screen."""
        await self._shown.wait()

    def go_on(self, run_id: int) -> None:
        """With a run that may not be on screen."""
        self._go("Go on with the run", self._show_and_resume(run_id))

    async def _show_and_resume(self, run_id: int) -> None:
        shown = self.view.run_shown()
        if shown is None or shown.id != run_id:
            await self.show_run(run_id)
        await self._resume(run_id, False)

    def _leave(self, run_id: int, how: str) -> None:
        """What its row in the tray offers when it ends here; 0: nothing is left to do."""
        self.tasks.leave(self._job, f"{how}. What is finished is kept.",
                         partial(self.go_on, run_id) if run_id else None)

    def retry_failed(self) -> None:
        self._go_on("Retry failed cells", retry_failed=True)

    def _go_on(self, name: str, *, retry_failed: bool) -> None:
        shown = self.view.run_shown()
        if shown is not None:
            self._go(name, self._resume(shown.id, retry_failed))

    async def _resume(self, run_id: int, retry_failed: bool) -> None:
        await self._ended(await evaluating.resume(
            run_id, self.ports, self.apply, retry_failed=retry_failed, brake=self._brake))

    def pause(self) -> None:
        self._brake.pull()

    def stop(self) -> None:
        self.tasks.cancel_key(RUN)

    def _go(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if not self.is_open or self.tasks.running(RUN):
            work.close()
            self._window.messages.say("A run is going on. Pause or stop it first.", "warning")
            return
        self._brake = evaluating.Brake()
        self._job = self.tasks.start(name, work, key=RUN, shown=True, pause=self.pause)

    async def _ended(self, run: Run) -> None:
        """Figures for the heads; cells and states are on screen already."""
        self._leave(run.id if run.state is RunState.PAUSED else 0, "Paused")
        if run.state is RunState.PAUSED:
            self._window.messages.say("Paused. What is finished is kept; Continue goes on.")
        cells = await self.ports.store.cells(run.id)
        await self._weigh(run, cells)
        await self._summarise(run, cells)
        await self._estimate()

    def apply(self, event: Event) -> None:
        """Every event of a run: to the grid, and as progress to the tray."""
        self.view.apply(event)
        if isinstance(event, RunStarted):
            self._leave(event.run.id, "Stopped")
            self._later("Show cells", self._fill(event.run))
        elif isinstance(event, RunProgress):
            failed = f", {event.failed:,} failed" if event.failed else ""
            failed += ", scoring them" if event.done == event.total else ""
            self.tasks.update(
                self._job, f"{event.done:,} of {event.total:,} cells{failed}",
                event.done / event.total if event.total else None, event.seconds_left)
        elif isinstance(event, Preparing):
            self.tasks.update(self._job, event.sentence, event.share)

    async def _fill(self, run: Run) -> None:
        """The cells that wait, so that the grid is whole from the first moment."""
        cells = await self.ports.store.cells(run.id)
        shown = self.view.run_shown()
        if shown is not None and shown.id == run.id:
            self.view.show_waiting(cells)

    async def _estimate(self) -> None:
        shown = [s for s in self.strategies if not s.hidden]
        if not shown or not self.cases.cases:
            self.view.show_estimate("")
            return
        try:
            found = await evaluating.estimate(shown, self.cases.cases, 1, self.ports)
        except StrategyExplorerError:
            self.view.show_estimate("")  # the run itself says what is wrong
            return
        self.view.show_estimate(estimate_text(found))

    # --- one cell --------------------------------------------------------------------------

    def show_cell(self, cell_id: int) -> None:
        self._later("Show cell", self._show_cell(cell_id), key="cell")

    async def _show_cell(self, cell_id: int) -> None:
        cell = await self.ports.store.cell(cell_id)
        if cell is not None:
            self.view.show_cell(cell)

    async def _open_citation(self, cell_id: int, number: int) -> None:
        cell = await self.ports.store.cell(cell_id)
        for hit in cell.answer.context if cell and cell.answer else ():
            if hit.rank == number:
                self._pages.show_hit(hit)

    def override(self, cell_id: int, cause: Cause | None) -> None:
        self._later("Set cause", self._override(cell_id, cause))

    async def _override(self, cell_id: int, cause: Cause | None) -> None:
        await set_cause(cell_id, cause, self.ports, self.view.apply)

    def rate(
        self, cell_id: int, *, value: float | None = None, comment: str | None = None,
        correction: str | None = None,
    ) -> None:
        """A person's word; what was said before of the cell stays where nothing new is."""
        said = {name: new for name, new in (
            ("value", value), ("comment", comment), ("correction", correction)) if new is not None}
        self._later("Save rating", self._rate(cell_id, said))

    async def _rate(self, cell_id: int, said: dict[str, Any]) -> None:
        async with self._rating:  # a comment right after a thumb is of the same rating
            before = next((r for r in self.ratings
                           if r.cell_id == cell_id and r.other_cell_id is None), None)
            rating = replace(before or Rating(0, cell_id, None), **said)
            saved = await self.ports.store.save_rating(rating)
            self.ratings = [r for r in self.ratings if r.id != saved.id] + [saved]
        self.view.show_ratings(self.ratings)

    # --- files -----------------------------------------------------------------------------

    def export(self, kind: str) -> None:
        shown = self.view.run_shown()
        if shown is None:
            self._window.messages.say("Nothing to export yet. Run the cases first.", "warning")
            return
        file_dialogs.choose_new_file(
            self._window, "Export the cells", KINDS[kind], kind,
            lambda path: self._later("Export the cells", self._export(kind, shown, path)),
        )

    async def _export(self, kind: str, run: Run, path: Path) -> None:
        cells = await self.ports.store.cells(run.id)
        cells = exported(cells, await judged(run, self.ports.store))
        content = export_grid(kind, run, self.cases.cases, cells)
        await self.ports.files.write(str(path), content)
        self._window.messages.say(f"Exported {len(cells):,} cells to {path.name}.", "success")

    def _later(self, name: str, work: Coroutine[Any, Any, None], key: str = "") -> None:
        if self.is_open:
            self.tasks.start(name, work, key=key)
        else:
            work.close()
