"""The line under the few-shot examples: so many more, chosen for each question by likeness."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QSpinBox, QVBoxLayout, QWidget

from ...core.prompts import MOST_CHOSEN
from .. import theme
from ..components import FlowRow, label

USUAL = 3
WHY = ("The examples of the Fine-tuning pane whose questions are most like the one that is asked, "
       "the nearest last. One that asks the same is never shown.")
EMPTY = "The dataset holds no example yet: add some in the Fine-tuning pane."


class ChoosingRow(QWidget):
    """A tick and a number; `changed` when either is. `shown` asks how many there are now."""

    changed = Signal()
    shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pool = 0
        self.on = QCheckBox("Add for each question the")
        self.on.setToolTip(WHY)
        self.number = QSpinBox()
        self.number.setRange(1, MOST_CHOSEN)
        self.number.setValue(USUAL)
        self.number.setAccessibleName("Examples chosen by likeness")
        self.number.setToolTip(WHY)
        self.pool = label(tone="muted", size="small")
        self.hint = label(tone="muted", size="small", wrap=True)
        row = FlowRow()
        row.setSpacing(theme.px(6))
        row.addWidget(self.on)
        row.addWidget(self.number)
        row.addWidget(self.pool)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        column.setSpacing(theme.px(2))
        column.addLayout(row)
        column.addWidget(self.hint)
        self.on.toggled.connect(self._toggled)
        self.number.valueChanged.connect(lambda _: self.changed.emit())
        self._refresh()

    def count(self) -> int:
        """How many are chosen; 0: none."""
        return self.number.value() if self.on.isChecked() else 0

    def show_count(self, count: int) -> None:
        """Without telling."""
        self.blockSignals(True)
        if count:
            self.number.setValue(count)
        self.on.setChecked(count > 0)
        self.blockSignals(False)
        self._refresh()

    def show_pool(self, size: int) -> None:
        """How many examples of the dataset are kept."""
        self._pool = size
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _toggled(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        on = self.on.isChecked()
        self.on.setEnabled(on or self._pool > 0)
        self.number.setEnabled(on)
        self.pool.setText(f"most alike of {self._pool:,} examples" if self._pool else
                          "most alike of the dataset")
        self.hint.setText(EMPTY if not self._pool else WHY if on else "")
        self.hint.setVisible(bool(self.hint.text()))
