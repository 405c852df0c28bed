"""Tokens, epochs and cost, by the cookbook's formulas."""

from __future__ import annotations

import pytest

from desktop.core.dataset import statistics
from desktop.core.types import Example

USER = {"role": "user", "content": "a b"}
ANSWER = {"role": "assistant", "content": "c", "weight": 1}


def words(row: dict[str, object], raw: str = "") -> tuple[list[str], int]:
    return statistics.texts_of(Example(1, 1, row, raw=raw))


def test_a_conversation_costs_three_and_each_message_three() -> None:
    assert words({"messages": [USER, ANSWER]}) == (["user", "a b", "assistant", "c"], 3 + 2 * 3)


def test_a_name_costs_one_more() -> None:
    texts, overhead = words({"messages": [{**USER, "name": "dana"}]})
    assert (sorted(texts), overhead) == (["a b", "dana", "user"], 3 + 3 + 1)


def test_calls_and_tools_count_as_their_json() -> None:
    call = {"role": "assistant", "tool_calls": [{"id": "x"}], "content": None}
    texts, overhead = words({"messages": [call], "tools": [{"type": "function"}]})
    assert texts == ["assistant", '[{"id": "x"}]', '[{"type": "function"}]']
    assert overhead == 6


def test_parts_count_their_text_and_no_picture() -> None:
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "u"}}]
    assert words({"messages": [{"role": "user", "content": parts}]})[0] == ["user", "look"]


def test_other_formats() -> None:
    assert words({"prompt": "a", "completion": "b"}) == (["a", "b"], 0)
    pair = {"input": {"messages": [USER]}, "preferred_output": [ANSWER],
            "non_preferred_output": [ANSWER]}
    assert words(pair)[1] == 3 + 3 * 3
    assert words({}, raw="{broken") == (["{broken"], 0)
    assert words({"messages": "nonsense", "input": 3}) == ([], 0)


@pytest.mark.parametrize(("examples", "epochs"), [
    (0, 0), (1, 25), (4, 25), (5, 20), (33, 3), (34, 3), (8333, 3), (8334, 2), (30_000, 1),
])
def test_default_epochs(examples: int, epochs: int) -> None:
    assert statistics.default_epochs(examples) == epochs


def test_what_is_cut_off_is_not_paid() -> None:
    assert statistics.billable([10, 70_000], statistics.example_limit("gpt-4.1")) == 65_546
    assert statistics.example_limit("gpt-4.1-nano-2025-04-14") == 32_768


def test_the_cost_is_unknown_without_a_price() -> None:
    assert statistics.training_cost(1_000_000, 3, 2.0) == 6.0
    assert statistics.training_cost(1_000_000, 3, None) is None
