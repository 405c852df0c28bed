"""A run once more from what was recorded: its streams, then its scores, made anew.

Nothing is asked and nothing is stored: the workspace is as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..core.errors import ConfigurationError
from ..core.evaluation.probes import plain_runs
from ..core.evaluation.types import Cell, CellState, Run, RunSummary
from ..core.events import Emit, RunProgress, ignore
from ..core.ports import ChatModel, Ports
from ..core.types import Answer, Case
from .answering import Making
from .cell_scoring import CellScorer, score_of
from .evaluating import first_error
from .judge_items import trusted
from .lanes import Breather
from .summarising import summarise

AT_ONCE = 8  # as many streams side by side as a run has by itself
MakeReplay = Callable[[Answer], ChatModel]


async def replay(
    ports: Ports, make_chat: MakeReplay, emit: Emit = ignore
) -> tuple[RunSummary, list[Cell]]:
    """The newest run with its summary; `make_chat` makes the model that says an answer again.

    Raises ConfigurationError where there is no run, EmbedderUnavailable.
    """
    runs = plain_runs(await ports.store.runs())
    if not runs:
        raise ConfigurationError(
            "There is no run to replay", why="No cases were run in this workspace",
            remedy="Run them first with: run WORKSPACE",
        )
    run, cases = runs[0], await ports.store.cases()
    cells = await _Replaying(run, cases, ports, make_chat, emit).all()
    counted = await trusted(run, cells, ports.store)
    return await summarise(run, counted, cases, ports.compute), cells


class _Replaying:
    """One run on its way for a second time."""

    def __init__(
        self, run: Run, cases: Sequence[Case], ports: Ports, make_chat: MakeReplay, emit: Emit
    ) -> None:
        self._run = run
        self._cases = {case.id: case for case in cases}
        self._ports = ports
        self._make_chat = make_chat
        self._emit = emit
        self._breathe = Breather()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._done = 0

    async def all(self) -> list[Cell]:
        """The cells in the order of the run; those that were never asked are left out."""
        cells = [cell for cell in await self._ports.store.cells(self._run.id) if cell.answer]
        scorer = CellScorer(
            self._run, self._cases, self._ports, self._emit, await score_of(self._ports.store))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._one(cell, scorer, len(cells))) for cell in cells]
        except BaseExceptionGroup as errors:
            raise first_error(errors) from None
        return [task.result() for task in tasks]

    async def _one(self, light: Cell, scorer: CellScorer, total: int) -> Cell:
        async with self._turns:
            cell = await self._ports.store.cell(light.id) or light
            if cell.answer is not None and cell.answer.messages:
                cell = replace(cell, answer=await self._stream(cell.answer), recorded=True)
        cell = await self._scored(cell, scorer)
        self._done += 1
        self._emit(RunProgress(self._done, total, 0))
        return cell

    async def _stream(self, answer: Answer) -> Answer:
        making, model = Making(self._ports), self._make_chat(answer)
        await making.stream(model, answer, self._take)
        return await making.done(answer, model)

    async def _take(self, text: str, now: float) -> None:
        await self._breathe()

    async def _scored(self, cell: Cell, scorer: CellScorer) -> Cell:
        """With its scores of now; those that cannot be had here are kept as they were."""
        case = self._cases.get(cell.case_id)
        if case is None or cell.answer is None or cell.state is not CellState.DONE:
            return cell
        scored = await scorer.score(case, cell, cell.answer)
        known = {name: value for name, value in scored.scores.items() if value is not None}
        return replace(scored, scores={**scored.scores, **cell.scores, **known})
