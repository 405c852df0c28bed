"""Snippets with matched words, and the places of passages under several profiles."""

from __future__ import annotations

from desktop.core.search_results import side_by_side, snippet
from tests.ui.samples import hit


def test_the_part_with_most_matched_words_is_shown_and_marks_fit() -> None:
    text = "Plans differ.\n" + "Filler text here. " * 30 + "Eyeglasses are  covered by the plan."
    shown, marks = snippet(text, {"eyeglasses", "covered"}, 120)
    assert [shown[a:b] for a, b in marks] == ["Eyeglasses", "covered"]
    assert shown.startswith("… ") and len(shown) <= 122
    assert snippet("Short text", frozenset()) == ("Short text", [])
    assert snippet("Uncovered, covered", {"covered"})[1] == [(11, 18)], "whole words only"


def test_each_place_is_one_row_with_its_rank_under_each_profile() -> None:
    one = [hit(1, page_index=3), hit(2, page_index=5)]
    two = [hit(1, page_index=5, start=9), hit(2, page_index=7)]
    rows = side_by_side([one, two])
    assert [(row.hit.page_index, row.ranks) for row in rows] == [
        (5, (2, 1)), (3, (1, None)), (7, (None, 2))]
    assert rows[0].scores[1] == two[0].score
    loose = [hit(1, page=None, page_index=0, start=1), hit(2, page=None, page_index=0, start=50)]
    assert len(side_by_side([loose, []])) == 2, "chunks of one page without a number differ"
