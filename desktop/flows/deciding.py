"""Decide: gathers what is known about a run and its use case, and lets core/advice judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.advice.decision import Decision
from ..core.advice.judge import withheld
from ..core.advice.people import people_reasons
from ..core.advice.ranking import FEWEST_CASES, contests, couples_to_compare
from ..core.advice.recommendation import decide_on, nothing_run
from ..core.advice.situation import Situation
from ..core.errors import ConfigurationError
from ..core.evaluation.probes import is_probe
from ..core.evaluation.thresholds import deciding_metric, is_share
from ..core.evaluation.types import CellState
from .attributing import with_causes
from .costing import monthly_costs
from .judge_items import judged, without_judge
from .known import Known, with_cut_offs
from .rating import RunAnswers, rates_of
from .summarising import averages_of, summarise_averages
from .use_case import load_use_case

if TYPE_CHECKING:
    from ..core.evaluation.types import Cell, Run
    from ..core.ports import Ports
    from ..core.types import Case


async def decide(ports: Ports, run_id: int | None = None) -> Decision:
    """The decision on one run: the newest that has answers and is no probe, unless named.

    Raises ConfigurationError for a run that is not there.
    """
    use_case = await load_use_case(ports.store)
    run, cells = await _find_run(ports, run_id)
    known = await Known.load(ports)
    if run is None:
        return nothing_run(known.facts(use_case))
    kept, holdout_only = _deciding_cases(known.cases, run)
    by_id = {case.id: case for case in kept}
    judge = await judged(run, ports.store)
    cells = await with_causes(
        [cell for cell in (without_judge(cells) if judge.uncalibrated else cells)
         if cell.case_id in by_id], by_id, use_case, ports.store
    )
    averages = await averages_of(run, cells)
    metric = deciding_metric(averages.metrics(), use_case)
    summary = await summarise_averages(averages, cells, ports.compute, metric)
    pairs = couples_to_compare(averages, metric)
    rows = [(pair.left, pair.right) for pair in pairs]
    shares = [is_share(metric)] * len(rows)
    results = await ports.compute.compare(rows, shares)
    met = contests(pairs, results, await ports.compute.enough(rows, shares))
    costs = await monthly_costs(
        averages, ports, lambda model: known.training_cost(model, ports.prices)
    )
    situation = Situation(use_case, metric, run, cells, averages, summary, met, holdout_only,
                          costs.costs, costs.retirements, withheld=withheld(metric, judge))
    facts = await with_cut_offs(known.facts(use_case, situation), run, ports)
    decision = decide_on(replace(situation, facts=facts))
    preferred = await rates_of(RunAnswers(run, cells, by_id), ports)
    return replace(decision,
                   reasons=(*decision.reasons, *people_reasons(preferred, run.id)))


async def _find_run(ports: Ports, run_id: int | None) -> tuple[Run | None, list[Cell]]:
    runs = await ports.store.runs()
    if run_id is not None:
        runs = [run for run in runs if run.id == run_id]
        if not runs:
            raise ConfigurationError(f"There is no run {run_id}", remedy="Choose another run")
    for run in runs:
        if run_id is None and is_probe(run):
            continue
        cells = await ports.store.cells(run.id)
        if run_id is not None or any(cell.state is CellState.DONE for cell in cells):
            return run, cells
    return None, []


def _deciding_cases(cases: Sequence[Case], run: Run) -> tuple[list[Case], bool]:
    """The holdout where it is large enough: what was tuned on flatters what was tuned."""
    ids = set(run.case_ids)
    of_run = [case for case in cases if case.id in ids]
    holdout = [case for case in of_run if case.split == "holdout"]
    return (holdout, True) if len(holdout) >= FEWEST_CASES else (of_run, False)
