"""One fine-tuning job: how far it is, its curves, events and checkpoints, and how to steer it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.plots.curves import Measure, curves_picture
from ...core.tuning import HELD, UNFINISHED, Job
from ...core.tuning_failures import explain
from ...core.tuning_metrics import steps_in_all
from .. import theme
from ..compare.decide.plot import PlotView
from ..components import ElidedLabel, ErrorBox, IconLabel, Segmented, StateChip, button, label
from ..jobs import Bar
from . import fine_tuning_job_words as words

_BESIDE = 640  # design pixels; from this width the facts stand beside the curves
_FACTS = 9
MEASURES: tuple[Measure, ...] = ("loss", "accuracy")
NOTHING_YET = "No {} yet. The service reports it once the job trains."


class JobDetail(QFrame):
    """Shows a job; what the user asks of it comes back with the job's id."""

    steered = Signal(int, str)  # id, cancel | pause | resume
    goOn = Signal(int)  # submit what was interrupted
    forget = Signal(int)

    def __init__(self, deploy: QWidget, parent: QWidget | None = None) -> None:
        """`deploy` is shown under the job once its model is there."""
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.job: Job | None = None
        self.deploy = deploy
        self.name, self.state = label(role="strong"), StateChip()
        self.summary = ElidedLabel()
        self.summary.setProperty("tone", "muted")
        self.pause = button("Pause", icon="pause", size="small")
        self.cancel = button("Cancel job", icon="x", size="small")
        self.go_on = button("Go on submitting", kind="primary", size="small")
        self.forget_it = button("Forget", size="small",
                                tooltip="Take it off this list; the service keeps its own")
        self.bar, self.how_far = Bar(), label(wrap=True)
        self.note = label(tone="muted", size="small", wrap=True)
        self.problem = ErrorBox()
        self.warning = _Warning()
        self.views = Segmented(("Loss", "Accuracy", "Events", "Checkpoints"))
        self._facts = [(label(tone="muted", size="small"), _value()) for _ in range(_FACTS)]
        self._arrange()
        self._connect()

    # --- where things stand --------------------------------------------------------------

    def _arrange(self) -> None:
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(theme.px(16))
        self._halves.addWidget(self._left(), 2)
        self._halves.addWidget(self._right(), 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(12))
        column.setSpacing(theme.px(8))
        column.addWidget(self._head())
        column.addWidget(self.problem)
        column.addLayout(self._halves)
        column.addWidget(self.deploy)
        column.addStretch(1)

    def _head(self) -> QWidget:
        head = QWidget()
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(theme.px(8))
        first.addWidget(self.name)
        first.addWidget(self.state)
        first.addWidget(self.summary, 1)
        second.setSpacing(theme.px(8))
        for part in (self.go_on, self.pause, self.cancel, self.forget_it):
            second.addWidget(part)
        second.addStretch(1)
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(first)
        column.addLayout(second)
        return head

    def _left(self) -> QWidget:
        left = QWidget()
        left.setMinimumWidth(theme.px(200))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        row = QHBoxLayout()
        self.bar.setFixedSize(theme.px(120), theme.px(4))
        row.addWidget(self.bar)
        row.addWidget(self.how_far, 1)
        column.addLayout(row)
        column.addWidget(self.note)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(self._facts):
            grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, place, 1)
        column.addLayout(grid)
        column.addWidget(self.warning)
        column.addStretch(1)
        return left

    def _right(self) -> QWidget:
        right = QWidget()
        self.plot = PlotView("Curves of the job")
        self.empty = label(tone="muted", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Events of the job")
        self.text.setMinimumHeight(theme.px(180))
        curves = QWidget()
        inner = QVBoxLayout(curves)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.plot)
        inner.addWidget(self.empty)
        inner.addStretch(1)
        self.stack = QStackedWidget()
        self.stack.addWidget(curves)
        self.stack.addWidget(self.text)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(self.views)
        column.addWidget(self.stack, 1)
        return right

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= theme.px(_BESIDE)
        direction = QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if beside else direction.TopToBottom)

    def _connect(self) -> None:
        self.views.changed.connect(self._show_view)
        self.cancel.clicked.connect(partial(self._steer, "cancel"))
        self.pause.clicked.connect(self._pause_or_resume)
        self.go_on.clicked.connect(partial(self._tell, self.goOn))
        self.forget_it.clicked.connect(partial(self._tell, self.forget))

    def _tell(self, signal: SignalInstance, checked: bool = False) -> None:
        if self.job is not None:
            signal.emit(self.job.id)

    def _steer(self, act: str, checked: bool = False) -> None:
        if self.job is not None:
            self.steered.emit(self.job.id, act)

    def _pause_or_resume(self) -> None:
        held = self.job is not None and self.job.state.casefold() in HELD
        self._steer("resume" if held else "pause")

    # --- what is shown ---------------------------------------------------------------------

    def show_job(self, job: Job, now: str, hosting: float, sending: bool = False) -> None:
        """`now` is ISO 8601; `sending`: its files are on their way just now."""
        self.job = job
        self.name.setText(job.name)
        self.state.show_state(*words.sign_of(job, sending))
        self.summary.setText(words.summary(job))
        self._show_buttons(job, sending)
        self._show_progress(job, now)
        self._show_problem(job)
        self.warning.show_words(words.overfits(job))
        known = [*words.facts(job, hosting), *[("", "")] * _FACTS][:_FACTS]
        for (name, value), (name_text, value_text) in zip(self._facts, known, strict=True):
            name.setText(name_text)
            value.setText(value_text)
            name.setVisible(bool(name_text))
            value.setVisible(bool(value_text))
        self._show_view()

    def say(self, sentence: str) -> None:
        """What is done for it just now, or why nothing is heard."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _show_buttons(self, job: Job, sending: bool) -> None:
        held = job.state.casefold() in HELD
        local = job.kind == "local"  # steered in the tray, where it runs
        lost = not local and not job.submitted and not job.over and not sending
        self.go_on.setVisible(lost)
        self.pause.setVisible(job.submitted and not job.over)
        self.pause.setText("Resume" if held else "Pause")
        self.pause.setEnabled(job.state.casefold() in ("running", "paused"))
        self.pause.setToolTip("" if self.pause.isEnabled() else "A job is paused while it runs")
        self.cancel.setVisible(not job.over and not sending and not local)
        self.forget_it.setVisible(job.over)

    def _show_progress(self, job: Job, now: str) -> None:
        text = words.progress(job, now)
        self.how_far.setText(text)
        for part in (self.bar, self.how_far):
            part.setVisible(bool(text))
        self.bar.show_share(words.share(job))
        if job.over:
            self.say("")

    def _show_problem(self, job: Job) -> None:
        found = explain(job)
        if found is not None:
            self.problem.show_problem(found.what, found.why, found.remedy,
                                      " ".join(filter(None, (job.error_code, job.error))))
        elif job.state == UNFINISHED and job.error:
            self.problem.show_problem("The job was not submitted", job.error)
        self.problem.setVisible(found is not None or (job.state == UNFINISHED and bool(job.error)))

    def _show_view(self, place: int = -1) -> None:
        job, place = self.job, self.views.current()
        if job is None:
            return
        self.stack.setCurrentIndex(0 if place < len(MEASURES) else 1)
        if place < len(MEASURES):
            self._show_curves(job, MEASURES[place])
        elif place == len(MEASURES):
            self._show_text([f"{words.moment(each.at)}   {each.message}" for each in job.events],
                            "The service has reported no events yet.")
        else:
            self._show_text(
                [f"Step {each.step:,}   {each.model}{_loss(each)}" for each in job.checkpoints],
                "A checkpoint is kept after each epoch; the last three can be deployed.")

    def _show_curves(self, job: Job, measure: Measure) -> None:
        total = None if job.over else steps_in_all(job)
        self.plot.show_picture(
            lambda width: curves_picture(job.points, job.checkpoints, measure, width, total))
        empty = self.plot.picture is None or not self.plot.picture.height
        self.empty.setText(NOTHING_YET.format(measure) if empty and not job.over
                           else "Nothing was measured." if empty else "")
        self.empty.setVisible(empty)

    def _show_text(self, lines: list[str], empty: str) -> None:
        text = "\n".join(reversed(lines)) or empty
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)


def _value() -> ElidedLabel:
    """Ids and model names are long and say most at their ends."""
    made = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
    made.setProperty("scale", "small")
    return made


class _Warning(QFrame):
    """A sentence on the warning tint; without one it takes no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "warning")
        self._words = label(wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), theme.px(8))
        row.setSpacing(theme.px(4))
        row.addWidget(IconLabel("warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.hide()

    def show_words(self, words: str) -> None:
        self._words.setText(words)
        self.setVisible(bool(words))


def _loss(checkpoint: object) -> str:
    metrics = getattr(checkpoint, "metrics", None)
    loss = metrics and (metrics.full_valid_loss or metrics.valid_loss)
    return f"   validation loss {loss:.2f}" if loss else ""
