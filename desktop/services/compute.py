"""Statistics in a process of their own: scipy takes a second to import and 90 MB."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from ..core.evaluation.statistics import Enough, Paired
from ..core.evaluation.types import Interval
from . import compute_worker
from .compute_worker import COMPARE, ENOUGH, INTERVALS
from .worker import Worker, WorkerDied
from .worker_frames import Header

_ATTEMPTS = 2  # a process that was killed from outside is started once more
Row = Sequence[float]


class ComputeProcess:
    """Implements core.ports.Compute. The process starts with the first call."""

    def __init__(self) -> None:
        self._worker = Worker("compute", compute_worker.make_handler, {})

    async def intervals(
        self, rows: Sequence[Row], shares: Sequence[bool] = ()
    ) -> list[Interval]:
        """In the order of `rows`; none of them may be empty."""
        found = await self._call(INTERVALS, rows, shares)
        return [Interval(mean, low, high, n) for mean, low, high, n in found]

    async def compare(
        self, pairs: Sequence[tuple[Row, Row]], shares: Sequence[bool] = ()
    ) -> list[Paired]:
        """Second minus first, in the order of `pairs`; p-values are not yet corrected."""
        return [Paired(*row) for row in await self._call(COMPARE, _flat(pairs), shares)]

    async def enough(
        self, pairs: Sequence[tuple[Row, Row]], shares: Sequence[bool] = ()
    ) -> list[Enough]:
        """What so many cases can show, in the order of `pairs`."""
        return [Enough(*row) for row in await self._call(ENOUGH, _flat(pairs), shares)]

    async def aclose(self) -> None:
        """Ends the process, if any."""
        await self._worker.aclose()

    async def _call(
        self, operation: str, rows: Sequence[Row], shares: Sequence[bool]
    ) -> list[list[Any]]:
        if not rows:
            return []
        header = {"operation": operation, "lengths": [len(row) for row in rows],
                  "shares": list(shares)}
        payload = b"".join(array("d", row).tobytes() for row in rows)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._worker.call(header, payload, decode=_rows_of)
            except WorkerDied:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")


def _flat(pairs: Sequence[tuple[Row, Row]]) -> list[Row]:
    return [row for pair in pairs for row in pair]


def _rows_of(header: Header, payload: memoryview) -> list[list[Any]]:
    return [list(row) for row in header["rows"]]
