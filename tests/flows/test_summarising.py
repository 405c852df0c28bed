import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from desktop.core.evaluation.summary import baseline_of, percentile
from desktop.core.evaluation.types import Cell, CellState, Run, RunSummary
from desktop.core.types import Case
from desktop.flows.summarising import summarise
from tests.compute import DirectCompute
from tests.runs import BASELINE, CEILING, DOCUMENTS, PROMPT, around, made_run


def summary_of(run: Run, cells: Sequence[Cell], cases: Sequence[Case]) -> RunSummary:
    return asyncio.run(summarise(run, cells, cases, DirectCompute()))


def test_each_strategy_gets_its_figures() -> None:
    run, cells, cases = made_run({BASELINE: around(0.2, 20), PROMPT: around(0.5, 20)})
    found = summary_of(run, cells, cases)
    assert (found.run, found.cells, found.failed, found.filtered) == (7, 40, 0, 0)
    first = found.strategies[0]
    assert (first.name, first.n, first.cost_per_1000) == ("Baseline", 20, pytest.approx(0.1))
    assert first.metrics["token_f1"].mean == pytest.approx(np.mean(around(0.2, 20)))
    assert first.latency is not None and first.latency.p95 == 1.0


def test_repeats_are_averaged_before_anything_is_counted() -> None:
    run, cells, cases = made_run({BASELINE: [0.0, 1.0, 0.0, 1.0], PROMPT: [1.0, 1.0, 1.0, 1.0]})
    again = [replace(cell, repeat=1, scores={"token_f1": 0.5}) for cell in cells]
    found = summary_of(run, [*cells, *again], cases)
    assert found.strategies[0].n == 8
    assert found.strategies[0].metrics["token_f1"].n == 4
    assert found.comparisons[0].n == 4
    assert found.comparisons[0].difference == pytest.approx(0.25)


def test_who_is_compared_with_whom() -> None:
    run, cells, cases = made_run({
        BASELINE: around(0.2), PROMPT: around(0.3), DOCUMENTS: around(0.6),
        CEILING: around(0.9),
    })
    couples = [(each.a, each.b) for each in summary_of(run, cells, cases).comparisons]
    assert couples == [
        ("Baseline", "Prompt"), ("Baseline", "Prompt + documents"), ("Baseline", "Ceiling"),
        ("Prompt", "Prompt + documents"), ("Prompt + documents", "Ceiling"),
    ]


def test_p_values_are_corrected_for_the_number_of_couples() -> None:
    scores = {BASELINE: around(0.40, 30), PROMPT: around(0.46, 30, seed=2)}
    alone = summary_of(*made_run(scores)).comparisons[0].p_value
    more = {**scores, DOCUMENTS: around(0.41, 30, seed=3)}
    assert summary_of(*made_run(more)).comparisons[0].p_value > alone


def test_what_failed_is_counted_and_not_averaged() -> None:
    run, cells, cases = made_run({BASELINE: around(0.2, 5), PROMPT: around(0.5, 5)})
    states = (CellState.FAILED, CellState.THROTTLED, CellState.FILTERED)
    broken = [replace(cell, state=state) for cell, state in zip(cells, states, strict=False)]
    found = summary_of(run, [*broken, *cells[3:]], cases)
    assert (found.failed, found.filtered, found.strategies[0].n) == (2, 1, 2)
    assert {each.n for each in found.comparisons} == {2}


def test_an_unknown_price_makes_the_cost_unknown() -> None:
    run, cells, cases = made_run({BASELINE: around(0.2, 3)})
    assert cells[0].answer is not None
    unknown = replace(cells[0], answer=replace(cells[0].answer, cost=None))
    found = summary_of(run, [unknown, *cells[1:]], cases)
    assert found.strategies[0].cost_per_1000 is None
    assert found.comparisons == ()


def test_only_the_cases_given_count() -> None:
    run, cells, cases = made_run({BASELINE: around(0.2, 10), PROMPT: around(0.5, 10)})
    assert summary_of(run, cells, cases[:4]).strategies[0].n == 4


def test_a_run_without_answers_has_a_summary_all_the_same() -> None:
    run, cells, cases = made_run({BASELINE: [0.1], PROMPT: [0.2]})
    waiting = [replace(cell, state=CellState.WAITING, answer=None, scores={}) for cell in cells]
    found = summary_of(run, waiting, cases)
    assert [each.n for each in found.strategies] == [0, 0]
    assert found.strategies[0].latency is None


def test_percentiles_are_numpys() -> None:
    values = sorted(around(0.5, 37))
    for share in (0.5, 0.95):
        assert percentile(values, share) == pytest.approx(np.percentile(values, 100 * share))


def test_the_baseline_is_the_bare_model() -> None:
    assert baseline_of([PROMPT, replace(BASELINE, name="Bare")]) == replace(BASELINE, name="Bare")
    assert baseline_of([PROMPT, DOCUMENTS]) is None
