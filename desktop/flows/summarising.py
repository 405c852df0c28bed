"""From cells to figures: the statistics run in the compute process, the rest is bookkeeping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core.evaluation.summary import (
    Averages,
    Pair,
    assemble,
    compared,
    couples,
    strategy_summary,
)
from ..core.evaluation.thresholds import deciding_metric, is_share

if TYPE_CHECKING:
    from ..core.evaluation.types import Cell, Interval, Run, RunSummary, StrategySummary
    from ..core.ports import Compute
    from ..core.types import Case, Strategy


async def summarise(
    run: Run, cells: Sequence[Cell], cases: Sequence[Case], compute: Compute, metric: str = ""
) -> RunSummary:
    """Intervals for each strategy and metric, and paired comparisons, corrected by metric.

    Cells of cases that are not among `cases` are left out, so that a filtered view has figures
    of its own. `metric` decides who is best and runner-up; "": the first preferred one.
    """
    wanted = {case.id for case in cases}
    counted = [cell for cell in cells if cell.case_id in wanted]
    averages = Averages(run, counted)
    names = averages.metrics()
    strategies = [await _strategy(averages, each, names, compute) for each in run.strategies]
    pairs = await _pairs(averages, names, metric or deciding_metric(names))
    results = await compute.compare(
        [(pair.left, pair.right) for pair in pairs], [is_share(pair.metric) for pair in pairs]
    )
    return assemble(run, counted, strategies, compared(pairs, results))


async def _strategy(
    averages: Averages, strategy: Strategy, names: Sequence[str], compute: Compute
) -> StrategySummary:
    rows = {name: tuple(averages.by_case(strategy, name).values()) for name in names}
    known = {name: row for name, row in rows.items() if row}
    intervals: list[Interval] = await compute.intervals(
        list(known.values()), [is_share(name) for name in known]
    )
    metrics = dict(zip(known, intervals, strict=True))
    return strategy_summary(strategy, averages.answered(strategy), metrics)


async def _pairs(averages: Averages, names: Sequence[str], metric: str) -> list[Pair]:
    pairs = []
    for a, b in couples(averages, metric):
        pairs += [averages.pair(a, b, name) for name in names]
        await asyncio.sleep(0)  # a thousand cases and eight columns must not hold up the window
    return [pair for pair in pairs if pair is not None]
