"""What is counted over a grid follows single changes exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.evaluation.types import CellState
from desktop.ui.compare.evaluate.grid import Filter, Grid

from .evaluate_samples import CASES, STRATEGIES, cell, cells


def grid(found) -> Grid:
    made = Grid()
    made.cases, made.metric = list(CASES), "token_f1"
    made.show_columns(STRATEGIES)
    made.show_cells(found)
    return made


def test_after_any_changes_it_says_what_a_new_count_would():
    changed = [cell(1, 1, 0.7), cell(3, 1, 0.5), cell(3, 3, None, CellState.FAILED),
               cell(4, 2, None, CellState.RUNNING), cell(4, 2, 0.1), cell(1, 1, 0.75)]
    followed = grid(cells())
    for strategy in STRATEGIES:
        followed.mean(strategy.id)
    followed.counts()
    for place, one in enumerate(changed):
        followed.put(one)
        if place % 2:  # counted now and then, as while a run goes on
            followed.counts()
    last = {(c.case_id, c.strategy_id): c for c in [*cells(), *changed]}
    anew = grid(last.values())
    assert followed.counts() == anew.counts()
    assert {k: n for k, n in followed.states().items() if n} == dict(anew.states())
    for strategy in STRATEGIES:
        mean, n = anew.mean(strategy.id)
        assert followed.mean(strategy.id) == (pytest.approx(mean), n)


def test_repeats_of_a_cell_have_a_spread():
    made = grid([replace(cell(1, 2, score), id=100 + n, repeat=n)
                 for n, score in enumerate((0.2, 0.4, 0.6))])
    assert made.shown(1, 2).spread == pytest.approx(0.2)
    assert made.spread(2) == pytest.approx(0.2) and made.spread(1) is None
    assert made.counts()[Filter.ALL] == 4 and made.mean(2) == (pytest.approx(0.4), 1)
