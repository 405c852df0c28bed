"""The three panes as docks at the left: tabs, side by side, or folded to a rail.

Tabbed panes need no title: the tab is one. A pane that stands alone gets a 24 px title to
drag it by. Folded, a narrow rail keeps their names; a click there opens that pane. Where panes
and comparison do not both fit (large text in a small window), the open pane has the room alone
until it is folded.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QTabBar,
    QTabWidget,
    QToolBar,
    QWidget,
)

from . import theme
from .components import icon_button, label

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
ALL_BESIDE = 1600  # window width in pixels at 100 % that has room for three panes
FOLD_BELOW = 1200  # window width in pixels at 100 %
FIRST = 1  # the pane in front of a new window: a workspace begins with documents
_EDGES = 12  # between panes and comparison, pixels at 100 %
WIDTHS = ((1800, 480), (1400, 440), (0, 360))  # (window at least, panes)


class DockTitle(QWidget):
    """Name and fold button; the dock is dragged by it."""

    folded = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.px(26))
        fold = icon_button("caret-double-left", "Fold the panes")
        fold.clicked.connect(self.folded)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 0, theme.px(2), 0)
        row.addWidget(label(name, role="strong"))
        row.addStretch(1)
        row.addWidget(fold)


class PaneDocks(QObject):
    """Owns the docks and the rail of one main window."""

    def __init__(self, window: QMainWindow, panes: Sequence[tuple[str, QWidget]]) -> None:
        super().__init__(window)
        self._window = window
        self._folded = False
        self._by_user = False  # the user folded or unfolded: the width no longer decides
        self._narrow: bool | None = None
        self._front = FIRST
        self._suspended = False
        self._lent = False
        self._raised = False
        self._sized = False
        self._before = False
        self._beside = False
        self.docks = [self._make_dock(name, pane) for name, pane in panes]
        window.setTabPosition(LEFT, QTabWidget.TabPosition.North)
        window.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        self.rail = self._make_rail()
        self._fold_button = icon_button("caret-double-left", "Fold the panes (Ctrl+B)")
        self._fold_button.setParent(window)
        self._fold_button.clicked.connect(self.toggle)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._after_layout)
        theme.changes.changed.connect(self._later)
        self.place_as_tabs()

    def _make_dock(self, name: str, pane: QWidget) -> QDockWidget:
        dock = QDockWidget(name, self._window)
        dock.setObjectName(f"dock_{name.lower()}")
        dock.setAllowedAreas(LEFT | Qt.DockWidgetArea.RightDockWidgetArea)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setWidget(pane)
        dock.setTitleBarWidget(QWidget())
        dock.visibilityChanged.connect(self._later)
        dock.dockLocationChanged.connect(self._later)
        dock.installEventFilter(self)
        return dock

    def _make_rail(self) -> QToolBar:
        rail = QToolBar("Folded panes", self._window)
        rail.setObjectName("rail")
        rail.setMovable(False)
        rail.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._rail_tabs = QTabBar()
        self._rail_tabs.setShape(QTabBar.Shape.RoundedWest)
        self._rail_tabs.setProperty("rail", "true")
        self._rail_tabs.setAccessibleName("Folded panes")
        self._rail_tabs.setDrawBase(False)
        self._rail_tabs.setExpanding(False)
        self._rail_tabs.setUsesScrollButtons(False)
        self._rail_tabs.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        for dock in self.docks:
            self._rail_tabs.addTab(dock.windowTitle())
        self._rail_tabs.tabBarClicked.connect(self.open_pane)
        rail.addWidget(self._rail_tabs)
        rail.setVisible(False)
        self._window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail)
        return rail

    def is_folded(self) -> bool:
        """Whether only the rail shows."""
        return self._folded

    def open_pane(self, place: int) -> None:
        """Unfold, and bring the pane to the front with the keyboard in it."""
        if not 0 <= place < len(self.docks):
            return
        if self._folded:
            self._by_user = True
            self.set_folded(False)
        dock = self.docks[place]
        dock.show()
        dock.raise_()
        dock.widget().setFocus()

    def toggle(self) -> None:
        """Fold or unfold, and remember that it was the user."""
        self._by_user = True
        self.set_folded(not self._folded)

    def set_folded(self, folded: bool) -> None:
        """Show only the rail, or the panes."""
        if folded == self._folded:
            return
        self._folded = folded
        front = self.front()
        self.crowd()  # before the docks show: the window must not grow by them
        for dock in self.docks:
            dock.setVisible(not folded)
        self.rail.setVisible(folded)
        if not folded:
            self.docks[front].raise_()
            self.take_width()
        self._later()

    def crowd(self) -> None:
        """Hide the comparison while a pane is open that does not fit beside it."""
        center = self._window.centralWidget()
        if center is not None:
            center.setVisible(self._folded or not self._is_crowded(center))

    def make_room(self) -> None:
        """The comparison is wanted: fold a pane that hides it."""
        center = self._window.centralWidget()
        if center is not None and center.isHidden():
            self.set_folded(True)

    def _is_crowded(self, center: QWidget) -> bool:
        """Panes that were dragged beside each other or away are the user's own choice."""
        if any(dock.isFloating() for dock in self.docks) or self._beside:
            return False
        pane = max(dock.widget().minimumSizeHint().width() for dock in self.docks)
        least = center.minimumSizeHint().width()
        return pane + least + theme.px(_EDGES) > self._window.width()

    def front(self) -> int:
        """The place of the pane that is seen, or was seen last."""
        seen = [place for place, dock in enumerate(self.docks)
                if dock.isVisible() and not dock.visibleRegion().isEmpty()]
        if len(seen) == 1:  # before the first layout all of them seem to be seen
            self._front = seen[0]
        return self._front

    def lend(self, on: bool) -> None:
        """Give the panes' room to a detail panel, and take it back; the user's fold counts."""
        if on and not self._folded and self.is_tight():
            self._lent = True
            self.set_folded(True)
        elif not on and self._lent:
            self._lent = False
            self.set_folded(False)

    def is_tight(self) -> bool:
        """Whether panes, comparison and a detail panel do not all fit."""
        return self._window.width() < theme.px(ALL_BESIDE)

    def suspend(self, on: bool) -> None:
        """While the start page shows, the panes are folded and their names only tell."""
        if on == self._suspended:
            return
        if on:
            self._before = self._folded
            self.set_folded(True)
        self._suspended = on
        self.rail.setEnabled(not on)
        if not on:
            self.set_folded(self._before)

    def restore(self, docks_known: bool, folded: bool) -> None:
        """After a saved layout: the user's folding counts, whatever the width."""
        self._by_user = self._sized = docks_known
        self._folded = folded
        self.crowd()
        for dock in self.docks:
            dock.setVisible(not folded)
        self.rail.setVisible(folded)
        self._later()

    def fit(self, width: int) -> None:
        """Fold in a narrow window, unfold in a wide one, unless the user has decided."""
        self.crowd()
        narrow = width < theme.px(FOLD_BELOW)
        if narrow != self._narrow:
            self._narrow = narrow
            if self._suspended:
                self._before = narrow
            elif not self._by_user:
                self.set_folded(narrow)
        self._later()

    def place_as_tabs(self) -> None:
        """All panes in one place, as tabs."""
        self._beside = False
        for dock in self.docks:
            dock.setFloating(False)
            self._window.addDockWidget(LEFT, dock)
        for before, after in zip(self.docks, self.docks[1:], strict=False):
            self._window.tabifyDockWidget(before, after)
        self.docks[self._front].raise_()
        self._later()

    def is_narrow(self) -> bool:
        """Whether panes beside each other would cover the comparison."""
        return self._window.width() < theme.px(FOLD_BELOW)

    def place_side_by_side(self) -> None:
        """The panes beside each other; in a window too narrow for all, the last two as tabs."""
        self._by_user = self._beside = True
        self.set_folded(False)
        first, second, third = self.docks
        wide = self._window.width() >= theme.px(ALL_BESIDE)
        self._window.addDockWidget(LEFT, first)
        self._window.splitDockWidget(first, second, Qt.Orientation.Horizontal)
        if wide:
            self._window.splitDockWidget(second, third, Qt.Orientation.Horizontal)
        else:
            self._window.tabifyDockWidget(second, third)
            second.raise_()
        beside = self.docks if wide else [first, second]
        each = self._window.width() // (len(beside) + 1)
        self._window.resizeDocks(beside, [each] * len(beside), Qt.Orientation.Horizontal)
        self._later()

    def take_width(self) -> None:
        """The width that suits the window, until the user has drawn another."""
        if self._sized or self._folded:
            return
        self._sized = True
        window = self._window.width()
        width = next(pane for least, pane in WIDTHS if window >= theme.px(least))
        self._window.resizeDocks([self.docks[0]], [theme.px(width)], Qt.Orientation.Horizontal)

    def _later(self, *_: object) -> None:
        # Qt tells of each dock one by one; titles and the button are set once all is in place.
        self._settle.start()

    def _after_layout(self) -> None:
        self.crowd()
        if not self._raised and self.docks[self._front].isVisible():
            self._raised = True
            if not self._by_user:  # Qt forgets the front of docks that were not shown yet
                self.docks[self._front].raise_()
        for dock in self.docks:
            alone = not dock.isHidden() and not self._window.tabifiedDockWidgets(dock)
            if alone != isinstance(dock.titleBarWidget(), DockTitle):
                self._set_title(dock, alone)
        self._place_fold_button()

    def _set_title(self, dock: QDockWidget, alone: bool) -> None:
        old = dock.titleBarWidget()
        title = DockTitle(dock.windowTitle()) if alone else QWidget()
        if isinstance(title, DockTitle):
            title.folded.connect(self.toggle)
        dock.setTitleBarWidget(title)
        if old is not None:
            old.deleteLater()

    def _place_fold_button(self) -> None:
        bar = self._tab_bar()
        self._fold_button.setVisible(bar is not None)
        if bar is None:
            return
        size = self._fold_button.sizeHint()
        corner = bar.mapTo(self._window, QPoint(bar.width(), 0))
        self._fold_button.setGeometry(
            corner.x() - size.width() - theme.px(4),
            corner.y() + (bar.height() - size.height()) // 2, size.width(), size.height(),
        )
        self._fold_button.raise_()

    def _tab_bar(self) -> QTabBar | None:
        """The bar that Qt made for the tabbed docks, if it shows."""
        if not any(self._window.tabifiedDockWidgets(dock) for dock in self.docks):
            return None  # Qt keeps the bar for a while after the docks have left it
        for bar in self._window.findChildren(
            QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            bar.setAccessibleName("Panes")
            if bar.isVisible() and bar.count() > 1:
                return bar
        return None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._later()
        return False
