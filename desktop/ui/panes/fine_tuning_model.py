"""The training examples as table rows. Nothing is computed for a row that is not on screen."""

from __future__ import annotations

import bisect
import enum
import operator
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ...core.dataset.report import DatasetReport
from ...core.dataset.turns import answer_of, question_of
from ...core.types import DatasetIssue, Example
from .fine_tuning_words import check_word

_NO_PARENT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
Placed = tuple[int, Example]  # position in the dataset, from 0, and the example
_SLICE = 4_000  # rows searched between two turns of the event loop
_LENGTH = 300  # characters of a cell; more never fit


class Column(enum.IntEnum):
    """The columns, left to right."""

    LINE = 0
    USER = 1
    ASSISTANT = 2
    TOKENS = 3
    ORIGIN = 4
    CHECK = 5


HEADERS = ("Line", "User", "Assistant", "Tokens", "Origin", "Check")


class ExamplesModel(QAbstractTableModel):
    """All examples, or those a search found. Changed by undo commands only."""

    searched = Signal()  # a search has ended and its rows are on screen

    def __init__(self) -> None:
        super().__init__()
        self._examples: list[Example] = []
        self._shown: Sequence[int] = range(0)  # positions on screen
        self._tokens: dict[int, int] = {}  # by id
        self._exact = True
        self._issues: Sequence[DatasetIssue] = ()  # of the last check, by line
        self._newer: dict[int, list[DatasetIssue]] = {}  # of lines edited since, by line
        self._last_id = 0
        self._needle = ""
        self._found: list[int] = []
        self._looked = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._look_on)

    # --- rows ----------------------------------------------------------------------------

    def examples(self) -> list[Example]:
        """The whole dataset, in order."""
        return list(self._examples)

    def examples_count(self) -> int:
        """How many there are, on screen or not."""
        return len(self._examples)

    def example_at(self, position: int) -> Example:
        """The example at a place of the dataset."""
        return self._examples[position]

    def example(self, row: int) -> Example:
        """The example of a row on screen."""
        return self._examples[self._shown[row]]

    def row_of(self, id: int) -> int:
        """The row on screen of an example, or -1."""
        return next((row for row, at in enumerate(self._shown) if self._examples[at].id == id), -1)

    def row_of_line(self, line: int) -> int:
        """The row on screen of a line, or -1."""
        return next(
            (row for row, at in enumerate(self._shown) if self._examples[at].line == line), -1)

    def next_id(self) -> int:
        """An id no example had before, so that undo can bring each back under its own."""
        self._last_id += 1
        return self._last_id

    def next_line(self) -> int:
        """The line after the last one."""
        return max((example.line for example in self._examples), default=0) + 1

    def show_examples(self, examples: Sequence[Example]) -> None:
        """Replace everything; what was known about the rows before is forgotten."""
        self.beginResetModel()
        self._examples = list(examples)
        self._last_id = max((example.id for example in examples), default=self._last_id)
        self._tokens, self._issues, self._newer = {}, (), {}
        self._shown = range(len(self._examples))
        self.endResetModel()
        self.search(self._needle)

    def replace(self, example: Example) -> None:
        """Show an edited example in its place."""
        for at, old in enumerate(self._examples):
            if old.id == example.id:
                self._examples[at] = example
                self._tokens.pop(example.id, None)
                self._repaint(self.row_of(example.id))
                return

    def _repaint(self, row: int) -> None:
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, Column.CHECK))

    def take(self, ids: Iterable[int]) -> list[Placed]:
        """Remove examples; returns them with their places, for `put`."""
        gone = set(ids)
        taken = [placed for placed in enumerate(self._examples) if placed[1].id in gone]
        self._reset([example for example in self._examples if example.id not in gone])
        return taken

    def put(self, placed: Iterable[Placed]) -> None:
        """Insert examples at their places, in ascending order."""
        examples = list(self._examples)
        for at, example in placed:
            examples.insert(at, example)
            self._last_id = max(self._last_id, example.id)
        self._reset(examples)

    def _reset(self, examples: list[Example]) -> None:
        self.beginResetModel()
        self._examples = examples
        self._shown = self._matching()
        self.endResetModel()

    def _matching(self) -> Sequence[int]:
        if not self._needle:
            return range(len(self._examples))
        return [at for at, e in enumerate(self._examples) if _contains(e, self._needle)]

    # --- what is known about them --------------------------------------------------------

    def show_report(self, report: DatasetReport) -> None:
        """Show what a check found."""
        self._issues, self._newer = report.issues, {}
        if len(report.counts) == len(self._examples):
            ids = map(operator.attrgetter("id"), self._examples)
            self._tokens = dict(zip(ids, report.counts, strict=True))
        self._exact = report.exact
        if self.rowCount():
            self.dataChanged.emit(
                self.index(0, Column.TOKENS), self.index(self.rowCount() - 1, Column.CHECK))

    def issues(self, line: int) -> list[DatasetIssue]:
        """What is known to be wrong with a line."""
        if line in self._newer:
            return self._newer[line]
        by_line = operator.attrgetter("line")
        start = bisect.bisect_left(self._issues, line, key=by_line)
        end = bisect.bisect_right(self._issues, line, start, key=by_line)
        return list(self._issues[start:end])

    def show_issues(self, line: int, issues: list[DatasetIssue]) -> None:
        """Show what is wrong with one line now."""
        self._newer[line] = issues
        self._repaint(self.row_of_line(line))

    # --- search --------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Show only examples whose question or answer holds `text`; "" shows all.

        Long datasets are searched in slices; `searched` tells the end.
        """
        self._timer.stop()
        self._needle, self._found, self._looked = text.casefold().strip(), [], 0
        if not self._needle:
            self._found = list(range(len(self._examples)))
            self._looked = len(self._examples)
        self._look_on()

    def _look_on(self) -> None:
        end = min(self._looked + _SLICE, len(self._examples))
        self._found += [
            at for at in range(self._looked, end) if _contains(self._examples[at], self._needle)
        ]
        self._looked = end
        if end < len(self._examples):
            self._timer.start()
            return
        self._timer.stop()
        if list(self._shown) != self._found:
            self.beginResetModel()
            self._shown = self._found
            self.endResetModel()
        self.searched.emit()

    # --- for the view --------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section in (Column.LINE, Column.TOKENS)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        example = self.example(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(example, Column(index.column()))
        if role == Qt.ItemDataRole.UserRole:
            return next(iter(self.issues(example.line)), None)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(example, Column(index.column()))
        return None

    def _cell(self, example: Example, column: Column) -> str:
        if column is Column.LINE:
            return str(example.line)
        if column is Column.USER:
            return _flat(question_of(example))
        if column is Column.ASSISTANT:
            return _flat(answer_of(example)) or "–"
        if column is Column.TOKENS:
            count = self._tokens.get(example.id)
            return "" if count is None else f"{'' if self._exact else '~'}{count:,}"
        if column is Column.ORIGIN:
            return example.origin
        issues = self.issues(example.line)
        return check_word(issues[0].code) if issues else ""

    def _tip(self, example: Example, column: Column) -> str:
        if column is Column.CHECK:
            return "\n".join(issue.message for issue in self.issues(example.line))
        text = {Column.USER: question_of, Column.ASSISTANT: answer_of}.get(column)
        return text(example)[:2_000] if text else ""


def _flat(text: str) -> str:
    return " ".join(text[:_LENGTH].split())


def _contains(example: Example, needle: str) -> bool:
    return needle in question_of(example).casefold() or needle in answer_of(example).casefold()
