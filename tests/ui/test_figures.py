"""How an answer's figures and states are worded."""

import pytest

from desktop.core.errors import Filtered, Interrupted, StrategyExplorerError, Throttled
from desktop.core.types import AnswerState, Usage
from desktop.ui.compare import figures, states

from .ask_samples import answer


@pytest.mark.parametrize(("value", "words"), [
    (None, "–"), (0.04, "0.0 s"), (1.14, "1.1 s"), (75.0, "1:15 min"),
])
def test_seconds(value: float | None, words: str) -> None:
    assert figures.seconds(value) == words


def test_estimated_tokens_say_so() -> None:
    assert figures.tokens(Usage(1655, 71)) == "1,655 in, 71 out"
    assert figures.tokens(Usage(1655, 71, estimated=True)) == "~1,655 in, ~71 out"


@pytest.mark.parametrize(("cost", "words"), [
    (0.0, "0, local"), (0.00021, "$0.00021"), (0.000001, "under $0.00001"), (2.5, "$2.50"),
    (None, "unknown price"),
])
def test_cost(cost: float | None, words: str) -> None:
    assert figures.cost(answer(1, cost=cost)) == words


def test_a_failure_without_usage_has_no_cost() -> None:
    failed = answer(1, state=AnswerState.FAILED, usage=None, cost=None)
    assert figures.cost(failed) == "–"


@pytest.mark.parametrize(("state", "error", "word", "tone"), [
    (AnswerState.DONE, None, "Done 1.1 s", "success"),
    (AnswerState.STOPPED, None, "Stopped 1.1 s", "neutral"),
    (AnswerState.INTERRUPTED, None, "Interrupted 1.1 s", "warning"),
    (AnswerState.FAILED, Throttled("Too many requests"), "Throttled 1.1 s", "warning"),
    (AnswerState.FAILED, Filtered("Filtered"), "Filtered 1.1 s", "warning"),
    (AnswerState.FAILED, Interrupted("Cut"), "Interrupted 1.1 s", "warning"),
])
def test_outcomes_are_not_crashes(state, error, word, tone) -> None:  # type: ignore[no-untyped-def]
    chip = states.ended(answer(1, state=state), error)
    assert (chip.word, chip.tone) == (word, tone)


def test_a_stored_error_reads_as_it_did_when_it_happened() -> None:
    error = StrategyExplorerError("No such deployment", why="404 from hr", remedy="Deploy it")
    again = states.stored_error(str(error), error.remedy)
    assert (again.what, again.why, again.remedy) == (
        "No such deployment", "404 from hr.", "Deploy it")
    assert states.stored_error("It failed.", "").what == "It failed"


def test_a_note_says_what_is_kept_and_what_did_not_fit() -> None:
    stopped = answer(1, state=AnswerState.STOPPED, note="3 of 9 pages did not fit.")
    assert states.note(stopped, stopped.question) == (
        "Stopped by you. The text so far is kept.\n3 of 9 pages did not fit.")


def test_an_answer_to_another_question_says_so() -> None:
    assert "earlier question" in states.note(answer(1), "And contact lenses?")
    assert states.note(answer(1), answer(1).question) == ""
