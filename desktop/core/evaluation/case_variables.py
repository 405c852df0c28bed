"""What a row of a case file says beside question and answer: values for a prompt's variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

MOST = 40  # of one case
LONGEST = 20_000  # characters of one value
FIELD = "variables"  # under which our own files keep them
_NAME = re.compile(r"[A-Za-z_]\w{0,59}")
# Columns of ours and of other tools that say something about the case itself.
_TAKEN = frozenset({
    "question", "query", "prompt", "input", "user_question", "user_input", "truth", "reference",
    "answer", "reference_answer", "ground_truth", "expected", "expected_answer",
    "expected_output", "ideal", "source", "sources", "gold_source", "gold_sources", "gold",
    "file", "page", "tags", "tag", "labels", "split", "history", "context", "id", "line",
    "messages", "metadata", "assert", "options", "provider", "threshold", FIELD,
})


def variables_of(row: Mapping[str, Any], mapping: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Names and values of a flat row. `mapping` names columns that say something else."""
    spoken_for = {str(name).strip().casefold() for name in mapping.values()}
    found: dict[str, str] = {}
    for name, value in _all(row, spoken_for):
        text = value if isinstance(value, str) else json.dumps(value)
        if len(found) < MOST and text.strip():
            found.setdefault(name, text[:LONGEST])
    return tuple(found.items())


def _all(row: Mapping[str, Any], spoken_for: set[str]) -> Iterator[tuple[str, Any]]:
    own = row.get(FIELD)
    if isinstance(own, str):
        try:
            own = json.loads(own)
        except (ValueError, RecursionError):
            own = None
    for name, value in own.items() if isinstance(own, Mapping) else ():
        if _NAME.fullmatch(str(name)) and isinstance(value, str | int | float):
            yield str(name), value
    for name, value in row.items():
        fit = variable_name(str(name))
        if (fit and fit.casefold() not in _TAKEN and str(name).strip().casefold() not in spoken_for
                and isinstance(value, str | int | float)):
            yield fit, value


def variable_name(words: str) -> str:
    """A column's heading as the name of a variable, "" where it makes none."""
    fit = re.sub(r"\W+", "_", words.strip()).strip("_")
    return fit if _NAME.fullmatch(fit) else ""
