"""Backups of all workspaces, and a way to bring one back as a copy. A view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.backups import Backup, grouped
from .. import theme
from ..amounts import size_words, time_words
from ..components import EmptyState, button, dialog_foot, label

_BACKUP = Qt.ItemDataRole.UserRole
NOTE = "Restoring makes a copy and opens it. No file is replaced."


class BackupsDialog(QDialog):
    """Open it, then call `show_backups`."""

    restoreRequested = Signal(object)  # Backup
    folderRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Restore a backup")
        self.setModal(False)
        self.resize(theme.dialog_size(640, 480))
        self.tree = _make_tree()
        self.empty = EmptyState(
            "No backups yet. An open workspace is backed up every few minutes when it has changed.")
        self.restore = button("Restore a copy", kind="primary", icon="arrow-counter-clockwise")
        self.folder = button("Open the folder", icon="folder-open")
        self.note = label(NOTE, tone="muted", size="small", wrap=True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(dialog_foot(self, self.note, self.folder, self.restore))
        self.tree.itemSelectionChanged.connect(self._tell)
        self.tree.itemActivated.connect(self._activate)
        self.restore.clicked.connect(self._restore)
        self.folder.clicked.connect(self.folderRequested)
        self._tell()

    def show_backups(self, backups: Sequence[Backup]) -> None:
        """All of them; the newest of all is chosen."""
        self.tree.clear()
        for workspace, group in grouped(backups).items():
            top = QTreeWidgetItem([workspace.stem, str(workspace.parent), ""])
            top.setToolTip(0, str(workspace))
            top.setSizeHint(0, QSize(0, theme.px(28)))
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            top.setFont(0, theme.font(bold=True))
            for each in group:
                row = QTreeWidgetItem([time_words(each.when), "", size_words(each.size)])
                row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                row.setData(0, _BACKUP, each)
                row.setSizeHint(0, QSize(0, theme.px(28)))
                top.addChild(row)
            self.tree.addTopLevelItem(top)
        first = self.tree.topLevelItem(0)
        newest = first.child(0) if first is not None else None
        if first is not None and newest is not None:
            first.setExpanded(True)
            self.tree.setCurrentItem(newest)
            self.tree.setFocus()
        self._pages.setCurrentIndex(0 if backups else 1)
        self._tell()

    def chosen(self) -> Backup | None:
        """The backup that is selected."""
        items = self.tree.selectedItems()
        found = items[0].data(0, _BACKUP) if items else None
        return found if isinstance(found, Backup) else None

    def _tell(self) -> None:
        self.restore.setEnabled(self.chosen() is not None)

    def _activate(self, item: QTreeWidgetItem) -> None:
        self._restore()

    def _restore(self) -> None:
        if (backup := self.chosen()) is not None:
            self.restoreRequested.emit(backup)


def _make_tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName("Backups by workspace")
    tree.setColumnCount(3)
    tree.setHeaderLabels(["Workspace and time", "Where the workspace was", "Size"])
    tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return tree
