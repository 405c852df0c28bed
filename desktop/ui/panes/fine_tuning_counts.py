"""The toolbar and the line of figures above the table of examples."""

from __future__ import annotations

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from ...core.dataset.report import DatasetReport
from .. import theme
from ..components import IconLabel, button, label
from ..icons import icon

_NARROW = 560  # design pixels; below, words are shorter and the figures take two lines


class Tools(QFrame):
    """Import, add, search, export."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.import_ = button("Import", tooltip="Import a .jsonl file; dropping it does the same")
        self.add = button("Add example")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search examples")
        self.search.setAccessibleName("Search examples")
        self.search.setClearButtonEnabled(True)
        mark = QAction(icon("magnifying-glass", "muted"), "", self.search)
        self.search.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self.export = button("Export JSONL", icon="export")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(4))
        row.setSpacing(theme.px(8))
        row.addWidget(self.import_)
        row.addWidget(self.add)
        row.addWidget(self.search, 1)
        row.addWidget(self.export)
        self.setMinimumWidth(theme.px(320))  # the words below give way, see resizeEvent

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW)
        self.add.setText("Add" if narrow else "Add example")
        self.export.setText("Export" if narrow else "Export JSONL")


class Counts(QFrame):
    """How many examples, tokens, errors, warnings; and what training would cost."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.examples, self.tokens = label(), label()
        self.errors = _Count("x-circle", "danger")
        self.warnings = _Count("warning", "warning")
        self.cost = label(tone="muted")
        self.rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.rows.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(8))
        self.rows.setSpacing(theme.px(16))
        numbers = _row(self.examples, self.tokens)
        numbers.addStretch(1)
        self.rows.addLayout(numbers)
        issues = _row(self.errors, self.warnings)
        issues.addStretch(1)
        issues.addWidget(self.cost)
        self.rows.addLayout(issues, 1)
        self.setMinimumWidth(theme.px(320))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW)
        direction = QBoxLayout.Direction
        self.rows.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        self.rows.setSpacing(theme.px(4 if narrow else 16))

    def show_number(self, examples: int, shown: int) -> None:
        """Before a check: only how many there are, and how many of them a search shows."""
        self.examples.setText(f"{shown:,} of {_many(examples, 'example')}" if shown != examples
                              else _many(examples, "example"))

    def show_report(self, report: DatasetReport, examples: int, shown: int) -> None:
        """After a check."""
        self.show_number(examples, shown)
        self.examples.setText(f"{self.examples.text()}, {report.format}")
        self.tokens.setText(f"{'' if report.exact else '~'}{_many(report.tokens, 'token')}")
        cost = report.estimated_cost
        self.cost.setText("" if cost is None
                          else f"{_many(report.epochs, 'epoch')}, about ${cost:,.2f}")

    def show_issues(self, errors: int, warnings: int) -> None:
        """How many things to mend, and to look at."""
        self.errors.show_words(_many(errors, "error") if errors else "")
        self.warnings.show_words(_many(warnings, "warning") if warnings else "")


class _Count(QWidget):
    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.words: QLabel = label(tone=tone)
        row.addWidget(IconLabel(name, tone))
        row.addWidget(self.words)
        self.hide()

    def show_words(self, words: str) -> None:
        """Without words it takes no room."""
        self.words.setText(words)
        self.setVisible(bool(words))


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(16))
    for part in parts:
        row.addWidget(part)
    return row


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
