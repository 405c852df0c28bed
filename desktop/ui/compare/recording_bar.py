"""The line above a recorded workspace's question: that it is one, its questions, its speed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from ...core.recording import Mark, Speed
from .. import theme
from ..components import CaretButton, ElidedLabel, IconLabel

SPEEDS: dict[Speed, str] = {"original": "Original speed", "full": "Full speed"}
MOST = 40  # questions in the menu; Ctrl+K has all
_LONGEST = 90  # characters of a menu entry


class RecordingBar(QFrame):
    """Shown in a recording only."""

    questionChosen = Signal(str)
    speedChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "info")
        self.setAccessibleName("Recorded workspace")
        self.words = ElidedLabel()
        self.questions, self.speed = CaretButton(), CaretButton()
        for each in (self.questions, self.speed):
            each.setMenu(QMenu(each))
            each.setPopupMode(CaretButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(4), theme.px(8), theme.px(4))
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel("disc", "info"))
        row.addWidget(self.words, 1)
        row.addWidget(self.questions)
        row.addWidget(self.speed)

    def show_recording(self, mark: Mark, questions: Sequence[str], speed: Speed) -> None:
        """What it holds and how fast it is replayed."""
        day = f" {mark.made_at[:10]}" if mark.made_at else ""
        program = f" with version {mark.program}" if mark.program else ""
        self.words.setText(f"Recorded{day}: nothing is asked")
        self.setToolTip(
            f"Recorded{day}{program}. Its answers are shown again as they came; nothing is asked."
        )
        count = len(questions)
        self.questions.setText(f"{count:,} question{'s' if count != 1 else ''}")
        self.questions.setAccessibleName("Choose a recorded question")
        self.questions.setToolTip("Choose a recorded question; Ctrl+K searches all of them")
        menu = self.questions.menu()
        menu.clear()
        for question in questions[:MOST]:
            entry = menu.addAction(_short(question))
            entry.triggered.connect(partial(self._choose, question))
        self.show_speed(speed)

    def show_speed(self, speed: Speed) -> None:
        self.speed.setText(SPEEDS[speed])
        self.speed.setAccessibleName(f"Replay speed: {SPEEDS[speed]}")
        self.speed.setToolTip("As fast as the answers came then, or at once")
        menu = self.speed.menu()
        menu.clear()
        for name, words in SPEEDS.items():
            entry = menu.addAction(words)
            entry.setCheckable(True)
            entry.setChecked(name == speed)
            entry.triggered.connect(partial(self._set_speed, name))

    def _choose(self, question: str, checked: bool = False) -> None:
        self.questionChosen.emit(question)

    def _set_speed(self, speed: Speed, checked: bool = False) -> None:
        self.speedChosen.emit(speed)


def _short(question: str) -> str:
    """One line, and no key of the menu: `&` is one there."""
    words = " ".join(question.split()).replace("&", "&&")
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
