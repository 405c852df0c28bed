"""A person's last word on why a cell failed, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..core.evaluation.attribution import overrule
from ..core.evaluation.types import Cause, Cell
from ..core.events import CellChanged, Emit, ignore
from ..core.ports import Ports
from ..core.types import Answer, Case
from .cell_asking import light
from .cell_scoring import CellScorer


async def set_cause(
    cell_id: int, cause: Cause | None, ports: Ports, emit: Emit = ignore
) -> Cell | None:
    """Store a cause by hand; None: what the rules say again. None when the cell is gone."""
    cell = await ports.store.cell(cell_id)
    if cell is None:
        return None
    changed = await _by_rule(cell, ports) if cause is None else overrule(cell, cause)
    await ports.store.save_cell(changed)
    emit(CellChanged(light(changed)))
    return changed


async def _by_rule(cell: Cell, ports: Ports) -> Cell:
    """The rules over the scores there are: nothing is scored again."""
    runs = {run.id: run for run in await ports.store.runs()}
    cases = {case.id: case for case in await ports.store.cases()}
    case, run = cases.get(cell.case_id), runs.get(cell.run_id)
    bare = replace(cell, attribution=None)
    if case is None or run is None or cell.answer is None:
        return bare

    async def kept(
        case: Case, answer: Answer, names: Sequence[str], ports: Ports
    ) -> Mapping[str, float | None]:
        return cell.scores

    return await CellScorer(run, cases, ports, ignore, score=kept).score(case, bare, cell.answer)
