"""Cost, time, correct answers and errors of every strategy in the run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from ....core.advice.decision import Decision, Evidence
from ....core.advice.phrases import seconds
from ....core.evaluation.types import Run, StrategySummary
from ....core.plots.scales import dollars
from ....core.strategies import badge_of, rung_of
from ....core.types import Strategy
from ... import theme
from ...components import ElidedLabel, RungBadge, button, label
from ..figures import NOTHING

HEADS = ("Strategy", "Per 1,000 calls", "Median", "95 of 100", "Correct", "Errors")


class StrategyTable(QFrame):
    """One row a strategy; "Correct" opens its cells."""

    opened = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Cost and time of every strategy")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)

    def show_strategies(self, decision: Decision, run: Run | None) -> None:
        """Hidden without a summary."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        summaries = decision.summary.strategies if decision.summary is not None else ()
        for column, head in enumerate(HEADS):
            self._put(label(head, tone="muted", size="small"), 0, column, "raised")
        for row, summary in enumerate(summaries, start=1):
            self._row(row, summary, decision, run)
        self.setVisible(bool(summaries))

    def _row(
        self, row: int, summary: StrategySummary, decision: Decision, run: Run | None
    ) -> None:
        strategies = run.strategies if run is not None else ()
        self._put(_name(summary.name, strategies), row, 0)
        latency = summary.latency
        cost = summary.cost_per_1000
        figures = (
            "unknown price" if cost is None else dollars(cost),
            seconds(latency.p50) if latency else NOTHING,
            seconds(latency.p95) if latency else NOTHING,
        )
        for column, text in enumerate(figures, start=1):
            self._put(_figure(text), row, column)
        self._put(self._correct(summary.name, decision), row, 4)
        self._put(_figure(str(max(0, _asked(decision) - summary.n))), row, 5)

    def _correct(self, name: str, decision: Decision) -> QWidget:
        if name not in decision.passed:
            return _figure(NOTHING)
        good, of = decision.passed[name]
        made = button(f"{good} of {of}", kind="link")
        made.setAccessibleName(f"{name}: {good} of {of} correct")
        evidence = Evidence(decision.run, (name,), decision.metric).as_dict()
        made.clicked.connect(lambda: self.opened.emit(evidence))
        return made

    def _put(self, widget: QWidget, row: int, column: int, surface: str = "") -> None:
        cell = QFrame()
        cell.setProperty("rule", "bottom")
        if surface:
            cell.setProperty("surface", surface)
        inner = QHBoxLayout(cell)
        inner.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag(0)
        inner.addWidget(widget, 1, side | Qt.AlignmentFlag.AlignVCenter if column else side)
        self._grid.addWidget(cell, row, column)


def _asked(decision: Decision) -> int:
    """Of each strategy, among the cells that decided: a holdout leaves the others out."""
    summary = decision.summary
    return summary.cells // len(summary.strategies) if summary and summary.strategies else 0


def _figure(text: str) -> QLabel:
    made = label(text)
    made.setFont(theme.font(tabular=True))
    return made


def _name(name: str, strategies: Sequence[Strategy]) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(8))
    found = next((s for s in strategies if s.name == name), None)
    if found is not None:
        row.addWidget(RungBadge(badge_of(found, strategies), rung_of(found)))
    row.addWidget(ElidedLabel(name, Qt.TextElideMode.ElideMiddle), 1)
    return made
