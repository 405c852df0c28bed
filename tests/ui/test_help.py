"""The help window: one for all its pages, text of our own, and nothing is loaded or followed."""

import re

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QMainWindow

from desktop.core.evaluation.metrics import METRICS
from desktop.resource_files import resource
from desktop.ui.help import KEYS, PAGES, HelpPage, HelpWindow

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def shown(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    yield HelpWindow(window)


def test_each_page_opens_by_its_name(shown):
    for title in (KEYS, *PAGES):
        shown.open_page(title)
        assert shown.isVisible() and shown.list.currentItem().text() == title
        assert shown.pages.currentWidget().accessibleName() == title
    page = shown.pages.currentWidget()
    assert "Nothing, until you add a connection" in page.toPlainText()
    assert "|" not in page.toPlainText()  # tables were understood


def test_a_page_loads_and_follows_nothing(qtbot, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    page = HelpPage("Page", f"[a link]({secret.as_uri()}) ![a picture]({secret.as_uri()})")
    qtbot.addWidget(page)
    kind = QTextDocument.ResourceType.ImageResource.value
    assert bytes(page.loadResource(kind, QUrl(secret.as_uri())).data()) == b""
    page.anchorClicked.emit(QUrl(secret.as_uri()))
    assert "a link" in page.toPlainText() and "secret" not in page.toPlainText()


def test_the_page_on_method_names_every_score():
    text = resource("help/method.md").read_text("utf-8")
    assert [metric.label for metric in METRICS.values() if metric.label not in text] == []


def test_the_keys_that_pages_name_are_those_of_the_table():
    from desktop.ui.actions import TABLE
    from desktop.ui.shortcuts import MORE

    known = {row.key.replace("Return", "Enter") for row in TABLE if row.key}
    known |= {key for _, _, key in MORE}
    text = " ".join(resource(f"help/{file}").read_text("utf-8") for file in PAGES.values())
    named = set(re.findall(r"(?:Ctrl|Shift)\+(?:Shift\+)?(?:\w+|\+)", text))
    assert named and named <= known
