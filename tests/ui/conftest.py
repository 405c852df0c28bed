"""Every ui test wears the light theme, whatever the test before it chose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.ui import theme


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """The light theme at 100 %, and again after the test."""
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)
