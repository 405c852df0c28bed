"""Evaluate: every case under every strategy, scored, as it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ....core.evaluation.types import Cell, Rating, Run, RunState, RunSummary, UseCase
from ....core.events import CellChanged, Event, RunEnded, RunProgress, RunStarted
from ....core.types import Case, Strategy
from ...components import EmptyState
from .bars import FilterBar, RunBar, is_run
from .case_drops import TakesCaseFiles
from .cases_view import CasesView
from .grid import Grid
from .model import GridModel
from .opened import Opened
from .table import GridTable

COUNT_EVERY = 250  # ms: counting 8,000 cells takes some, and nobody reads faster
NO_CASES = ("No cases yet. A case is a question with the answer you would accept: "
            "import a csv, xlsx or jsonl file, or type one.")


class EvaluateView(TakesCaseFiles):
    """Shows what `apply` and the `show_*` methods tell it and emits what the user wants."""

    runRequested = Signal(list, list)  # strategy ids, case ids; empty: all
    resumeRequested = Signal()
    pauseRequested = Signal()
    stopRequested = Signal()
    retryFailedRequested = Signal()
    cellRunRequested = Signal(int, int)  # case id, strategy id
    runChosen = Signal(int)
    cellOpened = Signal(int)  # cell id: its context and messages are wanted
    citationOpened = Signal(int, int)  # cell id, passage number
    overrideRequested = Signal(int, object)  # cell id, Cause or None
    rated = Signal(int, float)
    commented = Signal(int, str)
    corrected = Signal(int, str)
    exportRequested = Signal(str)  # csv, xlsx, md, json
    casesAdded = Signal(list)  # of Case, id 0
    casesEdited = Signal(list)  # of Case
    casesRemoved = Signal(list)  # of case ids
    useCaseChanged = Signal(object)  # UseCase
    detailShown = Signal(bool)  # the panel wants the room of a pane

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cases: list[Case] = []
        self._strategies: list[Strategy] = []
        self._runs: list[Run] = []
        self._run: Run | None = None
        self._wanted = ""  # the score chosen by hand: another run keeps it
        self.grid = Grid()
        self.model = GridModel(self.grid, self)
        self.bar = RunBar()
        self.filters = FilterBar()
        self.table = GridTable(self.model)
        self.opened = Opened(self.table)
        self.detail = self.opened.detail
        self.cases = CasesView()
        self.empty = EmptyState(NO_CASES, "Import cases", "upload-simple")
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_EVERY)
        self._counting.timeout.connect(self.count)
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        self.type_button = self.empty.add_button("Type a case", "plus")
        results = QWidget()
        inner = QVBoxLayout(results)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.filters)
        inner.addWidget(self.opened, 1)
        self._pages = QStackedWidget()
        for page in (results, self.cases, self.empty):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self._connect_bars()
        table, detail, opened = self.table, self.detail, self.opened
        self.model.flushed.connect(self._flushed)
        self.model.listed.connect(self._listed)
        for ours, theirs in (
            (self.overrideRequested, detail.overrideRequested), (self.rated, detail.rated),
            (self.commented, detail.commented), (self.corrected, detail.corrected),
            (self.cellRunRequested, detail.runRequested), (self.rated, opened.rated),
            (self.cellRunRequested, table.cellRunRequested),
            (self.runRequested, table.runRequested), (self.cellOpened, opened.cellOpened),
            (self.detailShown, opened.detailShown),
            (self.citationOpened, detail.citationOpened),
            (self.importCasesRequested, self.cases.importRequested),
            (self.casesAdded, self.cases.added), (self.casesEdited, self.cases.edited),
            (self.casesRemoved, self.cases.removed),
            (self.useCaseChanged, self.cases.useCaseChanged),
        ):
            theirs.connect(ours)
        self.empty.pressed.connect(self.cases.choose_files)
        self.type_button.clicked.connect(self.type_case)

    def _connect_bars(self) -> None:
        bar, filters = self.bar, self.filters
        for ours, theirs in (
            (self.resumeRequested, bar.resumeRequested), (self.pauseRequested, bar.pauseRequested),
            (self.stopRequested, bar.stopRequested), (self.runChosen, bar.runChosen),
            (self.retryFailedRequested, bar.retryRequested),
            (self.exportRequested, filters.exportRequested),
        ):
            theirs.connect(ours)
        bar.runRequested.connect(lambda: self.runRequested.emit([], []))
        bar.segmentChosen.connect(lambda _: self._refresh())
        filters.filtered.connect(self._filter)
        filters.metricChosen.connect(self._choose_metric)
        filters.againstToggled.connect(self.table.show_against)
        filters.columns_menu.aboutToShow.connect(
            lambda: self.table.fill_columns(filters.columns_menu))

    # --- what is shown -----------------------------------------------------------------

    def show_cases(self, cases: Sequence[Case]) -> None:
        """The cases of the workspace."""
        self._cases = list(cases)
        self.cases.show_cases(cases)
        self.model.flush()
        self._reset(self.grid.all_cells())

    def show_strategies(self, strategies: Sequence[Strategy]) -> None:
        """The columns of the next run; a run that is shown keeps its own."""
        self._strategies = [strategy for strategy in strategies if not strategy.hidden]
        if self._run is None:
            self._reset(())
        self._refresh()

    def show_run(self, run: Run | None, cells: Sequence[Cell] = ()) -> None:
        """A run with its cells, or none: then the cases wait for one."""
        another = run is None or self._run is None or run.id != self._run.id
        self._run = run
        if another:
            self.bar.show_runs(self._runs, run.id if run else 0)
            self.table.head.show_summary(None)
            self.opened.shut()
        self.bar.show_run(run)
        self._reset(cells)

    def show_waiting(self, cells: Sequence[Cell]) -> None:
        """Cells of the run on screen, where nothing newer is known of them."""
        for cell in cells:
            self.model.add(cell)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """The runs to choose from, newest first."""
        self._runs = list(runs)
        self.bar.show_runs(runs, self._run.id if self._run else 0)

    def show_summary(self, summary: RunSummary | None) -> None:
        """Means with intervals for the heads."""
        self.table.head.show_summary(summary)

    def show_estimate(self, text: str) -> None:
        """What a run would take."""
        self.bar.estimate.setText(text)

    def show_metric(self, name: str) -> None:
        """Show this score in the cells."""
        self._wanted = name
        self._offer_metrics()
        self.table.head.viewport().update()

    def show_use_case(self, use_case: UseCase) -> None:
        """The goal: its metric is the one shown, its least value the bar."""
        self.grid.use_case = use_case
        self.cases.show_use_case(use_case)
        self._offer_metrics()
        self.model.refresh()

    def show_ratings(self, ratings: Sequence[Rating]) -> None:
        """What people have said of the cells."""
        self.grid.show_ratings(ratings)
        self.model.refresh()

    def show_explanations(self, explanations: Mapping[str, str]) -> None:
        """What each metric means, by name."""
        self.opened.explanations = explanations

    def show_cell(self, cell: Cell) -> None:
        """All of the open cell, with passages and messages; answers `cellOpened`."""
        self.opened.show_cell(cell)

    def apply(self, event: Event) -> None:
        """What a run reports; other events are not for this view."""
        match event:
            case RunStarted(run):
                self._begin(run)
            case CellChanged(cell):
                if self._run is None or cell.run_id == self._run.id:
                    self.model.change(cell)
            case RunProgress():
                self.bar.show_progress(event)
            case RunEnded(run):
                self._end(run)

    def _begin(self, run: Run) -> None:
        if run.id not in [known.id for known in self._runs]:
            self.show_runs([run, *self._runs])
        if self._run is None or self._run.id != run.id:
            self.show_run(run, ())
        self._run = run
        self.table.head.show_summary(None)  # it changes from now on
        self.bar.show_runs(self._runs, run.id)
        self.bar.show_run(run)

    def _end(self, run: Run) -> None:
        if self._run is None or self._run.id != run.id:
            return
        self._run = run
        self.model.flush()
        self.bar.show_run(run)
        self.count()
        self.model.relist()

    def run_shown(self) -> Run | None:
        """The run on screen."""
        return self._run

    def _reset(self, cells: Sequence[Cell]) -> None:
        place = self.table.place()
        known = {case.id: case for case in self._cases}
        run = self._run
        if run is None:
            cases, strategies = self._cases, self._strategies
        else:
            cases = [known.get(n, Case(n, "This case was removed")) for n in run.case_ids]
            strategies = list(run.strategies)
        self.model.reset(cases, strategies, cells)
        self.table.head.total = len(cases)
        if place is not None:
            self.table.go_to(*place)
        self._refresh()
        self.count()

    def _refresh(self) -> None:
        """The page for what there is, and whether a run can start."""
        page = self.bar.segment.current()
        if not page and not self._cases and self._run is None:
            page = 2
        self._pages.setCurrentIndex(page)
        self.bar.segment.rename(["Results", f"Cases {len(self._cases):,}"])
        ready = bool(self._cases) and bool(self._strategies)
        self.bar.run.setEnabled(ready)
        why = "Add a case first" if not self._cases else "Add a strategy first"
        self.bar.run.setToolTip("Ask every case of every strategy (Ctrl+Enter)" if ready else why)

    def _offer_metrics(self) -> None:
        """The scores there are; until somebody chooses, the one that decides is shown."""
        first = self._run.metrics if self._run else ()
        names = self.grid.metrics(first)
        chosen = self._wanted if self._wanted in names else self.grid.choose_metric(first)
        if chosen != self.grid.metric:
            self.grid.metric = chosen
            self.model.refresh()
        self.filters.show_metrics(names, chosen, self.grid.note)

    def _flushed(self) -> None:
        if not self.grid.metric:
            self._offer_metrics()
        if not self._counting.isActive():
            self._counting.start()
        self.opened.refresh()

    def _listed(self) -> None:
        self.table.head.viewport().update()
        self.opened.refresh()

    def count(self) -> None:
        """Filters and chips say how many; the heads their means so far."""
        self._counting.stop()
        self._offer_metrics()
        self.filters.show_counts(self.grid.counts())
        run = self._run
        total = len(run.case_ids) * len(run.strategies) * run.repeats if run else 0
        running = run is not None and run.state is RunState.RUNNING
        self.bar.show_counts(self.grid.states(), 0 if running else total)
        self.table.head.viewport().update()

    # --- what the user does --------------------------------------------------------------

    def run(self) -> None:
        """Ctrl+Enter: a new run, or on with the paused one."""
        self.bar.press_run()

    def type_case(self) -> None:
        """To the cases, with a new one to type into."""
        self.bar.segment.choose(1)
        self._refresh()
        self.cases.type_case()

    def show_cases_page(self) -> None:
        """The cases instead of the results."""
        self.bar.segment.choose(1)

    def list_cases(self, case_ids: Sequence[int], strategies: Sequence[str] = ()) -> None:
        """Show the grid with these cases selected, of all columns or of the named ones: the
        evidence for a sentence elsewhere."""
        self.bar.segment.choose(0)
        self.filters.search.clear()
        self.filters.filters.choose(0)
        self.table.select_cases(case_ids, strategies)

    def _filter(self) -> None:
        self.model.filter_rows(self.filters.which(), self.filters.search.text().strip())

    def _choose_metric(self, name: str) -> None:
        self.show_metric(name)
        self.count()

    def open_cell(self) -> None:
        """The detail of the current cell."""
        self.opened.open()

    def event(self, event: QEvent) -> bool:
        # Ctrl+Enter asks in Ask; while the keys are here, it runs.
        if event.type() is QEvent.Type.ShortcutOverride and is_run(cast(QKeyEvent, event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_run(event):
            self.run()
        elif event.key() == Qt.Key.Key_Escape and self.opened.is_open():
            self.opened.shut()
        else:
            super().keyPressEvent(event)
