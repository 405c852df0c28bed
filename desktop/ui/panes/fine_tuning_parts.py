"""The widgets of the Fine-tuning pane and where they stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from .. import theme
from ..components import EmptyState, button
from .fine_tuning_counts import Counts, Tools
from .fine_tuning_editor import ExampleEditor
from .fine_tuning_intake import Intake
from .fine_tuning_issues import IssuesPanel
from .fine_tuning_model import ExamplesModel
from .fine_tuning_table import ExamplesTable

_BESIDE = 720  # from this width the issues stand beside the table


def on_surface(*parts: QWidget) -> QFrame:
    """A column of widgets on the colour of panes; the last takes what room is left."""
    frame = QFrame()
    frame.setProperty("surface", "surface")
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 1 if part is parts[-1] else 0)
    return frame


class FineTuningParts(QWidget):
    """Tools and figures, table and issues, editor; or one sentence while there is nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ExamplesModel()
        self.tools = Tools()
        self.counts = Counts()
        self.table = ExamplesTable(self.model)
        self.issues = IssuesPanel()
        self.editor = ExampleEditor()
        self.empty = self._make_empty()
        self.intake = Intake(self)
        self._arrange()
        self.editor.hide()
        self.issues.hide()

    def _make_empty(self) -> EmptyState:
        empty = EmptyState(
            "Drop a .jsonl file here: each line is an example of a question and the answer "
            "the model should learn.", "Import examples",
        )
        self.add_first = button("Add an example by hand", kind="link")
        layout = empty.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, self.add_first, 0, Qt.AlignmentFlag.AlignLeft)
        return empty

    def _arrange(self) -> None:
        self.upper = QSplitter(Qt.Orientation.Vertical)
        self.upper.addWidget(self.table)
        self.upper.addWidget(self.issues)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(self.upper)
        self.halves.addWidget(self.editor)
        for splitter, shares in ((self.upper, (7, 3)), (self.halves, (5, 4))):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            for place, share in enumerate(shares):
                splitter.setStretchFactor(place, share)
            splitter.setSizes([share * 100 for share in shares])
        full = on_surface(self.tools, self.counts, self.halves)
        self.pages = QStackedLayout(self)
        self.pages.addWidget(on_surface(self.empty))
        self.pages.addWidget(full)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= theme.px(_BESIDE)
        self.upper.setOrientation(
            Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
