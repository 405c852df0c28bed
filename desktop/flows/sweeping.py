"""Sweeps: prompt versions x parameters x models, asked as one run and shown as a matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core.errors import ConfigurationError
from ..core.evaluation.probes import PROBE
from ..core.evaluation.summary import strategy_summary
from ..core.evaluation.sweeps import (
    OF_ID,
    SWEEP,
    SweepChoice,
    SweepPlan,
    SweepResult,
    best_first,
    judge_sweep,
    plan_sweep,
)
from ..core.evaluation.thresholds import deciding_metric, is_share
from ..core.evaluation.types import CellState, Run, RunState
from ..core.events import Emit, ignore
from .estimating import estimate
from .evaluating import run
from .lanes import Brake
from .probing import refuse_recording, refuse_unusable, with_prompts
from .summarising import averages_of
from .use_case import load_use_case

if TYPE_CHECKING:
    from ..core.evaluation.pacing import Estimate
    from ..core.evaluation.types import Cell
    from ..core.ports import Ports


async def plan_a_sweep(ports: Ports, choice: SweepChoice) -> SweepPlan:
    """Raises ConfigurationError where it cannot be run, and says what to change."""
    refuse_recording(ports)
    strategy = next((each for each in await with_prompts(ports) if each.id == choice.of), None)
    if strategy is None:
        raise ConfigurationError("There is no column with a prompt to vary",
                                 remedy="Add one under Strategies")
    return plan_sweep(strategy, choice, await ports.store.prompt_versions(),
                      await ports.store.cases())


async def estimate_sweep(plan: SweepPlan, ports: Ports) -> Estimate:
    """What it will take, before anything is sent. Raises where a model cannot be asked."""
    await refuse_unusable(plan.strategies, ports)
    return await estimate(plan.strategies, plan.cases, 1, ports)


async def run_sweep(
    plan: SweepPlan, ports: Ports, emit: Emit = ignore, brake: Brake | None = None
) -> Run:
    """Ask it; raises what `evaluating.run` raises."""
    return await run(plan.strategies, plan.cases, ports, emit, brake=brake,
                     name=f"Sweep of {plan.of.name}", marks=plan.versions())


async def newest_sweep(ports: Ports) -> Run | None:
    """The one that was begun last."""
    return next((each for each in await ports.store.runs()
                 if each.versions.get(PROBE) == SWEEP), None)


async def unfinished_sweep(ports: Ports) -> Run | None:
    """The newest one, where it was paused."""
    newest = await newest_sweep(ports)
    return newest if newest is not None and newest.state is RunState.PAUSED else None


async def sweep_result(ports: Ports) -> SweepResult | None:
    """What the newest sweep shows so far; None where there is none, or nothing is scored."""
    found = await newest_sweep(ports)
    return None if found is None else await result_of(found, ports)


async def result_of(sweep: Run, ports: Ports) -> SweepResult | None:
    """What one sweep shows."""
    cells = await ports.store.cells(sweep.id)
    averages = await averages_of(sweep, cells)
    metric = deciding_metric(averages.metrics(), await load_use_case(ports.store))
    rows = {each.id: list(averages.by_case(each, metric).values()) for each in sweep.strategies}
    rows = {number: row for number, row in rows.items() if row}
    if not metric or not rows:
        return None
    share = is_share(metric)
    intervals = await ports.compute.intervals(list(rows.values()), [share] * len(rows))
    scores = dict(zip(rows, intervals, strict=True))
    best, *others = best_first(sweep, metric, scores)
    pairs = {each.id: averages.pair(best, each, metric) for each in others}
    held = {number: (pair.left, pair.right) for number, pair in pairs.items() if pair is not None}
    compared = await ports.compute.compare(list(held.values()), [share] * len(held))
    summaries = {each.id: strategy_summary(each, averages.answered(each), {})
                 for each in sweep.strategies}
    return judge_sweep(sweep, metric, scores, summaries, _failed(cells),
                       dict(zip(held, compared, strict=True)))


def _failed(cells: Sequence[Cell]) -> Counter[int]:
    return Counter(cell.strategy_id for cell in cells if cell.state in (
        CellState.FAILED, CellState.THROTTLED, CellState.FILTERED))


def swept_id(sweep: Run) -> int:
    """The strategy that a sweep varies; 0 where a file from elsewhere does not say."""
    found = sweep.versions.get(OF_ID)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
