"""Editing one example: as turns where it is plain chat, as JSON otherwise, checked live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.dataset import rows
from ...core.dataset.turns import turns_of, with_turns
from ...core.types import DatasetIssue, Example
from .. import theme
from ..components import ElidedLabel, IconLabel, icon_button, label
from .fine_tuning_facts import FactsRow, origin_words
from .fine_tuning_turns import MAX_TURNS, TurnsForm
from .fine_tuning_words import ICONS, TONES

_SHOWN_ISSUES = 4


class IssueLine(QWidget):
    """One issue in full."""

    def __init__(self, issue: DatasetIssue) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        tone = TONES[issue.severity]
        row.addWidget(IconLabel(ICONS[issue.severity], tone))
        row.addWidget(label(issue.message, tone=tone, wrap=True), 1)


class ExampleEditor(QFrame):
    """Shows one example; `edited` carries it as it stands after each keystroke."""

    edited = Signal(object)  # Example
    removed = Signal()
    closed = Signal()
    cellRequested = Signal(int)  # the cell whose answer it was made from

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self._example: Example | None = None
        self._issues: list[DatasetIssue] = []
        self.title = label(role="strong")
        self.origin = ElidedLabel()
        self.origin.setProperty("tone", "muted")
        self.facts = FactsRow()
        self.facts.edited.connect(self._facts_edited)
        self.issue_box = QVBoxLayout()
        self.issue_box.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), 0)
        self.issue_box.setSpacing(theme.px(2))
        self.form = TurnsForm()
        self.raw = self._raw_field()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._scroll(self.form))
        self.stack.addWidget(self._raw_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.facts)
        column.addLayout(self.issue_box)
        column.addWidget(self.stack, 1)
        self.form.edited.connect(self._tell)
        self.raw.textChanged.connect(self._tell)

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setFixedHeight(theme.px(32))
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.title)
        row.addWidget(self.origin, 1)
        self.back = icon_button("arrow-u-up-left", "Show the cell it came from")
        self.back.clicked.connect(self._ask_cell)
        row.addWidget(self.back)
        self.remove = icon_button("trash", "Remove example")
        self.close_button = icon_button("x", "Close the editor")
        row.addWidget(self.remove)
        row.addWidget(self.close_button)
        self.remove.clicked.connect(self.removed)
        self.close_button.clicked.connect(self.closed)
        return head

    def _scroll(self, inside: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        frame = QFrame()
        frame.setProperty("surface", "surface")
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(inside)
        scroll.setWidget(frame)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return scroll

    def _raw_field(self) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setProperty("code", "true")
        field.setAccessibleName("Example as JSON")
        field.setTabChangesFocus(True)
        return field

    def _raw_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(12))
        column.addWidget(self.raw)
        return page

    def _ask_cell(self) -> None:
        cell = self._example.lineage.cell_id if self._example is not None else None
        if cell is not None:
            self.cellRequested.emit(cell)

    def example(self) -> Example | None:
        """The example as it stands, None while there is none."""
        return self._example

    def show_example(self, example: Example) -> None:
        """Show an example, without telling; what is the same keeps its caret."""
        if example == self._example:
            return
        self._example = example
        self.title.setText(f"Line {example.line}")
        self.origin.setText(origin_words(example))
        self.back.setVisible(example.lineage.cell_id is not None)
        self.blockSignals(True)
        self.facts.show_example(example)
        turns = turns_of(example)
        if turns is not None and len(turns) <= MAX_TURNS:
            self.form.show_turns(turns)
            self.form.show_tools(list(example.row.get("tools") or []))
            self.stack.setCurrentIndex(0)
        else:
            self._show_raw(example)
            self.stack.setCurrentIndex(1)
        self.blockSignals(False)

    def _show_raw(self, example: Example) -> None:
        text = example.raw or json.dumps(example.row, ensure_ascii=False, indent=2)
        if rows.example(self.raw.toPlainText(), example.line).row != example.row or example.raw:
            self._set_raw(text)

    def _set_raw(self, text: str) -> None:
        if self.raw.toPlainText() != text:
            self.raw.setPlainText(text)

    def _tell(self) -> None:
        old = self._example
        if old is None or self.signalsBlocked():
            return
        if self.stack.currentIndex() == 0:
            self._example = with_turns(old, self.form.turns(), self.form.tools.tools)
        else:
            read = rows.example(self.raw.toPlainText(), old.line)
            self._example = replace(old, row=read.row, raw=read.raw)
        if self._example != old:
            self.edited.emit(self._example)

    def _facts_edited(self) -> None:
        old = self._example
        if old is not None and not self.signalsBlocked() and self.facts.of(old) != old:
            self._example = self.facts.of(old)
            self.edited.emit(self._example)

    def show_issues(self, issues: Sequence[DatasetIssue]) -> None:
        """Say what is wrong with the example."""
        if list(issues) == self._issues:
            return
        self._issues = list(issues)
        while item := self.issue_box.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for issue in self._issues[:_SHOWN_ISSUES]:
            self.issue_box.addWidget(IssueLine(issue))
        more = len(self._issues) - _SHOWN_ISSUES
        if more > 0:
            self.issue_box.addWidget(self._more(more))

    def _more(self, count: int) -> QLabel:
        return label(f"and {count} more", tone="muted", size="small")

    def focus(self) -> None:
        """Put the caret where something is to be typed."""
        if self.stack.currentIndex() == 0:
            self.form.focus_first_empty()
        else:
            self.raw.setFocus()
