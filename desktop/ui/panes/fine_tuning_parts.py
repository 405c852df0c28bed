"""The widgets of the Fine-tuning pane and where they stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from .. import theme
from ..components import EmptyState, Segmented, button
from .fine_tuning_bulk import BulkBar
from .fine_tuning_counts import Counts, Tools
from .fine_tuning_editor import ExampleEditor
from .fine_tuning_intake import Intake
from .fine_tuning_issues import IssuesPanel
from .fine_tuning_model import ExamplesModel
from .fine_tuning_split import SplitPage
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
    """Views of the dataset and what becomes of it, one at a time; the first one has tools and
    figures, table and issues, and an editor, or one sentence while there is nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ExamplesModel()
        self.tools = Tools()
        self.counts = Counts()
        self.bulk = BulkBar()
        self.table = ExamplesTable(self.model)
        self.issues = IssuesPanel()
        self.editor = ExampleEditor()
        self.split = SplitPage()
        self.empty = self._make_empty()
        self.intake = Intake(self)
        self._names = ["Examples", "Split and cost"]
        self.segments = Segmented(self._names)
        self._arrange()
        self.editor.hide()
        self.issues.hide()

    def _make_empty(self) -> EmptyState:
        empty = EmptyState(
            "Drop a .jsonl, .csv or .xlsx file here: each line is a question and the answer "
            "the model should learn.", "Import examples",
        )
        self.add_first = button("Add an example by hand", kind="link")
        self.fill_first = button("Use the cases of the tune part", kind="link")
        layout = empty.layout()
        assert isinstance(layout, QVBoxLayout)
        for part in (self.add_first, self.fill_first):
            layout.insertWidget(layout.count() - 1, part, 0, Qt.AlignmentFlag.AlignLeft)
        return empty

    def _arrange(self) -> None:
        self.upper = QSplitter(Qt.Orientation.Vertical)
        self.upper.addWidget(self.table)
        self.upper.addWidget(self.issues)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(self.upper)
        self.halves.addWidget(self.editor)
        for splitter, shares in ((self.upper, (6, 4)), (self.halves, (5, 4))):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            for place, share in enumerate(shares):
                splitter.setStretchFactor(place, share)
            splitter.setSizes([share * 100 for share in shares])
        examples = QWidget()
        self.pages = QStackedLayout(examples)
        self.pages.addWidget(on_surface(self.empty))
        self.pages.addWidget(on_surface(self.tools, self.counts, self.bulk, self.halves))
        self.views = QStackedLayout()
        self.views.addWidget(examples)
        self.views.addWidget(on_surface(self.split))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addLayout(self.views, 1)
        self.segments.changed.connect(self.views.setCurrentIndex)

    def _bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("surface", "surface")
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), 0)
        row.addWidget(self.segments)
        row.addStretch(1)
        return bar

    def add_view(self, name: str, view: QWidget) -> int:
        """One more view after the others, such as the jobs; returns its place."""
        self._names.append(name)
        self.segments.rename(self._names)
        return self.views.addWidget(view)

    def rename_view(self, place: int, name: str) -> None:
        """Another word for a view: "Jobs 1"."""
        self._names[place] = name
        self.segments.rename(self._names)

    def place_issues(self) -> None:
        """Beside the table where there is room; else under it, while no example is open, whose
        own issues stand over it."""
        beside = self.width() >= theme.px(_BESIDE)
        self.upper.setOrientation(
            Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        room = beside or self.editor.isHidden()
        self.issues.setVisible(bool(self.issues.rows) and room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_issues()
