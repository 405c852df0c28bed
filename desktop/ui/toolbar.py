"""The bar under the menus: workspace, undo, use case, find, connection, settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolBar, QToolButton, QWidget

from . import theme
from .actions import Actions, Trigger, key_text
from .components import CaretButton, KeyButton, icon_button
from .icons import leading_icon

THEME_NAMES = {"system": "Follow the system", "light": "Light", "dark": "Dark"}

SEARCH = "Search actions, documents"
NARROW = 900  # pixels at 100 %: below, the search button is one word
TIGHT = 720  # below, it is an icon, the connection a short word, and undo is in the menu only


class UseCaseLine(QLineEdit):
    """The use case in one line: elided while it is read, whole while it is edited."""

    useCaseChanged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setProperty("flat", "true")
        self.setProperty("tone", "muted")
        self.setPlaceholderText("Say what the use case is, in one sentence")
        self.setAccessibleName("Use case")
        self.editingFinished.connect(self._take)

    def show_use_case(self, text: str) -> None:
        """Show another use case."""
        self._whole = text
        self._show()

    def use_case(self) -> str:
        """The whole text."""
        return self._whole

    def _take(self) -> None:
        if self.isModified() and self.text() != self._whole:
            self._whole = self.text().strip()
            self.useCaseChanged.emit(self._whole)
        self.setModified(False)

    def _show(self) -> None:
        if self.hasFocus():
            return
        room = self.width() - theme.px(12)
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setText(shown)
        self.setCursorPosition(0)
        self.setToolTip(self._whole if shown != self._whole else "")

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setText(self._whole)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._take()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()


class Toolbar(QToolBar):
    """Fixed, 42 px high."""

    recentRequested = Signal(object)  # Path
    useCaseChanged = Signal(str)
    connectionChosen = Signal(str)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("Toolbar", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions = actions
        self._recent: list[Path] = []
        self._tight = False
        self._names = ["", ""]  # workspace, connection
        self._named: list[tuple[QToolButton, int]] = []  # with their room at 100 %
        self._undo: list[QAction] = []
        self._add_workspace()
        self.addSeparator()
        self._add_undo()
        self.use_case = UseCaseLine()
        self.use_case.useCaseChanged.connect(self.useCaseChanged)
        self.addWidget(self.use_case)
        self._add_find()
        self._add_connection()
        self._add_settings()
        self._size()
        theme.changes.changed.connect(self._size)

    def _size(self) -> None:
        self.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.setFixedHeight(theme.px(42))
        for made in (self.workspace, self.connection):
            made.setFixedHeight(theme.px(28))
        self._fit(self.width())
        self._show_names()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def _fit(self, width: int) -> None:
        narrow, tight = width < theme.px(NARROW), width < theme.px(TIGHT)
        self.search.setText("" if tight else "Search" if narrow else SEARCH)
        for action in self._undo:
            action.setVisible(not tight)
        if tight != self._tight:
            self._tight = tight
            self._show_names()

    def _add_workspace(self) -> None:
        self.workspace = _menu_button("database", "Workspace")
        self.workspace.setObjectName("workspace")
        self._workspace_menu = QMenu(self.workspace)
        self._workspace_menu.aboutToShow.connect(self._fill_workspace_menu)
        self.workspace.setMenu(self._workspace_menu)
        self._named.append((self.workspace, 220))
        self.addWidget(_held(self.workspace))
        self.show_workspace("")

    def _add_undo(self) -> None:
        for name in ("undo", "redo"):
            action = self._actions.by_id[name]
            made = icon_button(self._actions.rows[name].icon, action.text(), role="text")
            made.setToolTip(action.toolTip())
            made.setEnabled(action.isEnabled())
            made.clicked.connect(action.trigger)
            action.enabledChanged.connect(made.setEnabled)
            self._undo.append(self.addWidget(made))
        self._undo.append(self.addSeparator())

    def _add_find(self) -> None:
        find = self._actions.by_id["palette"]
        self.search = KeyButton(SEARCH, key_text("Ctrl+K"), icon="magnifying-glass")
        self.search.setAccessibleName(SEARCH)
        self.search.setToolTip(find.text())
        self.search.clicked.connect(find.trigger)
        self.addWidget(self.search)

    def _add_connection(self) -> None:
        self.connection = _menu_button("check-circle", "Connection", kind="secondary")
        self._connection_menu = QMenu(self.connection)
        self.connection.setMenu(self._connection_menu)
        self._named.append((self.connection, 180))
        self.addWidget(_held(self.connection, before=4))
        self.show_connections([], "Built-in (offline)")

    def _add_settings(self) -> None:
        self.settings = icon_button("gear", "Settings", role="text")
        action = self._actions.by_id["settings"]
        self.settings.setToolTip(action.toolTip())
        self.settings.clicked.connect(action.trigger)
        self.addWidget(self.settings)

    def show_workspace(self, name: str) -> None:
        """The open workspace's name; "" for none."""
        shown = name or "No workspace"
        self._names[0] = shown
        self._show_names()
        self.workspace.setToolTip(shown)
        self.workspace.setAccessibleName(f"Workspace: {shown}")

    def _show_names(self) -> None:
        for (made, room), name in zip(self._named, self._names, strict=False):
            width = theme.px(room * 0.6 if self._tight else room)
            made.setText(made.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideMiddle, width))

    def show_recent(self, paths: Sequence[Path]) -> None:
        """The workspaces to offer, newest first."""
        self._recent = list(paths)

    def show_connections(self, names: Sequence[str], current: str, problem: str = "") -> None:
        """The connections to choose from; `problem` marks the current one with a warning."""
        self.connection.setIcon(leading_icon("warning", "warning") if problem
                                else leading_icon("check-circle", "success"))
        self._names[1] = current
        self._show_names()
        self.connection.setToolTip(problem or current)
        self.connection.setAccessibleName(f"Connection: {current}. {problem}".strip())
        self._connection_menu.clear()
        for name in names:
            _check(self._connection_menu.addAction(name), name == current,
                   partial(self.connectionChosen.emit, name))
        if names:
            self._connection_menu.addSeparator()
        self._connection_menu.addAction(self._actions.by_id["connections"])

    def _fill_workspace_menu(self) -> None:
        menu = self._workspace_menu
        menu.clear()
        for name in ("new", "open", "duplicate"):
            menu.addAction(self._actions.by_id[name])
        fill_recent(menu, self._recent, self.recentRequested.emit)


def fill_recent(menu: QMenu, paths: Sequence[Path], choose: Callable[[Path], object]) -> None:
    """Add the recent workspaces, if any."""
    if paths:
        menu.addSection("Recent")
    for path in paths[:10]:
        action = menu.addAction(path.stem)
        action.setToolTip(str(path))
        action.triggered.connect(Trigger(partial(choose, path)))


def fill_looks(
    menu: QMenu, choose_theme: Callable[[str], object], choose_size: Callable[[int], object]
) -> None:
    """Add the themes and text sizes, the ones in use checked."""
    themes, sizes = QActionGroup(menu), QActionGroup(menu)
    menu.addSection("Theme")
    for name, words in THEME_NAMES.items():
        action = themes.addAction(menu.addAction(words))
        _check(action, theme.choice() == name, partial(choose_theme, name))
    menu.addSection("Text size")
    for size in theme.TEXT_SIZES:
        action = sizes.addAction(menu.addAction(f"{size} %"))
        _check(action, theme.text_percent() == size, partial(choose_size, size))


def _check(action: QAction, on: bool, act: Callable[[], object]) -> None:
    action.setCheckable(True)
    action.setChecked(on)
    action.triggered.connect(Trigger(act))


def _held(made: QToolButton, before: float = 0) -> QWidget:
    """A tool button right in a tool bar has the icon size of the bar, not its own."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(theme.px(before), 0, 0, 0)
    row.addWidget(made)
    return holder


def _menu_button(icon_name: str, name: str, kind: str = "quiet") -> QToolButton:
    made = CaretButton()
    made.setProperty("kind", kind)
    made.setIcon(leading_icon(icon_name))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
