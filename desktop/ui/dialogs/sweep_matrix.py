"""The cells of a sweep: score with interval, verdict in a word, cost and time."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ...core.advice.phrases import between, counted, dollars, plain, seconds, signed
from ...core.evaluation.sweeps import Matrix, SweepCell, SweepResult, Verdict, matrix_of
from ...core.types import PromptVersion
from .. import theme
from ..icons import icon

HEAD_LETTERS = 22
SIGNS: dict[Verdict, tuple[str, str, str]] = {
    "best": ("star", "success", "Best"),
    "no difference shown": ("equals", "muted", "No difference shown"),
    "worse": ("arrow-down", "warning", "Worse"),
    "worst": ("caret-double-down", "danger", "Worst"),
    "too few answers": ("warning", "warning", "Too few answers"),
    "": ("minus", "muted", "No score"),
}
_TINTS: dict[Verdict, str] = {"best": "success_tint", "worst": "danger_tint"}


class SweepMatrix(QTableWidget):
    """One cell a combination. `chosen` tells the current one, or None."""

    chosen = Signal(object)  # SweepCell | None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Matrix | None = None
        self.setAccessibleName("Scores of the combinations")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setMinimumSectionSize(theme.px(176))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().setMaximumWidth(theme.px(170))
        self.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.currentCellChanged.connect(lambda *_: self.chosen.emit(self.current()))

    def show_result(self, result: SweepResult, versions: Sequence[PromptVersion]) -> None:
        """Fill it, and choose the best cell."""
        self._shown = shown = matrix_of(result, versions)
        self.blockSignals(True)
        self.clear()
        self.setRowCount(len(shown.rows))
        self.setColumnCount(len(shown.columns))
        self.setVerticalHeaderLabels([_broken(row) for row in shown.rows])
        self.setHorizontalHeaderLabels(list(shown.columns))
        for row, name in enumerate(shown.rows):
            self.model().setHeaderData(row, Qt.Orientation.Vertical, name,
                                       Qt.ItemDataRole.ToolTipRole)
        best = (0, 0)
        for row, cells in enumerate(shown.cells):
            for column, cell in enumerate(cells):
                self.setItem(row, column, _item(cell))
                if cell is not None and cell.verdict == "best":
                    best = (row, column)
        self.setCurrentCell(*best)
        self.blockSignals(False)
        self.chosen.emit(self.current())

    def current(self) -> SweepCell | None:
        """The chosen combination."""
        row, column = self.currentRow(), self.currentColumn()
        if self._shown is None or row < 0 or column < 0:
            return None
        return self._shown.cells[row][column]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._shown is not None:
            for row, cells in enumerate(self._shown.cells):
                for column, cell in enumerate(cells):
                    _tint(self.item(row, column), cell)


def _broken(name: str) -> str:
    """In lines that fit the head of a row, each part beginning one; Qt does not break them."""
    parts = [textwrap.wrap(part, HEAD_LETTERS) for part in name.split(", ")]
    return ",\n".join("\n".join(lines[:3]) for lines in parts if lines)


def _item(cell: SweepCell | None) -> QTableWidgetItem:
    if cell is None:
        return QTableWidgetItem("")
    item = QTableWidgetItem("\n".join(lines_of(cell)))
    name, role, _ = SIGNS[cell.verdict]
    item.setIcon(icon(name, role))
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    item.setFont(theme.font(tabular=True))
    item.setToolTip("\n".join(part for part in (cell.strategy.name, _why(cell)) if part))
    _tint(item, cell)
    return item


def _tint(item: QTableWidgetItem | None, cell: SweepCell | None) -> None:
    if item is not None and cell is not None and cell.verdict in _TINTS:
        item.setBackground(theme.color(_TINTS[cell.verdict]))


def _why(cell: SweepCell) -> str:
    """What the verdict rests on."""
    if cell.p_value is None or cell.difference is None:
        return ""
    return (f"{signed(cell.difference)} against the best, p = {cell.p_value:.3f} after correcting "
            "for all that are compared with it")


def lines_of(cell: SweepCell) -> list[str]:
    """What a cell says: verdict and score, interval, distance from the best, cost and time."""
    word = SIGNS[cell.verdict][2]
    failed = f", {cell.failed:,} failed" if cell.failed else ""
    if cell.score is None:
        return [word, f"{counted(cell.answered, 'answer')}{failed}"]
    lines = [f"{word}  {plain(cell.score.mean)}",
             f"{plain(cell.score.low)} to {plain(cell.score.high)}, "
             f"{counted(cell.score.n, 'case')}{failed}"]
    if cell.difference is not None and cell.low is not None and cell.high is not None:
        lines.append(f"{signed(cell.difference)} ({between(cell.low, cell.high)})")
    figures = []
    if cell.cost_per_1000 is not None:
        figures.append(f"{dollars(cell.cost_per_1000)} per 1,000")
    if cell.seconds is not None:
        figures.append(seconds(cell.seconds))
    return [*lines, ", ".join(figures)] if figures else lines
