"""The compute process: statistics over arrays of numbers. scipy lives here and nowhere else.

A request names an operation and gives rows of doubles: lengths in the header, numbers in the
payload, one row after another. After each row the process looks for something more urgent.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING

from .worker_frames import Header

if TYPE_CHECKING:
    from ..core.evaluation.statistics import Values
    from .worker_child import Handler, Steps

INTERVALS, COMPARE, ENOUGH = "intervals", "compare", "enough"


def make_handler(config: Header) -> Handler:
    """What the child runs."""
    return handle


def handle(header: Header, payload: memoryview) -> Steps:
    """One reply row for each row, or for each two rows; see `compute.py`."""
    from ..core.evaluation import statistics

    found = []
    bound = iter(header["shares"] or repeat(True))
    if header["operation"] == INTERVALS:
        for row in rows_of(header, payload):
            found.append(list(_interval(row, next(bound))))
            yield
    else:
        measure = statistics.paired if header["operation"] == COMPARE else statistics.enough
        rows = rows_of(header, payload)
        for left, right in zip(rows, rows, strict=True):
            found.append(list(measure(left, right, next(bound))))  # type: ignore[arg-type]
            yield
    return {"rows": found}, b""


def _interval(row: Values, shares: bool) -> tuple[float, float, float, int]:
    from ..core.evaluation import statistics

    found = statistics.interval(row, shares)  # type: ignore[arg-type]  # an array is a sequence here
    return found.mean, found.low, found.high, found.n


def rows_of(header: Header, payload: memoryview) -> Iterator[Values]:
    """The rows of a request, without a copy."""
    import numpy as np

    numbers = np.frombuffer(payload, np.float64)
    for start, end in pairwise(accumulate(header["lengths"], initial=0)):
        yield numbers[start:end]
