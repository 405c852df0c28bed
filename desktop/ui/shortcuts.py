"""Every key, from the table of actions: the first page of the help window."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea

from . import theme
from .actions import MENUS, TABLE, key_text
from .components import label

MORE = (  # keys that live in one view, not in the window
    ("Documents", "Remove the chosen documents", "Del"),
    ("Documents", "Paste files", "Ctrl+V"),
    ("Documents", "Open the page text", "Return"),
    ("Documents", "Exclude the chosen passage, in Chunks", "Del"),
    ("Documents", "Edit the chosen passage, in Chunks", "F2"),
    ("Page viewer", "Find in the document", "Ctrl+F"),
    ("Page viewer", "Next place", "F3"),
    ("Page viewer", "Place before", "Shift+F3"),
    ("Page viewer", "Go to a page", "Ctrl+G"),
    ("Page viewer", "Larger", "Ctrl++"),
    ("Anywhere", "What is this?", "Shift+F1"),
    ("Columns", "Rename the column", "F2"),
    ("Columns", "Move the column", "Ctrl+Shift+Right"),
)


def shortcut_rows() -> list[tuple[str, str, str]]:
    """(group, what it does, key) for everything that has a key."""
    rows = [(row.menu, row.text.rstrip("…"), key_text(row.key)) for row in TABLE if row.key]
    rows.sort(key=lambda row: MENUS.index(row[0]))
    return rows + [(group, text, key_text(key)) for group, text, key in MORE]


class ShortcutsPage(QScrollArea):
    """A plain list in two columns."""

    ROLE = QAccessible.Role.Document

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Keyboard shortcuts")
        self.setWidgetResizable(True)
        inner = QFrame()
        inner.setProperty("surface", "surface")
        grid = QGridLayout(inner)
        grid.setContentsMargins(theme.px(20), theme.px(4), theme.px(20), theme.px(12))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(4))
        group = ""
        for group_name, text, key in shortcut_rows():
            if group_name != group:
                group = group_name
                heading = label(group, tone="muted", size="small")
                heading.setContentsMargins(0, theme.px(10), 0, 0)
                grid.addWidget(heading, grid.rowCount(), 0)
            row = grid.rowCount()
            grid.addWidget(label(text), row, 0)
            grid.addWidget(label(key, role="strong"), row, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(inner)
