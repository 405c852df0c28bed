"""A weighted score is the sum of its parts, and says nothing where a part is missing."""

from __future__ import annotations

import math

import pytest

from desktop.core.evaluation.types import UseCase
from desktop.core.evaluation.weights import (
    Scale,
    formula,
    limits_of,
    normalised,
    parts,
    scales,
    weighted,
)

CELLS = [{"token_f1": 0.8, "latency": 1.0, "cost": 0.002}, {"token_f1": 0.4, "latency": 3.0},
         {"token_f1": None, "latency": 2.0}]
WEIGHTS = {"token_f1": 3.0, "latency": 1.0}


def test_weights_need_not_add_up_and_never_weigh_themselves() -> None:
    assert normalised({"a": 3, "b": 1, "c": 0, "weighted": 9, "d": math.nan, "e": -1}) == {
        "a": 0.75, "b": 0.25}
    assert formula(WEIGHTS) == "0.75 × token F1 + 0.25 × latency"
    assert formula({}) == "" and weighted(CELLS[0], {}, {}) is None


def test_without_a_limit_the_run_is_its_own_scale_and_less_is_better() -> None:
    by = scales(WEIGHTS, CELLS)
    assert by["latency"] == Scale(3.0, 1.0, "the run's best counts 1, its worst 0")
    assert weighted(CELLS[0], WEIGHTS, by) == pytest.approx(0.75 * 0.8 + 0.25 * 1.0)
    assert weighted(CELLS[1], WEIGHTS, by) == pytest.approx(0.75 * 0.4)


def test_a_limit_of_the_goal_is_the_scale() -> None:
    limits = limits_of(UseCase(most_latency=4.0, most_cost=2.0))
    assert limits == {"latency": 4.0, "cost": 0.002}
    by = scales({"latency": 1.0, "cost": 1.0}, CELLS, limits)
    assert [by["latency"].on(value) for value in (0.0, 1.0, 4.0, 9.0)] == [1.0, 0.75, 0.0, 0.0]
    assert weighted(CELLS[0], {"latency": 1.0, "cost": 1.0}, by) == pytest.approx(0.375)


def test_a_missing_part_is_neither_a_zero_nor_left_out() -> None:
    by = scales(WEIGHTS, CELLS)
    assert weighted(CELLS[2], WEIGHTS, by) is None
    found = parts(CELLS[2], WEIGHTS, by)
    assert [(part.metric, part.value, part.adds) for part in found] == [
        ("token_f1", None, None), ("latency", 2.0, 0.125)]
    assert weighted({"token_f1": math.nan, "latency": 1.0}, WEIGHTS, by) is None


def test_where_all_are_the_same_all_are_best() -> None:
    by = scales({"tokens": 1.0}, [{"tokens": 7.0}, {"tokens": 7.0}])
    assert weighted({"tokens": 7.0}, {"tokens": 1.0}, by) == 1.0
