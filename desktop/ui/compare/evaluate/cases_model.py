"""The workspace's cases as a table to edit in place."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ....core.types import Case
from .case_text import read_sources, read_tags, sources_text, turns_text

Index = QModelIndex | QPersistentModelIndex
CASE = int(Qt.ItemDataRole.UserRole)
SPLITS: tuple[Literal["tune", "holdout"], ...] = ("tune", "holdout")


class Column(enum.IntEnum):
    """The columns, in order."""

    NUMBER = 0
    QUESTION = 1
    REFERENCE = 2
    SOURCES = 3
    TAGS = 4
    SPLIT = 5


TITLES = ("Case", "Question", "Reference answer", "Gold sources", "Tags", "Split")


class CasesModel(QAbstractTableModel):
    """An edit is told by `edited` and shown at once; who stores it may show something else."""

    edited = Signal(object)  # Case

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Case] = []
        self._rows: list[Case] = []
        self._search: list[str] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        case = self._rows[index.row()]
        if role == CASE:
            return case
        text = cell_text(case, Column(index.column()))
        talks = bool(case.history) and index.column() == Column.QUESTION
        if role == Qt.ItemDataRole.DisplayRole:
            shown = " ".join(text[:400].split())
            return f"{shown}  (after {len(case.history)} turns)" if talks else shown
        if role == Qt.ItemDataRole.EditRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{TITLES[index.column()]}: {text or 'empty'}"
        if role == Qt.ItemDataRole.ToolTipRole and talks:
            return f"{turns_text(case.history)}\n\nUser: {text}"[-2000:]
        if role == Qt.ItemDataRole.ToolTipRole:
            return text[:2000] if len(text) > 40 else ""
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = super().flags(index)
        fixed = index.column() == Column.NUMBER
        return base if fixed else base | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        before = self._rows[index.row()]
        after = changed(before, Column(index.column()), str(value))
        if after is None or after == before:
            return False
        self.replace(after)
        self.edited.emit(after)
        return True

    def replace(self, case: Case) -> None:
        """A case is other."""
        for rows in (self._all, self._rows):
            for row, known in enumerate(rows):
                if known.id == case.id:
                    rows[row] = case
                    if rows is self._rows:
                        last = len(Column) - 1
                        self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    def show_cases(self, cases: Sequence[Case]) -> None:
        """All cases, anew."""
        self.beginResetModel()
        self._all = list(cases)
        self._list()
        self.endResetModel()

    def search(self, text: str) -> None:
        """List only the cases that have all these words."""
        self.beginResetModel()
        self._search = text.casefold().split()
        self._list()
        self.endResetModel()

    def _list(self) -> None:
        self._rows = [case for case in self._all if all(w in _words(case) for w in self._search)]

    def case(self, row: int) -> Case | None:
        """The case of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, case_id: int) -> int | None:
        """Where a case is listed, if it is."""
        return next((row for row, case in enumerate(self._rows) if case.id == case_id), None)

    def total(self) -> int:
        """How many cases there are, listed or not."""
        return len(self._all)


def _words(case: Case) -> str:
    return "\n".join((turns_text(case.history), case.question, case.reference,
                      sources_text(case.sources), " ".join(case.tags), case.split)).casefold()


def cell_text(case: Case, column: Column) -> str:
    """What a cell holds, as it is edited."""
    match column:
        case Column.NUMBER:
            return str(case.id)
        case Column.QUESTION:
            return case.question
        case Column.REFERENCE:
            return case.reference
        case Column.SOURCES:
            return sources_text(case.sources)
        case Column.TAGS:
            return ", ".join(case.tags)
    return case.split


def changed(case: Case, column: Column, text: str) -> Case | None:
    """The case with one cell typed anew; None for what cannot stand there."""
    match column:
        case Column.QUESTION:
            return replace(case, question=text.strip()) if text.strip() else None
        case Column.REFERENCE:
            return replace(case, reference=text.strip())
        case Column.SOURCES:
            return replace(case, sources=read_sources(text))
        case Column.TAGS:
            return replace(case, tags=read_tags(text))
        case Column.SPLIT:
            split = next((name for name in SPLITS if name == text), None)
            return replace(case, split=split) if split else None
    return None
