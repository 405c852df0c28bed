"""Is a file of cases understood as it is, or does a person have to say which column is which?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..columns import Head, Role, guess, head_of
from .case_files import ALIASES, Row, conversation_of, values_of
from .other_tools import flat

# What a column of somebody else's file can be.
ROLES = (
    Role("question", "Question", True, ALIASES["question"], "What is asked; one row a case"),
    Role("reference", "Reference answer", False, ALIASES["reference"],
         "The answer you would accept"),
    Role("source", "Gold source", False, ALIASES["source"],
         "The file that holds the answer, such as Plan.pdf#page=7"),
    Role("page", "Page of the source", False, ALIASES["page"]),
    Role("tags", "Tags", False, ALIASES["tags"], "Words between commas"),
    Role("split", "Split", False, ALIASES["split"], "holdout, test or validation; else tune"),
)


def head_of_rows(rows: Sequence[Row]) -> Head:
    """Columns and first rows, other tools' rows made flat."""
    return head_of([flat(row) for _, row in rows if not isinstance(row, str)])


def understood(rows: Sequence[Row]) -> bool:
    """Whether the columns say themselves what they are: rows with questions, and references
    wherever a column is left that could hold them. Otherwise a person says it."""
    good = [row for _, row in rows if not isinstance(row, str)]
    if not good:
        return True  # a mapping would not help
    values = [values_of(flat(row), {}) for row in good]
    if not any(conversation_of(each.get("question"))[0].strip() for each in values):
        return False
    left = set(head_of_rows(rows).columns).difference(_known(good))
    return not left or any("reference" in each for each in values)


def _known(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    words = {word for names in ALIASES.values() for word in names}
    return {str(name) for row in rows for name in flat(row)
            if str(name).strip().casefold() in words or name in ("id", "messages")}


def guessed(head: Head) -> dict[str, str]:
    """Our columns under the file's names, as far as they can be told."""
    return guess(head.columns, ROLES)
