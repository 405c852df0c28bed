"""Two prompts side by side, with the words that differ.

Lines are matched first, then the words within each stretch of lines that differ, so that a long
prompt in which little changed is compared at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .types import Prompt

MOST_WORDS = 12_000  # of one changed stretch; a longer one is marked as a whole
_WORD = re.compile(r"\w+|\s+|[^\w\s]")

Span = tuple[int, int]  # characters of a line, [start, end)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each side, None where a side has none; `marks` are the words that differ."""

    left: str | None
    right: str | None
    left_marks: tuple[Span, ...] = ()
    right_marks: tuple[Span, ...] = ()

    @property
    def same(self) -> bool:
        return self.left == self.right


def text_of(prompt: Prompt) -> str:
    """All of a prompt as one text, part after part, as it is compared and searched."""
    parts = [("System message", prompt.system)]
    parts += [(f"Example {number}{'' if each.on else ' (off)'}",
               f"Question: {each.question}\nAnswer: {each.answer}")
              for number, each in enumerate(prompt.examples, start=1)]
    if prompt.chosen:
        parts.append(("Examples by likeness", f"{prompt.chosen} of the dataset"))
    parts.append(("User template", prompt.template))
    parts += [(f"Variable {name}", value) for name, value in prompt.variables]
    values = prompt.parameters.as_dict()
    if values:
        parts.append(("Parameters", "\n".join(f"{name}: {value}" for name, value
                                              in values.items())))
    return "\n\n".join(f"## {title}\n{text}" for title, text in parts)


def compare(before: str, after: str) -> list[Row]:
    """The rows of two texts; equal lines stand beside each other."""
    old, new = before.split("\n"), after.split("\n")
    rows: list[Row] = []
    for same, (a1, a2), (b1, b2) in _stretches(old, new):
        if same:
            rows += [Row(line, line) for line in old[a1:a2]]
        else:
            rows += _differing(old[a1:a2], new[b1:b2])
    return rows


def count_changes(rows: Sequence[Row]) -> int:
    """Stretches of rows that differ."""
    return sum(not row.same and (place == 0 or rows[place - 1].same)
               for place, row in enumerate(rows))


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Span, Span]]:
    """Equal and differing stretches of two sequences, in their order."""
    from rapidfuzz.distance import LCSseq

    a = b = 0
    for op in LCSseq.opcodes(old, new):
        if op.tag != "equal":
            continue
        if (a, b) != (op.src_start, op.dest_start):
            yield False, (a, op.src_start), (b, op.dest_start)
        yield True, (op.src_start, op.src_end), (op.dest_start, op.dest_end)
        a, b = op.src_end, op.dest_end
    if (a, b) != (len(old), len(new)):
        yield False, (a, len(old)), (b, len(new))


def _differing(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Lines against lines, with the words that differ."""
    if not old or not new:
        return [*(Row(line, None, ((0, len(line)),)) for line in old),
                *(Row(None, line, (), ((0, len(line)),)) for line in new)]
    if len(old) == len(new):  # as many lines: each is compared with its counterpart
        pairs = [(a, b, *_marks(a, b)) for a, b in zip(old, new, strict=True)]
        return [Row(a, b, tuple(left), tuple(right)) for a, b, left, right in pairs]
    left, right = _marks("\n".join(old), "\n".join(new))
    lefts, rights = list(_by_line(old, left)), list(_by_line(new, right))
    return [
        Row(old[i] if i < len(old) else None, new[i] if i < len(new) else None,
            lefts[i] if i < len(old) else (), rights[i] if i < len(new) else ())
        for i in range(max(len(old), len(new)))
    ]


def _marks(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Characters of either text that the other has not, word by word."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    if max(len(a), len(b)) > MOST_WORDS:
        return [(0, len(old))], [(0, len(new))]
    ends_a, ends_b = _ends(a), _ends(b)
    left: list[Span] = []
    right: list[Span] = []
    for same, (a1, a2), (b1, b2) in _stretches(a, b):
        if not same:
            left += [(ends_a[a1], ends_a[a2])] if a2 > a1 else []
            right += [(ends_b[b1], ends_b[b2])] if b2 > b1 else []
    return left, right


def _ends(parts: Sequence[str]) -> list[int]:
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + len(part))
    return ends


def _by_line(lines: Sequence[str], spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Spans of joined lines as spans of each line."""
    start, place = 0, 0
    for line in lines:
        end = start + len(line)
        while place < len(spans) and spans[place][1] <= start:
            place += 1
        inside, at = [], place
        while at < len(spans) and spans[at][0] < end:
            low, high = max(spans[at][0], start), min(spans[at][1], end)
            if low < high:
                inside.append((low - start, high - start))
            at += 1
        yield tuple(inside)
        start = end + 1
