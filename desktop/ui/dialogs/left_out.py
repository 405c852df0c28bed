"""What of a file was not taken over as it was meant there, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.exchange.found import LeftOut
from .. import theme
from ..components import dialog_foot, label


class LeftOutDialog(QDialog):
    """Not modal: one reads it beside the Prompt pane, and mends there."""

    def __init__(
        self, name: str, left_out: Sequence[LeftOut], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{name}: what could not be taken over as meant")
        self.setModal(False)
        self.resize(theme.dialog_size(760, 360))
        self.table = QTableWidget(len(left_out), 2)
        self.table.setAccessibleName("What could not be taken over, and why")
        self._fill(left_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(dialog_foot(
            self, label("Everything else is there.", tone="muted", size="small")))

    def _fill(self, left_out: Sequence[LeftOut]) -> None:
        table = self.table
        table.setHorizontalHeaderLabels(["What", "Why"])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        for row, each in enumerate(left_out):
            for place, text in enumerate((each.what, each.why)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, place, item)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.resizeSection(0, theme.px(240))
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.verticalHeader().setMinimumSectionSize(theme.px(36))
