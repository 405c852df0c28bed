"""Scores, differences and metrics as they are written in cells and heads. No Qt."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from ....core.evaluation.thresholds import label_of

OPEN_ENDED = frozenset({"latency", "tokens", "cost"})  # no share of anything


def score_text(metric: str, value: float | None) -> str:
    """A score with its unit: 0.84, 1.9 s, $0.00078, 1,726."""
    if value is None:
        return "–"
    if metric == "latency":
        return f"{value:.1f} s"
    if metric == "tokens":
        return f"{value:,.0f}"
    return f"${value:.5f}" if metric == "cost" else f"{value:.2f}"


def difference_text(metric: str, value: float) -> str:
    """A difference with its sign: +0.65, −0.04."""
    size = score_text(metric, abs(value))
    if not any(digit in "123456789" for digit in size):
        return size
    return ("−" if value < 0 else "+") + size


def metric_label(metric: str) -> str:
    """A metric's name at the start of a line: "Token F1"."""
    label = label_of(metric)
    known = label[1:2].isupper()  # nDCG
    return label if known else label[:1].upper() + label[1:]


def spread(values: Sequence[float]) -> float | None:
    """The sample standard deviation of a cell's repeats, None for fewer than two."""
    return statistics.stdev(values) if len(values) > 1 else None
