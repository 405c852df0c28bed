"""Which examples the table lists, in what order, and which of them is chosen."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ...core.dataset.query import ExampleOrder, ExampleQuery, Facets
from .fine_tuning_parts import FineTuningParts

_PAUSE = 200  # ms without a keystroke before a search begins


class ExampleListing(FineTuningParts):
    """Asks for rows by `queryChanged` and shows those it is given."""

    queryChanged = Signal()  # `query`, `code` and `order_by` say to what

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facets = Facets()
        self._sort = ("line", False)
        self._wanted_line = 0
        self._search_pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._search_pause.timeout.connect(self.queryChanged)
        self.tools.search.textChanged.connect(self._search_pause.start)
        self.tools.search.returnPressed.connect(self._search)
        self.tools.filtered.connect(self._search)
        self.table.sorted.connect(self._sort_by)

    def query(self) -> ExampleQuery:
        """What the table is to list."""
        name, value = self.tools.chosen()
        known = {name: value} if name in ("tag", "state", "split", "origin") else {}
        stored = self._sort[0] not in ("tokens", "check")
        return ExampleQuery(
            self.tools.search.text(), sort=self._sort[0] if stored else "line",  # type: ignore[arg-type]
            descending=self._sort[1] and stored, **known)  # type: ignore[arg-type]

    def code(self) -> str:
        """The kind of issue that is listed, "any", or "" for all lines."""
        name, value = self.tools.chosen()
        return value if name == "code" else ""

    def order_by(self) -> tuple[str, bool]:
        """`tokens` or `check`, and whether it descends; "" where the query says the order."""
        return self._sort if self._sort[0] in ("tokens", "check") else ("", False)

    def _sort_by(self, name: str, descending: bool) -> None:
        self._sort = (name, descending)
        self.queryChanged.emit()

    def _search(self) -> None:
        self._search_pause.stop()
        self.queryChanged.emit()

    def show_code(self, code: str) -> None:
        """List only the lines with a kind of issue; "" for all lines."""
        self.tools.choose_code(code, self._facets)

    def show_rows(self, order: ExampleOrder, facets: Facets) -> None:
        """Show what a query found, without telling; the current row stays where it can."""
        self._facets = facets
        current, top = self._current_id(), self.table.verticalScrollBar().value()
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        self.model.show_order(order)
        row = self.model.row_of(current) if current else -1
        if row >= 0:
            selection.setCurrentIndex(
                self.model.index(row, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows)
        selection.blockSignals(False)
        self.table.verticalScrollBar().setValue(top)
        self.bulk.show_number(self.table.number_chosen())
        self.tools.show_facets(facets)
        self.counts.show_number(facets, len(order))
        self.pages.setCurrentIndex(1 if facets.total else 0)
        if self._wanted_line:
            self._choose(self.model.row_of_line(self._wanted_line))
            self._wanted_line = 0

    def _current_id(self) -> int:
        row = self.table.currentIndex().row()
        return self.model.id_at(row) if 0 <= row < self.model.rowCount() else 0

    def show_line(self, line: int) -> None:
        """Choose the example of a line; a search or filter that hides it is ended."""
        if self.model.row_of_line(line) < 0:
            self._wanted_line = line  # as soon as it is listed
            self.tools.search.clear()
            self.show_code("")
            self._search()
        self._choose(self.model.row_of_line(line))

    def open_example(self, id: int, *, focus: bool = False) -> None:
        """Choose an example by its id."""
        self._choose(self.model.row_of(id))
        if focus:
            self.editor.focus()

    def _choose(self, row: int) -> None:
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))
