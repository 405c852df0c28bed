"""Ask | Evaluate | Decide: the three ways to look at the comparison, one at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from . import theme


class Center(QWidget):
    """Tabs over views; `tools` stand at the right of the tabs.

    A view that is not in front at the start is made when it is first shown.
    """

    shown = Signal(str)  # the name of the view now in front
    made = Signal(str, QWidget)  # a view was needed for the first time

    def __init__(self, tools: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._stack = QStackedWidget()
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Ways to compare")
        self._arrange(tools)
        self.tabs.currentChanged.connect(self._show)

    def _arrange(self, tools: QWidget) -> None:
        bar = QFrame()
        bar.setProperty("surface", "bg")
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.px(4), 0, theme.px(8), 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)

    def place_banner(self, banner: QWidget) -> None:
        """Put it over the tabs."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, banner)

    def add(self, name: str, view: QWidget) -> None:
        """One more tab, with its view."""
        self._stack.addWidget(view)
        self.tabs.addTab(name)

    def add_later(self, name: str, make: Callable[[], QWidget]) -> None:
        """One more tab, whose view is made when it is first shown."""
        self._makers[name] = make
        self.add(name, QWidget())

    def show_view(self, name: str) -> None:
        """Bring a view to the front; unknown names are ignored."""
        for place in range(self.tabs.count()):
            if self.tabs.tabText(place) == name:
                self.tabs.setCurrentIndex(place)

    def name(self) -> str:
        """The view in front."""
        return self.tabs.tabText(self.tabs.currentIndex())

    def _show(self, place: int) -> None:
        name = self.tabs.tabText(place)
        if name in self._makers:
            self._replace(place, self._makers.pop(name)())
        self._stack.setCurrentIndex(place)
        self.shown.emit(name)

    def _replace(self, place: int, view: QWidget) -> None:
        empty = self._stack.widget(place)
        self._stack.insertWidget(place, view)
        if empty is not None:
            self._stack.removeWidget(empty)
            empty.deleteLater()
        self.made.emit(self.tabs.tabText(place), view)
