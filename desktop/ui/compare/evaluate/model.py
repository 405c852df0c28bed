"""The grid as a table model: 8,000 cells, and many changes a second gathered into few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ....core.evaluation.types import Cell
from ....core.types import Case, Strategy
from .grid import Filter, Grid, spoken

Index = QModelIndex | QPersistentModelIndex
FLUSH_MS = 50  # a run tells of hundreds of cells a second; the grid repaints this often at most
SHOWN = int(Qt.ItemDataRole.UserRole)  # a `Shown`; a Case in the first column


class GridModel(QAbstractTableModel):
    """Rows are listed cases, column 0 the case, the others strategies."""

    flushed = Signal()  # cells have changed
    listed = Signal()  # other rows

    def __init__(self, grid: Grid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = grid
        self.against = True
        self._rows: list[Case] = []
        self._place: dict[int, int] = {}
        self._filter, self._search = Filter.ALL, ""
        self._sort: tuple[int, Qt.SortOrder] = (0, Qt.SortOrder.AscendingOrder)
        self._pending: dict[int, Cell] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self.flush)

    # --- reading -----------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return 1 + len(self.grid.strategies)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        case = self._rows[index.row()]
        if role not in (SHOWN, *_TEXT_ROLES):
            return None
        if index.column() == 0:
            return case if role == SHOWN else case.question
        strategy = self.grid.strategies[index.column() - 1]
        shown = self.grid.shown(case.id, strategy.id)
        if role == SHOWN:
            return shown
        said = spoken(shown, self.grid.metric, self.against)
        named = role == Qt.ItemDataRole.AccessibleTextRole
        return f"{strategy.name}: {said}" if named else said

    def headerData(
        self, section: int, orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return "Case" if section == 0 else self.grid.strategies[section - 1].name

    def case(self, row: int) -> Case:
        """The case of a row."""
        return self._rows[row]

    def strategy(self, column: int) -> Strategy | None:
        """The strategy of a column, None for the first."""
        return self.grid.strategies[column - 1] if column > 0 else None

    def listed_ids(self) -> list[int]:
        """The cases that are listed, in their order on screen."""
        return [case.id for case in self._rows]

    def row_of(self, case_id: int) -> int | None:
        """Where a case is listed, if it is."""
        return self._place.get(case_id)

    def column_of(self, strategy_id: int) -> int | None:
        """Where a strategy stands, if it does."""
        ids = [strategy.id for strategy in self.grid.strategies]
        return ids.index(strategy_id) + 1 if strategy_id in ids else None

    # --- changing ----------------------------------------------------------------------

    def reset(
        self, cases: Sequence[Case], strategies: Sequence[Strategy], cells: Sequence[Cell]
    ) -> None:
        """Another run, other cases or other columns."""
        self.beginResetModel()
        self._pending.clear()
        self.grid.cases = list(cases)
        self.grid.show_columns(strategies)
        self.grid.show_cells(cells)
        if self._sort[0] > len(strategies):
            self._sort = (0, Qt.SortOrder.AscendingOrder)
        self._list()
        self.endResetModel()
        self.listed.emit()

    def change(self, cell: Cell) -> None:
        """A cell is other; shown with the next flush."""
        self._pending[cell.id] = cell
        if not self._timer.isActive():
            self._timer.start()

    def add(self, cell: Cell) -> None:
        """A cell, unless something is known of it already."""
        known = self.grid.cells(cell.case_id, cell.strategy_id)
        if cell.id not in self._pending and cell.id not in [each.id for each in known]:
            self.change(cell)

    def flush(self) -> None:
        """Show what was gathered. Rows keep their places while a run goes on."""
        self._timer.stop()
        pending, self._pending = self._pending, {}
        if not pending:
            return
        for cell in pending.values():
            self.grid.put(cell)
        rows = {self._place[c.case_id] for c in pending.values() if c.case_id in self._place}
        last = self.columnCount() - 1
        for first, end in _stretches(rows):  # painting all between the first and the last is slow
            self.dataChanged.emit(self.index(first, 1), self.index(end, last))
        self.flushed.emit()

    def refresh(self) -> None:
        """Metric, ratings or bars have changed: every cell is worked out anew."""
        self.grid.forget()
        self.relist()

    def filter_rows(self, which: Filter, search: str) -> None:
        """List only some cases."""
        if (which, search) != (self._filter, self._search):
            self._filter, self._search = which, search
            self.relist()

    def relist(self) -> None:
        """Filter and sort again; what is selected stays selected where it is still listed."""
        self.flush()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in before]
        self._list()
        after = [
            self.index(self._place[case], index.column()) if case in self._place else QModelIndex()
            for case, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.listed.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By the cases' own order, or by the chosen score of a column."""
        self._sort = (max(0, column), order)
        self.relist()

    def _list(self) -> None:
        self._rows = self.grid.listed(self._filter, self._search)
        column, order = self._sort
        down = order is Qt.SortOrder.DescendingOrder
        strategy = self.strategy(column)
        if strategy is not None:
            scores = {c.id: self.grid.score((c.id, strategy.id)) for c in self._rows}
            sign = -1 if down else 1
            self._rows.sort(key=lambda c: (  # what has no score comes last either way
                (score := scores[c.id]) is None, sign * (score or 0.0)))
        elif down:
            self._rows.reverse()
        self._place = {case.id: row for row, case in enumerate(self._rows)}


def _stretches(rows: set[int]) -> Iterator[tuple[int, int]]:
    """Rows that follow one another, as first and last."""
    first = end = -2
    for row in sorted(rows):
        if row == end + 1:
            end = row
            continue
        if end >= 0:
            yield first, end
        first = end = row
    if end >= 0:
        yield first, end


_TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole,
               Qt.ItemDataRole.ToolTipRole)
