"""Scores and causes of cells that have landed, one after another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..core.errors import StrategyExplorerError
from ..core.evaluation.attribution import attribute, keep_by_hand
from ..core.evaluation.chosen import BY_OTHERS
from ..core.evaluation.judging import METRIC
from ..core.evaluation.types import Cell, CellState, Run
from ..core.events import CellChanged, Emit
from ..core.ports import Ports, Store
from ..core.types import Answer, Case
from .attributing import KnownPages
from .cell_asking import light
from .lanes import Brake, Breather
from .scoring import load_chosen, options_of, score
from .use_case import load_use_case

Score = Callable[
    [Case, Answer, Sequence[str], Ports], Awaitable[Mapping[str, float | None]]
]
_log = logging.getLogger(__name__)


class CellScorer:
    """Scores what it is given, in order, beside the run."""

    def __init__(
        self, run: Run, cases: Mapping[int, Case], ports: Ports, emit: Emit,
        score: Score, brake: Brake | None = None,
    ) -> None:
        self._run = run
        self._cases = cases
        self._ports = ports
        self._emit = emit
        self._score = score
        self._brake = brake or Brake()
        self._queue: asyncio.Queue[Cell | None] = asyncio.Queue()
        self._known = KnownPages(ports.store)

    def add(self, cell: Cell) -> None:
        """Messages are not needed for scores and may be large: they are let go."""
        if cell.answer is None:
            return
        self._queue.put_nowait(replace(cell, answer=replace(cell.answer, messages=())))

    @property
    def behind(self) -> bool:
        """Whether cells are left without scores."""
        return not self._queue.empty()

    def finish(self) -> None:
        """`work` returns when it has scored what was added before, or the brake is pulled."""
        self._queue.put_nowait(None)

    async def work(self) -> None:
        breathe = Breather()
        while (cell := await self._queue.get()) is not None:
            if self._brake.pulled:
                self._queue.put_nowait(cell)
                return
            await breathe()
            case = self._cases.get(cell.case_id)
            if case is None or cell.answer is None:
                continue
            try:
                scored = await self.score(case, cell, cell.answer)
            except StrategyExplorerError:
                # The answer is safe; it is scored when the run goes on.
                _log.info("a cell has no scores", exc_info=True)
                continue
            await self._ports.store.save_cell(scored)
            self._emit(CellChanged(light(scored)))

    async def score(self, case: Case, cell: Cell, answer: Answer) -> Cell:
        """With scores and cause. Raises EmbedderUnavailable and what else metrics need."""
        scores: Mapping[str, float | None] = {}
        if cell.state is CellState.DONE and self._run.metrics:
            scores = await self._score(case, answer, self._run.metrics, self._ports)
            kept = {name: cell.scores[name] for name in BY_OTHERS if name in cell.scores}
            scores = {**scores, **kept}  # the same answer: asking again begins without scores
        use_case = await load_use_case(self._ports.store)
        # Causes go by what is computed: a judge may not count, and Decide knows whether it does.
        computed = {name: value for name, value in scores.items() if name != METRIC}
        found = attribute(case, answer, computed, await self._known.holds(case), use_case)
        return replace(cell, scores=scores, attribution=keep_by_hand(cell, found))


async def score_of(store: Store) -> Score:
    """The metrics with the options of the workspace. What they remember of one cell serves
    the next: the columns of a case share passages."""
    return partial(score, options=options_of(await load_chosen(store)))
