"""The weighted score of every cell of a run, anew from the scores they have. Nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.evaluation.types import Cell, Run
from ..core.evaluation.weights import METRIC, Scale, limits_of, scales, weighted
from ..core.events import CellChanged, Emit, ignore
from ..core.ports import Ports, Store
from .judge_items import trusted
from .scoring import load_chosen
from .slices import in_slices
from .use_case import load_use_case


async def weigh(run: Run, ports: Ports, emit: Emit = ignore) -> int:
    """Returns how many cells have another weighted score than before; without weights none has
    one. An uncalibrated judge weighs nothing: what it is part of has no weighted score."""
    store = ports.store
    cells = await store.cells(run.id)
    weights = (await load_chosen(store)).weights
    if not weights and not any(METRIC in cell.scores for cell in cells):
        return 0
    by = await scales_of(run, cells, store)
    found: dict[int, float | None] = {}
    counted = {cell.id: cell.scores for cell in await trusted(run, cells, store)}
    async for cell in in_slices(cells):
        value = weighted(counted[cell.id], weights, by) if weights else None
        if value != cell.scores.get(METRIC):
            found[cell.id] = value
    if found:
        await store.set_scores(METRIC, found)
    async for cell in in_slices(each for each in cells if each.id in found):
        emit(CellChanged(_with(cell, found[cell.id])))
    return len(found)


async def weigh_all(ports: Ports, emit: Emit = ignore) -> int:
    """Every run, after weights or the goal's limits have changed: what a weighted score means
    must not depend on when it was made."""
    return sum([await weigh(run, ports, emit) for run in await ports.store.runs()])


async def scales_of(run: Run, cells: Sequence[Cell], store: Store) -> dict[str, Scale]:
    """The scales that the weighted scores of a run are on, to be said beside them."""
    weights = (await load_chosen(store)).weights
    limits = limits_of(await load_use_case(store))
    return scales(weights, [cell.scores for cell in cells], limits)


def _with(cell: Cell, value: float | None) -> Cell:
    scores = {name: score for name, score in cell.scores.items() if name != METRIC}
    return replace(cell, scores=scores if value is None else {**scores, METRIC: value})
