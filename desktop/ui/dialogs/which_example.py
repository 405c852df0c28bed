"""Which example helps? What each few-shot example is worth, and a button to switch it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.advice.phrases import between, signed
from ...core.evaluation.leave_one_out import Effect, ExampleEffect, ExampleEffects
from ...core.evaluation.thresholds import label_of
from ...core.types import FewShotExample, Strategy
from .. import theme
from ..components import EmptyState, button, label
from ..icons import icon
from .experiment import ExperimentDialog

WHAT = ("Every case is asked with all examples, and again without each one. What the answers lose "
        "without an example is what it is worth.")
NOTHING = ("Nothing is measured yet. Choose a column and press Measure; the calls are counted "
           "below first.")
ONE_AT_A_TIME = ("Each figure is for one example beside all the others: switch one off, then "
                 "measure again before the next.")
SIGNS: dict[Effect, tuple[str, str, str]] = {
    "helps": ("check-circle", "success", "Helps"),
    "harms": ("warning", "danger", "Harms"),
    "no difference shown": ("equals", "muted", "No difference shown"),
}
_EXAMPLE, _WORTH, _INTERVAL, _VERDICT, _TOKENS, _SWITCH = range(6)


@dataclass(frozen=True, slots=True)
class ExamplesChoice:
    """Which column's examples, and how many cases; 0: all."""

    strategy: str
    most: int


class WhichExampleDialog(ExperimentDialog):
    """`switched` wants an example off, or on again."""

    switched = Signal(object, bool)  # FewShotExample, on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Which example helps?", "Measure", parent)
        self.resize(theme.dialog_size(860, 560))
        self._found: ExampleEffects | None = None
        self._states: Mapping[tuple[str, str], bool] = {}
        self._buttons: list[QPushButton] = []
        self.strategy = QComboBox()
        self.strategy.setAccessibleName("Column")
        self.strategy.setMinimumContentsLength(20)
        self.most = QSpinBox()
        self.most.setAccessibleName("Cases to ask")
        self.most.setFixedWidth(theme.px(84))
        self.of = label(tone="muted")
        self.summary = label(wrap=True)
        self.warned = label(ONE_AT_A_TIME, tone="muted", size="small", wrap=True)
        self.answers = button("Show the answers", kind="link")
        self.table = self._make_table()
        self.lay_out(self._body())
        self.strategy.activated.connect(lambda _: self.choose_later())
        self.most.valueChanged.connect(lambda _: self.choose_later())
        self.answers.clicked.connect(self._show_answers)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 6)
        table.setAccessibleName("What each example is worth")
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_EXAMPLE, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.verticalHeader().setDefaultSectionSize(theme.px(36))
        return table

    def _body(self) -> QWidget:
        body = QFrame()
        body.setProperty("surface", "surface")
        choice = QHBoxLayout()
        choice.setSpacing(theme.px(8))
        for words, widget in (("Column", self.strategy), ("Cases", self.most)):
            name = label(words, tone="muted")
            name.setBuddy(widget)
            choice.addWidget(name)
            choice.addWidget(widget)
        choice.addWidget(self.of)
        choice.addStretch(1)
        found = QWidget()
        inside = QVBoxLayout(found)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(6))
        line = QHBoxLayout()
        line.setSpacing(theme.px(12))
        line.addWidget(self.summary, 1)
        line.addWidget(self.answers, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(line)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.warned)
        self._pages = QStackedWidget()
        self._pages.addWidget(EmptyState(NOTHING))
        self._pages.addWidget(found)
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(8))
        column.setSpacing(theme.px(10))
        column.addWidget(label(WHAT, wrap=True))
        column.addLayout(choice)
        column.addWidget(self._pages, 1)
        return body

    # --- the choice ----------------------------------------------------------------------

    def show_columns(self, strategies: Sequence[Strategy], cases: int) -> None:
        """The columns that have a prompt, and how many tune cases there are."""
        chosen = self.strategy.currentText()
        self.strategy.clear()
        self.strategy.addItems([each.name for each in strategies])
        self.strategy.setCurrentText(chosen)
        known = self.most.maximum()
        self.most.blockSignals(True)
        self.most.setRange(min(10, cases), max(1, cases))
        if self.most.value() == known or not chosen:
            self.most.setValue(cases)
        self.most.blockSignals(False)
        self.of.setText(f"of {cases:,} tune cases")
        self.choose_later()

    def choice(self) -> ExamplesChoice | None:
        name = self.strategy.currentText()
        return ExamplesChoice(name, self.most.value()) if name else None

    def show_choosing(self, *, on: bool) -> None:
        for each in (self.strategy, self.most):
            each.setEnabled(on)

    # --- what was found ------------------------------------------------------------------

    def show_effects(self, found: ExampleEffects | None) -> None:
        """What the newest measurement shows."""
        self._found = found
        self._pages.setCurrentIndex(0 if found is None else 1)
        if found is None:
            return
        version = f"v{found.version}" if found.version else "an older prompt"
        self.summary.setText(f"{found.of}, {version}. {found.text}")
        self._fill(found)

    def _fill(self, found: ExampleEffects) -> None:
        table = self.table
        table.setHorizontalHeaderLabels([
            "Example", "Worth", "95 % interval", "Verdict", "Tokens a call", ""])
        metric = label_of(found.metric)
        table.model().setHeaderData(
            _WORTH, Qt.Orientation.Horizontal, f"{metric} with all examples, minus {metric} "
            "without this one, over the same cases", Qt.ItemDataRole.ToolTipRole)
        table.setRowCount(len(found.effects))
        self._buttons = []
        for row, each in enumerate(found.effects):
            for place, item in enumerate(_items(each)):
                table.setItem(row, place, item)
            made = button("", size="small")
            made.clicked.connect(partial(self._switch, row))
            self._buttons.append(made)
            table.setCellWidget(row, _SWITCH, _held(made))
        self.show_states(self._states)

    def show_states(self, states: Mapping[tuple[str, str], bool]) -> None:
        """Whether each example of the draft is on, by question and answer."""
        self._states = states
        effects = self._found.effects if self._found else ()
        for each, made in zip(effects, self._buttons, strict=True):
            on = states.get((each.example.question, each.example.answer))
            made.setText("Not in the prompt" if on is None else "Switch off" if on else "Switch on")
            made.setEnabled(on is not None)
            made.setAccessibleName(f"{made.text()}: {each.example.question}")
        self.table.resizeColumnToContents(_SWITCH)

    def _switch(self, row: int, checked: bool = False) -> None:
        if self._found is not None:
            example: FewShotExample = self._found.effects[row].example
            on = self._states.get((example.question, example.answer), False)
            self.switched.emit(example, not on)

    def _show_answers(self) -> None:
        if self._found is not None and self._found.effects:
            row = max(0, self.table.currentRow())
            self.answersRequested.emit(self._found.effects[row].where)


def _items(each: ExampleEffect) -> list[QTableWidgetItem]:
    sign, tone, word = SIGNS[each.verdict]
    change = each.change
    question = " ".join(each.example.question.split())
    texts = (question, signed(change.difference), between(change.low, change.high), word,
             "" if each.tokens is None else f"{each.tokens:,}")
    items = [QTableWidgetItem(text) for text in texts]
    items[_EXAMPLE].setToolTip(f"{each.example.question}\n\n{each.example.answer}")
    items[_VERDICT].setIcon(icon(sign, tone))
    items[_VERDICT].setToolTip(f"p = {change.p_value:.3f}, corrected for all examples; "
                               f"{change.n} cases")
    for place in (_WORTH, _INTERVAL, _TOKENS):
        items[place].setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        items[place].setFont(theme.font(tabular=True))
    return items


def _held(made: QPushButton) -> QWidget:
    """A button in a cell, with room around it."""
    inside = QWidget()
    row = QHBoxLayout(inside)
    row.setContentsMargins(theme.px(8), theme.px(3), theme.px(8), theme.px(3))
    row.addWidget(made)
    return inside
