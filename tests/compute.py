"""Statistics without a process, for tests of flows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

from desktop.core.evaluation import statistics
from desktop.core.evaluation.statistics import Enough, Paired
from desktop.core.evaluation.types import Interval

Row = Sequence[float]


class DirectCompute:
    """Implements core.ports.Compute in this process."""

    async def intervals(
        self, rows: Sequence[Row], shares: Sequence[bool] = ()
    ) -> list[Interval]:
        bound = _bound(shares)
        return [statistics.interval(row, next(bound)) for row in rows]

    async def compare(
        self, pairs: Sequence[tuple[Row, Row]], shares: Sequence[bool] = ()
    ) -> list[Paired]:
        bound = _bound(shares)
        return [statistics.paired(a, b, next(bound)) for a, b in pairs]

    async def enough(
        self, pairs: Sequence[tuple[Row, Row]], shares: Sequence[bool] = ()
    ) -> list[Enough]:
        bound = _bound(shares)
        return [statistics.enough(a, b, next(bound)) for a, b in pairs]

    async def aclose(self) -> None:
        """Nothing to end."""


def _bound(shares: Sequence[bool]) -> Iterator[bool]:
    return iter(shares or repeat(True))
