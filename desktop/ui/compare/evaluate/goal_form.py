"""The use case's goal: one metric, its least value, and the limits Decide ranks within."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDoubleValidator, QIntValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.thresholds import GOOD_AT, higher_is_better
from ....core.evaluation.types import UseCase
from ....core.evaluation.weights import METRIC as WEIGHTED
from ... import theme
from ...components import button, explain, label
from .score_words import metric_label, score_text

NO_GOAL = "Not chosen"


class GoalDialog(QDialog):
    """Not modal; Keep tells the whole use case."""

    kept = Signal(object)  # UseCase

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Goal of the use case")
        self.setModal(False)
        self.setMinimumWidth(theme.px(460))
        self.sentence = _field("Use case", "answer employees' questions about our insurance")
        self.choice = QComboBox()
        self.choice.setAccessibleName("Metric that decides")
        self.least = _number("Least acceptable value", "0.60")
        self.calls = _number("Calls a month", "40000", whole=True)
        self.cost = _number("Most cost for 1,000 calls, US dollars", "2.50")
        self.latency = _number("Most latency, seconds (p95)", "4")
        self.keep = button("Keep the goal", kind="primary")
        self.keep.clicked.connect(self._keep)
        self.choice.activated.connect(lambda _: self._explain())
        self._note = label(tone="muted", size="small", wrap=True)
        self._lay_out()
        explain(self)
        self.show_use_case(UseCase())

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        for part in (self.sentence, self.choice, self.least, self.calls, self.cost, self.latency):
            named = label(part.accessibleName())
            named.setBuddy(part)
            form.addRow(named, part)
        cancel = button("Cancel")
        cancel.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(self._note, 1)
        row.addWidget(cancel)
        row.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(16))
        column.addLayout(form)
        column.addLayout(row)

    def show_metrics(self, names: Sequence[str]) -> None:
        """The metrics there are, in order."""
        chosen = self.choice.currentData()
        self.choice.clear()
        self.choice.addItem(NO_GOAL, "")
        for name in names:
            better = "" if higher_is_better(name) else ", lower is better"
            self.choice.addItem(metric_label(name) + better, name)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen or "")))

    def show_use_case(self, use_case: UseCase) -> None:
        """What was said before."""
        if self.choice.findData(use_case.metric) < 0:
            names = [self.choice.itemData(i) for i in range(1, self.choice.count())]
            self.show_metrics(list(dict.fromkeys([*(names or GOOD_AT), use_case.metric])))
        self.sentence.setText(use_case.sentence)
        self.choice.setCurrentIndex(max(0, self.choice.findData(use_case.metric)))
        for field, value in ((self.least, use_case.least), (self.calls, use_case.monthly_calls),
                             (self.cost, use_case.most_cost),
                             (self.latency, use_case.most_latency)):
            field.setText("" if value is None else f"{value:g}" if isinstance(value, float)
                          else str(value))
        self._explain()

    def typed(self) -> UseCase:
        """What stands in the fields; an empty one says nothing."""
        calls = _read(self.calls)
        return UseCase(
            self.sentence.text().strip(), self.choice.currentData() or "", _read(self.least),
            None if calls is None else round(calls), _read(self.cost), _read(self.latency),
        )

    def _explain(self) -> None:
        bar = GOOD_AT.get(self.choice.currentData() or "")
        words = "" if bar is None else f"Without a value, {bar:.2f} and more counts as good."
        if self.choice.currentData() == WEIGHTED:
            words += " Its weights: Compare, Scores and their options."
        self._note.setText(words)

    def _keep(self) -> None:
        self.kept.emit(self.typed())
        self.close()


def goal_text(use_case: UseCase) -> str:
    """The goal in one line; how to say there is none."""
    if not use_case.metric:
        return "No goal yet"
    words = metric_label(use_case.metric)
    if use_case.least is not None:
        side = "at least" if higher_is_better(use_case.metric) else "at most"
        words += f" {side} {score_text(use_case.metric, use_case.least)}"
    return f"Goal: {words}"


def _field(name: str, example: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(example)
    return made


def _number(name: str, example: str, *, whole: bool = False) -> QLineEdit:
    made = _field(name, example)
    if whole:
        made.setValidator(QIntValidator(0, 2_000_000_000, made))
    else:
        checked = QDoubleValidator(0.0, 1e9, 6, made)
        checked.setLocale(checked.locale().c())
        made.setValidator(checked)
    return made


def _read(field: QLineEdit) -> float | None:
    try:
        return float(field.text())
    except ValueError:
        return None
