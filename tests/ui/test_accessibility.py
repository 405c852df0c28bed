"""Every dialog and every view: what takes the keyboard says its name and what it is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QDialog, QLabel, QWidget

import desktop.ui
from desktop.core.events import AskStarted
from desktop.core.settings_file import Offer
from desktop.ui import accessible
from desktop.ui.components import Segmented
from desktop.ui.main_window import MainWindow
from desktop.ui.views import Views

from .samples import names_missing

# Of dialogs that cannot be made without; others that need some are looked at in their own tests.
ARGUMENTS = {
    "HelpWindow": (None,), "LeftOutDialog": ("prompts.yaml", ()),
    "OfferDialog": ("a.json", Offer()),
    "SettingsDialog": ([("connections", "Connections", "link")],),
}


def dialogs() -> Iterator[type[QDialog]]:
    for module in pkgutil.walk_packages(desktop.ui.__path__, "desktop.ui."):
        found = importlib.import_module(module.name)
        for name, each in vars(found).items():
            own = inspect.isclass(each) and each.__module__ == module.name
            if own and issubclass(each, QDialog) and (name in ARGUMENTS or not needs(each)):
                yield each


def needs(kind: type[QDialog]) -> bool:
    """Whether it cannot be made without arguments."""
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return any(each.default is each.empty for each in parameters)


def focusable(top: QWidget) -> list[QWidget]:
    return [each for each in top.findChildren(QWidget)
            if each.focusPolicy() != Qt.FocusPolicy.NoFocus and each.focusProxy() is None
            and not (isinstance(each, QLabel) and not each.text())]


def without_role(top: QWidget) -> list[str]:
    """Widgets that take the keyboard and do not say what they are."""
    roles = ((QAccessible.queryAccessibleInterface(each), each) for each in focusable(top))
    nothing = (QAccessible.Role.NoRole, QAccessible.Role.Client)
    return sorted({type(each).__name__ for found, each in roles
                   if found is not None and found.role() in nothing})


@pytest.fixture(autouse=True)
def installed(dressed) -> None:
    accessible.install()


@pytest.mark.parametrize("kind", sorted(dialogs(), key=lambda kind: kind.__name__),
                         ids=lambda kind: kind.__name__)
def test_dialogs(qtbot, kind: type[QDialog]) -> None:
    dialog = kind(*ARGUMENTS.get(kind.__name__, ()))
    qtbot.addWidget(dialog)
    dialog.show()
    shown = {each for each in names_missing(dialog) if each != "QLabel "}
    assert shown == set()
    assert without_role(dialog) == []


def test_the_window_with_all_its_views(qtbot, qapp) -> None:
    window = MainWindow()
    views = Views(window)
    qtbot.addWidget(window)
    window.show()
    window.show_workspace("Benefits")
    for show in (window.show_prompt, window.show_documents, window.show_fine_tuning,
                 window.show_evaluate, window.show_decide, window.show_ask, window.show_start):
        show()
        qapp.processEvents()
        assert names_missing(window) == []
    assert without_role(window) == []
    assert views.ask.bar.box.accessibleName()


def test_a_painted_control_says_what_it_is(qtbot) -> None:
    made = Segmented(["Ledger", "Search"])
    qtbot.addWidget(made)
    found = QAccessible.queryAccessibleInterface(made)
    assert found.role() is QAccessible.Role.PageTabList
    assert found.text(QAccessible.Text.Name) == "View: Ledger"


def test_answers_are_announced_politely_and_faults_at_once(qtbot, monkeypatch) -> None:
    said: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []

    def hear(event: QAccessibleAnnouncementEvent) -> None:
        said.append((event.message(), event.politeness()))

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    window = MainWindow()
    views = Views(window)
    qtbot.addWidget(window)
    views.ask.apply(AskStarted("Are eyeglasses covered?", (1, 2, 3)))
    window.messages.say("Paused.")
    window.messages.show_bug("Index failed", "trace")
    polite, urgent = (QAccessible.AnnouncementPoliteness.Polite,
                      QAccessible.AnnouncementPoliteness.Assertive)
    assert [(text.split(".")[0], how) for text, how in said] == [
        ("3 answers on the way", polite), ("Paused", polite),
        ("Index failed This is a fault of Strategy Explorer, not yours", urgent)]
