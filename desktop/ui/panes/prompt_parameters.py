"""The generation parameters of a prompt; an empty field leaves the model's own default."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.parameters import NAMES
from ...core.types import Parameters
from .. import theme
from ..components import button, explain, label
from .prompt_parameter_fields import (
    CHOICES,
    EMPTY,
    FIELDS,
    Choice,
    Field,
    read_stops,
    text_of,
    write_stops,
)
from .prompt_schema import SchemaEditor


class ParametersForm(QWidget):
    """Two columns of fields; what cannot be read is said below and not used.

    What the model does not take is hidden, and said below with the reason.
    """

    changed = Signal()
    findOutRequested = Signal()  # which of them the model takes

    def __init__(self) -> None:
        super().__init__()
        self._given = Parameters()
        self._hidden: set[str] = set()
        self.fields = {field.name: self._line(field) for field in FIELDS}
        self.fields["stop"].setPlaceholderText("none")
        self.choices = {choice.name: self._combo(choice) for choice in CHOICES}
        self.format = self.choices["response_format"]
        self._titles: dict[str, QLabel] = {}
        self.schema = SchemaEditor()
        self.schema.hide()
        self.problem = label(tone="danger", wrap=True)
        self.problem.hide()
        self.note = label(tone="muted", size="small", wrap=True)
        self.find_out = button("Find out what it accepts", kind="link")
        self.find_out.hide()
        self._grid = QGridLayout()
        self._arrange()
        self.format.currentIndexChanged.connect(self._show_schema)
        self.schema.changed.connect(self.changed)
        self.find_out.clicked.connect(self.findOutRequested)
        explain(self)

    def _line(self, field: Field) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(field.full)
        line.setToolTip(f"{field.full}. {field.does}")
        line.setPlaceholderText("model default")
        line.textChanged.connect(self._edited)
        return line

    def _combo(self, choice: Choice) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(choice.full)
        combo.setToolTip(f"{choice.full}. {choice.does}")
        for words, value in choice.options:
            combo.addItem(words, value)
        combo.currentIndexChanged.connect(self.changed)
        return combo

    def _arrange(self) -> None:
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(4))
        for name, title, widget in self._widgets():
            words = self._titles[name] = label(title, tone="muted")
            words.setBuddy(widget)
            words.setToolTip(widget.toolTip())
            widget.setMinimumWidth(theme.px(52))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._place()
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.find_out, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addLayout(self._grid)
        column.addWidget(self.schema)
        column.addWidget(self.problem)
        column.addLayout(foot)

    def _widgets(self) -> Iterator[tuple[str, str, QWidget]]:
        for field in FIELDS:
            yield field.name, field.title, self.fields[field.name]
        for choice in CHOICES:
            yield choice.name, choice.title, self.choices[choice.name]

    def _place(self) -> None:
        """Fill the grid with what the model takes, without gaps."""
        place = 0
        for name, _, widget in self._widgets():
            shown = name not in self._hidden
            for part in (self._titles[name], widget):
                self._grid.removeWidget(part)
                part.setParent(self)
                part.setVisible(shown)
            if shown:
                row, side = divmod(place, 2)
                self._grid.addWidget(self._titles[name], row, side * 2)
                self._grid.addWidget(widget, row, side * 2 + 1)
                place += 1

    # --- what the model takes --------------------------------------------------------------

    def show_accepted(
        self, model: str, refused: Collection[str], *, tried: bool, can_try: bool
    ) -> None:
        """Hide what the model refused, and say so; offer to find out what is not known."""
        hidden = set(refused) & set(self._titles)
        if hidden != self._hidden:
            self._hidden = hidden
            self._place()
            self._show_schema()
        names = ", ".join(NAMES[name] for name, _, _ in self._widgets() if name in hidden)
        if hidden:
            words = f"Hidden, because {model} refused it and it is left out: {names}."
        elif not can_try:
            words = f"{model} uses none of these. They are kept for models that do."
        else:
            words = f"{model} takes all of these." if tried else (
                f"Not tried yet which of these {model} takes.")
        self.note.setText(words)
        self.find_out.setVisible(can_try)
        self.find_out.setText("Try again" if tried else "Find out what it accepts")

    # --- values ----------------------------------------------------------------------------

    def show_parameters(self, parameters: Parameters) -> None:
        """Fill the fields, without telling."""
        if parameters == self.parameters() and self.problem.isHidden():
            self._given = parameters
            return
        self.blockSignals(True)
        self._given = parameters
        for field in FIELDS:
            self.fields[field.name].setText(text_of(getattr(parameters, field.name)))
        for name, combo in self.choices.items():
            value = getattr(parameters, name)
            if value is not None and combo.findData(value) < 0:
                combo.addItem(str(value), value)  # a newer model's word, from a file
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.schema.show_schema(parameters.schema)
        self._show_schema()
        self.blockSignals(False)

    def parameters(self) -> Parameters:
        """What is typed; where that cannot be read, what was there before."""
        values: dict[str, Any] = {name: combo.currentData()
                                  for name, combo in self.choices.items()}
        values["schema"] = self.schema.schema()
        for field in FIELDS:
            text = self.fields[field.name].text().strip()
            try:
                values[field.name] = field.read(text) if text else EMPTY.get(field.name)
            except ValueError:
                continue
        return dataclasses.replace(self._given, **values)

    def _show_schema(self) -> None:
        chosen = self.format.currentData() == "json_schema"
        self.schema.setVisible(chosen and "response_format" not in self._hidden)

    def _edited(self) -> None:
        wrong = [field for field in FIELDS if not _readable(field, self.fields[field.name])]
        self.problem.setText(wrong[0].rule if wrong else "")
        self.problem.setVisible(bool(wrong))
        for field in FIELDS:
            self.fields[field.name].setAccessibleDescription(field.rule if field in wrong else "")
        self.changed.emit()


def _readable(field: Field, line: QLineEdit) -> bool:
    try:
        if line.text().strip():
            field.read(line.text().strip())
    except ValueError:
        return False
    return True


__all__ = ["ParametersForm", "read_stops", "write_stops"]
