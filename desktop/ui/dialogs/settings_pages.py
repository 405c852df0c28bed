"""The pages of the settings. Each shows what holds and tells what is changed; none stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...core.keeping import Kept
from ...core.settings import BACKUP_MEGABYTES, BACKUP_MINUTES, Settings
from .. import theme
from ..amounts import size_words
from ..components import ElidedLabel, FlowRow, button, label
from ..toolbar import THEME_NAMES

CONFIRMATION = "delete all"


class Page(QWidget):
    """A heading, an explanation, and what follows."""

    def __init__(self, title: str, words: str = "") -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        self.column.setSpacing(theme.px(8))
        self.column.addWidget(label(title, role="section"))
        if words:
            self.column.addWidget(note(words))

    def add_row(self, *parts: QWidget) -> None:
        """Buttons beside each other, breaking where it is narrow."""
        row = FlowRow()
        row.setSpacing(theme.px(8))
        for part in parts:
            row.addWidget(part)
        self.column.addLayout(row)

    def add_fields(self, *rows: tuple[str, QWidget]) -> None:
        """Captions at the left, fields at the right."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnStretch(2, 1)
        for place, (words, field) in enumerate(rows):
            caption = label(words, tone="muted")
            caption.setBuddy(field)
            grid.addWidget(caption, place, 0)
            grid.addWidget(field, place, 1)
        self.column.addLayout(grid)

    def end(self) -> None:
        """Nothing follows."""
        self.column.addStretch(1)


class AppearancePage(Page):
    """Theme, text size, motion."""

    themeChosen = Signal(str)
    textSizeChosen = Signal(int)
    motionChosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Appearance")
        self.theme = _choice("Theme", [(words, name) for name, words in THEME_NAMES.items()])
        self.text_size = _choice("Text size", [(f"{size} %", size) for size in theme.TEXT_SIZES])
        self.motion = QCheckBox("Reduced motion: nothing blinks or slides")
        self.add_fields(("Theme", self.theme), ("Text size", self.text_size))
        self.column.addWidget(self.motion)
        self.column.addWidget(note("Ctrl++ and Ctrl+- change the text size anywhere."))
        self.end()
        self.theme.activated.connect(lambda _: self.themeChosen.emit(self.theme.currentData()))
        self.text_size.activated.connect(
            lambda _: self.textSizeChosen.emit(self.text_size.currentData()))
        self.motion.clicked.connect(self.motionChosen)

    def show_settings(self, settings: Settings) -> None:
        """What holds now."""
        _choose(self.theme, settings.theme)
        _choose(self.text_size, theme.text_percent())
        self.motion.setChecked(settings.reduced_motion)


class ConnectionsPage(Page):
    """What is asked and what it costs: the ways to the dialogs that have it."""

    actionRequested = Signal(str)  # the id of a row of `actions.TABLE`
    spendingRequested = Signal()

    def __init__(self, actions: Sequence[tuple[str, str, str]]) -> None:
        """`actions` are (id, words, icon) of what else belongs here."""
        super().__init__("Connections and prices")
        self.links: dict[str, QPushButton] = {}
        self.connections = note("")
        self.prices = note("")
        self.spending = button("Spending, prices and sign-in", icon="currency-dollar")
        self.spending.clicked.connect(self.spendingRequested)
        self.column.addWidget(self.connections)
        self.add_row(*(self._action(*each) for each in actions), self.spending)
        self.column.addWidget(self.prices)
        self.end()

    def _action(self, name: str, words: str, icon: str) -> QPushButton:
        made = button(words, icon=icon)
        made.clicked.connect(lambda: self.actionRequested.emit(name))
        self.links[name] = made
        return made

    def allow(self, name: str, now: bool) -> None:
        """Whether an action can be taken now; not without a workspace, for some."""
        self.links[name].setEnabled(now)
        self.links[name].setToolTip("" if now else "Open a workspace first")

    def show_words(self, connections: str, prices: str) -> None:
        """How many there are, where keys are, and how old the price table is."""
        self.connections.setText(connections)
        self.prices.setText(prices)


class FoldersPage(Page):
    """Where files are, and where new ones go."""

    openRequested = Signal(str)  # folder
    chooseRequested = Signal(str)  # "samples_folder", "backups_folder"
    resetRequested = Signal(str)
    clearRequested = Signal()

    def __init__(self) -> None:
        super().__init__("Folders", "The data folder is chosen at the start, with --data-dir.")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(8))
        self._grid.setColumnStretch(1, 1)
        self.column.addLayout(self._grid)
        self.paths: dict[str, ElidedLabel] = {}
        self.resets: dict[str, QPushButton] = {}
        self._add("data", "Data", "")
        self._add("cache", "Cache", "")
        self._add("samples", "Samples", "samples_folder")
        self._add("backups", "Backups", "backups_folder")
        self.clear = button("Clear the cache", icon="trash")
        self.clear.clicked.connect(self.clearRequested)
        self.add_row(self.clear)
        self.column.addWidget(note(
            "Search indexes are made again when a workspace is opened. Copies and backups that "
            "are there already stay where they are when you choose another folder."))
        self.end()

    def _add(self, name: str, words: str, setting: str) -> None:
        row = self._grid.rowCount()
        path = self.paths[name] = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(4))
        show = button("Open", size="small")
        show.setAccessibleName(f"Open the folder of {words.lower()}")
        show.clicked.connect(lambda: self.openRequested.emit(path.text()))
        buttons.addWidget(show)
        if setting:
            change = button("Change", size="small")
            change.setAccessibleName(f"Change the folder of {words.lower()}")
            change.clicked.connect(partial(_tell, self.chooseRequested.emit, setting))
            back = self.resets[name] = button("Usual place", kind="link")
            back.setAccessibleName(f"The usual folder of {words.lower()}")
            back.clicked.connect(partial(_tell, self.resetRequested.emit, setting))
            buttons.addWidget(change)
            buttons.addWidget(back)
        self._grid.addWidget(label(words, tone="muted"), row, 0)
        self._grid.addWidget(path, row, 1)
        self._grid.addLayout(buttons, row, 2, Qt.AlignmentFlag.AlignLeft)

    def show_folders(self, folders: dict[str, str], chosen: set[str]) -> None:
        """Paths by name; `chosen` are the names of those that are not in their usual place."""
        for name, path in folders.items():
            self.paths[name].setText(path)
        for name, back in self.resets.items():
            back.setVisible(name in chosen)


class BackupsPage(Page):
    """How often, how much, and back."""

    minutesChosen = Signal(int)
    roomChosen = Signal(int)
    restoreRequested = Signal()

    def __init__(self) -> None:
        super().__init__("Backups", (
            "An open workspace that has changed is copied while you work. All copies of the last "
            "hour are kept, one of each hour for a day, one of each day for a month."))
        every = [("Never" if not m else f"Every {m} minutes", m) for m in BACKUP_MINUTES]
        rooms = [(size_words(m * 1_000_000), m) for m in BACKUP_MEGABYTES]
        self.minutes = _choice("How often", every)
        self.room = _choice("Room for all backups", rooms)
        self.add_fields(("How often", self.minutes), ("Room for all", self.room))
        self.total = note("")
        self.column.addWidget(self.total)
        self.restore = button("Restore a backup", icon="clock-counter-clockwise")
        self.restore.clicked.connect(self.restoreRequested)
        self.add_row(self.restore)
        self.end()
        self.minutes.activated.connect(
            lambda _: self.minutesChosen.emit(self.minutes.currentData()))
        self.room.activated.connect(lambda _: self.roomChosen.emit(self.room.currentData()))

    def show_settings(self, settings: Settings) -> None:
        """What holds now."""
        _choose(self.minutes, settings.backup_minutes)
        _choose(self.room, settings.backup_megabytes)

    def show_total(self, count: int, size: int) -> None:
        """What there is."""
        self.total.setText(f"{count:,} backups now, {size_words(size)}." if count else
                           "No backups yet.")


class PrivacyPage(Page):
    """What is kept, where, how much; and taking it all away."""

    eraseRequested = Signal()

    def __init__(self) -> None:
        super().__init__("What is kept on this machine", (
            "Nothing leaves it unless you add a connection. A workspace is a file of yours, "
            "wherever you saved it: it is not in this list, and Delete all leaves it."))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(6))
        self._grid.setColumnStretch(0, 1)
        self.column.addLayout(self._grid)
        self.column.addSpacing(theme.px(8))
        self.column.addWidget(label("Delete all", role="section"))
        self.column.addWidget(note(
            "Everything above and the keys of your connections are deleted, the account that "
            "signed in is forgotten, and the program closes. This cannot be undone."))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(f"Type {CONFIRMATION} to confirm")
        self.typed.setPlaceholderText(f"Type {CONFIRMATION}")
        self.typed.setMaximumWidth(theme.px(200))
        self.erase = button("Delete all", kind="danger", icon="trash")
        self.erase.setEnabled(False)
        self.add_row(self.typed, self.erase)
        self.end()
        self.typed.textChanged.connect(self._typed)
        self.erase.clicked.connect(self.eraseRequested)

    def show_kept(self, kept: Sequence[Kept]) -> None:
        """One line each; what there is none of is said as such."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for row, each in enumerate(kept):
            words = label(f"{each.title}. {each.what}", wrap=True)
            where = ElidedLabel(each.where, Qt.TextElideMode.ElideMiddle)
            where.setProperty("tone", "muted")
            where.setProperty("scale", "small")
            size = label(size_words(each.size) if each.size else "none", tone="muted")
            size.setFont(theme.font(tabular=True))
            self._grid.addWidget(words, 2 * row, 0)
            self._grid.addWidget(size, 2 * row, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(where, 2 * row + 1, 0, 1, 2)

    def _typed(self, text: str) -> None:
        self.erase.setEnabled(text.strip().casefold() == CONFIRMATION)


class TransferPage(Page):
    """Settings to a file and back."""

    exportRequested = Signal()
    importRequested = Signal()

    def __init__(self) -> None:
        super().__init__("Export and import", (
            "A file for another machine or a colleague: appearance, limits, backups, and "
            "connections with their addresses and deployments. Keys, the names of variables with "
            "keys, paths and recent workspaces stay here."))
        self.export = button("Export settings", icon="export")
        self.load = button("Import settings", icon="download-simple")
        self.add_row(self.export, self.load)
        self.column.addWidget(note(
            "Before anything of an imported file counts, you see each change and choose."))
        self.end()
        self.export.clicked.connect(self.exportRequested)
        self.load.clicked.connect(self.importRequested)


def note(words: str) -> QLabel:
    """Muted words that wrap."""
    made = label(words, tone="muted", wrap=True)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return made


def _choice(name: str, entries: Sequence[tuple[str, object]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for words, data in entries:
        made.addItem(words, data)
    return made


def _choose(box: QComboBox, data: object) -> None:
    box.setCurrentIndex(max(0, box.findData(data)))


def _tell(act: Callable[[str], object], name: str, checked: bool = False) -> None:
    act(name)
