"""Every ui test wears the light theme, whatever the test before it chose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from desktop.ui import theme


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """The light theme at 100 %, and again after the test."""
    # No event loop deletes the widgets of earlier tests; each theme would dress them all again.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)
