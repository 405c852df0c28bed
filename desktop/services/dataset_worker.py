"""The dataset process: a tokenizer and the checks of core/dataset, for one dataset at a time.

    {"operation": "begin", "model", "shapes"}  a new dataset; `shapes`: only those
    {"operation": "add", "numbered"}         lines, after their numbers where `numbered` says
                                             how many there are
    {"operation": "finish"}                  one reply for each step, until `share` is 1
    {"operation": "issues", "start"}         some of them
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..core.dataset import statistics
from ..core.dataset.checker import Checker
from .tokens import Tokens

if TYPE_CHECKING:
    from ..core.dataset.report import Checked
    from .worker_child import Handler, Steps
    from .worker_frames import Header

NICENESS = 10
ISSUES = 2_000  # in one reply: more would hold up the thread that takes it apart
STEP = 1 << 18  # bytes checked between two looks for something more urgent


def make_handler(config: Header) -> Handler:
    """What the child runs."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    return _Datasets().handle


class _Datasets:
    """The dataset at hand."""

    def __init__(self) -> None:
        self._tokens = Tokens()
        self._checker = Checker(len)
        self._exact = True
        self._steps: Iterator[float] = iter(())
        self._checked: Checked | None = None

    def handle(self, header: Header, payload: memoryview) -> Steps:
        """See the module."""
        yield
        operation = header["operation"]
        if operation == "begin":
            count, self._exact = self._tokens.counter(header["model"])
            self._checker = Checker(count, statistics.example_limit(header["model"]),
                                    shapes_only=bool(header["shapes"]))
            self._steps, self._checked = iter(self._checker.finish()), None
            return {}, b""
        if operation == "add":
            return (yield from self._add(int(header["numbered"]), payload))
        return self._finish() if operation == "finish" else self._issues(int(header["start"]))

    def _add(self, numbered: int, payload: memoryview) -> Steps:
        lines = array("I")
        lines.frombytes(payload[:numbered * lines.itemsize])
        data = bytes(payload[numbered * lines.itemsize:])
        start = 0
        while start < len(data):
            end = data.find(b"\n", start + STEP) + 1 or len(data)
            part = data[start:end]
            here = part.count(b"\n") + (not part.endswith(b"\n"))
            self._checker.add(part, lines[:here])
            del lines[:here]
            start = end
            yield
        return {}, b""

    def _finish(self) -> tuple[Header, bytes]:
        share = next(self._steps, 1.0)
        if share < 1:
            return {"share": share}, b""
        self._checked = checked = self._checker.checked(self._exact)
        return {
            "share": 1.0, "format": checked.format, "examples": len(checked.counts),
            "issues": len(checked.issues), "exact": checked.exact,
        }, b"".join(each.tobytes() for each in (checked.counts, checked.lines, checked.groups))

    def _issues(self, start: int) -> tuple[dict[str, Any], bytes]:
        assert self._checked is not None, "issues are asked for after finish"
        some = islice(self._checked.issues, start, start + ISSUES)
        return {"issues": [[i.line, i.severity, i.code, i.message] for i in some]}, b""
