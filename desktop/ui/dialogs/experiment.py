"""What every experiment's dialog has: the estimate first, then progress, pause and go on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from ...core.evaluation.pacing import Estimate
from ...core.events import Preparing, RunProgress
from .. import theme
from ..compare.evaluate.estimate_bar import EstimateBar
from ..components import button, dialog_foot, label
from ..jobs import clock

WAIT_MS = 250  # after the last change of the choice, before it is estimated


class ExperimentDialog(QDialog):
    """Not modal. `changed` asks what a choice takes, `runRequested` begins it."""

    changed = Signal(object)  # the choice
    runRequested = Signal(object)
    pauseRequested = Signal()
    goOnRequested = Signal()
    answersRequested = Signal(object)  # core Evidence

    def __init__(self, title: str, go: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.estimate = EstimateBar()
        self.note = label(tone="muted", size="small", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(title)
        self.pause = button("Pause", icon="pause")
        self.go_on = button("Go on", icon="play")
        self.go = button(go, kind="primary", icon="play")
        self._running = False
        self._able = False
        self._unfinished = ""
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self._tell)
        self.go.clicked.connect(self._run)
        self.pause.clicked.connect(self._pause)
        self.go_on.clicked.connect(self.goOnRequested)

    def lay_out(self, body: QWidget) -> None:
        """`body` above the estimate and the buttons; once."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(body, 1)
        column.addWidget(self.estimate)
        column.addWidget(self.progress)
        column.addWidget(dialog_foot(self, self.note, self.pause, self.go_on, self.go))
        self.setMinimumSize(theme.dialog_size(560, 360))
        self.show_running(running=False)

    def choice(self) -> Any:
        """What is chosen, or None where that is nothing yet."""
        raise NotImplementedError

    def show_choosing(self, *, on: bool) -> None:
        """Whether the choice may be changed."""

    # --- what it takes -------------------------------------------------------------------

    def choose_later(self) -> None:
        """The choice is another one: it is told after a moment without a change."""
        self._able = False
        self.estimate.show_estimate(None)
        self._refresh()
        self._later.start()

    def _tell(self) -> None:
        choice = self.choice()
        if choice is not None and not self._running:
            self.changed.emit(choice)

    def show_estimate(self, found: Estimate, words: str) -> None:
        """What the choice takes; it can be begun now."""
        self.estimate.show_estimate(found)
        self._able = True
        self._say(words)
        self._refresh()

    def show_problem(self, words: str) -> None:
        """Why the choice cannot be run, and what to do."""
        self.estimate.show_estimate(None, "–")
        self._able = False
        self._say(words, "danger")
        self._refresh()

    # --- while it runs -------------------------------------------------------------------

    def show_running(self, *, running: bool) -> None:
        """While it runs nothing can be chosen; the jobs tray shows it, too."""
        self._running = running
        self.show_choosing(on=not running)
        self.progress.setVisible(running)
        self.progress.setRange(0, 0)
        self.pause.setEnabled(running)
        if running:
            self._say("Starting")
        self._refresh()

    def show_progress(self, event: RunProgress | Preparing) -> None:
        """How far it is."""
        if isinstance(event, Preparing):
            self.progress.setRange(0, 100)
            self.progress.setValue(round(100 * event.share))
            self._say(event.sentence)
            return
        self.progress.setRange(0, max(1, event.total))
        self.progress.setValue(event.done)
        failed = f", {event.failed:,} failed" if event.failed else ""
        left = "" if event.seconds_left is None or event.done == event.total else \
            f", {clock(event.seconds_left)} left"
        self._say(f"{event.done:,} of {event.total:,} answers{failed}{left}")

    def show_working(self) -> None:
        """It has ended; what it shows is being worked out."""
        self._say("Working out what it shows")

    def show_done(self, words: str) -> None:
        """Something was done that is seen elsewhere."""
        self._say(words, "success")

    def show_unfinished(self, words: str) -> None:
        """A paused one can be gone on with; "": there is none."""
        self._unfinished = words
        if words and not self._running:
            self._say(words)
        self._refresh()

    def _refresh(self) -> None:
        self.pause.setVisible(self._running)
        self.go_on.setVisible(bool(self._unfinished) and not self._running)
        self.go.setVisible(not self._running)
        self.go.setEnabled(self._able and not self._running)

    def _say(self, words: str, tone: str = "muted") -> None:
        self.note.setText(words)
        theme.set_property(self.note, "tone", tone)

    def _run(self) -> None:
        choice = self.choice()
        if choice is not None:
            self.runRequested.emit(choice)

    def _pause(self) -> None:
        self.pause.setEnabled(False)
        self._say("Pausing: what is on its way still comes.")
        self.pauseRequested.emit()
