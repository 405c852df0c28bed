"""The watched folders, one line each, over the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from ...core.watching import WatchedFolder
from .. import theme
from ..components import ElidedLabel, IconLabel, button, icon_button, label

ASKING = ("This workspace asks to watch {path} on this machine. It came from elsewhere or was "
          "moved: nothing in that folder was looked at yet.")


class WatchedStrip(QWidget):
    """Hidden without a folder. `show_state` says how one is doing."""

    confirmRequested = Signal(str)  # path of a folder
    stopRequested = Signal(str)
    lookRequested = Signal(str)
    removalChosen = Signal(str, bool)  # path; whether documents of deleted files go

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: dict[str, ElidedLabel] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_folders(self, folders: Sequence[tuple[WatchedFolder, bool]]) -> None:
        """Each with whether the user of this machine agreed to it."""
        self._states.clear()
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for folder, confirmed in folders:
            self._column.addWidget(self._line(folder) if confirmed else self._question(folder))
        self.setVisible(bool(folders))

    def show_state(self, path: str, state: str) -> None:
        """One sentence about a folder, such as "up to date, 12 files"."""
        found = self._states.get(path)
        if found is not None:
            found.setText(f"{found.property('folder')}: {state}")

    def states(self) -> dict[str, str]:
        """What is said about each folder, by path."""
        return {path: found.text() for path, found in self._states.items()}

    def _line(self, folder: WatchedFolder) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        row.setSpacing(theme.px(6))
        said = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        said.setProperty("tone", "muted")
        said.setProperty("scale", "small")
        said.setProperty("folder", f"Watching {folder.name}")
        said.setText(f"Watching {folder.name}")
        self._states[folder.path] = said
        sign = IconLabel("eye")
        sign.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(sign)
        row.addWidget(said, 1)
        row.addWidget(self._more(folder))
        return line

    def _more(self, folder: WatchedFolder) -> QToolButton:
        more = icon_button("dots-three-vertical", f"Options of the watched folder {folder.name}")
        more.setToolTip(folder.path)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        menu.addAction("Look again now", lambda: self.lookRequested.emit(folder.path))
        removes = menu.addAction("Remove documents whose file is deleted")
        removes.setCheckable(True)
        removes.setChecked(folder.remove_gone)
        removes.toggled.connect(lambda on: self.removalChosen.emit(folder.path, on))
        menu.addSeparator()
        menu.addAction("Stop watching", lambda: self.stopRequested.emit(folder.path))
        more.setMenu(menu)
        return more

    def _question(self, folder: WatchedFolder) -> QFrame:
        box = QFrame()
        box.setProperty("surface", "warning")
        watch = button("Watch it", size="small")
        watch.clicked.connect(lambda: self.confirmRequested.emit(folder.path))
        stop = button("Do not watch", size="small")
        stop.clicked.connect(lambda: self.stopRequested.emit(folder.path))
        row = QHBoxLayout()
        row.setSpacing(theme.px(6))
        row.addWidget(watch)
        row.addWidget(stop)
        row.addStretch(1)
        column = QVBoxLayout(box)
        column.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        column.setSpacing(theme.px(6))
        column.addWidget(label(ASKING.format(path=folder.path), size="small", wrap=True))
        column.addLayout(row)
        return box
