"""Grow the dataset: who writes, how much, what it would take; then how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QProgressBar,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.types import Connection
from .. import theme
from ..components import EmptyState, button, dialog_foot, explain, label

NO_WRITER = ("No model here can write questions: the built-in extractive model only quotes "
             "sentences it was given. Add a connection to a chat model, in the cloud or on this "
             "machine.")
WHAT = ("A chat model reads passages of your documents, spread over all of them, and writes two "
        "questions with answers from each. Nothing is trained on before you have said yes to it "
        "in the review.")
FIRST, MOST = 20, 500  # passages


class GrowDialog(QDialog):
    """Not modal. The controller answers `changed` with an estimate."""

    changed = Signal(str, str, int)  # connection, deployment, passages
    growRequested = Signal()
    pauseRequested = Signal()
    reviewRequested = Signal()
    connectionsRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Generate question-answer pairs")
        self.setModal(False)
        self.resize(theme.dialog_size(560, 340))
        self._connections: list[Connection] = []
        self._running = False
        self.model = QComboBox()
        self.model.setAccessibleName("Model that writes")
        self.passages = QSpinBox()
        self.passages.setAccessibleName("Passages")
        self.passages.setRange(1, MOST)
        self.passages.setValue(FIRST)
        self.note = label(wrap=True)
        self.outcome = label(wrap=True, role="strong")
        self.outcome.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Passages asked about")
        self.none = EmptyState(NO_WRITER, "Open connections", "link")
        self.review = button("Review")
        self.pause = button("Stop", icon="stop")
        self.go = button("Generate", kind="primary", icon="play")
        self._lay_out()
        explain(self)
        self._connect()
        self.show_connections(())

    def _lay_out(self) -> None:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(12))
        column.addWidget(label(WHAT, tone="muted", wrap=True))
        rows = QFormLayout()
        rows.setHorizontalSpacing(theme.px(12))
        rows.setVerticalSpacing(theme.px(8))
        rows.addRow(label("Model"), self.model)
        rows.addRow(label("Passages"), self.passages)
        column.addLayout(rows)
        column.addWidget(self.note)
        column.addWidget(self.progress)
        column.addWidget(self.outcome)
        column.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(form)
        self._pages.addWidget(self.none)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._pages, 1)
        whole.addWidget(dialog_foot(self, QWidget(), self.review, self.pause, self.go))

    def _connect(self) -> None:
        self.model.activated.connect(self._tell)
        self.passages.valueChanged.connect(self._tell)
        self.go.clicked.connect(self.growRequested)
        self.pause.clicked.connect(self.pauseRequested)
        self.review.clicked.connect(self.reviewRequested)
        self.none.pressed.connect(self.connectionsRequested)

    def show_connections(self, connections: Sequence[Connection]) -> None:
        """Every deployment but the built-in model, which cannot write."""
        chosen = self.model.currentData()
        self.model.clear()
        for each in connections:
            for deployment in each.deployments if each.kind != "builtin" else ():
                model = f" ({deployment.model})" if deployment.model else ""
                self.model.addItem(f"{deployment.name}{model} · {each.name}",
                                   (each.name, deployment.name))
        place = self.model.findData(chosen) if chosen else 0
        self.model.setCurrentIndex(max(0, place))
        able = self.model.count() > 0
        self._pages.setCurrentIndex(0 if able else 1)
        self.show_running(running=False)
        self.go.setEnabled(False)
        if able:
            self._tell()

    def _tell(self) -> None:
        if self.model.currentData() and not self._running:
            self.go.setEnabled(False)
            self.note.setText("Working out what it would take")
            self.changed.emit(*self.model.currentData(), self.passages.value())

    def show_estimate(self, words: str, *, ready: bool = True) -> None:
        """What it would take, or why it cannot be."""
        self.note.setText(words)
        self.go.setEnabled(ready)

    def show_waiting(self, count: int) -> None:
        """Pairs that wait for review."""
        self.review.setText(f"Review {count:,} pair{'s' if count != 1 else ''}")
        self.review.setVisible(count > 0)

    def show_running(self, *, running: bool, words: str = "", share: float = 0.0) -> None:
        """How far it is; the choice waits meanwhile."""
        self._running = running
        self.outcome.setVisible(bool(self.outcome.text()) and not running)
        self.progress.setVisible(running)
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(share * 1000))
        self.pause.setVisible(running)
        self.go.setVisible(not running and self._pages.currentIndex() == 0)
        for each in (self.model, self.passages):
            each.setEnabled(not running)
        if words:
            self.note.setText(words)

    def show_result(self, words: str) -> None:
        """What came of it; the estimate is then that of the next passages."""
        self.show_running(running=False)
        self.outcome.setText(words)
        self.outcome.show()
        self._tell()
