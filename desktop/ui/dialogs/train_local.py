"""Train locally: what it learns from, for how long, and that it stays on this machine."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from ...core.local_tuning import Lesson
from .. import theme
from ..components import button, dialog_foot, label

MOST_EPOCHS = 20
WHAT = ("The built-in model writes nothing of its own. What it learns here is to understand your "
        "questions: which answer belongs to which. Asked something new, it gives the answer of "
        "the nearest example, or says that it does not know. Nothing leaves this machine.")


class TrainLocalDialog(QDialog):
    """Not modal; `startRequested` carries the Lesson to train."""

    startRequested = Signal(object)  # Lesson

    def __init__(
        self, lesson: Lesson | None, problem: str = "", parent: QWidget | None = None
    ) -> None:
        """`lesson` None: `problem` says why nothing can be trained, and what to do."""
        super().__init__(parent)
        self.setWindowTitle("Train locally")
        self.setModal(False)
        self.resize(theme.dialog_size(520, 300))
        self._lesson = lesson
        self.epochs = QSpinBox()
        self.epochs.setRange(1, MOST_EPOCHS)
        self.epochs.setAccessibleName("Epochs")
        self.epochs.setToolTip("How often each example is seen; too often, and it is learnt "
                               "by heart")
        self.epochs.setFixedWidth(theme.px(84))
        self.time = label(role="strong")
        self.problem = label(problem, tone="muted", size="small", wrap=True)
        self.go = button("Train", kind="primary", icon="play")
        self.go.setEnabled(lesson is not None)
        self.go.clicked.connect(self._start)
        if lesson is not None:
            self.epochs.setValue(lesson.epochs)
        self._lay_out()
        self.epochs.valueChanged.connect(lambda _: self._tell())
        self._tell()

    def _lay_out(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
        body.setSpacing(theme.px(12))
        body.addWidget(label(WHAT, wrap=True))
        if self._lesson is not None:
            form = QFormLayout()
            form.setHorizontalSpacing(theme.px(16))
            form.setVerticalSpacing(theme.px(8))
            held = len(self._lesson.validation)
            form.addRow(label("Examples", tone="muted"), label(
                f"{len(self._lesson.training):,} to learn from, {held:,} held back to check"))
            form.addRow(label("Epochs", tone="muted"), self.epochs)
            form.addRow(label("Time", tone="muted"), self.time)
            body.addLayout(form)
        body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(dialog_foot(self, self.problem, self.go))

    def lesson(self) -> Lesson | None:
        """With the epochs that are chosen."""
        return self._lesson and replace(self._lesson, epochs=self.epochs.value())

    def _tell(self) -> None:
        chosen = self.lesson()
        if chosen is not None:
            self.time.setText(f"{about(chosen.seconds)}, {chosen.steps:,} steps")

    def _start(self) -> None:
        self.startRequested.emit(self.lesson())
        self.close()


def about(seconds: float) -> str:
    """`~40 s`, `~3 min`, `~2 h`."""
    if seconds < 90:
        return f"~{round(seconds, -1):.0f} s"
    return f"~{seconds / 60:.0f} min" if seconds < 5400 else f"~{seconds / 3600:.1f} h"
