"""How Decide says things: strengths, states, dates, which pane helps with which failure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from ....core.advice.decision import Evidence, Status, Strength
from ....core.evaluation.types import Cause, Run
from ...tokens import Tone

STRENGTHS: dict[Strength, tuple[str, str, Tone]] = {
    "strong": ("check-circle", "Strong evidence", "success"),
    "moderate": ("info", "Moderate evidence", "info"),
    "weak": ("warning", "Weak evidence", "warning"),
    "none": ("question", "Not enough evidence", "neutral"),
}
STATUSES: dict[Status, tuple[str, str, Tone]] = {
    "met": ("check-circle", "Met", "success"),
    "not met": ("x-circle", "Not met", "danger"),
    "unknown": ("question", "Unknown", "warning"),
}
PANES = {
    Cause.NOT_IN_DOCUMENTS: "Documents",
    Cause.NOT_RETRIEVED: "Documents",
    Cause.IGNORED: "Prompt",
    Cause.UNSUPPORTED: "Prompt",
    Cause.WRONG_FORMAT: "Prompt",
    Cause.REFUSED: "Prompt",
}
PLACE_WORDS = {"Drift": "Answers"}
_NUMBER = r"[+−-]?\$?\d+(?:,\d{3})*(?:\.\d+)?"
_FIGURE = re.compile(
    rf"{_NUMBER}(?:\s?%)?(?:\s(?:of|to)\s{_NUMBER})?"
    r"(?:\s(?:cases|failures|answers|calls|s)\b)?"
)


def pieces(text: str, names: Sequence[str] = ()) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, and whether each is a figure; names such as gpt-4.1 are none, nor is
    what stands in one of `names`, as in "Variant 2"."""
    end = 0
    taken = [found.span() for name in names for found in re.finditer(re.escape(name), text)]
    for match in _FIGURE.finditer(text):
        start = match.start()
        if any(first <= start < last for first, last in taken):
            continue
        if start and not text[start - 1].isspace() and text[start - 1] not in "(":
            continue
        if start > end:
            yield text[end:start], False
        yield match.group(), True
        end = match.end()
    if end < len(text):
        yield text[end:], False


def link_words(evidence: Evidence) -> str:
    """What the link at the right of a sentence says: `60 cases`, `Latency`, `Costs`, a pane."""
    if evidence.place:
        return PLACE_WORDS.get(evidence.place, evidence.place)
    if evidence.metric in ("latency", "cost"):
        return evidence.metric.capitalize()
    if evidence.cases:
        return counted(len(evidence.cases), "case")
    return "Cells" if evidence.strategies else ""


def run_words(run: Run) -> str:
    """`Run 7, 20 Nov 16:14`."""
    name = run.name or f"Run {run.id}"
    try:
        when = datetime.fromisoformat(run.finished_at or run.started_at).astimezone()
    except ValueError:
        return name
    return f"{name}, {when.day} {when:%b %H:%M}"


def counted(number: int, one: str) -> str:
    """`1 case`, `60 cases`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
