"""Strategies, passages and answers that the tests of the Ask view share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desktop.core.events import AskStarted, ColumnDone, ColumnSent, ColumnText
from desktop.core.strategies import STARTER_PROMPT, starter_strategies
from desktop.core.types import (
    BUILTIN_MODEL,
    Answer,
    AnswerState,
    Citation,
    Hit,
    Message,
    PromptVersion,
    Strategy,
    Usage,
)
from desktop.ui.compare.ask_view import AskView

QUESTION = "Are eyeglasses covered?"
VERSIONS = (PromptVersion(1, STARTER_PROMPT),)
PASSAGE = "Vision. The plan pays for one pair of eyeglasses in each plan year, up to $150. More."
CLAIM = "The plan pays for one pair of eyeglasses in each plan year, up to $150."
HITS = (
    Hit(1, 0.83, 11, 1, "Vision.pdf", 4, 3, 0, len(PASSAGE), PASSAGE, dense_rank=1,
        dense_score=0.7, lexical_rank=2, lexical_score=6.5),
    Hit(2, 0.71, 12, 2, "Options.pdf", 11, 10, 0, 5, "Other", dense_rank=2, dense_score=0.6),
    Hit(3, 0.66, 13, 3, "Notes.docx", None, 0, 0, 5, "Third", heading="Care > Glasses"),
)
CITING = f"{CLAIM} [1] Ask the desk [3]."


def three() -> list[Strategy]:
    """The starter strategies, stored as 1, 2 and 3, each derived from the one before."""
    return [replace(s, id=i + 1, derived_from=i or None)
            for i, s in enumerate(starter_strategies())]


def make_view(qtbot: Any, width: int = 1000, strategies: Sequence[Strategy] = ()) -> AskView:
    """A shown view with columns."""
    view = AskView()
    qtbot.addWidget(view)
    view.resize(width, 700)
    shown = strategies or three()
    view.show_strategies(shown, VERSIONS, {s.id: BUILTIN_MODEL for s in shown})
    view.show()
    view.show_question(QUESTION)
    return view


def start(view: AskView, columns: Sequence[int] = (1, 2, 3), question: str = QUESTION) -> None:
    """The question goes out; column 3 gets passages."""
    view.apply(AskStarted(question, tuple(columns)))
    for column in columns:
        hits = HITS if column == 3 else ()
        view.apply(ColumnSent(column, (Message("user", question),), hits))


def stream(view: AskView, column: int, text: str) -> None:
    """Word by word, then painted."""
    for word in text.split(" "):
        view.apply(ColumnText(column, word + " "))
    view.paint_text()


def answer(column: int, text: str = "Yes.", **changes: Any) -> Answer:
    """A finished answer."""
    made = Answer(
        three()[column - 1].name, BUILTIN_MODEL, QUESTION, AnswerState.DONE, text,
        context=HITS if column == 3 else (), messages=(Message("user", QUESTION),),
        usage=Usage(418, 27), first_token_seconds=0.2, seconds=1.1, finish_reason="stop", cost=0.0,
    )
    return replace(made, **changes)


def finish(view: AskView, column: int, text: str = "Yes.", **changes: Any) -> None:
    """One column is done."""
    view.apply(ColumnDone(column, answer(column, text, **changes)))


def finish_citing(view: AskView) -> None:
    """Column 3 is done and cites passages 1 and 3."""
    citations = (Citation(1, "Vision.pdf", 4), Citation(3, "Notes.docx", None))
    finish(view, 3, CITING, citations=citations)
