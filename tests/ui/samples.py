"""Documents as the ledger shows them, and a window to put things in."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QTabBar, QWidget

from desktop.core.types import Document, DocumentState, Hit
from desktop.ui.main_window import MainWindow
from desktop.ui.panes.documents import DocumentsPane


def document(number: int, name: str = "", state: DocumentState = DocumentState.READY,
             pages: int = 2, chunks: int = 7, **more: object) -> Document:
    values: dict[str, object] = {"characters": pages * 1000, "embedded": chunks, **more}
    return Document(number, name or f"File {number}.pdf", f"/docs/{number}.pdf", f"sha{number}",
                    10_000, state, pages, chunks=chunks, **values)  # type: ignore[arg-type]


def failed(number: int, name: str = "Scan.pdf") -> Document:
    return document(number, name, DocumentState.FAILED, 9, 0, characters=0,
                    error="No text found: all 9 pages are pictures",
                    remedy="Make the text selectable, then drop the file again")


def hit(rank: int, **more: object) -> Hit:
    values: dict[str, object] = {
        "score": 0.9 - rank / 10, "document_id": 4, "document": "Vision.pdf", "page": 4,
        "page_index": 3, "start": 10, "end": 60, "text": "One pair of eyeglasses.", **more}
    return Hit(rank=rank, chunk_id=rank, **values)  # type: ignore[arg-type]


def make_window() -> tuple[MainWindow, DocumentsPane]:
    """A whole window, with editors in the places of the other views."""
    pane = DocumentsPane()
    editors = []
    for name in ("Prompt", "Fine-tuning", "Question"):
        editor = QPlainTextEdit()
        editor.setAccessibleName(name)
        editors.append(editor)
    window = MainWindow(pane, editors[0], editors[1], editors[2])
    return window, pane


def names_missing(top: QWidget) -> list[str]:
    """Focusable widgets below `top` that say nothing to a screen reader."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QAccessible

    missing = []
    for widget in top.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisibleTo(top):
            continue
        if widget.focusProxy() is not None or widget.objectName().startswith("qt_"):
            continue
        if isinstance(widget, QTabBar) and widget.count() == 0:
            continue  # Qt keeps the bar of docks that are folded, empty
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None and not interface.text(QAccessible.Text.Name):
            missing.append(f"{type(widget).__name__} {widget.objectName()}")
    return missing
