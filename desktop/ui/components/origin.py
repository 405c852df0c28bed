"""Where a thing comes from, and the way back to it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...core.evaluation.reuse import cell_of
from .buttons import button


class OriginLink(QWidget):
    """"From corrected answer of cell 12": a link to that cell; hidden for what was typed."""

    opened = Signal(int)  # cell id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell: int | None = None
        self.link = button("", kind="link", tooltip="Show this cell under Evaluate")
        self.link.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.link)
        row.addStretch(1)
        self.show_origin("")

    def show_origin(self, origin: str) -> None:
        """Words that may name a cell."""
        self._cell = cell_of(origin)
        self.link.setText(f"From {origin}" if origin else "")
        self.setVisible(self._cell is not None)

    def _open(self) -> None:
        if self._cell is not None:
            self.opened.emit(self._cell)
