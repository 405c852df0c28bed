"""Which few-shot example helps? The probe run, and what its cells show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from ..core.evaluation.leave_one_out import (
    EXAMPLES_PROBE,
    ExampleEffects,
    ExamplePlan,
    columns_of,
    judge_effects,
    plan_examples,
)
from ..core.evaluation.probes import PROBE
from ..core.evaluation.summary import Averages
from ..core.evaluation.thresholds import deciding_metric, is_share
from ..core.evaluation.types import CellState, Run, RunState
from ..core.events import Emit, ignore
from ..core.strategies import find_strategy, prompt_for
from ..core.types import CURRENT_PROMPT, Prompt
from .estimating import estimate
from .evaluating import run
from .lanes import Brake
from .probing import refuse_recording, refuse_unusable
from .use_case import load_use_case

if TYPE_CHECKING:
    from ..core.evaluation.pacing import Estimate
    from ..core.evaluation.types import Cell
    from ..core.ports import Ports


async def plan_effects(
    ports: Ports, name: str, most: int = 0, draft: Prompt | None = None
) -> ExamplePlan:
    """For the named strategy and the prompt it uses now; `draft` is what its current prompt will
    be, for an estimate before that is saved. Raises ConfigurationError."""
    refuse_recording(ports)
    strategy = find_strategy(name, await ports.store.strategies())
    version = prompt_for(strategy, await ports.store.prompt_versions())
    if draft is not None and strategy.prompt == CURRENT_PROMPT and version is not None:
        version = replace(version, prompt=draft)
    return plan_examples(strategy, version, await ports.store.cases(), most)


async def estimate_effects(plan: ExamplePlan, ports: Ports) -> Estimate:
    """What it will take, before anything is sent. Raises where the model cannot be asked."""
    await refuse_unusable(plan.strategies, ports)
    return await estimate(plan.strategies, plan.cases, 1, ports, prompts=plan.prompts)


async def run_effects(
    plan: ExamplePlan, ports: Ports, emit: Emit = ignore, brake: Brake | None = None
) -> Run:
    """Ask it; raises what `evaluating.run` raises."""
    return await run(plan.strategies, plan.cases, ports, emit, brake=brake,
                     name=f"Examples of {plan.of}, v{plan.version}", marks=plan.versions())


async def unfinished_effects(ports: Ports) -> Run | None:
    """The newest such probe, where it was paused."""
    newest = next((each for each in await ports.store.runs()
                   if each.versions.get(PROBE) == EXAMPLES_PROBE), None)
    return newest if newest is not None and newest.state is RunState.PAUSED else None


async def example_effects(ports: Ports) -> ExampleEffects | None:
    """Of the newest probe whose columns have scores over common cases, None without one."""
    for probe in await ports.store.runs():
        if probe.versions.get(PROBE) == EXAMPLES_PROBE:
            found = await _effects(probe, await ports.store.cells(probe.id), ports)
            if found is not None:
                return found
    return None


async def _effects(probe: Run, cells: Sequence[Cell], ports: Ports) -> ExampleEffects | None:
    columns = columns_of(probe)
    averages = Averages(probe, cells)
    metric = deciding_metric(averages.metrics(), await load_use_case(ports.store))
    if columns is None or not metric:
        return None
    whole, others = columns
    pairs = [averages.pair(each, whole, metric) for each in others]  # without, then with all
    if any(pair is None or len(pair.left) < 2 for pair in pairs):
        return None
    rows = [(pair.left, pair.right) for pair in pairs if pair is not None]
    shares = [is_share(metric)] * len(rows)
    [score] = await ports.compute.intervals(
        [list(averages.by_case(whole, metric).values())], shares[:1])
    compared = await ports.compute.compare(rows, shares)
    enough = await ports.compute.enough(rows, shares)
    judged = [(column, paired, figures, len(row[0])) for column, paired, figures, row
              in zip(others, compared, enough, rows, strict=True)]
    tokens = _tokens(cells)
    base = tokens.get(whole.id)
    return judge_effects(probe, metric, score, judged, [
        None if base is None or each.id not in tokens else round(base - tokens[each.id])
        for each in others])


def _tokens(cells: Sequence[Cell]) -> dict[int, float]:
    """What a call of each column sends, on average; by strategy id."""
    sent: dict[int, list[int]] = {}
    for cell in cells:
        if cell.state is CellState.DONE and cell.answer and cell.answer.usage:
            sent.setdefault(cell.strategy_id, []).append(cell.answer.usage.prompt_tokens)
    return {column: fmean(counts) for column, counts in sent.items()}
