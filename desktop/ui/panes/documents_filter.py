"""The row over the ledger: words and a state to filter by, and the export."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from ...core.types import Document, DocumentState
from .. import theme
from ..components import icon_button

_BUSY = (DocumentState.QUEUED, DocumentState.READING, DocumentState.EMBEDDING)
STATES = ("All", "Ready", "With a warning", "Failed", "Not finished", "Skipped", "File gone",
          "Chunks changed")


class LedgerFilter(QWidget):
    """`shows` says whether a document is wanted; `changed`, that it says so of others now."""

    changed = Signal()
    exportRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Filter by name or cause")
        self.words.setAccessibleName("Filter documents by name or cause")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self.changed)
        self.state = QComboBox()
        self.state.setAccessibleName("Filter documents by state")
        self.state.addItems(STATES)
        self.state.currentIndexChanged.connect(self.changed)
        export = icon_button("export", "Export the ledger", tooltip="Export the rows shown as CSV")
        export.clicked.connect(self.exportRequested)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(4), theme.px(8), theme.px(6))
        row.setSpacing(theme.px(6))
        row.addWidget(self.words, 1)
        row.addWidget(self.state)
        row.addWidget(export)

    def clear(self) -> None:
        """Show all again."""
        self.words.clear()
        self.state.setCurrentIndex(0)

    def shows(self, document: Document) -> bool:
        """Every word must occur, in any case."""
        words = self.words.text().casefold().split()
        if not words and not self.state.currentIndex():
            return True
        said = " ".join((document.name, document.error, document.warning,
                         document.language)).casefold()
        return self._has_state(document) and all(word in said for word in words)

    def _has_state(self, document: Document) -> bool:
        warned = bool(document.warning or document.empty_pages or document.gone)
        ready = document.state is DocumentState.READY
        return (True, ready and not warned, ready and warned,
                document.state is DocumentState.FAILED, document.state in _BUSY,
                document.state is DocumentState.SKIPPED, document.gone,
                bool(document.excluded or document.edited),
                )[self.state.currentIndex()]
