import math

import pytest

from desktop.core.evaluation.metrics.retrieval import (
    Place,
    hit,
    matches,
    mrr,
    ndcg,
    recall_at_k,
)

SOURCES: list[Place] = [("Plan.pdf", 7), ("guide.md", None)]
FOUND: list[Place] = [("plan.pdf", 3), ("PLAN.PDF", 7), ("plan.pdf", 7), ("guide.md", 2)]


def test_names_match_without_case_and_a_source_without_page_matches_every_page() -> None:
    assert matches(("A.pdf", 1), ("a.PDF", 1))
    assert not matches(("A.pdf", 1), ("a.pdf", 2))
    assert not matches(("A.pdf", 1), ("a.pdf", None))
    assert matches(("A.pdf", None), ("a.pdf", 9))


def test_by_hand() -> None:
    assert hit(SOURCES, FOUND) == 1.0
    assert recall_at_k(SOURCES, FOUND) == 1.0
    assert recall_at_k(SOURCES, FOUND[:3]) == 0.5
    assert mrr(SOURCES, FOUND) == 0.5
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    assert ndcg(SOURCES, FOUND) == pytest.approx(gained / (1 + 1 / math.log2(3)))


def test_nothing_found() -> None:
    for metric in (hit, recall_at_k, mrr, ndcg):
        assert metric(SOURCES, []) == 0.0
        assert metric(SOURCES, [("other.pdf", 7)]) == 0.0


def test_the_best_order_scores_one_and_a_source_named_twice_counts_once() -> None:
    best: list[Place] = [("guide.md", 1), ("plan.pdf", 7), ("x", 1)]
    for metric in (hit, recall_at_k, mrr, ndcg):
        assert metric([*SOURCES, ("plan.pdf", 7)], best) == 1.0


def test_ndcg_agrees_with_its_definition_on_every_order() -> None:
    from itertools import permutations

    places: list[Place] = [("a", 1), ("b", 1), ("c", 1), ("d", 1)]
    for order in permutations(places):
        ranks = [order.index(place) + 1 for place in places[:2]]
        expected = sum(1 / math.log2(r + 1) for r in ranks) / (1 + 1 / math.log2(3))
        assert ndcg(places[:2], order) == pytest.approx(expected)
