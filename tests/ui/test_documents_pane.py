"""The Documents pane by what a person sees and does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication, QMenu

from desktop.core.evaluation.retrieval_quality import METRICS, ProfileQuality
from desktop.core.evaluation.types import Interval
from desktop.core.events import (
    DocumentChanged,
    DocumentSkipped,
    DocumentsRemoved,
    IndexProgress,
)
from desktop.core.search_results import side_by_side
from desktop.core.types import LEXICAL, Case, DocumentState
from desktop.ui.panes.documents import DocumentsPane
from desktop.ui.panes.documents_columns import Column, sign_of
from desktop.ui.panes.documents_delegate import MATCHED, place_text, ranks_text

from .samples import document, failed, hit, names_missing
from .test_main_window import drop


@pytest.fixture
def pane(qtbot, dressed):
    made = DocumentsPane()
    qtbot.addWidget(made)
    made.resize(440, 700)
    made.show()
    return made


def names(pane: DocumentsPane) -> list[str]:
    return [d.name for d in pane.model.documents()]


def test_empty_it_says_what_to_do(pane):
    assert pane.ledger.empty.isVisible() and not pane.table.isVisible()
    assert not pane.ledger.note.isVisible() and not pane.ledger.detail.isVisible()
    assert "on this machine" in pane.ledger.empty.sentence.text()


def test_rows_appear_sorted_and_counted(pane):
    pane.show_documents([document(1, "b.pdf"), document(2, "A.pdf", chunks=1)])
    assert names(pane) == ["A.pdf", "b.pdf"]
    assert pane.ledger.indexing.counts.text() == "2 documents, 8 chunks"
    pane.table.sortByColumn(Column.CHUNKS, Qt.SortOrder.DescendingOrder)
    assert names(pane) == ["b.pdf", "A.pdf"]


def test_updates_are_gathered_into_one_repaint(pane):
    pane.show_documents([document(n) for n in range(3)])
    changed = []
    pane.model.dataChanged.connect(lambda *_: changed.append(1))
    for embedded in range(7):
        pane.apply(DocumentChanged(document(1, state=DocumentState.EMBEDDING, embedded=embedded)))
    assert changed == []
    pane.model.flush()
    assert changed == [1]
    assert pane.model.documents()[1].embedded == 6


def test_sorting_and_new_rows_keep_the_selection(pane):
    pane.show_documents([document(1, "b.pdf"), document(2, "d.pdf")])
    pane.table.selectRow(1)
    pane.apply(DocumentChanged(document(3, "a.pdf")))
    pane.model.flush()
    assert names(pane) == ["a.pdf", "b.pdf", "d.pdf"]
    assert pane.selected_ids() == [2]


def test_removed_rows_go_with_their_details(pane):
    pane.show_documents([document(1), document(2)])
    pane.table.selectRow(0)
    pane.apply(DocumentsRemoved((1, 2, 99)))
    assert pane.model.rowCount() == 0
    assert pane.ledger.empty.isVisible() and not pane.ledger.detail.isVisible()


@pytest.mark.parametrize(("made", "word", "tone"), [
    (document(1), "Ready", "success"),
    (document(1, empty_pages=5), "5 picture pages", "warning"),
    (document(1, state=DocumentState.EMBEDDING, embedded=3), "Embedding", "muted"),
    (document(1, state=DocumentState.READING), "Reading", "muted"),
    (document(1, state=DocumentState.QUEUED), "Waiting", "muted"),
    (failed(1), "No text found", "danger"),
])
def test_state_is_a_word_with_an_icon_or_a_bar(made, word, tone):
    sign = sign_of(made)
    assert (sign.word, sign.tone) == (word, tone)
    assert bool(sign.icon) != sign.bar


def test_details_give_cause_and_remedy(pane):
    pane.show_documents([failed(1)])
    pane.table.selectRow(0)
    assert pane.ledger.detail._cause.text() == "No text found: all 9 pages are pictures"
    remedy = pane.ledger.detail._remedy
    assert remedy.isVisible() and remedy.text().startswith("Make")
    assert not pane.ledger.detail.open_button.isEnabled()
    pane.ledger.detail.closed.emit()
    assert not pane.ledger.detail.isVisible()


def test_progress_shows_time_left_and_can_be_cancelled(pane, qtbot):
    pane.show_documents([document(1)])
    assert not pane.ledger.indexing.cancel.isVisible()
    pane.apply(IndexProgress(1, 2, 605, 750, 12.0))
    assert pane.ledger.indexing.state.text() == "605 embedded, 0:12 left"
    with qtbot.waitSignal(pane.ledger.indexing.cancelRequested, timeout=500):
        pane.ledger.indexing.cancel.click()
    pane.apply(IndexProgress(2, 2, 750, 750, 0.0))
    assert not pane.ledger.indexing.cancel.isVisible() and not pane.ledger.indexing.bar.isVisible()


def test_failures_are_retried_together(pane, qtbot):
    pane.show_documents([document(1), failed(2, "x.pdf"), failed(3, "y.pdf")])
    assert pane.ledger.indexing.retry.text() == "Retry 2 failed"
    with qtbot.waitSignal(pane.ledger.retryRequested, timeout=500) as seen:
        pane.ledger.indexing.retry.click()
    assert seen.args == [[2, 3]]


def test_delete_removes_what_is_chosen(pane, qtbot):
    pane.show_documents([document(1), document(2), document(3)])
    pane.table.setFocus()
    pane.table.selectRow(0)
    qtbot.keyClick(pane.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(pane.ledger.removeRequested, timeout=500) as seen:
        qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
    assert seen.args == [[1, 2]]


def test_pasted_files_are_added(pane, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/docs/a.pdf"), QUrl("https://example.com/b.pdf")])
    QApplication.clipboard().setMimeData(mime)
    pane.show_documents([document(1)])
    pane.table.setFocus()
    with qtbot.waitSignal(pane.filesDropped, timeout=500) as seen:
        qtbot.keyClick(pane.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert seen.args == [[Path("/docs/a.pdf")]]
    QApplication.clipboard().clear()  # what it holds must not outlive the interpreter


def test_drops_are_taken_but_not_what_belongs_elsewhere(pane, qtbot):
    with qtbot.waitSignal(pane.filesDropped, timeout=500) as seen:
        assert drop(pane, Path("/docs/a.pdf"), Path("/docs/folder"))
    assert seen.args == [[Path("/docs/a.pdf"), Path("/docs/folder")]]
    assert not drop(pane, Path("/docs/train.jsonl"))
    assert not drop(pane, Path("/docs/a.pdf"), Path("/docs/work.stratex"))


def test_enter_opens_the_page_text(pane, qtbot):
    pane.show_documents([document(4)])
    pane.table.selectRow(0)
    pane.table.setFocus()
    with qtbot.waitSignal(pane.openRequested, timeout=500) as seen:
        qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert seen.args == [4, 0, 0, 0]


def test_skipped_files_are_said_once_and_can_be_closed(pane):
    pane.apply(DocumentSkipped("/docs/a.pages", "not a kind that is read"))
    assert pane.ledger.note_text.text() == "Skipped a.pages: not a kind that is read"
    pane.apply(DocumentSkipped("/docs/b.pdf", "already there"))
    assert pane.ledger.note_text.text() == "Skipped 2 files"
    assert "b.pdf: already there" in pane.ledger.note_text.toolTip()
    pane.ledger._forget_skipped()
    assert not pane.ledger.note.isVisible()


def test_search_asks_shows_and_opens(pane, qtbot):
    pane.show_documents([document(4, "Vision.pdf")])
    pane.view.choose(1)
    search = pane.search
    search.profile.setCurrentText(LEXICAL.name)
    qtbot.keyClicks(search.field, "eyeglasses")
    with qtbot.waitSignal(pane.searchRequested, timeout=500) as asked:
        qtbot.keyClick(search.field, Qt.Key.Key_Return)
    assert asked.args == ["eyeglasses", LEXICAL.name]
    pane.search.show_hits([hit(1), hit(2)])
    with qtbot.waitSignal(pane.hitOpened, timeout=500) as opened:
        search.list.clicked.emit(search.model.index(1, 0))
    assert opened.args == [hit(2)]
    pane.search.show_hits([])
    assert "No passage matches “eyeglasses”" in search._note.text()


def test_a_hit_says_its_ranks_and_place():
    assert ranks_text(hit(1, dense_rank=3, dense_score=0.614)) == \
        "meaning: rank 3 (0.61), words: not found"
    assert place_text(hit(1, page=None, score=0.0331)) == "0.033"


def test_five_thousand_rows_stay_fast(pane):
    pane.show_documents([document(n) for n in range(5000)])
    start = time.perf_counter()
    for n in range(0, 5000, 5):
        pane.apply(DocumentChanged(document(n, state=DocumentState.EMBEDDING, embedded=1)))
    pane.model.flush()
    pane.table.sortByColumn(Column.STATE, Qt.SortOrder.AscendingOrder)
    QApplication.processEvents()
    assert time.perf_counter() - start < 1.0
    assert pane.model.documents()[0].state is DocumentState.EMBEDDING


def test_everything_focusable_has_a_name(pane):
    pane.show_documents([failed(1)])
    pane.table.selectRow(0)
    assert names_missing(pane) == []
    pane.view.choose(1)
    assert names_missing(pane) == []


def test_names_of_files_are_never_read_as_markup(pane):
    pane.show_documents([document(1, "<b>bold</b>.pdf", warning="<img src=x>")])
    pane.table.selectRow(0)
    from PySide6.QtWidgets import QLabel

    for label in pane.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_filter_by_words_and_state_and_what_is_hidden_is_not_removed(pane, qtbot):
    pane.show_documents([document(1, "Plan 2026.pdf"), document(2, "Plan 2025.pdf", warning="Odd"),
                         failed(3, "Scan.pdf")])
    pane.ledger.filter.words.setText("plan 202")
    assert [d.name for d in pane.table.shown()] == ["Plan 2025.pdf", "Plan 2026.pdf"]
    assert pane.ledger.indexing.counts.text() == "2 of 3 documents, 14 chunks"
    pane.ledger.filter.state.setCurrentIndex(2)
    assert [d.name for d in pane.table.shown()] == ["Plan 2025.pdf"]
    pane.table.selectAll()
    with qtbot.waitSignal(pane.ledger.removeRequested) as asked:
        pane.table.setFocus()
        qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
    assert asked.args == [[2]]
    pane.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    pane.apply(DocumentChanged(document(4, "Plan 2024.pdf", warning="Old")))
    pane.model.flush()
    assert [d.id for d in pane.table.shown()] == [2, 4]
    pane.ledger.filter.clear()
    pane.ledger.filter.words.setText("pictures")  # a cause
    assert [d.id for d in pane.table.shown()] == [3]


def test_characters_per_page_have_a_column_where_there_is_room(pane):
    pane.show_documents([document(1, pages=4, characters=10)])
    assert pane.table.isColumnHidden(Column.DENSITY)
    pane.resize(700, 700)
    assert not pane.table.isColumnHidden(Column.DENSITY)
    assert pane.model.index(0, Column.DENSITY).data() == "2"


def test_a_document_with_the_text_of_another_says_so(pane):
    pane.show_documents([document(1, "a.docx"), document(2, "b.pdf")])
    pane.show_same({2: "a.docx"})
    pane.table.selectRow(1)
    assert ("Same text as", "a.docx") in [
        (name.text(), value.text()) for name, value in pane.ledger.detail._labels]
    pane.table.selectRow(0)
    assert pane.ledger.detail._labels[-1][1].text() == ""


def test_matched_words_are_marked_and_profiles_stand_side_by_side(pane, qtbot):
    pane.view.choose(1)
    search = pane.search
    search.show_hits([hit(1)], matched={"eyeglasses"})
    assert search.model.index(0).data(MATCHED) == {"eyeglasses"}
    search.list.viewport().grab()  # painted with its mark
    search.field.setText("eyeglasses")
    with qtbot.waitSignal(search.besideRequested, timeout=500) as asked:
        search.beside.click()
    assert asked.args == ["eyeglasses", search.profiles()] and len(search.profiles()) == 3
    search.show_beside(search.profiles(), side_by_side([[hit(1)], [], [hit(2)]]))
    assert [search.table.item(0, column).text() for column in (1, 2, 3)] == ["1", "–", "2"]
    assert search.table.isVisible() and "0 of them under every profile" in search._note.text()
    search.table.viewport().grab()
    with qtbot.waitSignal(pane.hitOpened, timeout=500) as opened:
        search.table.itemClicked.emit(search.table.item(0, 2))
    assert opened.args == [hit(1)] and names_missing(pane) == []


def test_one_click_leads_from_a_miss_to_its_query(pane, qtbot):
    quality = pane.quality
    share = Interval(0.5, 0.3, 0.7, 2)
    results = [ProfileQuality(name, 2, dict.fromkeys(METRICS, share), 1, (misses,), 0.1)
               for name, misses in zip(quality.profiles(), (1, 2, 1), strict=True)]
    quality.show_results(results, [Case(1, "First?"), Case(2, "Second?")])
    assert quality.table.item(1, 0).text() == "0.50\n0.30–0.70"
    quality.table.setCurrentCell(2, 0)
    assert quality.misses.item(0).text() == "Second?"
    with qtbot.waitSignal(pane.searchRequested, timeout=500) as asked:
        quality.misses.itemClicked.emit(quality.misses.item(0))
    assert asked.args == ["Second?", quality.profiles()[1]] and pane.view.current() == 1


def test_skipping_and_files_are_asked_for_from_the_details_and_the_menu(pane, qtbot):
    pane.show_documents([failed(2)])
    pane.table.selectRow(0)
    with qtbot.waitSignal(pane.ledger.skipRequested, timeout=500) as asked:
        pane.ledger.detail.skip_button.click()
    assert asked.args == [[2]]
    menu = QMenu(pane)
    pane.ledger.detail.fill_menu(menu)
    said = {action.text(): action for action in menu.actions()}
    assert not said["Open pages"].isEnabled() and said["Skip"].isEnabled()
    for text, signal in (("Open in its own program", pane.ledger.fileRequested),
                         ("Show in its folder", pane.ledger.folderRequested)):
        with qtbot.waitSignal(signal, timeout=500) as asked:
            said[text].trigger()
        assert asked.args == [2]


def test_a_narrow_pane_adds_files_and_folders_with_one_button(pane, qtbot):
    pane.resize(360, 700)
    assert pane.add_button.text() == "Add" and not pane.folder_button.isVisible()
    pane.resize(440, 700)
    assert pane.add_button.text() == "Add files" and pane.folder_button.isVisible()


def test_pages_wait_for_room_in_the_order_of_their_worth(pane):
    pane.show_documents([document(1, language="English")])
    shown = []
    for width in (360, 440, 560, 1100):
        pane.resize(width, 700)
        shown.append({column for column in Column if not pane.table.isColumnHidden(column)})
    assert shown[0] == {Column.NAME, Column.CHUNKS, Column.STATE}
    assert shown[1] == shown[0] | {Column.PAGES} and Column.LANGUAGE in shown[2]
    assert shown[3] == set(Column)
