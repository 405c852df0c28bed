"""The open cell: what the panel beside the grid shows, and keeping it up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QSplitter

from ....core.evaluation.types import Cell
from ....core.types import Answer
from ... import theme
from ...dialogs.sent import SentDialog
from .detail import WIDTH, Detail
from .table import GridTable


class Opened(QSplitter):
    """Grid and panel. The grid's cells are light; the open one is asked for whole."""

    cellOpened = Signal(int)  # cell id: its context and messages are wanted
    rated = Signal(int, float)
    detailShown = Signal(bool)

    def __init__(self, table: GridTable) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.table = table
        self.detail = Detail()
        self.explanations: Mapping[str, str] = {}
        self._grid = table.grid_model.grid
        self._full: Cell | None = None  # the open cell with all its answer holds
        self._shown: object = None  # what the panel shows
        self._sent: SentDialog | None = None
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(table)
        self.addWidget(self.detail)
        self.setStretchFactor(0, 1)
        self.detail.hide()
        table.selectionModel().currentChanged.connect(self._moved)
        table.openRequested.connect(self.open)
        table.rateRequested.connect(self._rate)
        detail = self.detail
        detail.moved.connect(self._step)
        detail.closed.connect(self.shut)
        detail.sentRequested.connect(self.show_sent)
        detail.repeatChosen.connect(self.cellOpened)

    def is_open(self) -> bool:
        """Whether a cell is shown beside the grid."""
        return not self.detail.isHidden()

    def open(self) -> None:
        """The detail of the current cell."""
        if self.table.place() is None or self.is_open():
            return
        self.detail.show()
        width = min(theme.px(WIDTH), max(theme.px(300), self.width() // 2))
        self.setSizes([max(1, self.width() - width), width])
        self.detailShown.emit(True)
        self.table.scrollTo(self.table.currentIndex())
        self._fetch()

    def shut(self) -> None:
        """Back to the grid alone."""
        self._full = None
        if self.is_open():
            self.detail.hide()
            self.table.setFocus()
            self.detailShown.emit(False)

    def show_cell(self, cell: Cell) -> None:
        """All of the open cell; answers `cellOpened`."""
        self._full = cell
        self.refresh()

    def full(self) -> Cell | None:
        """The open cell with all its answer holds, once it has come."""
        return self._full

    def show_sent(self, answer: Answer) -> None:
        """The exact messages of a cell."""
        if self._sent is None:
            self._sent = SentDialog(self)
        self._sent.show_answer(answer)

    def refresh(self) -> None:
        """The panel again, if its cell has changed."""
        place = self.table.place()
        if not self.is_open() or place is None:
            return
        case = next((c for c in self._grid.cases if c.id == place[0]), None)
        strategy = next((s for s in self._grid.strategies if s.id == place[1]), None)
        if case is None or strategy is None:
            return
        shown = self._grid.shown(*place)
        cell = self._best(shown.cells)
        now = (case, strategy, shown, cell, self._grid.judged)
        if now != self._shown:  # other cells change many times a second
            self._shown = now
            self.detail.show_cell(self._grid, case, strategy, shown, cell, self.explanations)

    def _best(self, cells: Sequence[Cell]) -> Cell | None:
        """The repeat that is open: from the store where it has come, else as the grid has it."""
        full = self._full
        same = next((cell for cell in cells if full is not None and cell.id == full.id), None)
        if full is None or same is None:
            return cells[0] if cells else None
        unlike = same.answer is None or full.answer is None or same.answer.text != full.answer.text
        return same if unlike else replace(same, answer=full.answer)

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        if self.is_open() and current.isValid():
            self._fetch()

    def _step(self, step: int) -> None:
        index = self.table.currentIndex()
        there = self.table.grid_model.index(index.row() + step, index.column())
        if there.isValid():
            self.table.setCurrentIndex(there)

    def _fetch(self) -> None:
        """Show what the grid knows at once, and ask for the rest."""
        self._full = None
        self.refresh()
        place = self.table.place()
        cells = self._grid.cells(*place) if place else ()
        if cells:
            self.cellOpened.emit(cells[0].id)

    def _rate(self, value: float) -> None:
        """G and B: the open repeat, else the first."""
        place = self.table.place()
        cells = self._grid.cells(*place) if place else ()
        if cells:
            opened = self.detail.cell if self.is_open() else None
            chosen = opened if opened and opened.id in [c.id for c in cells] else cells[0]
            self.detail.people.show_value(value)
            self.rated.emit(chosen.id, value)
