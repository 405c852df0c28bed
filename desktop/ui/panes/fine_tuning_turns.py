"""The form of a plain chat example: a system message and turns, as text, and its tools."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ...core.dataset.turns import Turn
from .. import theme
from ..components import button, icon_button, label

MAX_TURNS = 20  # more are edited as JSON: hundreds of fields would be slow and no help
_NAMES = {"system": "System", "developer": "Developer", "user": "User", "assistant": "Assistant"}
_LINES = {"system": 2, "developer": 2, "user": 2, "assistant": 3}


class TurnField(QWidget):
    """One turn: who speaks, what, and for answers whether the model learns from it."""

    edited = Signal()
    removed = Signal()

    def __init__(self, turn: Turn, number: int) -> None:
        super().__init__()
        self.role, self._weight = turn.role, turn.weight
        self.text = QPlainTextEdit(turn.content)
        self.text.setAccessibleName(f"{_NAMES[turn.role]}, message {number}")
        self.text.setTabChangesFocus(True)
        lines = self.text.fontMetrics().lineSpacing() * _LINES[turn.role]
        self.text.setFixedHeight(lines + theme.px(20))
        self.learn = QCheckBox("Learn from it")
        self.learn.setToolTip("Off: the answer stays as context, with weight 0")
        self.learn.setChecked(turn.weight != 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addLayout(self._head(number))
        column.addWidget(self.text)
        self.learn.setVisible(turn.role == "assistant")  # not before it has a parent
        self.text.textChanged.connect(self.edited)
        self.learn.toggled.connect(self.edited)

    def _head(self, number: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label(_NAMES[self.role], tone="muted", size="small"))
        row.addStretch(1)
        row.addWidget(self.learn)
        self.remove = icon_button("x", f"Remove message {number}")
        self.remove.clicked.connect(self.removed)
        row.addWidget(self.remove)
        return row

    def turn(self) -> Turn:
        """What the field holds; a weight is written only where it says something."""
        weight = self._weight
        if self.role == "assistant" and self.learn.isChecked() != (weight != 0):
            weight = 1 if self.learn.isChecked() else 0
        return Turn(self.role, self.text.toPlainText(), weight)


class ToolsField(QWidget):
    """The functions that the model may call, as JSON; what does not parse is not taken."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tools: list[Any] = []
        self.text = QPlainTextEdit()
        self.text.setProperty("code", "true")
        self.text.setAccessibleName("Tools, as a JSON list")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 6 + theme.px(20))
        self.problem = label(tone="danger", size="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        column.addWidget(label("Tools the model may call, as JSON", tone="muted", size="small"))
        column.addWidget(self.text)
        column.addWidget(self.problem)
        self.problem.hide()
        self.text.textChanged.connect(self._read)

    def show_tools(self, tools: list[Any]) -> None:
        """Show others, without telling."""
        if tools != self.tools:
            self.tools = tools
            self.text.blockSignals(True)
            self.text.setPlainText(json.dumps(tools, ensure_ascii=False, indent=1) if tools else "")
            self.text.blockSignals(False)
        self.problem.hide()

    def _read(self) -> None:
        text = self.text.toPlainText().strip()
        try:
            tools = json.loads(text) if text else []
            problem = "" if isinstance(tools, list) else "Write a list: [ … ]"
        except (ValueError, RecursionError):
            problem = "This is not JSON yet; the tools from before are kept."
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if not problem and tools != self.tools:
            self.tools = tools
            self.edited.emit()


class TurnsForm(QWidget):
    """All turns of one example."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[TurnField] = []
        self.add_system = button("Add system message", kind="link")
        self.add_turn = button("Add message", kind="link")
        self.add_tools = button("Add tools", kind="link")
        self.tools = ToolsField()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(8))
        self._column.setSpacing(theme.px(4))
        row = QHBoxLayout()
        row.addWidget(self.add_turn)
        row.addWidget(self.add_system)
        row.addWidget(self.add_tools)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addWidget(self.tools)
        self._column.addStretch(1)
        self.add_tools.clicked.connect(self._show_tools)
        self.tools.edited.connect(self.edited)
        self.add_turn.clicked.connect(self._add_turn)
        self.add_system.clicked.connect(self._add_system)

    def turns(self) -> list[Turn]:
        """What the form holds."""
        return [field.turn() for field in self.fields]

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """Show other turns, without telling; texts that are the same keep their caret."""
        if list(turns) == self.turns():
            return
        for field in self.fields:
            self._column.removeWidget(field)
            field.hide()
            field.deleteLater()
        self.fields = [TurnField(turn, number) for number, turn in enumerate(turns, 1)]
        for place, field in enumerate(self.fields):
            self._column.insertWidget(place, field)
            field.edited.connect(self.edited)
            field.removed.connect(self._remove)
        self._set_tab_order()
        self._offer()

    def show_tools(self, tools: list[Any]) -> None:
        """Show an example's tools, without telling."""
        self.tools.show_tools(tools)
        self.tools.setVisible(bool(tools))
        self.add_tools.setVisible(not tools)

    def _show_tools(self) -> None:
        self.tools.show()
        self.add_tools.hide()
        self.tools.text.setFocus()

    def _set_tab_order(self) -> None:
        order: list[QWidget] = []
        for field in self.fields:
            order += [field.text, field.learn, field.remove]
        for before, after in itertools.pairwise(
                [*order, self.add_turn, self.add_system, self.add_tools, self.tools.text]):
            self.setTabOrder(before, after)

    def _offer(self) -> None:
        self.add_turn.setText(f"Add {self._next_role()} message")
        has_system = bool(self.fields) and self.fields[0].role in ("system", "developer")
        self.add_system.setVisible(not has_system)
        self.add_turn.setVisible(len(self.fields) < MAX_TURNS)

    def _next_role(self) -> str:
        return "assistant" if self.fields and self.fields[-1].role == "user" else "user"

    def _add_turn(self) -> None:
        self._change([*self.turns(), Turn(self._next_role(), "")])
        self.fields[-1].text.setFocus()

    def _add_system(self) -> None:
        self._change([Turn("system", ""), *self.turns()])
        self.fields[0].text.setFocus()

    def _remove(self) -> None:
        gone = self.sender()
        self._change([field.turn() for field in self.fields if field is not gone])

    def _change(self, turns: Sequence[Turn]) -> None:
        self.show_turns(turns)
        self.edited.emit()

    def focus_first_empty(self) -> None:
        """Put the caret where something is to be typed."""
        fields = self.fields
        empty = next((field for field in fields if not field.text.toPlainText()), None)
        if empty or fields:
            (empty or fields[0]).text.setFocus()
