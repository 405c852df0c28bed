"""Recordings: making one of the open workspace, and being in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QVBoxLayout

from ...core.ports import Ports
from ...core.recording import SPEED, Mark, Speed
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..compare.ask_view import AskView
from ..compare.recording_bar import SPEEDS, RecordingBar
from ..main_window import MainWindow
from ..palette import Entry
from . import Controller


class Recorder(Protocol):
    """Who writes the file: `parts.Parts`."""

    async def record(self, ports: Ports, target: Path) -> Mark: ...


class RecordingController(Controller):
    """In a recording: the line above the question, its questions in the palette."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, view: AskView, recorder: Recorder,
    ) -> None:
        super().__init__(tasks)
        self.questions: list[str] = []
        self.bar: RecordingBar | None = None  # made in the first recording
        self._window = window
        self._view = view
        self._recorder = recorder
        window.add_palette_source(self._palette_entries)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"record": self.choose_file, "replay_speed": self.choose_speed}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        if ports.recording is None:
            return
        if await ports.store.fact(SPEED) is None:
            ports.recording.speed = "original"  # who opens one wants to see it as it was
        self.questions = await ports.recording.questions()
        self._shown_bar().show_recording(
            ports.recording.mark, self.questions, ports.recording.speed)

    def close(self) -> None:
        self.questions = []
        if self.bar is not None:
            self.bar.hide()
        super().close()

    def _shown_bar(self) -> RecordingBar:
        if self.bar is None:
            self.bar = RecordingBar()
            self.bar.questionChosen.connect(self.ask)
            self.bar.speedChosen.connect(self.set_speed)
            column = self._view.layout()
            assert isinstance(column, QVBoxLayout)
            column.insertWidget(0, self.bar)
        self.bar.show()
        return self.bar

    # --- in a recording ------------------------------------------------------------------

    def ask(self, question: str) -> None:
        """A recorded question, at once: it costs nothing."""
        self._window.show_ask()
        self._view.show_question(question)
        self._view.ask()

    def choose_speed(self) -> None:
        """The command: a question with two answers."""
        if not self.is_open or self.ports.recording is None:
            self._window.messages.say(
                "Only a recording is replayed. Make one under Compare, Record this workspace.",
                "warning", seconds=8)
            return
        self._window.messages.ask(
            "How fast are recorded answers shown?", [*SPEEDS.values(), "Leave"],
            self._speed_said, why="Now: " + SPEEDS[self.ports.recording.speed].lower() + ".")

    def _speed_said(self, words: str) -> None:
        for speed, name in SPEEDS.items():
            if name == words:
                self.set_speed(speed)

    def set_speed(self, speed: Speed) -> None:
        if self.is_open and self.ports.recording is not None:
            self.ports.recording.speed = speed
            self._shown_bar().show_speed(speed)
            self.tasks.start("Save replay speed", self.ports.store.set_fact(SPEED, speed))

    def _palette_entries(self) -> list[Entry]:
        return [Entry("Recorded questions", " ".join(question.split()), self._asking(question))
                for question in self.questions]

    def _asking(self, question: str) -> Callable[[], None]:
        return lambda: self.ask(question)

    # --- making one ------------------------------------------------------------------------

    def choose_file(self) -> None:
        if not self.is_open:
            return
        file_dialogs.choose_new_file(
            self._window, "Record this workspace", file_dialogs.WORKSPACES, "stratex", self.record)

    def record(self, target: Path) -> None:
        self.tasks.start(f"Record into {target.name}", self._record(target), shown=True)

    async def _record(self, target: Path) -> None:
        await self._recorder.record(self.ports, target)
        self._window.messages.say(
            f"Recorded into {target.name}. It replays on any machine, and holds no keys and no "
            "paths of this one. Open it, or send it to a colleague.", "success")
