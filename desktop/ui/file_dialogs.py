"""The system's file dialogs, opened without waiting: the chosen paths go to a callback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

WORKSPACES = "Workspaces (*.stratex)"
DOCUMENTS = ("Documents (*.pdf *.docx *.pptx *.xlsx *.xlsm *.xls *.ods *.csv *.tsv *.html *.htm"
             " *.eml *.json *.md *.txt *.zip);;All files (*)")
DATASETS = "Training examples (*.jsonl)"


Paths = Callable[[list[Path]], object]


def choose_files(parent: QWidget, title: str, kinds: str, then: Paths) -> QFileDialog:
    """Existing files, one or more."""
    return _open(_make(parent, title, QFileDialog.FileMode.ExistingFiles, kinds), then)


def choose_file(
    parent: QWidget, title: str, kinds: str, then: Callable[[Path], object]
) -> QFileDialog:
    """One existing file."""
    dialog = _make(parent, title, QFileDialog.FileMode.ExistingFile, kinds)
    return _open(dialog, lambda paths: then(paths[0]))


def choose_folder(parent: QWidget, title: str, then: Paths) -> QFileDialog:
    """One folder."""
    return _open(_make(parent, title, QFileDialog.FileMode.Directory, ""), then)


def choose_new_file(
    parent: QWidget, title: str, kinds: str, suffix: str, then: Callable[[Path], object]
) -> QFileDialog:
    """A name for a file to write; the system asks before one is replaced."""
    dialog = _make(parent, title, QFileDialog.FileMode.AnyFile, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    return _open(dialog, lambda paths: then(paths[0]))


def _make(
    parent: QWidget, title: str, mode: QFileDialog.FileMode, kinds: str
) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    if kinds:
        dialog.setNameFilters([kinds, "All files (*)"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _open(dialog: QFileDialog, then: Paths) -> QFileDialog:
    dialog.filesSelected.connect(lambda names: _give(names, then))
    dialog.open()
    return dialog


def _give(names: Sequence[str], then: Paths) -> None:
    if names:
        then([Path(name) for name in names])
