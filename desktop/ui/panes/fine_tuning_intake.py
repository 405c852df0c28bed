"""The ways examples come in: files chosen, dropped or pasted, and lines pasted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ...core.dataset import rows

SUFFIXES = (".jsonl", ".ndjson", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")


class Intake(QObject):
    """Tells about files to import and about examples pasted as text."""

    files = Signal(list)  # list[Path]
    pasted = Signal(list)  # list[Example]

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner

    def choose(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(
            self._owner, "Import examples", "",
            f"Examples ({' '.join(f'*{suffix}' for suffix in SUFFIXES)});;All files (*)",
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, names: list[str]) -> None:
        self.files.emit([Path(name) for name in names])

    def drop(self, data: QMimeData) -> bool:
        """Take dropped files; False: there are none of our kind."""
        found = dataset_files(data)
        if found:
            self.files.emit(found)
        return bool(found)

    def paste(self) -> None:
        """Take files or lines of JSON from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if not self.drop(data) and data.text().lstrip().startswith("{"):
            parsed = rows.parse(data.text().encode("utf-8", "replace"), origin="pasted")
            self.pasted.emit(parsed.examples)


def dataset_files(data: QMimeData) -> list[Path]:
    """The files among what is dragged that can hold examples."""
    found = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in found if path.suffix.lower() in SUFFIXES]
