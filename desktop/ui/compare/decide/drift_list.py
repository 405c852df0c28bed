"""The general questions with both answers, for whoever wants to see them."""

from __future__ import annotations

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

from ....core.advice.drift import Asked, Drift
from ... import theme
from ...components import dialog_foot, label
from ...icons import icon


class DriftDialog(QDialog):
    """Opened beside the page: it is read, nothing is decided here."""

    def __init__(self, drift: Drift, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("General questions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = QTableWidget(len(drift.asked), 3)
        self.table.setAccessibleName("General questions and answers")
        self.table.setHorizontalHeaderLabels(
            ["Question", f"{drift.base} ({drift.base_model})",
             f"{drift.strategy} ({drift.tuned_model})"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(True)
        for row, asked in enumerate(drift.asked):
            self._row(row, asked)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.resizeRowsToContents()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QWidget()
        words = QVBoxLayout(top)
        words.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        words.addWidget(label(drift.text, wrap=True))
        words.addWidget(label(f"Asked on {drift.asked_at[:10]}, without prompt or documents.",
                              tone="muted", size="small"))
        column.addWidget(top)
        column.addWidget(self.table, 1)
        column.addWidget(dialog_foot(self, QWidget()))
        self.resize(theme.dialog_size(820, 560))

    def _row(self, row: int, asked: Asked) -> None:
        texts = ((asked.question, None), (asked.base, asked.base_right),
                 (asked.tuned, asked.tuned_right))
        for column, (text, right) in enumerate(texts):
            item = QTableWidgetItem(text or "(no answer)")
            if right is not None:
                item.setIcon(icon("check" if right else "x", "success" if right else "danger"))
                item.setData(Qt.ItemDataRole.AccessibleTextRole,
                             f"{'Right' if right else 'Wrong'}: {item.text()}")
            self.table.setItem(row, column, item)
