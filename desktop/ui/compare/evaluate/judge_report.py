"""Whether a judge can be trusted: agreement with people, its biases, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ....core.evaluation.calibration import FEWEST_LABELS, Calibration, Judged
from ....core.evaluation.calibration_words import KAPPA, Line, lines, missing, state
from ... import theme
from ...components import SectionHeader, StateChip, button, label

_WHY = (f"A judge's word counts once it agrees with {FEWEST_LABELS} or more labels that people "
        "gave without seeing whose answer it was. Until then its scores are shown grey and "
        "decide nothing.")
NOBODY = "Nobody has judged this run yet. Begin with 20 blind labels, or with the judge."


class JudgeReport(QWidget):
    """`labelRequested`: somebody wants to label."""

    labelRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = StateChip(parent=self)
        self.judge = label(tone="muted", size="small", wrap=True)
        self.next = label(role="strong", wrap=True)
        self.label_button = button("Label answers blindly", icon="thumbs-up")
        self.label_button.clicked.connect(self.labelRequested)
        self._shown: list[QFrame] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.px(10))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(SectionHeader("Can it be trusted?"))
        column.addWidget(label(_WHY, tone="muted", size="small", wrap=True))
        for part in (self.chip, self.judge):
            column.addWidget(part)
        column.addLayout(self._rows)
        column.addWidget(self.next)
        column.addWidget(self.label_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.show_judged(Judged(), ())

    def show_judged(self, judged: Judged, wins: Sequence[Line]) -> None:
        """The judge of the run; `wins` are its comparisons of columns, in words."""
        found = judged.calibration
        calibrated = found.calibrated
        self.chip.show_state("check" if calibrated else "warning", state(found),
                             "success" if calibrated else "warning")
        self.judge.setText(judged.judge or NOBODY)
        self._show_lines([*(lines(found) if judged.judge else ()), *wins])
        self.next.setText(_next(found))
        self.next.setVisible(bool(self.next.text()))

    def text(self) -> str:
        """All lines, for a screen reader and for tests."""
        return "\n".join(row.accessibleName() for row in self._shown)

    def _show_lines(self, shown: Sequence[Line]) -> None:
        for gone in self._shown:
            self._rows.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._shown = [_row(line) for line in shown]
        for row in self._shown:
            self._rows.addWidget(row)


def _next(found: Calibration) -> str:
    return f"Missing: {missing(found.answers)}" if missing(found.answers) else ""


def _row(line: Line) -> QFrame:
    row = QFrame()
    row.setAccessibleName(f"{line.name}: {line.figure}. {line.meaning}")
    if "kappa" in line.figure:
        row.setToolTip(KAPPA)
    inner = QVBoxLayout(row)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.setSpacing(theme.px(1))
    inner.addWidget(label(line.name, tone="muted", size="small"))
    inner.addWidget(label(line.figure, wrap=True))
    inner.addWidget(label(line.meaning, tone="warning" if line.warns else "muted", size="small",
                          wrap=True))
    return row
