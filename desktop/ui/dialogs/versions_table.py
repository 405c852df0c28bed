"""All versions of the prompt as rows, newest first, filtered by words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ...core.prompt_diff import text_of
from ...core.types import PromptVersion
from ..icons import icon

Index = QModelIndex | QPersistentModelIndex
TITLES = ("Version", "Note", "Saved")


def title(version: PromptVersion) -> str:
    """ "v7 Cites pages" """
    return f"v{version.number} {version.name}".strip()


def made(version: PromptVersion) -> str:
    """ "2026-11-20 14:03, from v3" """
    when = _local(version.created_at)
    return f"{when}, from v{version.parent}".lstrip(", ") if version.parent else when


def _local(moment: str) -> str:
    """An ISO moment as this machine's clock shows it; a stranger's file may hold anything."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""


class VersionsModel(QAbstractTableModel):
    """The words of a filter are looked for in name, note and the prompt itself."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[PromptVersion] = []
        self.rows: list[PromptVersion] = []
        self._filter = ""
        self._starred = False

    def show_versions(self, versions: Sequence[PromptVersion]) -> None:
        """All of them, in any order."""
        self._all = sorted(versions, key=lambda version: -version.number)
        self._apply()

    def show_filter(self, words: str, *, starred: bool) -> None:
        """Only versions with all these words, or only those with a star."""
        self._filter, self._starred = words.casefold(), starred
        self._apply()

    def _apply(self) -> None:
        wanted = self._filter.split()
        self.beginResetModel()
        self.rows = [version for version in self._all
                     if (version.starred or not self._starred) and _has(version, wanted)]
        self.endResetModel()

    def row_of(self, number: int) -> int:
        """Where a version stands now; -1 where the filter hides it."""
        return next((row for row, each in enumerate(self.rows) if each.number == number), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        version = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return (title(version), version.note, made(version))[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0 and version.starred:
            return icon("star", "warning")
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and index.column() == 0:
            return "starred" if version.starred else ""
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None


def _has(version: PromptVersion, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    words = f"{title(version)} {version.note}".casefold()
    left = [word for word in wanted if word not in words]
    return not left or _says(text_of(version.prompt).casefold(), left)


def _says(text: str, wanted: Sequence[str]) -> bool:
    return all(word in text for word in wanted)
