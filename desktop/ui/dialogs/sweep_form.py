"""What a sweep varies: the column, prompt versions, models, and values of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.evaluation.sweeps import Model, SweepChoice, model_of, read_values
from ...core.strategies import model_label
from ...core.types import Connection, PromptVersion, Strategy
from .. import theme
from ..components import SectionHeader, label
from .versions_table import title

FIELDS = (
    ("temperature", "Temperature", "0, 0.5, 1"), ("top_p", "Top p", "0.5, 1"),
    ("max_tokens", "Max tokens", "100, 300"), ("reasoning_effort", "Reasoning effort", "low, high"),
    ("verbosity", "Verbosity", "low, medium"),
)
SHOWN = 5  # rows before a list scrolls by itself
EMPTY_FIELD = "Empty: as the column has it. Commas between values; each is tried."


class SweepForm(QWidget):
    """`changed` after each change; `choice` is all of it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strategies: Sequence[Strategy] = ()
        self._connections: Sequence[Connection] = ()
        self.strategy = QComboBox()
        self.strategy.setAccessibleName("Column to vary")
        self.strategy.setMinimumContentsLength(14)
        self.prompts = _list("Prompt versions to try")
        self.models = _list("Models to try")
        self.fields = {name: _line(words, hint) for name, words, hint in FIELDS}
        self.most = QSpinBox()
        self.most.setAccessibleName("Cases to ask")
        self.most.setFixedWidth(theme.px(84))
        self.of = label(tone="muted", size="small", wrap=True)
        self._lay_out()
        self.strategy.activated.connect(self._choose)
        self.prompts.itemChanged.connect(lambda _: self.changed.emit())
        self.models.itemChanged.connect(lambda _: self.changed.emit())
        self.most.valueChanged.connect(lambda _: self.changed.emit())
        for field in self.fields.values():
            field.textEdited.connect(lambda _: self.changed.emit())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(SectionHeader("Column to vary"))
        column.addWidget(self.strategy)
        column.addSpacing(theme.px(6))
        column.addWidget(SectionHeader("Prompt versions"))
        column.addWidget(self.prompts)
        column.addSpacing(theme.px(6))
        column.addWidget(SectionHeader("Models"))
        column.addWidget(self.models)
        column.addSpacing(theme.px(6))
        column.addWidget(SectionHeader("Parameters"))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(8))
        form.setVerticalSpacing(theme.px(4))
        for name, words, _ in FIELDS:
            form.addRow(label(words, tone="muted"), self.fields[name])
        form.addRow(label("Cases", tone="muted"), self.most)
        column.addLayout(form)
        column.addWidget(self.of)
        column.addStretch(1)

    # --- showing -------------------------------------------------------------------------

    def show_choices(
        self, strategies: Sequence[Strategy], versions: Sequence[PromptVersion],
        connections: Sequence[Connection], cases: int,
    ) -> None:
        """What there is; what was ticked before stays, else the newest version and the
        column's own model."""
        chosen, ticked = self.strategy.currentText(), set(self._ticked(self.prompts))
        self._strategies, self._connections = strategies, connections
        self.blockSignals(True)
        self.strategy.clear()
        self.strategy.addItems([each.name for each in strategies])
        self.strategy.setCurrentText(chosen)
        newest = [each.number for each in versions[-2:]]
        _fill(self.prompts, [(title(each), each.number) for each in reversed(versions)],
              ticked or set(newest))
        self._show_models(set(self._ticked(self.models)))
        known = self.most.maximum()
        self.most.setRange(min(10, cases), max(1, cases))
        if self.most.value() == known or not chosen:
            self.most.setValue(cases)
        self.of.setText(f"of {cases:,} tune cases; the holdout stays for the winner")
        self.blockSignals(False)

    def _show_models(self, ticked: set[Any]) -> None:
        strategy = self._strategy()
        own = model_of(strategy) if strategy is not None else None
        rows = [(_words(connection, each.name, each.model), (connection.name, each.name))
                for connection in self._connections for each in connection.deployments]
        if own is not None and own not in [data for _, data in rows]:
            rows.append((f"{own[0]}: {own[1]} (connection not here)", own))
        _fill(self.models, rows, ticked or {own})

    def _choose(self) -> None:
        self._show_models(set())
        self.changed.emit()

    # --- reading -------------------------------------------------------------------------

    def _strategy(self) -> Strategy | None:
        name = self.strategy.currentText()
        return next((each for each in self._strategies if each.name == name), None)

    def choice(self) -> SweepChoice | None:
        strategy = self._strategy()
        if strategy is None:
            return None
        models: list[Model] = self._ticked(self.models)
        return SweepChoice(strategy.id, tuple(sorted(self._ticked(self.prompts))), tuple(models),
                           self._values(), self.most.value())

    def _values(self) -> Mapping[str, tuple[Any, ...]]:
        found = {name: tuple(read_values(field.text())) for name, field in self.fields.items()}
        return {name: values for name, values in found.items() if values}

    def _ticked(self, rows: QListWidget) -> list[Any]:
        items = [rows.item(place) for place in range(rows.count())]
        return [item.data(Qt.ItemDataRole.UserRole) for item in items
                if item.checkState() is Qt.CheckState.Checked]


def _words(connection: Connection, deployment: str, model: str) -> str:
    words = model_label(connection.name, deployment, model)
    return words if connection.kind == "builtin" else f"{connection.name}: {words}"


def _list(name: str) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName(name)
    made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def _fill(rows: QListWidget, entries: Sequence[tuple[str, Any]], ticked: set[Any]) -> None:
    rows.blockSignals(True)
    rows.clear()
    for words, data in entries:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                      | Qt.ItemFlag.ItemIsUserCheckable)
        item.setToolTip(words)
        item.setData(Qt.ItemDataRole.UserRole, data)
        item.setCheckState(Qt.CheckState.Checked if data in ticked else Qt.CheckState.Unchecked)
        item.setSizeHint(QSize(0, theme.px(28)))
        rows.addItem(item)
    rows.setFixedHeight(theme.px(28) * max(1, min(len(entries), SHOWN)) + 2)
    if entries:
        rows.setCurrentRow(0)
    rows.blockSignals(False)


def _line(words: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(f"Values of {words.lower()}")
    made.setPlaceholderText(f"as it is, or {hint}")
    made.setToolTip(EMPTY_FIELD)
    return made
