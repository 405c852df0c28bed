"""Every metric with what it means, where it comes from and what it needs; chosen and weighed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFrame, QGridLayout, QVBoxLayout, QWidget

from ....core.evaluation.chosen import BY_OTHERS
from ....core.evaluation.metrics import METRICS
from ....core.evaluation.metrics.catalog import Metric, Need
from ... import theme
from ...components import SectionHeader, label
from .score_words import metric_label

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Words, against the reference answer": (
        "exact", "contains", "token_f1", "rouge_l", "edit_similarity", "similarity"),
    "Form": ("regex", "json_valid", "json_schema", "sql_equivalence"),
    "What was found": ("hit", "recall_at_k", "mrr", "ndcg", "context_recall"),
    "What the passages support": ("groundedness", "citation_validity", "answer_relevance"),
    "A judge": ("judge",),
    "Effort": ("latency", "tokens", "cost"),
}
_NEEDS: Mapping[Need, str] = {
    "reference": "a reference answer", "contexts": "passages", "sources": "gold sources",
    "embedder": "the local embedding model", "sql": "a database", "schema": "what is set at right",
}


class MetricRows(QFrame):
    """A tick computes a metric in the next run, a weight makes it part of the weighted score."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.ticks: dict[str, QCheckBox] = {}
        self.weights: dict[str, QDoubleSpinBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        self._column.setSpacing(theme.px(8))
        for title, names in GROUPS.items():
            head = SectionHeader(title, "Weight")
            self._column.addWidget(head)
            for name in names:
                self._column.addWidget(self._row(METRICS[name]))
            self._column.addSpacing(theme.px(8))
        self._column.addStretch(1)

    def _row(self, metric: Metric) -> QWidget:
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(1))
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._tick(metric), 0, 0)
        grid.addWidget(self._weight(metric), 0, 1, Qt.AlignmentFlag.AlignTop)
        for place, (text, tone) in enumerate(((metric.explanation, ""), (_facts(metric), "muted")),
                                             1):
            words = label(text, tone=tone, size="small", wrap=True)
            words.setContentsMargins(theme.px(22), 0, 0, 0)
            grid.addWidget(words, place, 0, 1, 2)
        return row

    def _tick(self, metric: Metric) -> QCheckBox:
        made = self.ticks[metric.name] = QCheckBox(metric_label(metric.name))
        made.setAccessibleDescription(metric.explanation)
        made.setToolTip(metric.explanation)
        if metric.name in BY_OTHERS:
            made.setEnabled(False)
            made.setToolTip("Compare, Judge the answers asks for it")
        made.toggled.connect(lambda _: self.changed.emit())
        return made

    def _weight(self, metric: Metric) -> QDoubleSpinBox:
        made = self.weights[metric.name] = QDoubleSpinBox()
        made.setAccessibleName(f"Weight of {metric.label}")
        made.setToolTip(f"How much {metric.label} counts in the weighted score; none: not at all")
        made.setRange(0.0, 100.0)
        made.setDecimals(1)
        made.setSpecialValueText("none")
        made.setFixedSize(theme.px(78), theme.px(26))
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel scrolls the list
        made.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        made.valueChanged.connect(lambda value, name=metric.name: self._weighed(name, value))
        return made

    def _weighed(self, name: str, value: float) -> None:
        """What weighs something has to be computed."""
        if value > 0 and name not in BY_OTHERS:
            self.ticks[name].setChecked(True)
        self.changed.emit()

    def show_chosen(self, metrics: Iterable[str], weights: Mapping[str, float]) -> None:
        """What was chosen before."""
        wanted = set(metrics)
        for name, tick in self.ticks.items():
            tick.setChecked(name in wanted)
            self.weights[name].setValue(weights.get(name, 0.0))

    def metrics(self) -> tuple[str, ...]:
        """The ticked ones, in the catalog's order."""
        return tuple(name for name in METRICS
                     if name in self.ticks and self.ticks[name].isChecked()
                     and name not in BY_OTHERS)

    def weighing(self) -> dict[str, float]:
        """The weights above 0."""
        return {name: field.value() for name, field in self.weights.items() if field.value() > 0}


def _facts(metric: Metric) -> str:
    needs = [words for need, words in _NEEDS.items() if need in metric.needs]
    if not needs:
        return f"Source: {metric.source}"
    return f"Needs {', '.join(needs)}. Source: {metric.source}"
