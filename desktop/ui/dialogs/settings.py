"""Settings: a list of pages and the chosen one. What is changed counts at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from .. import theme
from ..components import dialog_foot, label
from ..icons import icon
from .settings_pages import (
    AppearancePage,
    BackupsPage,
    ConnectionsPage,
    FoldersPage,
    PrivacyPage,
    TransferPage,
)

PAGES = (("Appearance", "palette"), ("Connections", "link"), ("Folders", "folder"),
         ("Backups", "clock-counter-clockwise"), ("Privacy", "shield-check"),
         ("Export and import", "export"))


class SettingsDialog(QDialog):
    """Not modal: what the text size does is seen behind it."""

    def __init__(
        self, actions: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """`actions` are (id, words, icon) for the page of connections."""
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setModal(False)
        self.resize(theme.dialog_size(760, 560))
        self.appearance = AppearancePage()
        self.connections = ConnectionsPage(actions)
        self.folders = FoldersPage()
        self.backups = BackupsPage()
        self.privacy = PrivacyPage()
        self.transfer = TransferPage()
        self.list = QListWidget()
        self.list.setAccessibleName("Pages of the settings")
        self.note = label("Changes count at once.", tone="muted", size="small", wrap=True)
        self._pages = QStackedWidget()
        for page in (self.appearance, self.connections, self.folders, self.backups, self.privacy,
                     self.transfer):
            self._pages.addWidget(_scrolling(page))
        self._lay_out()
        self._fill()
        self.list.currentRowChanged.connect(self._pages.setCurrentIndex)
        self.list.setCurrentRow(0)
        theme.changes.changed.connect(self._size)

    def _lay_out(self) -> None:
        self._side = QFrame()
        self._side.setProperty("surface", "surface")
        side = QVBoxLayout(self._side)
        side.addWidget(self.list)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._side)
        self._pages.setProperty("rule", "left")
        body.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(dialog_foot(self, self.note))

    def _fill(self) -> None:
        for words, picture in PAGES:
            item = QListWidgetItem(icon(picture, "text"), words)
            self.list.addItem(item)
        self._size()

    def _size(self) -> None:
        """Lengths for the text's size, which may be changed on the first page."""
        self._side.setFixedWidth(theme.px(190))
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(QSize(0, theme.px(30)))
        self.setMinimumSize(theme.dialog_size(480, 360).boundedTo(QSize(640, 480)))
        self.resize(self.size().expandedTo(theme.dialog_size(760, 560)))

    def show_page(self, words: str) -> None:
        """Bring a page to the front, by its name in the list."""
        names = [name for name, _ in PAGES]
        self.list.setCurrentRow(names.index(words))

    def tell(self, words: str) -> None:
        """One sentence at the foot."""
        self.note.setText(words)


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
