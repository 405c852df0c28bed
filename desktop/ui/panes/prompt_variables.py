"""The values of a prompt's variables, for questions that no case gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from .. import theme
from ..components import label
from .code_edit import CodeEdit


class _Row(QWidget):
    """One variable: its name, where else its value is from, and the value."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.value = CodeEdit(f"Value of {name}", lines=(1, 8), numbers=False)
        self.value.setPlaceholderText("no value")
        self.note = label(tone="muted", size="small")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        words = label(name)
        words.setProperty("code", "true")
        words.setBuddy(self.value)
        head.addWidget(words)
        head.addStretch(1)
        head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(4))
        column.setSpacing(theme.px(2))
        column.addLayout(head)
        column.addWidget(self.value)


class VariablesForm(QWidget):
    """A row for each variable; the value of one that vanishes is kept while the pane lives."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, _Row] = {}
        self._kept: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(4))

    def show_names(self, names: Sequence[str], cases: Mapping[str, str] | None = None) -> None:
        """The variables that the prompt asks for, in their order, and what to say about each."""
        for name in [each for each in self.rows if each not in names]:
            row = self.rows.pop(name)
            self._kept[name] = row.value.toPlainText()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for name in names:
            if name not in self.rows:
                self._add(name, self._kept.get(name, ""))
            self.rows[name].note.setText((cases or {}).get(name, ""))

    def _add(self, name: str, value: str) -> None:
        row = self.rows[name] = _Row(name)
        row.value.setPlainText(value)
        row.value.textChanged.connect(self.changed)
        self._column.addWidget(row)

    def show_values(self, variables: Sequence[tuple[str, str]], *, undoable: bool = False) -> None:
        """Another prompt's values; the editors tell of it like of typing."""
        given = dict(variables)
        self._kept = {}
        for name, row in self.rows.items():
            row.value.replace_text(given.pop(name, ""), undoable=undoable)
        for name, value in given.items():
            self._add(name, value)

    def values(self) -> tuple[tuple[str, str], ...]:
        """Names and values by name, without the empty ones."""
        typed = {name: row.value.toPlainText() for name, row in self.rows.items()}
        return tuple((name, typed[name]) for name in sorted(typed) if typed[name])
