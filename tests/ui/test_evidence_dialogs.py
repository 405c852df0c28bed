"""What was sent, and the page behind a citation."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTableWidget, QWidget

from desktop.core.finding import find_in_pages
from desktop.core.passage import CHANGED, EDITED, Passage, of_hit, on_page
from desktop.core.types import Connection, Message, Parameters, Rewriting, Usage
from desktop.ui import theme
from desktop.ui.dialogs.page_viewer import PageViewer
from desktop.ui.dialogs.sent import SentDialog, sent_json

from .ask_samples import HITS, answer

pytestmark = pytest.mark.usefixtures("dressed")
PAGE = "Vision\n\nGlasses are covered. 👓 Lenses too.\nHearing aids are not."


@pytest.fixture
def sent(qtbot: Any) -> SentDialog:
    made = SentDialog()
    qtbot.addWidget(made)
    made.show_answer(answer(
        3, prompt_version=7, parameters=Parameters(temperature=0.0, max_tokens=300),
        messages=(Message("system", "Be <b>brief</b>."), Message("user", "Covered?\n\n")),
    ))
    return made


@pytest.fixture
def viewer(qtbot: Any) -> PageViewer:
    made = PageViewer()
    qtbot.addWidget(made)
    return made


def show(viewer: PageViewer, start: int, end: int, page: int = 3) -> None:
    viewer.show_page("Vision.pdf", "page 4 of 12", PAGE, start, end,
                     document_id=5, page_index=page, page_count=12)


def marks(viewer: PageViewer, role: str = "mark") -> list[str]:
    colour = theme.color(role)
    return [s.cursor.selectedText() for s in viewer.text.extraSelections()
            if s.format.background().color() == colour]


# --- what was sent -------------------------------------------------------------------------


def test_messages_are_exact(sent: SentDialog) -> None:
    boxes = sent.findChildren(QPlainTextEdit)
    assert [b.toPlainText() for b in boxes] == ["Be <b>brief</b>.", "Covered?\n\n"]
    assert [b.accessibleName() for b in boxes] == ["Message 1, system", "Message 2, user"]


def test_facts_and_parameters(sent: SentDialog) -> None:
    assert sent.facts.text() == "Prompt + documents · Built-in extractive (offline)"
    assert sent.version.link.text() == "Prompt v7"
    assert sent.parameters.text() == "temperature 0.0, max_tokens 300"


def test_passages_keep_both_ranks_and_the_score(sent: SentDialog) -> None:
    table = sent.findChildren(QTableWidget)[0]
    rows = [[_cell(table, row, column) for column in range(6)] for row in range(3)]
    assert rows == [
        ["1", "Vision.pdf", "p. 4", "1. (0.70)", "2. (6.50)", "0.830"],
        ["2", "Options.pdf", "p. 11", "2. (0.60)", "–", "0.710"],
        ["3", "Notes.docx", "Glasses", "–", "–", "0.660"],
    ]


def test_copy_as_json(sent: SentDialog, qtbot: Any) -> None:
    qtbot.mouseClick(sent.copies["json"], Qt.MouseButton.LeftButton)
    copied = json.loads(QGuiApplication.clipboard().text())
    assert copied["messages"][1] == {"role": "user", "content": "Covered?\n\n"}
    assert copied["parameters"] == {"temperature": 0.0, "max_tokens": 300}
    assert [hit["rank"] for hit in copied["context"]] == [hit.rank for hit in HITS]
    assert sent.copies["json"].text() == "Copied"


def test_a_call_is_copied_with_its_endpoint_but_never_a_key(sent: SentDialog, qtbot: Any) -> None:
    assert not sent.copies["curl"].isVisible()  # the built-in model is no call
    work = Connection("work", "azure", "https://a.openai.azure.com", key_env="TEAM_KEY")
    asked = answer(3, messages=(Message("user", "Covered?"),))
    sent.show_answer(asked, work, "gpt-mini")
    assert sent.note.text() == (
        "No key is copied: the call reads it from the variable TEAM_KEY.")
    for kind, said in (("curl", '"Authorization: Bearer $TEAM_KEY"'),
                       ("python", "os.environ['TEAM_KEY']")):
        qtbot.mouseClick(sent.copies[kind], Qt.MouseButton.LeftButton)
        copied = QGuiApplication.clipboard().text()
        assert said in copied and "https://a.openai.azure.com/openai/v1" in copied
        assert "gpt-mini" in copied
    assert [each.text() for each in sent.copies.values()] == [
        "Copy as JSON", "Copy as curl", "Copied"]


def test_the_call_that_rewrote_the_question_is_shown_with_its_tokens(sent: SentDialog) -> None:
    asked = (Message("system", "Rewrite."), Message("user", "And then?"))
    made = Rewriting("Covered when?", "model", asked, Usage(30, 4), 0.5)
    sent.show_answer(replace(answer(3), rewriting=made))
    boxes = sent.findChildren(QPlainTextEdit)
    assert [b.accessibleName() for b in boxes][:3] == [
        "Rewriting, system", "Rewriting, user", "Message 1, user"]
    words = [each.text() for each in sent.findChildren(QLabel)]
    assert any("Covered when?" in each for each in words)
    assert any(each.startswith("30 in, 4 out") for each in words)
    assert json.loads(sent_json(replace(answer(3), rewriting=made)))["rewriting"]["by"] == "model"


def test_another_answer_replaces_the_first(sent: SentDialog) -> None:
    sent.show_answer(answer(1, messages=(), context=()))
    assert "Baseline" in sent.windowTitle()
    assert sent.parameters.text() == "No parameters: the model's own defaults"


# --- page viewer ---------------------------------------------------------------------------


def test_the_passage_is_marked_past_an_emoji(viewer: PageViewer) -> None:
    start = PAGE.index("Lenses")
    show(viewer, start, start + len("Lenses too."))
    assert marks(viewer) == ["Lenses too."] and viewer.marked_text() == "Lenses too."


def test_a_passage_over_lines_is_marked_whole(viewer: PageViewer) -> None:
    start = PAGE.index("Lenses")
    show(viewer, start, len(PAGE))
    assert viewer.marked_text() == "Lenses too.\nHearing aids are not."


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-1, 5), (5, 2), (10, 10_000)])
def test_nothing_is_marked_rather_than_the_wrong_thing(
    viewer: PageViewer, start: int, end: int
) -> None:
    show(viewer, start, end)
    assert marks(viewer) == [] and viewer.marked_text() == ""


def test_a_passage_that_is_not_there_is_said(viewer: PageViewer) -> None:
    show(viewer, 10, 10_000)
    assert viewer.note.text() == "The passage is not on this page as it is now"


def test_windows_line_ends_do_not_shift_the_mark(viewer: PageViewer) -> None:
    text = "One\r\ntwo\r\nthree"
    viewer.show_page("a.txt", "", text, text.index("three"), len(text))
    assert viewer.marked_text() == "three"


def test_the_passage_is_scrolled_to(viewer: PageViewer) -> None:
    text = "line\n" * 500 + "here it is\n" + "line\n" * 500
    viewer.show_page("long.txt", "", text, text.index("here"), text.index("here") + 10)
    assert viewer.text.verticalScrollBar().value() > 300


def test_pages_are_turned_by_buttons_and_keys(viewer: PageViewer, qtbot: Any) -> None:
    show(viewer, 0, 0)
    with qtbot.waitSignal(viewer.pageRequested) as asked:
        qtbot.mouseClick(viewer.previous, Qt.MouseButton.LeftButton)
    assert asked.args == [5, 2]
    with qtbot.waitSignal(viewer.pageRequested) as asked:
        qtbot.keyClick(viewer, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert asked.args == [5, 4]
    show(viewer, 0, 0, page=11)
    assert viewer.previous.isEnabled() and not viewer.next.isEnabled()


def test_find_goes_through_the_document_and_back(viewer: PageViewer, qtbot: Any) -> None:
    pages = ["No such word.", PAGE, "They are."]

    def turn(document: int, page: int) -> None:
        viewer.show_page("Vision.pdf", f"page {page + 1}", pages[page], document_id=document,
                         page_index=page, page_count=3)

    viewer.pageRequested.connect(turn)
    viewer.findRequested.connect(
        lambda _, words: viewer.finder.show_places(words, find_in_pages(pages, words)))
    turn(5, 0)
    qtbot.keyClicks(viewer.field, "ARE")
    qtbot.keyClick(viewer.field, Qt.Key.Key_Return)
    assert viewer.found.text() == "1 of 3" and viewer.page.value() == 2
    assert marks(viewer, "accent") == ["are"] and marks(viewer, "selection") == ["are"]
    for key, found in ((Qt.Key.Key_F3, "2 of 3"), (Qt.Key.Key_F3, "3 of 3")):
        qtbot.keyClick(viewer, key)
        assert viewer.found.text() == found
    assert viewer.page.value() == 3
    qtbot.keyClick(viewer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert viewer.found.text() == "2 of 3" and viewer.page.value() == 2
    viewer.field.setText("zebra")
    viewer.finder.ask()
    assert viewer.found.text() == "Not found" and marks(viewer, "accent") == []


def test_a_page_is_gone_to_by_its_number_and_text_has_a_size(
    viewer: PageViewer, qtbot: Any
) -> None:
    show(viewer, 0, 0)
    assert viewer.page.text() == "page 4 of 12"
    with qtbot.waitSignal(viewer.pageRequested) as asked:
        viewer.page.setValue(9)
    assert asked.args == [5, 8]
    with qtbot.waitSignal(viewer.pageRequested) as asked:
        qtbot.keyClick(viewer, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [5, 11]
    before = viewer.text.font().pointSizeF()
    qtbot.keyClick(viewer, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert viewer.text.font().pointSizeF() > before
    qtbot.keyClick(viewer, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert viewer.text.font().pointSizeF() == before


def test_an_edited_passage_marks_nothing_and_says_why() -> None:
    hit = replace(HITS[0], start=2, end=5, text="said")
    assert on_page(of_hit(replace(hit, edited=True)), "It said so") == (0, 0, EDITED)
    assert on_page(of_hit(hit), "It said so") == (3, 7, ""), "moved a little"
    assert on_page(of_hit(hit), "said and said") == (0, 0, CHANGED), "which of them?"
    assert on_page(Passage(1, 0, 3, 7), "It said so") == (3, 7, "")


def test_enter_in_the_find_box_does_not_close_the_viewer(viewer: PageViewer, qtbot: Any) -> None:
    show(viewer, 0, 0)
    viewer.field.setFocus()
    qtbot.keyClick(viewer.field, Qt.Key.Key_Return)
    assert viewer.isVisible()


@pytest.mark.parametrize("name", ["sent", "viewer"])
def test_everything_that_takes_focus_has_a_name(request: Any, name: str) -> None:
    dialog: QWidget = request.getfixturevalue(name)
    dialog.show()
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget


def _cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    assert item is not None
    return item.text()
