"""The number of a prompt version as a link to it, wherever an answer is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from .buttons import button


class VersionLink(QWidget):
    """Leads to the version through the nearest widget above that has `versionRequested`: the
    main window, for everything in it and for its dialogs. Hidden until it is told a version."""

    def __init__(self) -> None:
        super().__init__()
        self.link = button("", kind="link", tooltip="Show this version of the prompt, and how the "
                           "draft differs from it")
        self._number = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.link)
        self.link.clicked.connect(self._follow)
        self.hide()

    def show_version(self, number: int | None) -> None:
        """None: no prompt, or not known."""
        self._number = number or 0
        self.link.setText(f"Prompt v{number}" if number else "")
        self.link.setAccessibleName(f"Show prompt version {number}" if number else "")
        self.setVisible(bool(number))

    def _follow(self) -> None:
        above = self.parentWidget()
        while above is not None:
            signal = getattr(above, "versionRequested", None)
            if signal is not None:
                signal.emit(self._number)
                return
            above = above.parentWidget()
