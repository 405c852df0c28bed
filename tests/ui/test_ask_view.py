"""The Ask view fed with events: streaming, stopping, failing, finding, keys, names."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.errors import DeploymentNotFound
from desktop.core.events import ColumnFailed, ColumnText
from desktop.core.types import AnswerState, Strategy
from desktop.ui import theme
from desktop.ui.compare.ask_view import AskView

from .ask_samples import (
    CITING,
    CLAIM,
    HITS,
    QUESTION,
    answer,
    finish,
    finish_citing,
    make_view,
    start,
    stream,
)

pytestmark = pytest.mark.usefixtures("dressed")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: Any) -> AskView:
    return make_view(qtbot)


def column(view: AskView, number: int) -> Any:
    return view.board.columns[number]


def error() -> DeploymentNotFound:
    return DeploymentNotFound(
        "Deployment not found", why="no deployment named x", remedy="Deploy it again",
        details="404 DeploymentNotFound",
    )


# --- asking and stopping -------------------------------------------------------------------


def test_ctrl_enter_asks_and_enter_is_a_new_line(view: AskView, qtbot: Any) -> None:
    asked: list[str] = []
    view.askRequested.connect(asked.append)
    qtbot.keyClick(view.bar.box, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(view.bar.box, Qt.Key.Key_Return)
    assert asked == [QUESTION]
    assert view.question() == QUESTION + "\n"


def test_an_empty_question_asks_nothing(view: AskView, qtbot: Any) -> None:
    view.show_question("  \n ")
    with qtbot.assertNotEmitted(view.askRequested):
        qtbot.mouseClick(view.bar.button, Qt.MouseButton.LeftButton)


def test_the_button_asks_and_while_running_stops(view: AskView, qtbot: Any) -> None:
    with qtbot.waitSignal(view.askRequested):
        qtbot.mouseClick(view.bar.button, Qt.MouseButton.LeftButton)
    start(view)
    assert view.bar.button.text() == "Stop"
    with qtbot.waitSignal(view.stopRequested):
        qtbot.mouseClick(view.bar.button, Qt.MouseButton.LeftButton)
    for number in (1, 2, 3):
        finish(view, number)
    assert view.bar.button.text() == "Ask"


def test_esc_stops_only_while_something_runs(view: AskView, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(view.stopRequested):
        qtbot.keyClick(view.bar.box, Qt.Key.Key_Escape)
    start(view)
    with qtbot.waitSignal(view.stopRequested):
        qtbot.keyClick(view.bar.box, Qt.Key.Key_Escape)


def test_typing_is_told_for_autosave_but_showing_is_not(view: AskView, qtbot: Any) -> None:
    typed: list[str] = []
    view.questionChanged.connect(typed.append)
    view.show_question("From the workspace")
    qtbot.keyClicks(view.bar.box, "!")
    assert typed == ["From the workspace!"]


def test_the_box_grows_to_four_lines(view: AskView) -> None:
    heights = []
    for lines in range(1, 7):
        view.show_question("\n".join("x" * lines))
        heights.append(view.bar.box.height())
    assert heights[0] < heights[1] < heights[3] == heights[4] == heights[5]


def test_a_hint_can_be_dismissed(view: AskView, qtbot: Any) -> None:
    view.show_hint("Three columns, one difference each.")
    with qtbot.waitSignal(view.hintDismissed):
        qtbot.mouseClick(view.bar.dismiss, Qt.MouseButton.LeftButton)
    assert view.bar.dismiss.isHidden()


def test_before_the_first_question_each_column_says_what_will_happen(view: AskView) -> None:
    assert all(column(view, n).note.text().startswith("Ask, and") for n in (1, 2, 3))


def test_without_strategies_one_sentence_and_one_button(qtbot: Any) -> None:
    view = AskView()
    qtbot.addWidget(view)
    view.show()
    assert view.empty.isVisible()
    with qtbot.waitSignal(view.strategySaved) as saved:
        qtbot.mouseClick(view.empty.button, Qt.MouseButton.LeftButton)
    assert saved.args[0] == Strategy(0, "Baseline")


# --- streaming -----------------------------------------------------------------------------


def test_streamed_text_is_painted_in_one_step(view: AskView) -> None:
    start(view)
    for word in ("Both ", "plans ", "pay."):
        view.apply(ColumnText(1, word))
    assert column(view, 1).text.answer() == ""
    view.paint_text()
    assert column(view, 1).text.answer() == "Both plans pay."


def test_the_painting_timer_paints_by_itself_and_rests_afterwards(
    view: AskView, qtbot: Any
) -> None:
    start(view, (1,))
    view.apply(ColumnText(1, "Yes"))
    qtbot.waitUntil(lambda: column(view, 1).text.answer() == "Yes", timeout=2000)
    finish(view, 1, "Yes")
    assert not view._painting.isActive()


def test_text_is_appended_never_set_again(view: AskView, qtbot: Any) -> None:
    start(view, (3,))
    stream(view, 3, CITING)
    document = column(view, 3).text.document()
    changes: list[tuple[int, int, int]] = []
    document.contentsChange.connect(lambda *change: changes.append(change))
    view.apply(ColumnText(3, "More."))
    view.paint_text()
    assert [removed for _, removed, _ in changes] == [0]
    assert changes[0][0] > 0


def test_a_citation_that_arrives_in_halves_becomes_one_chip(view: AskView) -> None:
    start(view, (3,))
    for piece in ("Up to $150. [", "1", "] Then"):
        view.apply(ColumnText(3, piece))
        view.paint_text()
    text = column(view, 3).text
    assert text.answer() == "Up to $150. [1] Then"
    assert len(text.chip_positions()) == 1


def test_states_follow_an_answer(view: AskView) -> None:
    chip = column(view, 1).header.chip
    assert chip.word() == ""
    start(view)
    view.paint_text()
    assert chip.word().startswith("Streaming")
    finish(view, 1)
    assert chip.word() == "Done 1.1 s"


def test_figures_stand_in_the_foot(view: AskView) -> None:
    start(view, (1,))
    finish(view, 1)
    foot = column(view, 1).foot
    assert [foot.figure(n) for n in ("First text", "Total", "Tokens", "Cost", "Finish")] == [
        "0.2 s", "1.1 s", "418 in, 27 out", "0, local", "complete"]


def test_the_built_in_model_is_called_what_it_is(view: AskView) -> None:
    assert column(view, 1).header.model.text() == "Built-in extractive (offline)"


def test_stopping_keeps_the_partial_text(view: AskView) -> None:
    start(view, (1,))
    stream(view, 1, "Half an ans")
    finish(view, 1, "Half an ans ", state=AnswerState.STOPPED, finish_reason="stopped")
    assert column(view, 1).text.answer() == "Half an ans "
    assert column(view, 1).note.text() == "Stopped by you. The text so far is kept."


def test_what_was_cut_before_it_began_counts_as_stopped(view: AskView) -> None:
    start(view)
    finish(view, 1)
    view.end_run()
    assert not view.is_running()
    assert column(view, 2).header.chip.word() == "Stopped"


def test_text_that_was_cut_at_the_end_is_shown_as_answered(view: AskView) -> None:
    start(view, (1,))
    stream(view, 1, "Yes. ")
    finish(view, 1, "Yes.")
    assert column(view, 1).text.answer() == "Yes."


def test_emoji_before_a_citation_do_not_shift_it(view: AskView) -> None:
    start(view, (3,))
    finish(view, 3, "👓👓 covered [1] yes")
    text = column(view, 3).text
    assert text.answer() == "👓👓 covered [1] yes"
    opened: list[int] = []
    text.citationActivated.connect(opened.append)
    text.setFocus()
    text.focusNextPrevChild(True)
    QApplication.sendEvent(text, _key(Qt.Key.Key_Return))
    assert opened == [1]


# --- failing -------------------------------------------------------------------------------


def test_a_failure_touches_no_other_column(view: AskView) -> None:
    start(view)
    stream(view, 2, "Half")
    view.apply(ColumnFailed(2, error(), answer(2, "Half ", state=AnswerState.FAILED)))
    stream(view, 1, "Going on")
    finish(view, 1, "Going on ")
    assert column(view, 2).text.answer() == "Half "
    assert column(view, 2).header.chip.word().startswith("Failed")
    box = column(view, 2).error
    assert box is not None and "Deploy it again" in box.text() and "404" in box.text()
    assert column(view, 1).error is None and column(view, 1).text.answer() == "Going on "
    assert view.is_running(), "the third column still streams"


def test_retry_asks_for_that_column_and_takes_the_error_away(view: AskView, qtbot: Any) -> None:
    start(view)
    view.apply(ColumnFailed(2, error(), answer(2, "", state=AnswerState.FAILED)))
    box = column(view, 2).error
    retry = next(b for b in box.findChildren(QWidget) if getattr(b, "text", str)() == "Retry")
    with qtbot.waitSignal(view.retryRequested) as asked:
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert asked.args == [2]
    start(view, (2,))
    assert column(view, 2).error is None


def test_asking_one_column_keeps_the_others(view: AskView) -> None:
    start(view)
    for number in (1, 2, 3):
        finish(view, number, f"Answer {number}")
    start(view, (2,), "Another question")
    assert column(view, 1).text.answer() == "Answer 1"
    assert "earlier question" in column(view, 1).note.text()
    assert column(view, 2).text.answer() == ""


def test_events_of_unknown_columns_and_flows_are_ignored(view: AskView) -> None:
    view.apply(ColumnText(99, "x"))
    assert view.answer_of(99) is None


def test_answers_from_the_workspace_and_none(view: AskView) -> None:
    view.show_answers({1: answer(1, "Cut he", state=AnswerState.INTERRUPTED)})
    assert column(view, 1).header.chip.word() == "Interrupted 1.1 s"
    assert "partial text kept" in column(view, 1).note.text()
    view.show_answers({})
    assert column(view, 1).answer is None and not column(view, 1).text.isVisible()


# --- citations -----------------------------------------------------------------------------


def test_cited_passages_come_first_and_the_first_is_open(view: AskView) -> None:
    start(view, (3,))
    finish_citing(view)
    sources = column(view, 3).sources
    assert list(sources.rows) == [1, 3, 2]
    assert sources.head.text() == "3 passages, 2 cited"
    assert sources.open_number() == 1
    marked = [s.text() for s in _marked(sources._passage.text)]
    assert "".join(marked) == CLAIM


def test_a_source_opens_its_passage_and_its_page_and_closes_again(
    view: AskView, qtbot: Any
) -> None:
    start(view, (3,))
    finish_citing(view)
    sources = column(view, 3).sources
    with qtbot.waitSignal(view.citationOpened) as opened:
        qtbot.mouseClick(sources.rows[2], Qt.MouseButton.LeftButton)
    assert opened.args == [3, 2]
    assert view.hit_of(3, 2) == HITS[1]
    with qtbot.assertNotEmitted(view.citationOpened):
        qtbot.mouseClick(sources.rows[2], Qt.MouseButton.LeftButton)
    assert sources.open_number() is None


def test_a_click_on_a_chip_opens_it(view: AskView, qtbot: Any) -> None:
    start(view, (3,))
    finish_citing(view)
    text = column(view, 3).text
    place = text._box(text.chip_positions()[1]).center().toPoint()
    with qtbot.waitSignal(view.citationOpened) as opened:
        qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [3, 3]
    assert column(view, 3).sources.open_number() == 3


def test_chips_are_reached_and_opened_by_keyboard(view: AskView, qtbot: Any) -> None:
    start(view, (3,))
    finish_citing(view)
    text = column(view, 3).text
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert text.accessibleDescription() == "Citation 1: Vision.pdf, p. 4"
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    with qtbot.waitSignal(view.citationOpened) as opened:
        qtbot.keyClick(text, Qt.Key.Key_Return)
    assert opened.args == [3, 3]


def test_nothing_in_an_answer_is_loaded_or_opened(view: AskView) -> None:
    start(view, (3,))
    hostile = '<img src="file:///etc/passwd"> <a href="file:///etc">x</a>'
    finish(view, 3, hostile)
    text = column(view, 3).text
    assert text.answer() == hostile
    assert text.loadResource(2, "file:///etc/passwd") is None


def test_copy_gives_citations_back_as_text(view: AskView) -> None:
    start(view, (3,))
    finish_citing(view)
    column(view, 3).text.selectAll()
    column(view, 3).text.copy()
    assert QGuiApplication.clipboard().text() == CITING
    column(view, 3).foot.copy_text()
    assert QGuiApplication.clipboard().text() == CITING


def test_hundreds_of_passages_are_shown_on_demand(view: AskView, qtbot: Any) -> None:
    from dataclasses import replace

    many = tuple(replace(HITS[0], rank=n) for n in range(1, 201))
    start(view, (3,))
    finish(view, 3, "Yes [150].", context=many)
    sources = column(view, 3).sources
    assert len(sources.rows) == 12 and next(iter(sources.rows)) == 150
    qtbot.mouseClick(sources._more, Qt.MouseButton.LeftButton)
    assert len(sources.rows) == 200


def test_show_what_was_sent_works_while_it_streams(view: AskView, qtbot: Any) -> None:
    start(view, (3,))
    with qtbot.waitSignal(view.sentRequested) as asked:
        qtbot.mouseClick(column(view, 3).foot.sent, Qt.MouseButton.LeftButton)
    assert asked.args == [3]
    known = view.answer_of(3)
    assert known is not None and known.messages and known.context == HITS


# --- finding -------------------------------------------------------------------------------


def test_find_counts_steps_and_closes(view: AskView, qtbot: Any) -> None:
    start(view)
    for number, text in ((1, "The plan"), (2, "no PLAN, plan"), (3, "nothing")):
        finish(view, number, text)
    qtbot.keyClick(view, Qt.Key.Key_F, CONTROL)
    bar = view.find_bar
    qtbot.keyClicks(bar.field, "plan")
    assert bar.count.text() == "1 of 3"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 3"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseClick(bar.previous, Qt.MouseButton.LeftButton)
    assert bar.count.text() == "3 of 3"
    assert len(column(view, 2).text.extraSelections()) == 2
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert column(view, 2).text.extraSelections() == []


def test_find_opens_the_strip_that_holds_the_match(qtbot: Any) -> None:
    view = make_view(qtbot, width=600)
    start(view)
    finish(view, 1, "Only here: zebra")
    assert not view.board.is_open(1)
    view.open_find()
    qtbot.keyClicks(view.find_bar.field, "zebra")
    assert view.board.is_open(1)


def test_find_follows_new_answers(view: AskView, qtbot: Any) -> None:
    view.open_find()
    qtbot.keyClicks(view.find_bar.field, "plan")
    assert view.find_bar.count.text() == "No match"
    start(view)
    finish(view, 1, "A plan")
    assert view.find_bar.count.text() == "1 of 1"


# --- access --------------------------------------------------------------------------------


def test_everything_that_takes_focus_has_a_name(view: AskView) -> None:
    start(view)
    finish_citing(view)
    view.apply(ColumnFailed(2, error(), answer(2, "", state=AnswerState.FAILED)))
    view.show_hint("A hint")
    view.open_find()
    for widget in _focusable(view):
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name), widget


def test_tab_goes_through_the_columns_from_left_to_right(view: AskView) -> None:
    start(view)
    finish_citing(view)
    view.board.move_column(3, -1)
    chain: list[QWidget] = []
    widget: QWidget = view.bar.box
    for _ in range(400):
        widget = widget.nextInFocusChain()
        if widget is view.bar.box:
            break
        chain.append(widget)
    places = []
    for number in (1, 3, 2):
        stops = [stop for stop in column(view, number).stops() if stop.isVisible()]
        places += [chain.index(stop) for stop in stops]
    assert places == sorted(places)


def test_a_finished_column_is_announced(view: AskView, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    start(view)
    finish(view, 1)
    assert said == ["3 answers on the way", "Baseline: Done 1.1 s"]


def test_a_change_of_theme_reaches_the_open_passage(view: AskView, qapp: QApplication) -> None:
    start(view, (3,))
    finish_citing(view)
    theme.apply(qapp, "dark")
    passage = column(view, 3).sources._passage.text
    colours = {s.background().color().name().upper() for s in _formats(passage)}
    assert theme.DARK.mark in colours


@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_is_wider_than_its_column(qtbot: Any, qapp: QApplication, percent: int) -> None:
    theme.apply(qapp, "light", percent)
    view = make_view(qtbot, width=700)
    start(view)
    finish_citing(view)
    for slot in view.board.slots:
        if not slot.strip:
            wide = view.board.columns[slot.column]
            assert wide.minimumSizeHint().width() <= slot.width
            assert wide.body.widget().minimumSizeHint().width() <= wide.body.width()
            assert wide.geometry().right() < view.board.width()


def test_larger_text_reaches_an_open_view(view: AskView, qapp: QApplication) -> None:
    height = view.bar.box.height()
    theme.apply(qapp, "light", 200)
    assert view.bar.box.height() > 1.5 * height
    assert [slot.strip for slot in view.board.slots] == [True, True, False]


def _focusable(view: QWidget) -> list[QWidget]:
    tab = Qt.FocusPolicy.TabFocus
    return [w for w in view.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & tab]


def _key(key: Qt.Key) -> Any:
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)


def _fragments(text: Any) -> Any:
    block = text.document().begin()
    while block.isValid():
        for part in block:
            yield part.fragment()
        block = block.next()


def _formats(text: Any) -> list[Any]:
    return [fragment.charFormat() for fragment in _fragments(text)]


def _marked(text: Any) -> list[Any]:
    mark = theme.current().mark.lower()
    return [f for f in _fragments(text) if f.charFormat().background().color().name() == mark]




def test_the_view_follows_streaming_text_until_the_user_scrolls_up(
    view: AskView, qapp: QApplication
) -> None:
    start(view, (1,))
    stream(view, 1, "word " * 900)
    qapp.processEvents()
    bar = column(view, 1).body.verticalScrollBar()
    assert bar.value() > 0 and bar.value() >= bar.maximum() - theme.px(40)
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    stream(view, 1, "word " * 300)
    qapp.processEvents()
    assert bar.value() == 0


def test_a_whole_question_by_keyboard_alone(view: AskView, qtbot: Any) -> None:
    """Ask, walk to the third column, open a citation, find a word, close, stop."""
    view.focus_question()
    with qtbot.waitSignal(view.askRequested):
        qtbot.keyClick(view.bar.box, Qt.Key.Key_Return, CONTROL)
    start(view)
    finish_citing(view)
    first = column(view, 1).header
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Right)
    qtbot.keyClick(column(view, 2).header, Qt.Key.Key_Right)
    assert view.focusWidget() is column(view, 3).header
    for _ in range(3):  # the menu button, the text's first chip
        qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Tab)
    with qtbot.waitSignal(view.citationOpened) as opened:
        qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Return)
    assert opened.args == [3, 1]
    qtbot.keyClick(view.focusWidget(), Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(view.find_bar.field, "plan")
    assert view.find_bar.count.text() == "1 of 2"
    with qtbot.waitSignal(view.stopRequested):
        qtbot.keyClick(view.bar.box, Qt.Key.Key_Escape)
