"""The shot curve: a probe run with 0, 2, 4 and 8 examples in the prompt, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core.advice.decision import Evidence
from ..core.advice.shots import FROM, TO, ShotCurve, ShotPoint, judge_curve
from ..core.errors import ConfigurationError
from ..core.evaluation.probes import OF, PROBE, SHOTS_PROBE, ShotPlan, plan_shots, shots_of
from ..core.evaluation.summary import Averages, is_ceiling
from ..core.evaluation.thresholds import deciding_metric, is_share
from ..core.evaluation.types import CellState
from ..core.events import Emit, ignore
from ..core.strategies import prompt_for, rung_of
from ..core.types import ELSEWHERE, Prompt, Rung
from .estimating import estimate
from .evaluating import run
from .lanes import Brake
from .use_case import load_use_case

if TYPE_CHECKING:
    from ..core.evaluation.pacing import Estimate
    from ..core.evaluation.types import Cell, Run
    from ..core.ports import Ports
    from ..core.types import Strategy


async def plan_shot_curve(ports: Ports, name: str = "") -> ShotPlan:
    """For the named strategy if it can be probed, else for the first that has a prompt, else for
    the first: not the ceiling, not what is fine-tuned already, not what was made elsewhere.

    Raises ConfigurationError where there is too little to ask, and says what to add.
    """
    refuse_recording(ports)
    strategy = _choose(await ports.store.strategies(), name)
    version = prompt_for(strategy, await ports.store.prompt_versions())
    return plan_shots(strategy, version.prompt if version else Prompt(),
                      await ports.store.cases(), await ports.store.examples())


def refuse_recording(ports: Ports) -> None:
    """Raises ConfigurationError where nothing new can be asked."""
    if ports.recording is not None:
        raise ConfigurationError(
            "This workspace is a recording", why="It holds only answers to what was asked then",
            remedy="Open the workspace it was made from",
        )


async def with_prompts(ports: Ports) -> list[Strategy]:
    """The columns whose prompt can be experimented with, those on the Prompt rung first: not the
    ceiling, not what was made elsewhere."""
    able = [each for each in await ports.store.strategies()
            if each.prompt is not None and not is_ceiling(each) and each.connection != ELSEWHERE]
    return sorted(able, key=lambda each: rung_of(each) is not Rung.PROMPT)


async def refuse_unusable(strategies: Sequence[Strategy], ports: Ports) -> None:
    """Raises the error of the first model that cannot be asked at all: a run would fail its
    cells, an experiment has nothing to show for them."""
    models = dict.fromkeys((each.connection, each.deployment) for each in strategies)
    for connection, deployment in models:
        await ports.chats.chat(connection, deployment, patient=False)


def _choose(strategies: Sequence[Strategy], name: str) -> Strategy:
    able = [each for each in strategies if not is_ceiling(each) and not each.fine_tuned
            and each.connection != ELSEWHERE]
    named = [each for each in able if each.name == name]
    if named:
        return named[0]
    prompted = [each for each in able if each.prompt is not None]
    if not able:
        raise ConfigurationError("There is no strategy to probe", remedy="Add one with a prompt")
    return (prompted or able)[0]


async def estimate_shot_curve(plan: ShotPlan, ports: Ports) -> Estimate:
    """What it will take, before anything is sent."""
    return await estimate(plan.strategies, plan.cases, 1, ports, prompts=plan.prompts)


async def run_shot_curve(
    plan: ShotPlan, ports: Ports, emit: Emit = ignore, brake: Brake | None = None
) -> Run:
    """Ask it; raises what `evaluating.run` raises."""
    return await run(plan.strategies, plan.cases, ports, emit, name=f"Shot curve of {plan.of}",
                     brake=brake, marks=plan.versions())


async def shot_curve(ports: Ports) -> ShotCurve | None:
    """Of the newest probe whose columns all have scores over common cases, None without one."""
    for probe in await ports.store.runs():
        if probe.versions.get(PROBE) == SHOTS_PROBE:
            curve = await _curve(probe, await ports.store.cells(probe.id), ports)
            if curve is not None:
                return curve
    return None


async def _curve(probe: Run, cells: Sequence[Cell], ports: Ports) -> ShotCurve | None:
    averages = Averages(probe, cells)
    metric = deciding_metric(averages.metrics(), await load_use_case(ports.store))
    columns = sorted(probe.strategies, key=shots_of)
    by_case = [averages.by_case(each, metric) for each in columns]
    common = sorted(set.intersection(*(set(each) for each in by_case))) if by_case else []
    if len(columns) < 2 or not common:
        return None
    rows = [[scores[case] for case in common] for scores in by_case]
    share = is_share(metric)
    intervals = await ports.compute.intervals(rows, [share] * len(rows))
    at = {shots_of(column): row for column, row in zip(columns, rows, strict=True)}
    pair = [(at[FROM], at[TO])]
    [steps] = await ports.compute.compare(pair, [share])
    [enough] = await ports.compute.enough(pair, [share])
    points = [ShotPoint(shots_of(column), score)
              for column, score in zip(columns, intervals, strict=True)]
    evidence = Evidence(probe.id, tuple(each.name for each in columns), metric, tuple(common))
    return judge_curve(str(probe.versions.get(OF, "")), _model(cells), metric, points, steps,
                       enough, evidence)


def _model(cells: Sequence[Cell]) -> str:
    """As its answers name it."""
    return next((cell.answer.model for cell in cells
                 if cell.state is CellState.DONE and cell.answer is not None), "")
