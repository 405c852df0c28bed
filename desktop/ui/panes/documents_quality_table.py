"""Figures of retrieval profiles: two rows each, because a name beside five figures with their
intervals does not fit a narrow pane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QWidget

from ...core.evaluation.retrieval_quality import METRICS, ProfileQuality
from .. import theme

HEADS = ("Hit rate", "Recall", "MRR", "nDCG", "Seconds")
MEANS = (
    "Share of the cases with a gold source among the passages",
    "Recall@k: share of the gold sources that are among the k passages of the profile",
    "How far up the first gold source stands: 1 for the first passage, 0.5 for the second",
    "nDCG@k: how far up all gold sources stand, against the best possible order",
    "Time for one question on this machine",
)
NOTHING = "–"


class QualityTable(QTableWidget):
    """`profileChosen` follows the current row; profiles count from 0."""

    profileChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(HEADS), parent)
        self._names: list[str] = []
        self.setAccessibleName("Profiles compared")
        self.setHorizontalHeaderLabels(list(HEADS))
        for column, means in enumerate(MEANS):
            self.model().setHeaderData(column, Qt.Orientation.Horizontal, means,
                                       Qt.ItemDataRole.ToolTipRole)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(theme.px(40))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.currentCellChanged.connect(lambda *_: self.profileChosen.emit(self.profile()))

    def names(self) -> list[str]:
        """Of the profiles, from above."""
        return list(self._names)

    def profile(self) -> int:
        """The place of the current one, the first where none is."""
        return max(0, self.currentRow()) // 2

    def offer(self, name: str) -> None:
        """One profile more, unless it is there."""
        if name in self._names:
            return
        self._names.append(name)
        row = self.rowCount()
        self.setRowCount(row + 2)
        self.setSpan(row, 0, 1, len(HEADS))
        self.setRowHeight(row, theme.px(24))
        self._write(row, 0, name)
        self._show(len(self._names) - 1, None)

    def show_results(self, results: Sequence[ProfileQuality]) -> None:
        """One for each profile, in their order; fewer leave the rest without figures."""
        for place in range(len(self._names)):
            self._show(place, results[place] if place < len(results) else None)

    def _show(self, place: int, result: ProfileQuality | None) -> None:
        row = 2 * place + 1
        self.setRowHeight(row, theme.px(40 if result else 24))
        figures = [NOTHING] * len(HEADS) if result is None else figures_of(result)
        for column, text in enumerate(figures):
            self._write(row, column, text)
            said = f"{self._names[place]}, {HEADS[column]}: {text.replace(chr(10), ', from ')}"
            self.model().setData(self.model().index(row, column), said,
                                 Qt.ItemDataRole.AccessibleTextRole)

    def _write(self, row: int, column: int, text: str) -> None:
        self.model().setData(self.model().index(row, column), text)


def figures_of(result: ProfileQuality) -> list[str]:
    """Each with its interval below; the time alone."""
    shares = [result.metrics[name] for name in METRICS]
    return [*(f"{each.mean:.2f}\n{each.low:.2f}–{each.high:.2f}" for each in shares),
            f"{result.seconds:.2f}"]
