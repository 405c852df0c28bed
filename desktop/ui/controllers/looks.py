"""Theme, text size and window layout: how the program looks, remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, cast

from PySide6.QtWidgets import QApplication

from ...core.settings import Settings, Theme
from .. import theme
from ..main_window import MainWindow


class SettingsKeeper(Protocol):
    """Where settings are remembered."""

    @property
    def current(self) -> Settings: ...
    def update_settings(self, change: Callable[[Settings], Settings]) -> Settings: ...


class LooksController:
    """Applies what is chosen at once and writes it down."""

    def __init__(self, window: MainWindow, keeper: SettingsKeeper) -> None:
        self._window = window
        self._keeper = keeper
        window.themeChosen.connect(self.choose_theme)
        window.textSizeChosen.connect(self.choose_text_size)

    def choose_theme(self, name: str) -> None:
        chosen = cast(Theme, name)
        self._apply(lambda settings: replace(settings, theme=chosen))

    def choose_text_size(self, percent: int) -> None:
        self._apply(lambda settings: replace(settings, text_size=percent))

    def choose_motion(self, reduced: bool) -> None:
        """Whether anything may blink or slide."""
        theme.reduce_motion(self._keeper.update_settings(
            lambda settings: replace(settings, reduced_motion=reduced)).reduced_motion)

    def show_again(self) -> None:
        """As the settings say, which were changed elsewhere."""
        now = self._keeper.current
        if (now.theme, now.text_size) != (theme.choice(), theme.text_percent()):
            self._apply(lambda settings: settings)
        theme.reduce_motion(now.reduced_motion)

    def _apply(self, change: Callable[[Settings], Settings]) -> None:
        settings = self._keeper.update_settings(change)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, settings.theme, settings.text_size)

    def remember_window(self) -> None:
        """Size, place and docks, on closing."""
        layout = self._window.layout_text()
        self._keeper.update_settings(lambda settings: replace(settings, window_state=layout))
