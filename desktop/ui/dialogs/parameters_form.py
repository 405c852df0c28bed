"""Generation parameters as a form; an empty field leaves the model's own default."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from ...core.types import Parameters
from .. import theme
from ..components import explain, label

_OWN = "model's own"


def _number(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(f"{low:g} to {high:g}")
        return value

    return read


_FIELDS: tuple[tuple[str, str, Callable[[str], float], str], ...] = (
    ("temperature", "Temperature", _number(float, 0, 2), "a number from 0 to 2"),
    ("top_p", "Top p", _number(float, 0, 1), "a number from 0 to 1"),
    ("max_tokens", "Max tokens", _number(int, 1, 1_000_000), "a whole number from 1"),
    ("seed", "Seed", _number(int, -(2**63), 2**63 - 1), "a whole number"),
    ("presence_penalty", "Presence penalty", _number(float, -2, 2), "a number from -2 to 2"),
    ("frequency_penalty", "Frequency penalty", _number(float, -2, 2), "a number from -2 to 2"),
)
_CHOICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("response_format", "Format", ("text", "json_object", "json_schema")),
    ("reasoning_effort", "Reasoning effort", ("none", "minimal", "low", "medium", "high")),
    ("verbosity", "Verbosity", ("low", "medium", "high")),
)


class ParametersForm(QWidget):
    """`changed` when every field can be read and something is different."""

    changed = Signal(object)  # Parameters

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Parameters()
        self.fields = {name: _line(words) for name, words, _, _ in _FIELDS}
        self.choices = {name: _combo(words, options) for name, words, options in _CHOICES}
        self.stop = _line("Stop sequences")
        self.stop.setPlaceholderText("separated by commas, \\n for a new line")
        self.problem = label(tone="danger", size="small", wrap=True)
        self.problem.hide()
        for field in (*self.fields.values(), self.stop):
            field.editingFinished.connect(self._read)
        for choice in self.choices.values():
            choice.activated.connect(self._read)
        self._lay_out()
        explain(self)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(8))
        widgets = [(words, self.fields[name]) for name, words, _, _ in _FIELDS]
        pairs: list[tuple[str, QWidget]] = [*widgets]
        pairs += [(words, self.choices[name]) for name, words, _ in _CHOICES]
        for place, (words, widget) in enumerate(pairs):
            row, side = divmod(place, 2)
            name = label(words, tone="muted")
            name.setBuddy(widget)
            grid.addWidget(name, row, side * 2)
            grid.addWidget(widget, row, side * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        last = QFormLayout()
        last.setContentsMargins(0, 0, 0, 0)
        last.addRow(label("Stop sequences", tone="muted"), self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(grid)
        column.addLayout(last)
        column.addWidget(self.problem)

    def show_parameters(self, parameters: Parameters) -> None:
        """Fill the form."""
        self._shown = parameters
        values = parameters.as_dict()
        for name, field in self.fields.items():
            value = values.get(name)
            field.setText("" if value is None else f"{value:g}" if isinstance(value, float)
                          else str(value))
        for name, choice in self.choices.items():
            place = choice.findData(values.get(name))
            choice.setCurrentIndex(max(0, place))
        self.stop.setText(", ".join(text.replace("\n", "\\n") for text in parameters.stop))
        self.problem.hide()

    def _read(self) -> None:
        values: dict[str, object] = {}
        for name, words, read, wanted in _FIELDS:
            text = self.fields[name].text().strip().replace(",", ".")
            try:
                if text:
                    values[name] = read(text)
            except ValueError:
                self.problem.setText(f"{words} is {wanted}. Leave it empty for the model's own.")
                self.problem.show()
                return
        self.problem.hide()
        values |= {name: choice.currentData() for name, choice in self.choices.items()}
        parts = (part.strip().replace("\\n", "\n") for part in self.stop.text().split(","))
        values["stop"] = tuple(part for part in parts if part)
        values["schema"] = self._shown.schema  # a strategy takes its prompt's
        found = Parameters.from_dict(values)
        if found != self._shown:
            self._shown = found
            self.changed.emit(found)


def _line(words: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(words)
    made.setPlaceholderText(_OWN)
    return made


def _combo(words: str, options: tuple[str, ...]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(words)
    made.addItem(_OWN, None)
    for option in options:
        made.addItem(option.replace("_", " "), option)
    return made
