"""The generation parameters of a prompt; an empty field leaves the model's own default."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from ...core.types import Parameters
from .. import theme
from ..components import label

FORMATS = (("Model default", None), ("Text", "text"), ("JSON object", "json_object"))
MAX_STOPS = 4  # sequences; more are refused by Azure OpenAI


class _Field(NamedTuple):
    name: str
    title: str
    rule: str  # said when what is typed is none
    read: Callable[[str], Any]  # raises ValueError


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text.replace(",", "."))
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def read_stops(text: str) -> tuple[str, ...]:
    r"""Stop sequences from one line: commas between them, `\n` a new line, `\,` a comma.

    Raises ValueError for more than four.
    """
    parts = [re.sub(r"\\(.)", _unescape, part) for part in re.findall(r"(?:\\.|[^,\\])+", text)]
    stops = tuple(part.strip(" ") for part in parts if part.strip(" "))
    if len(stops) > MAX_STOPS:
        raise ValueError(text)
    return stops


def _unescape(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(found[1], found[1])


def write_stops(stops: tuple[str, ...]) -> str:
    """The inverse of `read_stops`."""
    for plain, escaped in (("\\", "\\\\"), (",", "\\,"), ("\n", "\\n"), ("\t", "\\t")):
        stops = tuple(stop.replace(plain, escaped) for stop in stops)
    return ", ".join(stops)


_FIELDS = (
    _Field("temperature", "Temperature", "Temperature is a number from 0 to 2.", _number(0, 2)),
    _Field("max_tokens", "Max tokens", "Max tokens is a whole number from 1 up.",
           _whole(1, 10_000_000)),
    _Field("top_p", "Top p", "Top p is a number from 0 to 1.", _number(0, 1)),
    _Field("seed", "Seed", "Seed is a whole number.", _whole(-(2**63), 2**63 - 1)),
    _Field("stop", "Stop", f"At most {MAX_STOPS} stop sequences are taken.", read_stops),
)


class ParametersForm(QWidget):
    """Two columns of fields; what cannot be read is said below and not used."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._given = Parameters()
        self.fields = {field.name: self._line(field) for field in _FIELDS}
        self.fields["stop"].setPlaceholderText("none")
        self.fields["stop"].setToolTip(r"Put commas between sequences; \n is a new line")
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        self.format.addItems([name for name, _ in FORMATS])
        self.format.currentIndexChanged.connect(self.changed)
        self.problem = label(tone="danger", wrap=True)
        self.problem.hide()
        self._arrange()

    def _line(self, field: _Field) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(field.title)
        line.setPlaceholderText("model default")
        line.textChanged.connect(self._edited)
        return line

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(4))
        shown: list[tuple[str, QWidget]] = [(f.title, self.fields[f.name]) for f in _FIELDS]
        for place, (title, widget) in enumerate([*shown, ("Format", self.format)]):
            words = label(title, tone="muted")
            words.setBuddy(widget)
            grid.addWidget(words, place // 2, place % 2 * 2)
            grid.addWidget(widget, place // 2, place % 2 * 2 + 1)
            widget.setMinimumWidth(theme.px(52))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)
        column.addWidget(self.problem)

    def show_parameters(self, parameters: Parameters) -> None:
        """Fill the fields, without telling."""
        if parameters == self.parameters() and self.problem.isHidden():
            self._given = parameters
            return
        self.blockSignals(True)
        self._given = parameters
        for field in _FIELDS:
            self.fields[field.name].setText(_text(getattr(parameters, field.name)))
        names = [value for _, value in FORMATS]
        self.format.setCurrentIndex(names.index(parameters.response_format))
        self.blockSignals(False)

    def parameters(self) -> Parameters:
        """What is typed; where that cannot be read, what was there before."""
        values: dict[str, Any] = {"response_format": FORMATS[self.format.currentIndex()][1]}
        for field in _FIELDS:
            text = self.fields[field.name].text().strip()
            try:
                values[field.name] = field.read(text) if text else _EMPTY.get(field.name)
            except ValueError:
                continue
        return dataclasses.replace(self._given, **values)

    def _edited(self) -> None:
        wrong = [field for field in _FIELDS if not _readable(field, self.fields[field.name])]
        self.problem.setText(wrong[0].rule if wrong else "")
        self.problem.setVisible(bool(wrong))
        for field in _FIELDS:
            self.fields[field.name].setAccessibleDescription(field.rule if field in wrong else "")
        self.changed.emit()


_EMPTY: dict[str, Any] = {"stop": ()}


def _readable(field: _Field, line: QLineEdit) -> bool:
    try:
        if line.text().strip():
            field.read(line.text().strip())
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    if value is None:
        return ""
    return write_stops(value) if isinstance(value, tuple) else str(value)
