"""What stands under an answer says only what is so."""

import pytest

from desktop.core.types import Answer, AnswerState
from desktop.ui.compare.states import note


@pytest.mark.parametrize("state", list(AnswerState))
def test_nothing_is_said_to_be_kept_where_there_is_no_text(state: AnswerState) -> None:
    assert "kept" not in note(Answer("Prompt", "mini", "Why?", state), "Why?")


@pytest.mark.parametrize(
    "state", [AnswerState.STOPPED, AnswerState.INTERRUPTED, AnswerState.FILTERED]
)
def test_partial_text_is_said_to_be_kept(state: AnswerState) -> None:
    assert "kept" in note(Answer("Prompt", "mini", "Why?", state, text="Because"), "Why?")
