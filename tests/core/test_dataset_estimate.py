"""What training would cost, and how long examples are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.dataset.estimate import Plan, estimate, lengths_of, plan_of
from desktop.core.dataset.mends import mended
from desktop.core.plots.lengths import lengths_picture
from desktop.core.types import Example


def test_the_table_or_the_user_knows_the_price_and_nobody_guesses() -> None:
    counts = [1_000] * 9 + [40_000]
    found = estimate(counts, Plan("gpt-4.1-nano"), None, "2026-11-20", 1.7)
    assert (found.tokens, found.cut_off, found.limit) == (9_000 + 32_768, 1, 32_768)
    assert (found.epochs, found.usual_epochs) == (10, 10)  # 10 examples: 100 are seen
    assert (found.training, found.first_month, found.price_from) == (None, None, "")
    typed = estimate(counts, Plan("gpt-4.1-nano", 3, 2.0), 5.0, "2026-11-20", 1.7)
    assert typed.training == pytest.approx(41_768 * 3 * 2 / 1e6)
    assert typed.price_from == "typed"
    assert typed.first_month == pytest.approx(41_768 * 3 * 2 / 1e6 + 1.7 * 730)
    table = estimate(counts, Plan("gpt-4.1"), 5.0, "2026-11-20", 1.7)
    assert "2026-11-20" in table.price_from


@given(st.lists(st.integers(0, 100_000), min_size=1))
def test_every_example_is_in_one_bar(counts: list[int]) -> None:
    lengths = lengths_of(counts)
    assert sum(lengths.bars) == len(counts)
    assert len(lengths.bars) <= 25
    assert lengths.longest == max(counts)
    assert lengths_picture(lengths, 400.0).words.count("examples") == len(lengths.bars)


@pytest.mark.parametrize("kept", [
    None, "x", {"model": 3, "epochs": "3", "price": []}, {"epochs": True, "price": float("nan")},
    {"epochs": 51, "price": -1},
])
def test_a_plan_from_a_strange_workspace_is_no_plan(kept: Any) -> None:
    assert plan_of(kept) == Plan()


USER, ANSWER = {"role": "user", "content": "a\x00b"}, {"role": "assistant", "content": "c"}


@pytest.mark.parametrize(("code", "row", "becomes"), [
    ("control_characters", {"messages": [USER]}, {"messages": [{**USER, "content": "ab"}]}),
    ("message_unrecognized_key", {"messages": [{**USER, "id": 3, "tool_call_id": "x"}]},
     {"messages": [USER]}),
    ("unrecognized_key", {"messages": [USER], "id": 1}, {"messages": [USER]}),
    ("weight_role", {"messages": [{**USER, "weight": 1}, {**ANSWER, "weight": 0}]},
     {"messages": [USER, {**ANSWER, "weight": 0}]}),
    ("name_shape", {"messages": [{**USER, "name": "Dana W"}]},
     {"messages": [{**USER, "name": "Dana_W"}]}),
    ("system_not_first", {"messages": [USER, {"role": "system", "content": "s"}]},
     {"messages": [{"role": "system", "content": "s"}, USER]}),
    ("system_differs", {"messages": [{"role": "system", "content": "s"}, USER]},
     {"messages": [{"role": "system", "content": "same"}, USER]}),
    ("mixed_format", {"prompt": "a", "completion": " c"},
     {"messages": [{"role": "user", "content": "a"}, ANSWER]}),
])
def test_mends(code: str, row: dict[str, Any], becomes: dict[str, Any]) -> None:
    assert mended(Example(1, 1, row), code, "same").row == becomes
    assert mended(Example(1, 1, becomes), code, "same").row == becomes
    broken = Example(1, 1, {}, raw="{")
    assert mended(broken, code) is broken
