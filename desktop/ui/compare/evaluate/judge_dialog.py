"""Judge the answers: the choice at the left, whether to believe it at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ....core.errors import StrategyExplorerError
from ....core.evaluation.calibration import Judged
from ....core.evaluation.calibration_words import Line
from ....core.evaluation.judging import JudgeChoice
from ....core.events import JudgeProgress
from ....core.types import Connection, Strategy
from ... import theme
from ...components import EmptyState, ErrorBox, button, dialog_foot, label
from ...dialogs.forward import bring_forward
from ...jobs import clock
from .judge_form import JudgeForm
from .judge_report import JudgeReport

NO_JUDGE = ("No model here can judge: the built-in extractive model only quotes sentences it was "
            "given. Add a connection to a chat model, in the cloud or on this machine.")


class JudgeDialog(QDialog):
    """Not modal: the grid fills behind it. The controller answers `changed` with an estimate."""

    changed = Signal(object, object)  # JudgeChoice, Scope
    judgeRequested = Signal(object, object)  # JudgeChoice, Scope
    pauseRequested = Signal()
    labelRequested = Signal()
    connectionsRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Judge the answers")
        self.setModal(False)
        self.resize(theme.dialog_size(980, 640))
        self.form = JudgeForm()
        self.report = JudgeReport()
        self.error = ErrorBox()
        self.error.hide()
        self.none = EmptyState(NO_JUDGE, "Open connections", "link")
        self.note = label(tone="muted", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Judging")
        self.pause = button("Pause", icon="pause")
        self.go = button("Judge", kind="primary", icon="play")
        self._running = False
        self._lay_out()
        self._connect()
        self.show_running(running=False)
        self.note.setText("")

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.setProperty("surface", "surface")
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inner.addWidget(self.error)
        inner.addWidget(self.form, 1)
        for page in (left, self.none):
            self._pages.addWidget(page)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(_scrolled(self._pages), 5)
        body.addWidget(self._side(), 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(self.progress)
        column.addWidget(dialog_foot(self, self.note, self.pause, self.go))

    def _side(self) -> QScrollArea:
        side = QFrame()
        side.setProperty("surface", "raised")
        side.setProperty("rule", "left")
        inner = QVBoxLayout(side)
        inner.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inner.addWidget(self.report)
        return _scrolled(side)

    def _connect(self) -> None:
        self.form.changed.connect(self._changed)
        self.go.clicked.connect(self._go)
        self.pause.clicked.connect(self._pause)
        self.none.pressed.connect(self.connectionsRequested)
        self.report.labelRequested.connect(self.labelRequested)

    # --- showing -----------------------------------------------------------------------

    def show_run(
        self, title: str, strategies: Sequence[Strategy], connections: Sequence[Connection],
        choice: JudgeChoice,
    ) -> None:
        """Open it for a run, or bring it to the front."""
        self.setWindowTitle(f"Judge the answers of {title}")
        blocked = self.form.blockSignals(True)
        self.form.show_choice(choice)
        self.show_connections(connections)
        self.form.show_choice(choice)
        self.form.show_columns(strategies)
        self.form.blockSignals(blocked)
        bring_forward(self)
        self._changed()

    def show_connections(self, connections: Sequence[Connection]) -> None:
        """Those on this machine."""
        self.form.show_connections(connections)
        able = self.form.model.count() > 0
        self._pages.setCurrentIndex(0 if able else 1)
        self.go.setVisible(able and not self._running)
        if not able:
            self.note.setText("")

    def show_judged(self, judged: Judged, wins: Sequence[Line]) -> None:
        """The judge of the run and how it does against people."""
        self.report.show_judged(judged, wins)

    def show_estimate(self, words: str, calls: int) -> None:
        """What it will take; no calls: nothing is missing."""
        if not self._running:
            self.note.setText(words)
            self.go.setText("Judge" if calls else "Show its scores")
            self.go.setEnabled(not self.form.problem)

    def show_self_judged(self, names: Sequence[str]) -> None:
        """The columns that the judge's own model answers."""
        self.form.show_self_judged(names)

    def show_error(self, error: StrategyExplorerError) -> None:
        """The judge cannot work."""
        self.error.show_error(error)
        self.error.show()
        self.note.setText("")

    def show_running(self, *, running: bool) -> None:
        """While it runs nothing can be chosen; the jobs below the grid show it, too."""
        self._running = running
        self.form.setEnabled(not running)
        self.pause.setVisible(running)
        self.pause.setEnabled(running)
        self.go.setVisible(not running)
        self.progress.setVisible(running)
        if running:
            self.error.hide()
            self.progress.setRange(0, 0)
        self.note.setText("Starting" if running else "Stopped. What was judged is kept.")

    def show_progress(self, event: JudgeProgress) -> None:
        """How far it is."""
        self.progress.setRange(0, max(1, event.total))
        self.progress.setValue(event.done)
        self.note.setText(progress_text(event))

    # --- what the user does --------------------------------------------------------------

    def _changed(self) -> None:
        choice = self.form.choice()
        self.error.hide()
        self.go.setEnabled(False)
        if self._running:
            return
        if self.form.problem or choice is None:
            self.note.setText(self.form.problem)
        else:
            self.note.setText("Counting what it will take")
            self.changed.emit(choice, self.form.scope())

    def _go(self) -> None:
        choice = self.form.choice()
        if choice is not None:
            self.judgeRequested.emit(choice, self.form.scope())

    def _pause(self) -> None:
        self.pause.setEnabled(False)
        self.note.setText("Pausing: what is on its way still comes.")
        self.pauseRequested.emit()


def progress_text(event: JudgeProgress) -> str:
    """`12 of 60 judged, 1 without a verdict, 0:20 left`."""
    parts = [f"{event.done:,} of {event.total:,} judged"]
    if event.failed:
        parts.append(f"{event.failed:,} without a verdict")
    if event.seconds_left is not None and event.done < event.total:
        parts.append(f"{clock(event.seconds_left)} left")
    return ", ".join(parts)


def _scrolled(inside: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inside)
    return scroll
