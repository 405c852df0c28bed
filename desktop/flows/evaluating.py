"""A run: cases x strategies x repeats, sent side by side, each cell committed as it lands.

Each deployment has a lane with a pace of its own. Workers prepare cells (search, messages),
wait for their turn, send, and keep their turn until the answer is on the disk: what a crash can
cost is what was on its way. Scores follow when an answer is safe; they are not paid for.

Cancelling stops at once and keeps partial texts; a `Brake` lets what is on its way end. Either
leaves the run PAUSED, and `resume` goes on where it stood.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import __version__
from ..core.errors import ConfigurationError, StrategyExplorerError
from ..core.evaluation.pacing import Pace
from ..core.evaluation.probes import prompts_in
from ..core.evaluation.types import ENDED, Cell, CellState, Run, RunState
from ..core.events import Emit, RunEnded, RunProgress, RunStarted, ignore
from ..core.ports import Ports
from ..core.strategies import find_profile, prompt_for
from ..core.types import BUILTIN_CONNECTION, CURRENT_PROMPT, ELSEWHERE, Case, RateLimits, Strategy
from .cell_asking import CellAsker
from .cell_scoring import CellScorer, Score, score_of
from .estimating import CONCURRENCY, CONCURRENCY_BUILT_IN, PACE_FACT, estimate, known_paces, lane_of
from .lanes import Brake, Lane, PutBack
from .scoring import load_chosen
from .use_case import load_use_case
from .weighing import weigh

__all__ = ["Brake", "estimate", "remaining", "rerun", "resume", "run"]

AHEAD = 4  # cells of a lane that are prepared while all its turns are taken


async def run(
    strategies: Sequence[Strategy], cases: Sequence[Case], ports: Ports, emit: Emit = ignore, *,
    repeats: int = 1, metrics: Sequence[str] | None = None, concurrency: int | None = None,
    name: str = "", brake: Brake | None = None, score: Score | None = None,
    marks: Mapping[str, Any] | None = None,
) -> Run:
    """Run all of it; returns the run as it ended: DONE, or PAUSED by the brake. `marks` are kept
    among the run's versions: see core/evaluation/probes. `metrics`: None takes those that the
    workspace chose.

    A cell that fails is an outcome, not an error. Raises ConfigurationError when there is
    nothing to run, WorkspaceError when the file cannot be written, SpendingLimitReached when
    the user's limit stopped it: it is PAUSED then, and `resume` goes on.
    """
    if not strategies or not cases:
        missing = "cases" if strategies else "strategies"
        raise ConfigurationError(f"There are no {missing} to run", remedy=f"Add {missing} first")
    marks = marks or {}
    versions = [*prompts_in(marks), *await ports.store.prompt_versions()]
    fixed = [_fixed(strategy, prompt_for(strategy, versions)) for strategy in strategies]
    goal = (await load_use_case(ports.store)).metric
    chosen = await load_chosen(ports.store)
    if metrics is not None:
        chosen = replace(chosen, metrics=tuple(metrics))
    made = await ports.store.begin_run(Run(
        0, RunState.RUNNING, tuple(fixed), tuple(case.id for case in cases), repeats,
        chosen.computed(goal), ports.clock.now(), name=name,
        versions={"program": __version__, "embedder": ports.embedder.id,
                  **_cross_encoder(fixed, ports), **marks},
    ))
    cells = await ports.store.cells(made.id)
    return await _go(made, cells, cells, ports, emit, concurrency, brake, score)


def _cross_encoder(strategies: Sequence[Strategy], ports: Ports) -> dict[str, str]:
    """Which one scores passages again: a profile's name says only that one does."""
    wanted = any(strategy.retrieval and find_profile(strategy.retrieval).cross_encoder
                 for strategy in strategies)
    return {"cross-encoder": ports.reranker.id} if wanted and ports.reranker is not None else {}


def _fixed(strategy: Strategy, version: object) -> Strategy:
    """With the prompt version it uses now: a run must not change when the prompt does."""
    if strategy.prompt != CURRENT_PROMPT:
        return strategy
    number = getattr(version, "number", None)
    return replace(strategy, prompt=None if number is None else str(number))


async def resume(
    run_id: int, ports: Ports, emit: Emit = ignore, *, retry_failed: bool = False,
    concurrency: int | None = None, brake: Brake | None = None, score: Score | None = None,
) -> Run:
    """Ask what has no outcome yet, with `retry_failed` also what failed or was throttled.

    Raises ConfigurationError for an unknown run.
    """
    found = await _find(run_id, ports)
    cells = await ports.store.cells(run_id)
    todo = remaining(cells, retry_failed=retry_failed)
    return await _go(found, cells, todo, ports, emit, concurrency, brake, score)


async def rerun(
    run_id: int, cell_ids: Sequence[int], ports: Ports, emit: Emit = ignore, *,
    concurrency: int | None = None, brake: Brake | None = None, score: Score | None = None,
) -> Run:
    """Ask these cells anew, whatever became of them: one row, one column, or one cell.

    Their answers are really asked for, not taken from the cache. Those that were made elsewhere
    cannot be asked and stay as they are.
    """
    found = await _find(run_id, ports)
    cells = await ports.store.cells(run_id)
    wanted = set(cell_ids)
    elsewhere = {each.id for each in found.strategies if each.connection == ELSEWHERE}
    todo = [cell for cell in cells if cell.id in wanted and cell.strategy_id not in elsewhere]
    return await _go(found, cells, todo, ports, emit, concurrency, brake, score, anew=True)


def remaining(cells: Sequence[Cell], *, retry_failed: bool = False) -> list[Cell]:
    """The cells that `resume` asks."""
    again = (CellState.FAILED, CellState.THROTTLED) if retry_failed else ()
    return [cell for cell in cells if cell.state not in ENDED or cell.state in again]


async def _find(run_id: int, ports: Ports) -> Run:
    for each in await ports.store.runs():
        if each.id == run_id:
            return each
    raise ConfigurationError("This run is not in the workspace", remedy="Start a new one")


async def _go(
    run: Run, cells: Sequence[Cell], todo: Sequence[Cell], ports: Ports, emit: Emit,
    concurrency: int | None, brake: Brake | None, score: Score | None, anew: bool = False,
) -> Run:
    run = await ports.store.set_run(run.id, RunState.RUNNING)
    emit(RunStarted(run))
    cases = {case.id: case for case in await ports.store.cases()}
    brake = brake or Brake()
    going = _Going(run, cells, todo, ports, emit, brake)
    score = score or await score_of(ports.store)
    scorer = CellScorer(run, cases, ports, emit, score, brake)
    asker = await CellAsker.of(run, cases, ports, anew=anew, spent=spent_on(cells))
    state = RunState.PAUSED
    try:
        await asker.prepare(emit)
        await going.all(asker, scorer, concurrency)
        await weigh(run, ports, emit)
        if going.complete and not scorer.behind:
            state = RunState.DONE
    except* StrategyExplorerError as group:
        raise first_error(group) from group
    finally:
        run = await asyncio.shield(ports.store.set_run(run.id, state))
        emit(RunEnded(run))
    if asker.spent_out is not None:
        raise asker.spent_out
    return run


def spent_on(cells: Sequence[Cell]) -> float:
    """US dollars that a run has cost so far; answers from the cache cost nothing again."""
    return sum(cell.answer.cost or 0.0 for cell in cells if cell.answer and not cell.recorded)


def first_error(group: BaseExceptionGroup[StrategyExplorerError]) -> BaseException:
    """Of a task group whose children failed."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class _Going:
    """One run on its way: its lanes, its progress."""

    def __init__(
        self, run: Run, cells: Sequence[Cell], todo: Sequence[Cell], ports: Ports, emit: Emit,
        brake: Brake,
    ) -> None:
        self._ports = ports
        self._emit = emit
        self._brake = brake
        self._strategies = {strategy.id: strategy for strategy in run.strategies}
        self._todo = todo
        self._states = {cell.id: cell.state for cell in cells}
        self._states |= dict.fromkeys((cell.id for cell in todo), CellState.WAITING)
        self._count = Counter(self._states.values())
        self._unscored = [
            cell for cell in cells if cell.state is CellState.DONE and not cell.scores
            and self._states[cell.id] is CellState.DONE
        ] if run.metrics else []
        self._started = ports.clock.seconds()
        self._ended = 0

    @property
    def complete(self) -> bool:
        """Whether every cell has an outcome."""
        return all(state in ENDED for state in self._states.values())

    async def all(self, asker: CellAsker, scorer: CellScorer, concurrency: int | None) -> None:
        """Until all is asked and scored, or the brake is pulled."""
        lanes = self._lanes(concurrency)
        async with asyncio.TaskGroup() as group:
            scoring = group.create_task(scorer.work(), name="scoring")
            for cell in self._unscored:
                whole = await self._ports.store.cell(cell.id)
                scorer.add(whole or cell)
            try:
                async with asyncio.TaskGroup() as workers:
                    for lane in lanes.values():
                        for _ in range(min(len(lane.cells), lane.pace.most + AHEAD)):
                            workers.create_task(self._work(lane, asker, scorer))
            finally:
                scorer.finish()
            await scoring
        await self._remember(lanes)

    def _lanes(self, concurrency: int | None) -> dict[str, Lane]:
        lanes: dict[str, Lane] = {}
        for cell in self._todo:
            strategy = self._strategies[cell.strategy_id]
            name = lane_of(strategy)
            if name not in lanes:
                local = strategy.connection == BUILTIN_CONNECTION
                most = concurrency or (CONCURRENCY_BUILT_IN if local else CONCURRENCY)
                lanes[name] = Lane(Pace(most), self._ports.clock, self._brake)
                self._brake.listeners.append(lanes[name].changed.set)
            lanes[name].cells.append(cell)
        return lanes

    async def _work(self, lane: Lane, asker: CellAsker, scorer: CellScorer) -> None:
        while (cell := lane.next()) is not None:
            try:
                ended = await asker.ask(cell, lane, self._emit)
            except PutBack:
                continue
            self._count[self._states[cell.id]] -= 1
            self._count[ended.state] += 1
            self._states[cell.id] = ended.state
            self._ended += 1
            self._progress()
            scorer.add(ended)

    def _progress(self) -> None:
        done = sum(self._count[state] for state in ENDED)
        failed = self._count[CellState.FAILED] + self._count[CellState.THROTTLED]
        total = len(self._states)
        each = (self._ports.clock.seconds() - self._started) / self._ended
        self._emit(RunProgress(done, total, failed, each * (total - done)))

    async def _remember(self, lanes: dict[str, Lane]) -> None:
        """How fast the deployments were and what they said of their limits, for estimates."""
        said = {}
        for name, lane in lanes.items():
            limits, seconds = lane.pace.limits or RateLimits(), lane.pace.seconds_each
            if seconds is not None:
                said[name] = [limits.requests, limits.tokens, seconds]
        if said:
            known = await known_paces(self._ports.store)
            await self._ports.store.set_fact(PACE_FACT, known | said)


