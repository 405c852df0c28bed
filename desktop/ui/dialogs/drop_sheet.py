"""What will become of dropped files, before anything does: a line and a choice for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...core.routing import Place
from ...flows.routing import Dropped, summary
from .. import theme
from ..components import ElidedLabel, IconLabel, button, dialog_foot, label

MOST_LINES = 60  # files with a choice of their own; further ones go where they most likely belong
ICONS = {
    Place.WORKSPACE: "database", Place.DOCUMENTS: "file-text", Place.CASES: "checks",
    Place.EXAMPLES: "graduation-cap", Place.PROMPT: "note-pencil", Place.NOWHERE: "minus-circle",
}
NEW_WORKSPACE = "No workspace is open: you choose a name for a new one, which takes the files."


class DropSheet(QDialog):
    """Not modal. Enter does it, Esc leaves everything as it is."""

    confirmed = Signal(list)  # of (Path, Place)

    def __init__(
        self, dropped: Sequence[Dropped], needs_workspace: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add what you dropped")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._groups = grouped(dropped)
        self.choosers: list[QComboBox] = []
        self.summary = label(role="strong", wrap=True)
        self.go = button("Add", kind="primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._confirm)
        self._lay_out(needs_workspace)
        self._refresh()
        self.go.setFocus()

    def _lay_out(self, needs_workspace: bool) -> None:
        lines = QFrame()
        lines.setProperty("surface", "surface")
        grid = QGridLayout(lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnStretch(1, 1)
        for row, group in enumerate(self._groups):
            self._add_line(grid, row, group)
        grid.setRowStretch(len(self._groups), 1)
        area = QScrollArea()
        area.setAccessibleName("Files")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(lines)
        upper = QFrame()
        upper.setProperty("surface", "surface")
        body = QVBoxLayout(upper)
        body.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
        body.setSpacing(theme.px(12))
        body.addWidget(self.summary)
        if needs_workspace:
            body.addWidget(label(NEW_WORKSPACE, wrap=True))
        body.addWidget(area, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(upper, 1)
        note = label("Nothing is added until you say so", tone="muted", size="small")
        column.addWidget(dialog_foot(self, note, self.go))
        height = 132 + 42 * min(len(self._groups), 9) + (28 if needs_workspace else 0)
        self.resize(theme.dialog_size(560, height))

    def _add_line(self, grid: QGridLayout, row: int, group: Sequence[Dropped]) -> None:
        first = group[0]
        name = first.path.name if len(group) == 1 else f"{len(group):,} files"
        chooser = QComboBox()
        chooser.setAccessibleName(f"Where {name} goes")
        for place in first.sighting.choices:
            chooser.addItem(place.value, place)
        chooser.currentIndexChanged.connect(lambda _: self._refresh())
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(ElidedLabel(name, Qt.TextElideMode.ElideMiddle))
        seen = ElidedLabel(first.sighting.seen or _names(group))
        seen.setProperty("tone", "muted")
        seen.setProperty("scale", "small")
        column.addWidget(seen)
        grid.addWidget(IconLabel(ICONS[first.sighting.place]), row, 0)
        grid.addWidget(words, row, 1)
        grid.addWidget(chooser, row, 2)
        self.choosers.append(chooser)

    def chosen(self) -> list[tuple[Path, Place]]:
        """Every file with its place."""
        return [(dropped.path, Place(chooser.currentData()))
                for group, chooser in zip(self._groups, self.choosers, strict=True)
                for dropped in group]

    def _refresh(self) -> None:
        chosen = self.chosen()
        self.summary.setText(summary(chosen))
        self.go.setEnabled(any(place is not Place.NOWHERE for _, place in chosen))

    def _confirm(self) -> None:
        chosen = self.chosen()
        self.close()
        self.confirmed.emit(chosen)


def grouped(dropped: Sequence[Dropped]) -> list[list[Dropped]]:
    """Those that can only be documents share a line; so do the many after `MOST_LINES`."""
    plain: list[Dropped] = []
    lines: list[list[Dropped]] = []
    more: dict[Place, list[Dropped]] = {}
    for each in dropped:
        certain = each.sighting.is_certain and each.sighting.place is Place.DOCUMENTS
        if certain and not each.is_folder:
            plain.append(each)
        elif len(lines) < MOST_LINES:
            lines.append([each])
        else:
            more.setdefault(each.sighting.place, []).append(each)
    return [*([plain] if plain else []), *lines, *more.values()]


def _names(group: Sequence[Dropped]) -> str:
    return ", ".join(each.path.name for each in group[:20]) if len(group) > 1 else "a document"
