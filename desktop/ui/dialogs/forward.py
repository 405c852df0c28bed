"""Dialogs that stay beside their window are shown again rather than made again."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog


def bring_forward(dialog: QDialog) -> None:
    """Show a dialog, or bring the open one to the front."""
    if dialog.isVisible():
        dialog.raise_()
        dialog.activateWindow()
    else:
        dialog.show()
