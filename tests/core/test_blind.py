"""Blind pairs, labels, win rates: by lot, the same again after a stop, silent about names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from desktop.core.evaluation.blind import (
    LEFT,
    RIGHT,
    TIE,
    Couple,
    couples_of,
    draw_labels,
    labelled_cells,
    neutral_text,
    pairs_of,
    preferences,
    rated_pairs,
    win_rates,
)
from desktop.core.evaluation.statistics import interval
from desktop.core.evaluation.types import CellState, Rating
from desktop.core.types import BUILTIN_MODEL
from tests.runs import BASELINE, CEILING, DOCUMENTS, PROMPT, answer, made_run


def test_all_couples_all_cases_once_with_sides_by_lot() -> None:
    run, cells, _ = made_run({BASELINE: [0.5] * 60, CEILING: [0.5] * 60, PROMPT: [0.5] * 60})
    couples = couples_of(run, cells)
    assert [(a.name, b.name) for a, b in couples] == [
        ("Baseline", "Prompt"), ("Baseline", "Ceiling"), ("Prompt", "Ceiling")]
    pairs = pairs_of(run, cells, couples)
    assert len(pairs) == 180 == len({(pair.first, pair.second) for pair in pairs})
    assert pairs == pairs_of(run, cells, couples), "the same order after a stop"
    assert 60 < sum(pair.swapped for pair in pairs) < 120
    assert [pair.case_id for pair in pairs[:30]] != sorted(pair.case_id for pair in pairs[:30])


def test_cells_without_an_answer_and_repeats_are_left_out() -> None:
    run, cells, _ = made_run({BASELINE: [0.5] * 3, PROMPT: [0.5] * 3})
    failed = [replace(cells[0], state=CellState.FAILED), *cells[1:]]
    again = [replace(cell, id=100 + cell.id, repeat=1) for cell in cells]
    pairs = pairs_of(run, [*again[3:], *failed], couples_of(run, cells))
    assert {(pair.case_id, pair.first, pair.second) for pair in pairs} == {(2, 2, 5), (3, 3, 6)}


def test_a_choice_is_about_the_answer_not_the_side() -> None:
    run, cells, _ = made_run({BASELINE: [0.5] * 40, PROMPT: [0.5] * 40})
    for pair in pairs_of(run, cells, couples_of(run, cells)):
        better_left = pair.rating(LEFT)
        winner = better_left.cell_id if better_left.value == 1 else better_left.other_cell_id
        assert winner == pair.left
        assert pair.rating(RIGHT).value == 1 - (better_left.value or 0)
        assert pair.rating(TIE).value == 0.5 and better_left.rater == "blind"


def test_labels_are_spread_over_columns_and_cases() -> None:
    run, cells, _ = made_run({BASELINE: [0.5] * 60, PROMPT: [0.5] * 60, DOCUMENTS: [0.5] * 60})
    drawn = draw_labels(run, cells)
    chosen = [cell for cell in cells if cell.id in set(drawn)]
    assert len(drawn) == 30 == len({cell.case_id for cell in chosen})
    assert set(Counter(cell.strategy_id for cell in chosen).values()) == {10}
    assert drawn == draw_labels(run, cells) and drawn != sorted(drawn)
    assert len(draw_labels(run, cells[:7])) == 7


@pytest.mark.parametrize(("text", "shown"), [
    ("Yes [1]. Up to $150 [2][3].", "Yes. Up to $150."),
    ("As gpt-4.1-mini I say yes.", "As the model I say yes."),
    ("Claude 3.5 and o3-mini agree, ChatGPT too", "the model and the model agree, the model too"),
    ("One line.   \n\n\n\nAnother.", "One line.\n\nAnother."),
    ("Use the command line; a llama is a mini camel.",
     "Use the command line; a llama is a mini camel."),
    ("Answered by hr-benefits-prod.", "Answered by the model."),
])
def test_nothing_in_the_text_says_whose_it_is(text: str, shown: str) -> None:
    strategies = [replace(BASELINE, deployment="hr-benefits-prod"), PROMPT]
    given = replace(answer(BASELINE), text=text)
    assert neutral_text(given, strategies) == shown


def test_what_the_built_in_model_says_when_it_declines_tells_nothing() -> None:
    given = replace(answer(BASELINE), text="I do not know. I was given only the question.",
                    model=BUILTIN_MODEL, declined=True)
    assert neutral_text(given) == "I do not know."
    assert neutral_text(replace(given, model="mini")) == given.text


def test_win_rates_count_ties_half_and_name_noise() -> None:
    _, cells, _ = made_run({BASELINE: [0.5] * 20, PROMPT: [0.5] * 20})
    couple = Couple(BASELINE, PROMPT)
    ratings = [Rating(n, 20 + n, 1.0 if n <= 16 else 0.5, other_cell_id=n, rater="blind")
               for n in range(1, 19)]
    ratings += [Rating(99, 19, 1.0, other_cell_id=39, rater="me"), Rating(98, 20, 0.0)]
    said = preferences(couple, cells, ratings)
    assert len(said) == 18 and set(said.values()) == {0.0, 0.5}
    clear, = win_rates({couple: said}, [interval(list(said.values()))])
    assert (clear.wins, clear.ties, clear.losses, clear.better) == (0, 2, 16, "Prompt")
    assert clear.rate.mean == pytest.approx(1 / 18)
    even = {case: float(case % 2) for case in range(10)}
    noise, = win_rates({couple: even}, [interval(list(even.values()))])
    assert not noise.shows_difference and noise.better == ""
    assert noise.rate.low == pytest.approx(0.2366, abs=1e-3), "Wilson (1927) for 5 of 10"
    assert win_rates({}, []) == []


def test_what_was_rated_is_known_by_its_cells() -> None:
    ratings = [Rating(1, 3, 1.0, other_cell_id=4, rater="blind"), Rating(2, 3, 0.0, rater="blind"),
               Rating(3, 5, 1.0), Rating(4, 6, None, other_cell_id=7, rater="blind")]
    assert rated_pairs(ratings) == {frozenset((3, 4))}
    assert labelled_cells(ratings) == {3}
