"""The training examples as table rows: ids of all, and the examples themselves only of those
that are looked at. What is not there yet is asked for by `wanted` and comes through `fill`."""

from __future__ import annotations

import bisect
import enum
import operator
from array import array
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

from ...core.dataset.query import ExampleOrder
from ...core.dataset.report import DatasetReport
from ...core.dataset.turns import answer_of, question_of
from ...core.types import DatasetIssue, Example
from .fine_tuning_words import check_word, state_word

_NO_PARENT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
BLOCK = 128  # rows asked for at once
_KEPT = 4_096  # examples that are held; those that came first go first
_LENGTH = 300  # characters of a cell; more never fit
WAITING = "…"


class Column(enum.IntEnum):
    """The columns, left to right."""

    LINE = 0
    USER = 1
    ASSISTANT = 2
    TOKENS = 3
    TAGS = 4
    ORIGIN = 5
    CHECK = 6


HEADERS = ("Line", "User", "Assistant", "Tokens", "Tags", "Origin", "Check")
# What a click on a head sorts by: a query's word, or one of the last check's.
SORTS = ("line", "question", "answer", "tokens", "tags", "origin", "check")


class ExamplesModel(QAbstractTableModel):
    """The rows that a query found."""

    wanted = Signal(list)  # list[int], ids of examples that are looked at

    def __init__(self) -> None:
        super().__init__()
        self._order = ExampleOrder()
        self._known: dict[int, Example] = {}
        self._old: set[int] = set()  # of them, those to be asked for again when looked at
        self._rows: dict[int, int] | None = None  # id -> row, made when first needed
        self._asked: set[int] = set()  # blocks
        self._tokens: Sequence[int] = ()
        self._token_lines: Sequence[int] = ()
        self._by_line: dict[int, int] | None = None  # line -> tokens
        self._exact = True
        self._issues: Sequence[DatasetIssue] = ()  # of the last check, by line
        self._newer: dict[int, list[DatasetIssue]] = {}  # of lines edited since, by line
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._tell_wanted)

    # --- rows ----------------------------------------------------------------------------

    def show_order(self, order: ExampleOrder) -> None:
        """Show these rows; examples that are known stay."""
        self.beginResetModel()
        self._order, self._rows = order, None
        self._asked.clear()
        self.endResetModel()

    def forget(self) -> None:
        """Another dataset follows."""
        self._known.clear()
        self._old.clear()
        self._asked.clear()

    def ask_again(self) -> None:
        """The dataset changed: what is known is shown until it comes anew."""
        self._old = set(self._known)
        self._asked.clear()

    def example(self, row: int) -> Example | None:
        """The example of a row, None while it is on its way; asks for it and its neighbours."""
        id = self._order.ids[row]
        found = self._known.get(id)
        if found is None or id in self._old:
            block = row // BLOCK
            if block not in self._asked:
                self._asked.add(block)
                self._ask.start()
        return found

    def _tell_wanted(self) -> None:
        ids: list[int] = []
        for block in sorted(self._asked):
            part = self._order.ids[block * BLOCK:(block + 1) * BLOCK]
            ids += [each for each in part if each not in self._known or each in self._old]
        self._asked.clear()
        if ids:
            self.wanted.emit(ids[-8 * BLOCK:])  # of a long jump only where it ended

    def fill(self, examples: Iterable[Example]) -> None:
        """Examples that were asked for, or changed."""
        rows = []
        for example in examples:
            self._known.pop(example.id, None)
            self._known[example.id] = example
            self._old.discard(example.id)
            rows.append(self.row_of(example.id))
        for old in list(self._known)[:max(len(self._known) - _KEPT, 0)]:
            del self._known[old]
        rows = [row for row in rows if row >= 0]
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), Column.CHECK))

    def id_at(self, row: int) -> int:
        """The id of a row."""
        return self._order.ids[row]

    def line_at(self, row: int) -> int:
        """The line of a row."""
        return self._order.lines[row]

    def ids(self, rows: Iterable[range]) -> list[int]:
        """The ids of ranges of rows."""
        found: array[int] = array("q")
        for each in rows:
            found += self._order.ids[each.start:each.stop]
        return found.tolist()

    def row_of(self, id: int) -> int:
        """The row of an example, or -1."""
        if self._rows is None:
            self._rows = {each: row for row, each in enumerate(self._order.ids)}
        return self._rows.get(id, -1)

    def row_of_line(self, line: int) -> int:
        """The row of a line, or -1."""
        try:
            return self._order.lines.index(line)
        except ValueError:
            return -1

    # --- what is known about them --------------------------------------------------------

    def show_report(self, report: DatasetReport | None) -> None:
        """Show what a check found; None: nothing is known."""
        self._issues, self._newer = report.issues if report else (), {}
        self._tokens, self._token_lines = (
            (report.counts, report.lines) if report else ((), ()))
        self._by_line = None
        self._exact = report.exact if report else True
        if self.rowCount():
            self.dataChanged.emit(
                self.index(0, Column.TOKENS), self.index(self.rowCount() - 1, Column.CHECK))

    def _count(self, line: int) -> int | None:
        if self._by_line is None:
            self._by_line = dict(zip(self._token_lines, self._tokens, strict=True))
        return self._by_line.get(line)

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
        row = self.row_of_line(line)
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, Column.CHECK))

    # --- for the view --------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Sort by {HEADERS[section].lower()}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section in (Column.LINE, Column.TOKENS)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(index.row(), column)
        if role == Qt.ItemDataRole.UserRole:
            return next(iter(self.issues(self.line_at(index.row()))), None)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), column)
        return None

    def _cell(self, row: int, column: Column) -> str:
        if column is Column.LINE:
            return str(self.line_at(row))
        if column is Column.TOKENS:
            count = self._count(self.line_at(row))
            return "" if count is None else f"{'' if self._exact else '~'}{count:,}"
        example = self.example(row)
        if column is Column.CHECK:
            issues = self.issues(self.line_at(row))
            return check_word(issues[0].code) if issues else state_word(example)
        if example is None:
            return WAITING
        if column is Column.USER:
            return _flat(question_of(example))
        if column is Column.ASSISTANT:
            return _flat(answer_of(example)) or "–"
        return ", ".join(example.tags) if column is Column.TAGS else example.origin

    def _tip(self, row: int, column: Column) -> str:
        example = self.example(row)
        if column is Column.CHECK:
            return "\n".join(issue.message for issue in self.issues(self.line_at(row)))
        if example is None:
            return ""
        text = {Column.USER: question_of, Column.ASSISTANT: answer_of}.get(column)
        return text(example)[:2_000] if text else self._cell(row, column)


def _flat(text: str) -> str:
    return " ".join(text[:_LENGTH].split())
