"""The two bars above the grid: what runs, and which cases are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.types import Run, RunState
from ....core.events import RunProgress
from ... import theme
from ...components import ElidedLabel, Segmented, StateChip, button, icon_button, label
from ...icons import icon, leading_icon
from ...jobs import clock
from .grid import MEANING, Filter
from .run_words import run_title
from .score_words import metric_label

EXPORTS = (("csv", "CSV, one row a cell"), ("xlsx", "Excel workbook"), ("md", "Markdown"),
           ("json", "JSON"))
ROOMY = 900  # pixels at 100 %: below that the filters are a list to open


class _Estimate(ElidedLabel):
    """Two letters of an estimate say nothing: then it is in the tooltip alone."""

    def shown(self) -> str:
        return super().shown() if self.width() >= theme.px(120) else ""


class RunBar(QFrame):
    """Run, pause, stop, retry; which run is shown and how it stands."""

    runRequested = Signal()
    resumeRequested = Signal()
    pauseRequested = Signal()
    stopRequested = Signal()
    retryRequested = Signal()
    runChosen = Signal(int)
    chooseRequested = Signal()  # columns, cases and repeats of the next run
    segmentChosen = Signal(int)  # 0: results, 1: cases

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setProperty("rule", "bottom")
        self._run: Run | None = None
        self._failed = 0
        self.segment = Segmented(["Results", "Cases"])
        self.run = button("Run", kind="primary", icon="play",
                          tooltip="Ask every case of every strategy (Ctrl+Enter)")
        self.choose = icon_button("caret-down", "Choose what to run")
        self.anew = button("Run anew", icon="play")
        self.pause = button("Pause", icon="pause",
                            tooltip="Finish what is on its way, then wait")
        self.stop = button("Stop", icon="stop", tooltip="Stop at once; what is finished is kept")
        self.retry = button("", icon="arrow-clockwise")
        self.runs = QComboBox()
        self.runs.setAccessibleName("Run")
        self.runs.setMinimumWidth(theme.px(88))
        self.state = ElidedLabel()
        self.state.setProperty("tone", "muted")
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.done = StateChip(parent=self)
        self.throttled = StateChip(parent=self)
        self.filtered = StateChip(parent=self)
        self.failed = StateChip(parent=self)
        for chip in (self.done, self.throttled, self.filtered, self.failed):
            chip.setMinimumWidth(1)  # where there is no room they go, see resizeEvent
        self._counts: Mapping[str, int] = {}
        self._total = 0
        self.estimate = _Estimate()
        self.estimate.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.estimate.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.estimate.setProperty("tone", "muted")
        self.more = icon_button("dots-three", "More of Compare")
        self.more_menu = QMenu(self.more)
        self.more_menu.setAccessibleName("More of Compare")
        self.more.setMenu(self.more_menu)
        self.more.setPopupMode(self.more.ToolButtonPopupMode.InstantPopup)
        self.more.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Run progress")
        kept = self.progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # the grid must not jump when a run begins
        self.progress.setSizePolicy(kept)
        self._lay_out()
        self._connect()
        self.show_runs((), 0)
        self.show_run(None)

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout()
        row.setContentsMargins(theme.px(12), theme.px(7), theme.px(12), theme.px(3))
        row.setSpacing(theme.px(8))
        for part in (self.segment, self.run, self.choose, self.anew, self.pause, self.stop,
                     self.retry, self.runs, self.done, self.throttled, self.filtered, self.failed):
            row.addWidget(part)
        row.addWidget(self.state, 1)
        row.addWidget(self.estimate, 1)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.progress)

    def _connect(self) -> None:
        self.run.clicked.connect(self.press_run)
        self.anew.clicked.connect(self.runRequested)
        self.choose.clicked.connect(self.chooseRequested)
        self.pause.clicked.connect(self._pause)
        self.stop.clicked.connect(self.stopRequested)
        self.retry.clicked.connect(self.retryRequested)
        self.segment.changed.connect(self.segmentChosen)
        self.runs.activated.connect(lambda place: self.runChosen.emit(self.runs.itemData(place)))

    def show_more(self, fill: Callable[[QMenu], None]) -> None:
        """Offer a menu at the end of the bar: judge, blind comparison, scores, recording."""
        self.more_menu.clear()
        fill(self.more_menu)
        self.more.setVisible(not self.more_menu.isEmpty())

    def press_run(self) -> None:
        """The primary button: go on with a paused run, else a new one."""
        if not self.run.isVisibleTo(self) or not self.run.isEnabled():
            return
        if self._run is not None and self._run.state is RunState.PAUSED:
            self.resumeRequested.emit()
        else:
            self.runRequested.emit()

    def _pause(self) -> None:
        self.pause.setEnabled(False)
        self.pauseRequested.emit()

    def show_run(self, run: Run | None) -> None:
        """The buttons that make sense for a run in this state."""
        self._run = run
        state = run.state if run else None
        running, paused = state is RunState.RUNNING, state is RunState.PAUSED
        self.run.setText("Continue" if paused else "Run")
        self.run.setVisible(not running)
        self.anew.setVisible(paused)
        self.choose.setVisible(not running)
        for part in (self.pause, self.stop, self.progress):
            part.setVisible(running)
        self.pause.setEnabled(running)
        self.runs.setEnabled(not running)
        self.estimate.setVisible(not running)
        self.state.setVisible(running)
        if running:
            self.progress.setRange(0, 0)
        self.state.setText("Starting" if running else "")
        self._show_retry()

    def show_runs(self, runs: Sequence[Run], chosen: int) -> None:
        """The runs to choose from, newest first."""
        self.runs.clear()
        for run in runs:
            self.runs.addItem(run_title(run), run.id)
        self.runs.setCurrentIndex(self.runs.findData(chosen))
        self.runs.setVisible(bool(runs))

    def show_progress(self, event: RunProgress) -> None:
        """How far the run is."""
        self.progress.setRange(0, max(1, event.total))
        self.progress.setValue(event.done)
        left = "" if event.seconds_left is None else f", {clock(event.seconds_left)} left"
        if event.done == event.total:
            left = " answered, scoring them"
        self.state.setText(f"{event.done:,} of {event.total:,} cells{left}")

    def show_counts(self, counts: Mapping[str, int], total: int) -> None:
        """How many cells ended in which way; a chip for each way there is."""
        self._counts, self._total = dict(counts), total
        self._failed = sum(counts.get(name, 0) for name in ("failed", "throttled"))
        self._show_chips()
        self._show_retry()

    def _show_chips(self) -> None:
        """Without room for all, one says how many are done, and its tooltip the others."""
        self._fill_chips(short=False)
        if self._row.sizeHint().width() > self.width():
            self._fill_chips(short=True)

    def _fill_chips(self, *, short: bool) -> None:
        counts, total = self._counts, self._total
        words = f"{counts.get('done', 0):,} of {total:,}" if total else ""
        others = ", ".join(f"{counts[name]:,} {name}" for name in
                           ("throttled", "filtered", "failed") if counts.get(name))
        self.done.show_state("check" if words else "",
                             words if short or not words else f"{words} cells", "neutral", others)
        for chip, name, sign, tone in (
            (self.throttled, "throttled", "hourglass", "warning"),
            (self.filtered, "filtered", "prohibit", "warning"),
            (self.failed, "failed", "x-circle", "danger"),
        ):
            number = 0 if short else counts.get(name, 0)
            chip.show_state(sign if number else "", f"{number:,} {name}" if number else "",
                            tone)  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_chips()

    def _show_retry(self) -> None:
        running = self._run is not None and self._run.state is RunState.RUNNING
        self.retry.setText(f"Retry {self._failed:,} failed")
        self.retry.setVisible(self._failed > 0 and not running)


def is_run(event: QKeyEvent) -> bool:
    """Ctrl+Enter."""
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


class FilterBar(QFrame):
    """Filters with their counts, search, the score shown, the Baseline, columns, export."""

    filtered = Signal()
    metricChosen = Signal(str)
    againstToggled = Signal(bool)
    exportRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setProperty("rule", "bottom")
        self.filters = Segmented([which.value for which in Filter])
        self.filters.setToolTip("\n".join(f"{f.value}: {MEANING[f]}" for f in Filter))
        self.filters.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.narrow = QComboBox()  # the filters where there is no room for all of them
        self.narrow.setAccessibleName("Which cases are listed")
        self.narrow.addItems([which.value for which in Filter])
        self.narrow.hide()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search cases and answers")
        self.search.setAccessibleName("Search cases and answers")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("magnifying-glass", "muted"),
                              QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(theme.px(90))
        self.search.setMaximumWidth(theme.px(220))
        self.score = QComboBox()
        self.score.setAccessibleName("Score")
        self.score.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.score.setMinimumWidth(theme.px(90))
        self.against = button("v. Baseline", tooltip="Show each cell's difference from Baseline")
        self.against.setCheckable(True)
        self.against.setChecked(True)
        self.columns = icon_button("columns", "Show and hide columns")
        self.columns_menu = QMenu(self.columns)
        self.columns.setMenu(self.columns_menu)
        self.columns.setPopupMode(self.columns.ToolButtonPopupMode.InstantPopup)
        self.export = icon_button("export", "Export the cells")
        self._lay_out()
        self._connect()
        self._show_against(True)
        self.show_metrics([], "")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(7), theme.px(12), theme.px(7))
        row.setSpacing(theme.px(8))
        row.addWidget(self.filters)
        row.addWidget(self.narrow)
        row.addWidget(self.search, 1)
        row.addStretch(1)
        self._named = label("Score", tone="muted")
        row.addWidget(self._named)
        for part in (self.score, self.against, self.columns, self.export):
            row.addWidget(part)

    def _connect(self) -> None:
        self.filters.changed.connect(self._chosen)
        self.narrow.activated.connect(self.filters.choose)
        self.search.textChanged.connect(lambda _: self.filtered.emit())
        self.score.activated.connect(
            lambda place: self.metricChosen.emit(self.score.itemData(place)))
        self.against.toggled.connect(self._show_against)
        self.against.toggled.connect(self.againstToggled)
        menu = QMenu(self.export)
        for kind, words in EXPORTS:
            menu.addAction(words, partial(self.exportRequested.emit, kind))
        self.export.setMenu(menu)
        self.export.setPopupMode(self.export.ToolButtonPopupMode.InstantPopup)

    def _chosen(self, place: int) -> None:
        self.narrow.setCurrentIndex(place)
        self.filtered.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        tight = self.width() < theme.px(ROOMY)
        self.filters.setVisible(not tight)
        self.narrow.setVisible(tight)
        self._named.setVisible(not tight and bool(self.score.count()))

    def _show_against(self, on: bool) -> None:
        self.against.setIcon(leading_icon("check" if on else "minus", "text"))

    def which(self) -> Filter:
        """The chosen filter."""
        return list(Filter)[self.filters.current()]

    def show_counts(self, counts: Mapping[Filter, int]) -> None:
        """How many cases each filter would list."""
        names = [f"{which.value} {counts.get(which, 0):,}" for which in Filter]
        self.filters.rename(names)
        for place, name in enumerate(names):
            self.narrow.setItemText(place, name)

    def show_metrics(
        self, names: list[str], chosen: str, note: Callable[[str], str] = lambda name: ""
    ) -> None:
        """The scores to choose from; `note` says why one does not count."""
        words = [f"{metric_label(name)} ({note(name)})" if note(name) else metric_label(name)
                 for name in names]
        shown = [self.score.itemText(place) for place in range(self.score.count())]
        if words != shown:
            self.score.clear()
            for name, text in zip(names, words, strict=True):
                self.score.addItem(text, name)
        self.score.setCurrentIndex(self.score.findData(chosen))
        for part in (self.score, self.against, self.export):
            part.setVisible(bool(names))
        self._named.setVisible(bool(names) and self.width() >= theme.px(ROOMY))
