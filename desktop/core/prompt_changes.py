"""What differs between two prompts, as the Prompt pane counts and marks it."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Hashable, Sequence

from .types import Prompt

MAX_LINES = 2_000  # above, comparing would be felt while typing


def count_edits(before: Prompt, after: Prompt) -> int:
    """How many things differ: texts, few-shot examples, parameters, values."""
    parameters = sum(
        bool(getattr(before.parameters, field.name) != getattr(after.parameters, field.name))
        for field in dataclasses.fields(before.parameters)
    )
    texts = (before.system != after.system) + (before.template != after.template)
    examples = sum(max(old, new) for old, new in _changes(before.examples, after.examples))
    old, new = dict(before.variables), dict(after.variables)
    variables = sum(old.get(name) != new.get(name) for name in {*old, *new})
    return texts + examples + parameters + variables + (before.chosen != after.chosen)


def _changes(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


def changed_lines(before: str, after: str) -> list[int]:
    """Lines of `after`, from 0, that `before` has not; none for very long texts."""
    old, new = before.split("\n"), after.split("\n")
    if before == after or max(len(old), len(new)) > MAX_LINES:
        return []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        line for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal"
        for line in range(start, end)
    ]
