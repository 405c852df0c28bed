"""Generating pairs and reviewing them by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.core.dataset.growing import proposed
from desktop.core.dataset.turns import answer_of, question_of
from desktop.core.types import BUILTIN, Chunk, Connection, Deployment, Example
from desktop.flows.growing import Growth
from desktop.ui.controllers.growing import growth_text
from desktop.ui.panes.fine_tuning_grow import GrowDialog
from desktop.ui.panes.fine_tuning_review import NO_PASSAGE, ReviewDialog
from tests.ui.samples import names_missing

CLOUD = Connection("hr-openai", "azure", "https://hr.openai.azure.com",
                   deployments=(Deployment("bot", "gpt-4.1-mini"), Deployment("other")))


def pairs(count: int = 3) -> list[tuple[Example, Chunk | None]]:
    chunks = [Chunk(n, 1, "plan.pdf", n, n, 0, 9, f"Passage number {n} says it.")
              for n in range(1, count + 1)]
    return [(proposed((f"What is {n}?", f"It is {n}."), chunk, "sha", "Be brief."), chunk)
            for n, chunk in enumerate(chunks, start=1)]


@pytest.fixture
def review(qtbot: QtBot, dressed: None) -> Any:
    dialog = ReviewDialog()
    qtbot.addWidget(dialog)
    dialog.show_proposals(pairs())
    dialog.show()
    said: list[tuple[str, Example]] = []
    dialog.kept.connect(lambda each: said.append(("kept", each)))
    dialog.refused.connect(lambda each: said.append(("refused", each)))
    dialog.reopened.connect(lambda each: said.append(("reopened", each)))
    return dialog, said


def test_yes_no_and_back_by_keyboard(review: Any, qtbot: QtBot) -> None:
    dialog, said = review
    assert dialog.question.toPlainText() == "What is 1?"
    assert dialog.passage.toPlainText() == "Passage number 1 says it."
    assert dialog.source.text() == "plan.pdf, page 1"
    qtbot.keyClick(dialog, Qt.Key.Key_Y)
    qtbot.keyClick(dialog, Qt.Key.Key_N)
    assert [word for word, _ in said] == ["kept", "refused"]
    assert dialog.count.text() == "3 of 3; 1 kept, 1 refused"
    qtbot.keyClick(dialog, Qt.Key.Key_U)
    assert said[-1] == ("reopened", pairs()[1][0])
    assert dialog.question.toPlainText() == "What is 2?"
    for _ in range(2):
        qtbot.keyClick(dialog, Qt.Key.Key_Y)
    assert dialog.count.text() == "All reviewed: 3 kept, 0 refused"
    assert dialog.current() is None and not dialog.yes.isVisible() and dialog.back.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Y)
    assert len(said) == 5, "nothing is left to keep"


def test_an_edit_is_kept_as_typed_or_given_up(review: Any, qtbot: QtBot) -> None:
    dialog, said = review
    qtbot.keyClick(dialog, Qt.Key.Key_E)
    assert dialog.editing() and not dialog.yes.isVisible()
    qtbot.keyClicks(dialog.question, "yn")
    qtbot.keyClick(dialog.question, Qt.Key.Key_Escape)
    assert dialog.isVisible() and not dialog.editing() and not said
    assert dialog.question.toPlainText() == "What is 1?"
    qtbot.keyClick(dialog, Qt.Key.Key_E)
    dialog.answer.setPlainText("It is one.")
    qtbot.keyClick(dialog.answer, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    [(word, example)] = said
    assert (word, question_of(example), answer_of(example)) == ("kept", "What is 1?", "It is one.")
    assert example.row["messages"][0] == {"role": "system", "content": "Be brief."}
    assert example.lineage.chunk_id == 1


def test_nothing_waits_and_a_passage_that_is_gone(review: Any) -> None:
    dialog, _ = review
    assert names_missing(dialog) == []
    dialog.show_proposals([(pairs()[0][0], None)])
    assert dialog.source.text() == NO_PASSAGE
    dialog.show_proposals([])
    assert dialog.count.text() == "Nothing waits for review." and not dialog.yes.isVisible()


@pytest.fixture
def grow(qtbot: QtBot, dressed: None) -> Any:
    dialog = GrowDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_built_in_model_is_not_offered(grow: GrowDialog, qtbot: QtBot) -> None:
    grow.show_connections([BUILTIN])
    assert grow.none.isVisible() and not grow.go.isVisible()
    with qtbot.waitSignal(grow.connectionsRequested):
        grow.none.pressed.emit()
    grow.show_connections([BUILTIN, CLOUD])
    shown = [grow.model.itemText(n) for n in range(grow.model.count())]
    assert shown == ["bot (gpt-4.1-mini) · hr-openai", "other · hr-openai"]
    assert names_missing(grow) == []


def test_an_estimate_comes_first_and_progress_after(grow: GrowDialog, qtbot: QtBot) -> None:
    asked: list[tuple[str, str, int]] = []
    grow.changed.connect(lambda *each: asked.append(each))
    grow.show_connections([CLOUD])
    assert asked == [("hr-openai", "bot", 20)] and not grow.go.isEnabled()
    grow.show_estimate("20 passages of 4 documents. 20 calls, ~9,000 tokens, $0.02, 20 s.")
    with qtbot.waitSignal(grow.growRequested):
        grow.go.click()
    grow.show_running(running=True, words="3 of 20 passages, 6 pairs", share=0.15)
    assert grow.pause.isVisible() and not grow.model.isEnabled() and grow.progress.value() == 150
    grow.show_result(growth_text(Growth(20, 37, 2, 1, "It broke.")))
    assert asked[-1] == asked[0] and len(asked) == 2, "the next passages have another estimate"
    assert grow.outcome.text() == (
        "37 pairs from 20 passages wait for review. 2 asked what a case or an example asks: left "
        "out. 1 passages gave nothing: It broke.")
    grow.show_waiting(37)
    assert grow.review.text() == "Review 37 pairs" and grow.review.isVisible()
