"""The jobs tray: what runs, how far it is, what became of it. One line when folded."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAccessible, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..core.events import JobChanged, JobState
from . import theme
from .accessible import announce
from .components import ElidedLabel, IconLabel, button, icon_button, label, paint_bar
from .icons import icon

ROWS_SHOWN = 3
FOLD_BELOW = 760  # window height in pixels at 100 %
SIGNS = {
    JobState.RUNNING: ("spinner", "info"),
    JobState.WAITING: ("pause", "warning"),
    JobState.DONE: ("check", "success"),
    JobState.STOPPED: ("stop", "muted"),
    JobState.FAILED: ("x-circle", "danger"),
}
WORDS = {JobState.RUNNING: "running", JobState.WAITING: "paused", JobState.FAILED: "failed"}
LIVE = (JobState.RUNNING, JobState.WAITING)


def clock(seconds: float) -> str:
    """A duration as minutes and seconds: 0:12."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


class Bar(QWidget):
    """A 4 px progress bar; hidden when there is nothing to tell."""

    ROLE = QAccessible.Role.ProgressBar

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = 0.0
        self.setFixedWidth(theme.px(160))

    def show_share(self, share: float | None) -> None:
        """0..1, or None: going on, nobody knows how far."""
        self._share = share
        percent = "" if share is None else f"{share:.0%}"
        self.setAccessibleName(f"Progress {percent}".strip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_bar(painter, QRect(0, 0, self.width(), self.height()), self._share)
        painter.end()


class JobRow(QFrame):
    """Icon, name, bar, sentence, time left or time of day, pause or resume, cancel."""

    cancelRequested = Signal(int)
    pauseRequested = Signal(int)
    resumeRequested = Signal(int)

    def __init__(self, job: JobChanged, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", "top")
        self.job = job
        self._icon = IconLabel("spinner")
        self._icon.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._name, self._sentence = ElidedLabel(), ElidedLabel()
        self._sentence.setProperty("tone", "muted")
        self._bar = Bar()
        self._time = label(tone="muted", size="small")
        self._time.setFont(theme.font(-1, tabular=True))
        self._cancel = icon_button("x", "Cancel")
        self._cancel.clicked.connect(self._ask_to_cancel)
        self._pause = icon_button("pause", "Pause")
        self._pause.clicked.connect(self._pause_or_resume)
        for part in (self._bar, self._pause, self._cancel):
            kept = part.sizePolicy()
            kept.setRetainSizeWhenHidden(True)  # what stands after it stays in its column
            part.setSizePolicy(kept)
        self._time.setFixedWidth(theme.px(64))
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self.apply(job)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self._icon)
        row.addWidget(self._name, 3)
        row.addWidget(self._bar)
        row.addWidget(self._sentence, 6)
        row.addWidget(self._time)
        row.addWidget(self._pause)
        row.addWidget(self._cancel)

    def apply(self, job: JobChanged) -> None:
        """Show the newest state."""
        ended = job.state is not JobState.RUNNING and self.job.state is JobState.RUNNING
        self.job = job
        self._icon.show_icon(*SIGNS[job.state])
        self._icon.setAccessibleName(job.state.value)
        self._name.setText(job.name)
        self._sentence.setText(job.sentence)
        running = job.state is JobState.RUNNING
        self._bar.setVisible(running)
        self._bar.show_share(job.share)
        self._show_buttons(job)
        if running:
            left = job.seconds_left
            self._time.setText("" if left is None else f"{clock(left)} left")
        elif ended or not self._time.text():
            self._time.setText(datetime.now().strftime("%H:%M"))

    def _show_buttons(self, job: JobChanged) -> None:
        waiting = job.state is JobState.WAITING
        self._cancel.setVisible(job.state in LIVE)
        self._pause.setVisible(waiting or (job.can_pause and job.state is JobState.RUNNING))
        self._pause.setIcon(icon("play" if waiting else "pause", "muted"))
        for made, words in ((self._pause, "Resume" if waiting else "Pause"),
                            (self._cancel, "Take off the list" if waiting else "Cancel")):
            made.setToolTip(words)
            made.setAccessibleName(f"{words}: {job.name}")

    def _pause_or_resume(self) -> None:
        waiting = self.job.state is JobState.WAITING
        (self.resumeRequested if waiting else self.pauseRequested).emit(self.job.id)

    def _ask_to_cancel(self) -> None:
        self.cancelRequested.emit(self.job.id)


class JobsTray(QFrame):
    """Newest job first; finished rows stay until cleared."""

    cancelRequested = Signal(int)
    pauseRequested = Signal(int)
    resumeRequested = Signal(int)
    ended = Signal(object)  # JobChanged: done, failed or stopped, or waits now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self._rows: dict[int, JobRow] = {}
        self._unfolded = True
        self._by_user = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_header())
        column.addWidget(self._make_list())
        self._refresh()
        theme.changes.changed.connect(self._refresh)

    def _make_header(self) -> QFrame:
        header = self._header = _Header()
        header.setProperty("surface", "bg")
        header.setProperty("rule", "top")
        header.clicked.connect(self.toggle)
        self._fold = icon_button("caret-down", "Fold the jobs")
        self._fold.clicked.connect(self.toggle)
        self._counts = label(tone="muted")
        self._clear = button("Clear finished", kind="link")
        self._clear.clicked.connect(self.clear_finished)
        row = QHBoxLayout(header)
        row.setContentsMargins(theme.px(4), 0, theme.px(8), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self._fold)
        row.addWidget(label("Jobs", role="strong"))
        row.addWidget(self._counts)
        row.addStretch(1)
        row.addWidget(self._clear)
        return header

    def _make_list(self) -> QScrollArea:
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QFrame()
        inner.setProperty("surface", "surface")
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._area.setWidget(inner)
        return self._area

    def apply(self, event: JobChanged) -> None:
        """Show a job that started, moved or ended."""
        row = self._rows.get(event.id)
        if event.state is JobState.GONE:
            self._remove(event.id)
        elif row is None:
            row = JobRow(event)
            row.cancelRequested.connect(self.cancelRequested)
            row.pauseRequested.connect(self.pauseRequested)
            row.resumeRequested.connect(self.resumeRequested)
            self._rows[event.id] = row
            self._list.insertWidget(0, row)
        else:
            row.apply(event)
        self._refresh()
        if event.seconds:
            self.ended.emit(event)
            announce(self, f"{event.name}: {event.state.value}")

    def jobs(self) -> list[JobChanged]:
        """The newest state of every row, oldest first."""
        return [row.job for row in self._rows.values()]

    def clear_finished(self) -> None:
        """Take away every row that is neither running nor waiting to go on."""
        for number, row in list(self._rows.items()):
            if row.job.state not in LIVE:
                self._remove(number)
        self._refresh()

    def _remove(self, number: int) -> None:
        row = self._rows.pop(number, None)
        if row is not None:
            row.hide()
            row.deleteLater()

    def toggle(self) -> None:
        """Fold to one line, or unfold; from then on the window's size no longer decides."""
        self._by_user = True
        self.set_folded(self._unfolded)

    def set_folded(self, folded: bool) -> None:
        """One line only, or with rows."""
        self._unfolded = not folded
        self._refresh()

    def fit(self, height: int) -> None:
        """One line in a low window, unless the user has decided."""
        folded = height < theme.px(FOLD_BELOW)
        if not self._by_user and folded == self._unfolded:
            self.set_folded(folded)

    def is_folded(self) -> bool:
        """Whether only one line shows."""
        return not self._unfolded

    def summary(self) -> str:
        """How many jobs are running and have failed, in words."""
        states = [row.job.state for row in self._rows.values()]
        counts = ((states.count(state), word) for state, word in WORDS.items())
        parts = [f"{count} {word}" for count, word in counts if count]
        return ", ".join(parts) or ("all done" if states else "none")

    def _refresh(self) -> None:
        self._counts.setText(self.summary())
        states = {row.job.state for row in self._rows.values()}
        self._clear.setVisible(bool(states - set(LIVE)))
        shown = min(len(self._rows), ROWS_SHOWN) if self._unfolded else 0
        self._area.setVisible(shown > 0)
        self._header.setFixedHeight(theme.px(28))
        for row in self._rows.values():
            row.setFixedHeight(theme.px(28))
        self.setFixedHeight(theme.px(28) * (1 + shown))
        self._fold.setIcon(icon("caret-down" if self._unfolded else "caret-right", "muted"))
        self._fold.setAccessibleName("Fold the jobs" if self._unfolded else "Unfold the jobs")


class _Header(QFrame):
    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()
