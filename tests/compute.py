"""Statistics without a process, for tests of flows."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.evaluation import statistics
from desktop.core.evaluation.statistics import Enough, Paired
from desktop.core.evaluation.types import Interval

Row = Sequence[float]


class DirectCompute:
    """Implements core.ports.Compute in this process."""

    async def intervals(self, rows: Sequence[Row]) -> list[Interval]:
        return [statistics.interval(row) for row in rows]

    async def compare(self, pairs: Sequence[tuple[Row, Row]]) -> list[Paired]:
        return [statistics.paired(a, b) for a, b in pairs]

    async def enough(self, pairs: Sequence[tuple[Row, Row]]) -> list[Enough]:
        return [statistics.enough(a, b) for a, b in pairs]

    async def aclose(self) -> None:
        """Nothing to end."""
