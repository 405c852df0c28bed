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

_SLICE = 200  # cells between two breaths of the event loop

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
    return await summarise_averages(await averages_of(run, counted), counted, compute, metric)


async def averages_of(run: Run, cells: Sequence[Cell]) -> Averages:
    """In slices: eight columns of a thousand cases must not hold up the window."""
    averages = Averages(run)
    for place, cell in enumerate(cells):
        averages.add(cell)
        if place % _SLICE == 0:
            await asyncio.sleep(0)
    return averages


async def summarise_averages(
    averages: Averages, cells: Sequence[Cell], compute: Compute, metric: str = ""
) -> RunSummary:
    """`summarise` for cells that are averaged already."""
    names = averages.metrics()
    strategies = [await _strategy(averages, each, names, compute)
                  for each in averages.run.strategies]
    pairs = await _pairs(averages, names, metric or deciding_metric(names))
    results = await compute.compare(
        [(pair.left, pair.right) for pair in pairs], [is_share(pair.metric) for pair in pairs]
    )
    return assemble(averages.run, cells, strategies, compared(pairs, results))


async def _strategy(
    averages: Averages, strategy: Strategy, names: Sequence[str], compute: Compute
) -> StrategySummary:
    rows = {}
    for name in names:
        rows[name] = tuple(averages.by_case(strategy, name).values())
        await asyncio.sleep(0)
    known = {name: row for name, row in rows.items() if row}
    intervals: list[Interval] = await compute.intervals(
        list(known.values()), [is_share(name) for name in known]
    )
    metrics = dict(zip(known, intervals, strict=True))
    return strategy_summary(strategy, averages.answered(strategy), metrics)


async def _pairs(averages: Averages, names: Sequence[str], metric: str) -> list[Pair]:
    pairs: list[Pair | None] = []
    for a, b in couples(averages, metric):
        for name in names:
            pairs.append(averages.pair(a, b, name))
            await asyncio.sleep(0)
    return [pair for pair in pairs if pair is not None]
