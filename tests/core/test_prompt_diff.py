"""What stands side by side is the whole of both, and what is not marked is the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.prompt_diff import Row, compare, count_changes, text_of
from desktop.core.types import FewShotExample, Parameters, Prompt

LINES = st.lists(st.sampled_from(["Be brief.", "Cite each one.", "", "Be kind, brief.", "x"]),
                 min_size=1, max_size=8).map("\n".join)


def unmarked(line: str, marks: tuple[tuple[int, int], ...]) -> str:
    return "".join(c for place, c in enumerate(line)
                   if not any(start <= place < end for start, end in marks))


@settings(deadline=None)  # the first call imports rapidfuzz
@given(LINES, LINES)
def test_both_sides_are_whole_and_the_rest_is_equal(old: str, new: str) -> None:
    rows = compare(old, new)
    assert "\n".join(row.left for row in rows if row.left is not None) == old
    assert "\n".join(row.right for row in rows if row.right is not None) == new
    left = "".join(unmarked(row.left or "", row.left_marks) for row in rows)
    right = "".join(unmarked(row.right or "", row.right_marks) for row in rows)
    assert left == right
    assert count_changes(rows) == 0 or old != new


def test_words_are_marked_not_lines() -> None:
    rows = compare("Be brief.\nCite pages.", "Be brief.\nCite all pages.\nThanks")
    assert rows == [
        Row("Be brief.", "Be brief."),
        Row("Cite pages.", "Cite all pages.", (), ((5, 9),)),
        Row(None, "Thanks", (), ((0, 6),)),
    ]
    assert count_changes(rows) == 1


def test_every_part_of_a_prompt_is_in_its_text() -> None:
    prompt = Prompt("S", (FewShotExample("Q", "A", on=False),), "T {{ who }}",
                    Parameters(temperature=0.5), 3, (("who", "you"),))
    text = text_of(prompt)
    for part in ("S", "Example 1 (off)\nQuestion: Q", "T {{ who }}", "temperature: 0.5",
                 "3 of the dataset", "Variable who\nyou"):
        assert part in text
