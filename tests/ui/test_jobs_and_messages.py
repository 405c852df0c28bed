"""The jobs tray and the one door to the user."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop.core.errors import AuthFailed
from desktop.core.events import JobChanged, JobState
from desktop.ui.components import ErrorBox
from desktop.ui.jobs import JobsTray, clock
from desktop.ui.messages import MOST, MessageBar, Messages
from desktop.ui.notices import Notices, took

from .samples import make_window, names_missing


@pytest.fixture
def tray(qtbot, dressed):
    made = JobsTray()
    qtbot.addWidget(made)
    made.resize(1200, 200)
    made.show()
    return made


@pytest.fixture
def messages(qtbot, dressed):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return Messages(bar)


def running(number: int = 1, **more: object) -> JobChanged:
    return JobChanged(number, f"Index {number}.pdf", JobState.RUNNING, **more)


def test_clock_is_minutes_and_seconds():
    assert [clock(s) for s in (0, 12.4, 59.6, 754)] == ["0:00", "0:12", "1:00", "12:34"]


def test_jobs_start_move_and_end(tray):
    tray.apply(running(sentence="3 of 9 files", share=0.3, seconds_left=12))
    row = tray._rows[1]
    assert row._time.text() == "0:12 left" and row._bar.isVisible()
    tray.apply(JobChanged(1, "Index 1.pdf", JobState.FAILED, "No text found"))
    assert len(tray.jobs()) == 1
    assert tray.summary() == "1 failed"
    assert not row._bar.isVisible() and "left" not in row._time.text()


def test_a_running_job_can_be_cancelled(tray, qtbot):
    tray.apply(running(7))
    with qtbot.waitSignal(tray.cancelRequested, timeout=500) as seen:
        tray._rows[7]._cancel.click()
    assert seen.args == [7]


def test_finished_rows_stay_until_cleared(tray):
    tray.apply(running(1))
    tray.apply(JobChanged(2, "Ask", JobState.DONE))
    tray.apply(JobChanged(3, "Ask", JobState.STOPPED))
    assert tray.summary() == "1 running" and tray._clear.isVisible()
    tray.clear_finished()
    assert [job.id for job in tray.jobs()] == [1]
    assert not tray._clear.isVisible()


def test_a_job_that_can_pause_waits_and_goes_on(tray, qtbot):
    tray.apply(running(3))
    row = tray._rows[3]
    assert not row._pause.isVisible()
    tray.apply(running(3, can_pause=True))
    with qtbot.waitSignal(tray.pauseRequested, timeout=500) as seen:
        row._pause.click()
    assert seen.args == [3] and row._pause.accessibleName() == "Pause: Index 3.pdf"
    tray.apply(JobChanged(3, "Index 3.pdf", JobState.WAITING, "Paused", seconds=9.0))
    assert tray.summary() == "1 paused" and not tray._clear.isVisible()
    tray.clear_finished()
    with qtbot.waitSignal(tray.resumeRequested, timeout=500):
        row._pause.click()
    assert row._cancel.accessibleName() == "Take off the list: Index 3.pdf"
    assert names_missing(tray) == []
    tray.apply(JobChanged(3, "Index 3.pdf", JobState.GONE))
    assert tray.jobs() == [] and tray.summary() == "none"


def test_the_end_of_a_long_job_is_told_where_nobody_looks(qtbot, dressed):
    window, _ = make_window()
    qtbot.addWidget(window)
    told = []
    notices = Notices(window, lambda title, text: told.append(text))
    for state, seconds in ((JobState.DONE, 3.0), (JobState.STOPPED, 99.0)):
        notices.job_ended(JobChanged(1, "Run", state, seconds=seconds))
    assert told == [] and window.messages.bar.messages() == []
    notices.job_ended(JobChanged(1, "Run", JobState.FAILED, "No network", seconds=754.0))
    assert told == ["Run: failed after 13 min"]
    assert [m.tone for m in window.messages.bar.messages()] == ["danger"]
    assert took(11_100) == "3 h 5 min"


def test_it_folds_to_one_line(tray):
    tray.apply(running(1))
    tray.apply(running(2))
    unfolded = tray.height()
    tray.toggle()
    assert tray.is_folded() and tray.height() < unfolded and not tray._area.isVisible()


def test_rows_have_names_to_read_aloud(tray):
    tray.apply(running(1))
    assert names_missing(tray) == []
    assert tray._rows[1]._cancel.accessibleName() == "Cancel: Index 1.pdf"


def test_an_error_says_what_why_and_what_next(messages):
    error = AuthFailed("The key was refused", why="Azure answered 401",
                       remedy="Paste a new key", details="401 PermissionDenied")
    message = messages.show_error(error)
    assert message.text() == "The key was refused Azure answered 401. Paste a new key."
    message.buttons()[0].click()
    assert "401 PermissionDenied" in QApplication.clipboard().text()


def test_the_same_words_are_not_said_twice_and_old_ones_make_room(messages):
    messages.say("One")
    messages.say("One")
    assert len(messages.bar.messages()) == 1
    for number in range(5):
        messages.say(f"Number {number}")
    assert [m.what for m in messages.bar.messages()] == ["Number 4", "Number 3", "Number 2"]
    assert len(messages.bar.messages()) == MOST
    messages.clear()
    assert messages.bar.messages() == [] and messages.bar.isHidden()


def test_a_question_is_answered_once(messages):
    answers = []
    message = messages.ask("Replace?", ["Replace", "Keep"], answers.append, dismissed="Keep")
    message.buttons()[0].click()
    message.closed.emit()
    assert answers == ["Replace"]


def test_a_closed_question_gives_the_quiet_answer(messages):
    answers = []
    messages.ask("Replace?", ["Replace", "Keep"], answers.append, dismissed="Keep").closed.emit()
    assert answers == ["Keep"]


def test_error_box_hides_what_it_has_not(qtbot, dressed):
    box = ErrorBox("Deployment not found")
    qtbot.addWidget(box)
    box.show()
    assert not box._foot_frame.isVisible() and not box._middle_frame.isVisible()
    pressed = []
    box.add_button("Deploy again", lambda: pressed.append(1), kind="primary").click()
    box.show_problem("Deployment not found", "why", "remedy", "404")
    assert pressed == [1] and box._foot_frame.isVisible() and box._middle_frame.isVisible()
    box._copy.click()
    assert QApplication.clipboard().text() == "Deployment not found\nwhy\nremedy\n404"
    assert names_missing(box) == []
