"""Columns share a width: none below 240, the rest as strips, never sideways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.compare.fitting import NARROWEST, STRIP, Layout, Sizes, drag, fit

NONE = Layout({})


def full(total: int, columns: list[int], layout: Layout = NONE) -> list[int]:
    return [slot.column for slot in fit(total, columns, layout) if not slot.strip]


@pytest.mark.parametrize(("width", "expected"), [
    (990, [2, 3, 4]),  # 1024 wide, panes on the rail
    (664, [3, 4]),  # 1024 wide with a pane open
    (998, [2, 3, 4]),  # 1440 wide with a pane: three and a strip
    (1440, [1, 2, 3, 4]),
])
def test_as_many_open_as_are_comfortable(width: int, expected: list[int]) -> None:
    assert full(width, [1, 2, 3, 4]) == expected


@given(
    st.integers(400, 3000), st.integers(1, 8),
    st.dictionaries(st.integers(1, 8), st.integers(1, 2000)), st.sets(st.integers(1, 8)),
)
def test_slots_fill_the_width_without_a_gap(
    total: int, count: int, widths: dict[int, int], folded: set[int]
) -> None:
    slots = fit(total, list(range(1, count + 1)), Layout(widths, frozenset(folded)))
    x = 0
    for slot in slots:
        assert slot.x == x
        x += slot.width
    open_ = [slot for slot in slots if not slot.strip]
    assert open_, "one column is always open"
    assert x == total or total < NARROWEST + (count - 1) * STRIP
    if total >= len(open_) * NARROWEST + (count - len(open_)) * STRIP:
        assert min(slot.width for slot in open_) >= NARROWEST


def test_the_one_opened_last_stays_when_there_is_no_room() -> None:
    layout = NONE.open(1)
    assert full(664, [1, 2, 3, 4], layout) == [1, 4]
    assert full(664, [1, 2, 3, 4], layout.open(2)) == [1, 2]


def test_maximised_leaves_strips_and_comes_back() -> None:
    layout = NONE.toggle_maximised(2)
    assert full(1440, [1, 2, 3], layout) == [2]
    assert full(1440, [1, 2, 3], layout.toggle_maximised(2)) == [1, 2, 3]


def test_a_hidden_maximised_column_does_not_empty_the_area() -> None:
    assert full(1440, [1, 3], NONE.toggle_maximised(2)) == [1, 3]


def test_dragging_moves_one_border_and_folds_what_gets_too_narrow() -> None:
    slots = fit(900, [1, 2, 3], NONE)
    moved = fit(900, [1, 2, 3], drag(slots, NONE, 1, 2, 50))
    assert [slot.width for slot in moved] == [350, 250, 300]
    assert full(900, [1, 2, 3], drag(slots, NONE, 1, 2, 70)) == [1, 3]


def test_larger_text_needs_wider_columns() -> None:
    double = Sizes.at(200)
    assert len([s for s in fit(1440, [1, 2, 3, 4], NONE, double) if not s.strip]) == 2
    slots = fit(1440, [1, 2], NONE, double)
    assert drag(slots, NONE, 1, 2, -241, double).folded == {1}


def test_widths_keep_their_shares_in_another_window() -> None:
    layout = Layout({1: 600, 2: 300})
    assert [slot.width for slot in fit(1800, [1, 2], layout)] == [1200, 600]


def test_a_layout_survives_being_stored() -> None:
    layout = Layout({1: 300, 2: 260}, frozenset({3}), (2, 1), 2)
    assert Layout.from_dict(layout.as_dict()) == layout


@pytest.mark.parametrize("broken", [{"widths": 7}, {"widths": {"x": 1}}, {"folded": [None]}])
def test_a_broken_layout_is_no_layout(broken: dict[str, object]) -> None:
    assert Layout.from_dict(broken) == NONE
