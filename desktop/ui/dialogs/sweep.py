"""Sweep: what is varied at the left, the matrix of what it showed at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.advice.decision import Evidence
from ...core.evaluation.sweeps import MOST_COMBINATIONS, SweepCell, SweepChoice, SweepResult
from ...core.types import PromptVersion
from .. import theme
from ..components import EmptyState, button, label
from .experiment import ExperimentDialog
from .sweep_form import SweepForm
from .sweep_matrix import SweepMatrix

NOTHING = ("No sweep has run yet. Tick prompt versions and models, give parameters several values, "
           f"and press Run. Up to {MOST_COMBINATIONS} combinations are tried on the tune cases; "
           "no column of yours changes until you take a winner.")
LEGEND = ("In each cell: its score, the 95 % interval, the distance from the best with its "
          "interval, cost and median time. Verdicts are corrected for all that are compared with "
          "the best, so they ask for more than an interval beside zero.")
LUCK = ("The best of many looks better than it is, because luck helped to pick it. Run the cases "
        "with it: the holdout says what it is worth.")


class SweepDialog(ExperimentDialog):
    """`winnerRequested` wants a combination in place of the column that was varied."""

    winnerRequested = Signal(object)  # SweepCell

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Sweep prompts, parameters and models", "Run", parent)
        self.resize(theme.dialog_size(1120, 700))
        self._result: SweepResult | None = None
        self._of = ""
        self.form = SweepForm()
        self.matrix = SweepMatrix()
        self.summary = label(wrap=True)
        self.luck = label(LUCK, tone="muted", size="small", wrap=True)
        self.use = button("Use it", icon="check")
        self.answers = button("Show its answers", icon="magnifying-glass")
        self.lay_out(self._body())
        self.form.changed.connect(self.choose_later)
        self.matrix.chosen.connect(self._show_chosen)
        self.use.clicked.connect(self._use)
        self.answers.clicked.connect(self._show_answers)

    def _body(self) -> QWidget:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QFrame()
        left.setProperty("surface", "raised")
        left.setProperty("rule", "right")
        inside = QVBoxLayout(left)
        inside.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        inside.addWidget(self.form)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(left)
        scroll.setFixedWidth(theme.px(330))
        row.addWidget(scroll)
        row.addWidget(self._right(), 1)
        return body

    def _right(self) -> QWidget:
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(8))
        column.setSpacing(theme.px(8))
        column.addWidget(self.summary)
        column.addWidget(self.matrix, 1)
        column.addWidget(label(LEGEND, tone="muted", size="small", wrap=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        buttons.addWidget(self.luck, 1)
        for each in (self.answers, self.use):
            buttons.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(buttons)
        self._pages = QStackedWidget()
        self._pages.setProperty("surface", "surface")
        self._pages.addWidget(EmptyState(NOTHING))
        self._pages.addWidget(found)
        return self._pages

    # --- showing -------------------------------------------------------------------------

    def choice(self) -> SweepChoice | None:
        return self.form.choice()

    def show_choosing(self, *, on: bool) -> None:
        self.form.setEnabled(on)

    def choose_later(self) -> None:
        choice = self.choice()
        count = choice.combinations if choice is not None else 0
        self.go.setText(f"Run {count:,} combinations" if count != 1 else "Run 1 combination")
        super().choose_later()

    def show_result(
        self, result: SweepResult | None, versions: Sequence[PromptVersion], of: str
    ) -> None:
        """The newest sweep, of the column called `of`; "" where that is gone."""
        self._result, self._of = result, of
        self._pages.setCurrentIndex(0 if result is None else 1)
        if result is not None:
            self.summary.setText(result.text)
            self.matrix.show_result(result, versions)

    def _show_chosen(self, cell: SweepCell | None) -> None:
        able = cell is not None and cell.score is not None
        self.answers.setEnabled(able)
        self.use.setEnabled(able and bool(self._of))
        self.use.setText(f"Use as {self._of}" if self._of else "Its column is gone")
        name = cell.strategy.name if cell is not None else ""
        self.use.setToolTip(f"{self._of} takes {name}. Undo takes it back." if self._of else "")
        self.use.setAccessibleName(f"{self.use.text()}: {name}")

    def _use(self) -> None:
        cell = self.matrix.current()
        if cell is not None:
            self.winnerRequested.emit(cell)

    def _show_answers(self) -> None:
        cell = self.matrix.current()
        if cell is not None and self._result is not None:
            run = self._result.run
            self.answersRequested.emit(
                Evidence(run.id, (cell.strategy.name,), self._result.metric, run.case_ids))
