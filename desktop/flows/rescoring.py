"""Stored answers scored again, as the workspace says now. No model is asked."""

from __future__ import annotations

from ..core.errors import ConfigurationError
from ..core.evaluation.types import CellState, Run
from ..core.events import CellChanged, Emit, RescoreProgress, ignore
from ..core.ports import Ports
from .cell_asking import light
from .cell_scoring import CellScorer, Score, score_of
from .scoring import load_chosen
from .slices import in_slices
from .use_case import load_use_case
from .weighing import weigh


async def rescore(
    run_id: int, ports: Ports, emit: Emit = ignore, *, score: Score | None = None
) -> Run:
    """Score every answer of a run by the metrics chosen now; each cell is kept as it lands, so
    that a cancelled one leaves the rest with the scores it had.

    Answers to cases that were removed keep their scores. Raises ConfigurationError for an
    unknown run and for options that cannot be used, EmbedderUnavailable.
    """
    store = ports.store
    runs = {run.id: run for run in await store.runs()}
    if run_id not in runs:
        raise ConfigurationError("This run is not in the workspace", remedy="Choose another one")
    goal = (await load_use_case(store)).metric
    run = await store.edit_run(run_id, metrics=(await load_chosen(store)).computed(goal))
    cases = {case.id: case for case in await store.cases()}
    scorer = CellScorer(run, cases, ports, emit, score or await score_of(store))
    todo = [cell for cell in await store.cells(run_id)
            if cell.state is CellState.DONE and cell.case_id in cases]
    emit(RescoreProgress(0, len(todo)))
    done = 0
    async for cell in in_slices(todo):
        whole = await store.cell(cell.id)
        if whole is not None and whole.answer is not None:
            scored = await scorer.score(cases[cell.case_id], whole, whole.answer)
            await store.save_cell(scored)
            emit(CellChanged(light(scored)))
        done += 1
        emit(RescoreProgress(done, len(todo)))
    await weigh(run, ports, emit)
    return run
