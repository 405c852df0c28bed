"""What counts as an edit of a prompt."""

from __future__ import annotations

import dataclasses

from desktop.core.prompt_changes import MAX_LINES, changed_lines, count_edits
from desktop.core.types import FewShotExample, Parameters, Prompt

ONE, TWO, THREE = (FewShotExample(q, "yes") for q in ("one", "two", "three"))
BASE = Prompt("Be brief.", (ONE, TWO), "{{ question }}", Parameters(temperature=0.0))


def test_nothing_differs() -> None:
    assert count_edits(BASE, dataclasses.replace(BASE)) == 0


def test_each_part_counts_once() -> None:
    changed = Prompt("Be long.", (ONE, TWO), "Q: {{ question }}",
                     Parameters(temperature=1.0, seed=7))
    assert count_edits(BASE, changed) == 4


def test_examples_count_one_by_one() -> None:
    def with_examples(*examples: FewShotExample) -> int:
        return count_edits(BASE, dataclasses.replace(BASE, examples=examples))

    assert with_examples(ONE, TWO, THREE) == 1
    assert with_examples(ONE) == 1
    assert with_examples(dataclasses.replace(ONE, on=False), TWO) == 1
    assert with_examples() == 2


def test_changed_lines_are_those_the_text_before_has_not() -> None:
    assert changed_lines("a\nb\nc", "a\nx\ny\nc") == [1, 2]
    assert changed_lines("a\nb\nc", "a\nc") == []
    assert changed_lines("same", "same") == []
    assert changed_lines("", "x\n" * (MAX_LINES + 1)) == []
