"""Tells that a long job has ended while its window was not looked at.

The system's notification where there is one, the window's entry in the task bar, and a message
in the window for whoever comes back to it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from ..core.events import JobChanged, JobState
from .tokens import Tone

if TYPE_CHECKING:
    from .window_slots import WindowSlots

LONG = 20.0  # seconds: nobody turns to something else for less
SHOWN_MS = 10_000
MOST = 80  # characters of a job's name
_TONES: dict[JobState, Tone] = {JobState.FAILED: "danger", JobState.DONE: "success"}
Tell = Callable[[str, str], object]


class Notices(QObject):
    """`tell(title, text)` reaches the desktop; None takes the system's way."""

    def __init__(self, window: WindowSlots, tell: Tell | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._tell = tell or self._to_desktop
        self._tray: QSystemTrayIcon | None = None

    def job_ended(self, job: JobChanged) -> None:
        """Said for a long one that was not cancelled, unless the window is looked at."""
        if job.seconds < LONG or job.state is JobState.STOPPED or self._window.isActiveWindow():
            return
        name = job.name if len(job.name) <= MOST else f"{job.name[:MOST - 1]}…"
        words = f"{name}: {job.state.value} after {took(job.seconds)}"
        self._window.messages.say(f"{words}.", _TONES.get(job.state, "info"))
        QApplication.alert(self._window)
        self._tell("Strategy Explorer", words)

    def _to_desktop(self, title: str, text: str) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._from_tray(title, text)
        elif sys.platform == "linux" and (program := shutil.which("notify-send")):
            QProcess.startDetached(program, ["--app-name", title, "--", title, text])

    def _from_tray(self, title: str, text: str) -> None:
        """An icon is there only as long as its message: the program does not live in the tray."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.messageClicked.connect(self._come_back)
        self._tray.show()
        self._tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, SHOWN_MS)
        QTimer.singleShot(SHOWN_MS, self._tray, self._tray.hide)

    def _come_back(self) -> None:
        self._window.raise_()
        self._window.activateWindow()


def took(seconds: float) -> str:
    """45 s, 12 min, 3 h 5 min."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
