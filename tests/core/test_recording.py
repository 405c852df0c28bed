"""When pieces came, and what of a stranger's recording is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.evaluation.types import Cell, CellState
from desktop.core.recording import (
    LONGEST_PAUSE,
    MOST,
    PieceTimes,
    best_take,
    mark_of,
    pieces_of,
    timings_of,
)
from desktop.core.types import (
    HYBRID,
    Answer,
    AnswerState,
    Message,
    Parameters,
    Prompt,
    PromptVersion,
    Strategy,
)

ANSWER = Answer("Baseline", "mini (gpt)", "q", AnswerState.DONE, "one two three",
                messages=(Message("user", "q"),), first_token_seconds=1.0, seconds=3.0)
BARE = Strategy(1, "Baseline", "azure", "mini")
CELL = Cell(5, 2, 7, 1, 0, CellState.DONE, ANSWER)


def test_pieces_that_come_together_are_one() -> None:
    times = PieceTimes()
    for seconds, characters in ((0.5, 4), (0.502, 3), (0.51, 2)):
        times.note(seconds, characters)
    assert times.timings() == ((0.5, 7), (0.51, 2))


def test_a_long_answer_keeps_few_times_and_all_characters() -> None:
    times = PieceTimes()
    for number in range(20_000):
        times.note(number * 0.02, 3)
    kept = times.timings()
    assert MOST / 4 < len(kept) <= MOST
    assert sum(characters for _, characters in kept) == 60_000
    assert kept[-1][0] == pytest.approx(400, rel=0.01)


def test_without_times_words_come_evenly() -> None:
    assert pieces_of(ANSWER) == [(1.0, "one"), (2.0, " two"), (3.0, " three")]
    misfit = replace(ANSWER, timings=((0.1, 5),))
    assert pieces_of(misfit) == pieces_of(ANSWER), "times of another text are not used"


def test_times_never_run_back_and_nobody_waits_for_ever() -> None:
    odd = replace(ANSWER, timings=((1e9, 4), (2.0, 4), (1e9 + 1, 5)))
    assert pieces_of(odd) == [
        (LONGEST_PAUSE, "one "), (LONGEST_PAUSE, "two "), (LONGEST_PAUSE + 1, "three")]


@pytest.mark.parametrize("value", [
    None, "x", {"a": 1}, [[1]], [["a", 1]], [[-1, 2]], [[float("nan"), 2]], [[1, 0]],
    [[1, -5]], [[1, 2.5]], [[0.1, 1]] * 3 * MOST,
])
def test_times_that_cannot_be_are_not_believed(value: object) -> None:
    assert timings_of(value) == ()


@pytest.mark.parametrize("value", [None, 1, [], {}, {"last_cell": "9"}, {"last_cell": -1},
                                   {"last_cell": True}])
def test_a_mark_that_cannot_be_is_none(value: object) -> None:
    assert mark_of(value) is None


def test_the_take_of_the_case_and_the_repeat_comes_first() -> None:
    other = replace(CELL, id=9, case_id=8)
    second = replace(CELL, id=6, repeat=1)
    cells = [other, second, CELL]
    assert best_take(cells, BARE, None, (), case_id=7) == CELL
    assert best_take(cells, BARE, None, (), case_id=7, repeat=1) == second
    assert best_take(cells, BARE, None, ()) == other, "else the newest"


def test_no_answer_of_another_recipe_passes_for_one_of_this() -> None:
    warm = replace(BARE, parameters=Parameters(temperature=1.0))
    version = PromptVersion(3, Prompt("Be brief."))
    for strategy, prompt in (
        (replace(BARE, id=2), None), (warm, None), (BARE, version),
        (replace(BARE, deployment="minimal"), None),
    ):
        assert best_take([CELL], strategy, prompt, ()) is None
    searched = replace(BARE, retrieval=HYBRID.name)
    assert best_take([CELL], searched, None, [(2, BARE)]) is None, "its run did not search"
    assert best_take([CELL], BARE, None, [(2, BARE)]) == CELL
