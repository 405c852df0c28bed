"""One cell: its messages, its request, its outcome, committed as it lands."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..core.dataset.overlap import LEFT_OUT, without_case
from ..core.errors import (
    ConfigurationError,
    SpendingLimitReached,
    StrategyExplorerError,
    Throttled,
)
from ..core.evaluation.pacing import request_key
from ..core.evaluation.probes import prompts_of
from ..core.evaluation.types import Cell, CellState, Run
from ..core.events import CellChanged, Emit
from ..core.ports import ChatModel, Ports
from ..core.strategies import prompt_for
from ..core.types import Answer, AnswerState, Case, Prompt, PromptVersion, Strategy
from .answering import Making, as_recorded, blank, noted, prepare, read
from .choosing import ExamplePool
from .following import rewrite
from .lanes import Breather, Lane, PutBack
from .passages import Retrieval

REMEMBERED = 256  # cases whose passages are kept: far more than are on their way at once
_STATES = {AnswerState.DONE: CellState.DONE, AnswerState.FILTERED: CellState.FILTERED}


def light(cell: Cell) -> Cell:
    """Without what is heavy, as `Store.cells` gives it: a view holds thousands."""
    if cell.answer is None:
        return cell
    return replace(cell, answer=replace(cell.answer, context=(), messages=(), timings=()))


@dataclass(slots=True)
class _Draft:
    """A cell on its way."""

    cell: Cell
    answer: Answer
    made: Making
    key: str = ""
    ended: Cell | None = None


@dataclass(slots=True)
class CellAsker:
    """Asks the cells of one run."""

    run: Run
    cases: Mapping[int, Case]
    ports: Ports
    versions: Sequence[PromptVersion]
    models: Mapping[int, ChatModel | StrategyExplorerError]  # by strategy id
    anew: bool = False
    spent_out: SpendingLimitReached | None = None  # the limit that stopped the run
    pool: ExamplePool = field(init=False)
    _strategies: dict[int, Strategy] = field(init=False)
    _retrievals: OrderedDict[int, Retrieval] = field(default_factory=OrderedDict)
    _whole: Retrieval = field(init=False)
    _asked: set[str] = field(default_factory=set)
    _without: dict[tuple[int, str, int], tuple[Prompt, int]] = field(default_factory=dict)
    _breathe: Breather = field(default_factory=Breather)

    def __post_init__(self) -> None:
        self._strategies = {strategy.id: strategy for strategy in self.run.strategies}
        self._whole = Retrieval("", self.ports)
        self.pool = ExamplePool(self.ports)

    @classmethod
    async def of(
        cls, run: Run, cases: Mapping[int, Case], ports: Ports, *, anew: bool,
        spent: float = 0.0,
    ) -> CellAsker:
        """With `anew` the cache is not asked. `spent`: US dollars on the run so far."""
        account = ports.spending.account(spent)
        models: dict[int, ChatModel | StrategyExplorerError] = {}
        for strategy in run.strategies if ports.recording is None else ():
            try:
                models[strategy.id] = account.guard(await ports.chats.chat(
                    strategy.connection, strategy.deployment, patient=False
                ))
            except StrategyExplorerError as error:
                models[strategy.id] = error
        versions = [*prompts_of(run), *await ports.store.prompt_versions()]
        return cls(run, cases, ports, versions, models, anew)

    async def ask(self, cell: Cell, lane: Lane, emit: Emit) -> Cell:
        """The cell with its outcome, stored. Raises PutBack when it was not sent, or when the
        spending limit stopped it: then the brake is pulled and `spent_out` says why."""
        strategy, case = self._strategies[cell.strategy_id], self.cases.get(cell.case_id)
        answer = blank(strategy, case.question if case else "")
        blank_cell = replace(cell, answer=None, scores={}, attribution=None, recorded=False)
        draft = _Draft(blank_cell, answer, Making(self.ports))
        draft.made.start()
        try:
            ended = await self._outcome(draft, strategy, case, lane, emit)
        except PutBack:
            await self._end(draft, CellState.WAITING, None)
            emit(CellChanged(draft.cell))
            raise
        except SpendingLimitReached as error:
            self.spent_out = error
            lane.brake.pull()
            if draft.made.text:
                await self._stopped(draft, emit)
            else:
                await self._end(draft, CellState.WAITING, None)
                emit(CellChanged(draft.cell))
            raise PutBack from error
        except StrategyExplorerError as error:
            ended = await self._failed(draft, error)
        except asyncio.CancelledError:
            await asyncio.shield(self._stopped(draft, emit))
            raise
        emit(CellChanged(light(ended)))
        return ended

    async def _outcome(
        self, draft: _Draft, strategy: Strategy, case: Case | None, lane: Lane, emit: Emit
    ) -> Cell:
        if case is None:
            raise ConfigurationError(
                "This case was removed", remedy="Bring it back, or start a new run"
            )
        if self.ports.recording is not None:
            return await self._replay(draft, strategy, case, emit)
        model = self.models[strategy.id]
        if isinstance(model, StrategyExplorerError):
            raise model
        rewriting = await rewrite(case.question, case.history, strategy, model, self.ports,
                                  lane.patiently, remembered=not self.anew)
        asked = rewriting.question if rewriting else case.question
        found = await self._retrieval(case).find(strategy, model, asked)
        version, left_out = self._version(strategy, case)
        version, chosen = await self.pool.fill(version, asked, case)
        draft.answer = await prepare(
            draft.answer, strategy, version, model, found, self.ports, case, rewriting)
        draft.answer = noted(draft.answer, left_out, chosen)
        recorded = await self._recorded(draft, model)
        if recorded is not None:
            return await self._end(draft, CellState.DONE, recorded, recorded=True)
        await self._show_running(draft, emit)
        return await self._send(draft, model, lane)

    async def _show_running(self, draft: _Draft, emit: Emit) -> None:
        running = replace(draft.cell, state=CellState.RUNNING, answer=draft.answer)
        await self.ports.store.save_cell(running)
        emit(CellChanged(light(running)))

    async def _replay(self, draft: _Draft, strategy: Strategy, case: Case, emit: Emit) -> Cell:
        """What was recorded, whatever its outcome was. Raises ConfigurationError for none."""
        assert self.ports.recording is not None
        version = prompt_for(strategy, self.versions)
        take = await self.ports.recording.take(
            strategy, version, case.question, case_id=case.id, repeat=draft.cell.repeat,
            history=case.history)
        draft.answer = as_recorded(draft.answer, take)
        await self._show_running(draft, emit)
        draft.made = Making(self.ports)
        await draft.made.stream(take.model, draft.answer, self._take)
        answer = await draft.made.done(draft.answer, take.model)
        return await self._end(draft, take.cell.state, answer, recorded=True)

    async def prepare(self, emit: Emit) -> None:
        """What prompts choose examples from. Raises EmbedderUnavailable."""
        if self.ports.recording is None:
            await self.pool.prepare(self._prompts(), emit)

    def _prompts(self) -> list[PromptVersion | None]:
        found = []
        for strategy in self.run.strategies:
            with suppress(ConfigurationError):  # one that is gone fails its cells, not the run
                found.append(prompt_for(strategy, self.versions))
        return found

    def _version(self, strategy: Strategy, case: Case) -> tuple[PromptVersion | None, str]:
        """Without few-shot examples that are this case, and what to say of it."""
        version = prompt_for(strategy, self.versions)
        if version is None or not version.prompt.examples:
            return version, ""
        # Columns and repeats share prompts; those that a probe brought have names only.
        key = (version.number, version.name, case.id)
        if key not in self._without:
            self._without[key] = without_case(version.prompt, case)
        prompt, left_out = self._without[key]
        if not left_out:
            return version, ""
        what = "1 few-shot example asks" if left_out == 1 else f"{left_out} few-shot examples ask"
        return replace(version, prompt=prompt), f"{what} {LEFT_OUT}"

    def _retrieval(self, case: Case) -> Retrieval:
        """One for all columns of a case."""
        if case.id not in self._retrievals:
            made = Retrieval(case.question, self.ports, case, self._whole)
            self._retrievals[case.id] = made
            if len(self._retrievals) > REMEMBERED:
                self._retrievals.popitem(last=False)
        return self._retrievals[case.id]

    async def _recorded(self, draft: _Draft, model: ChatModel) -> Answer | None:
        """The answer of an earlier run to exactly this request, with its times and cost."""
        if not model.address:
            return None
        answer = draft.answer
        draft.key = request_key(
            model.address, answer.messages, answer.parameters, draft.cell.repeat
        )
        # Equal columns of one run are compared with each other: each asks for itself.
        fresh = self.anew or draft.key in self._asked
        self._asked.add(draft.key)
        known = None if fresh else await self.ports.store.cached_answer(draft.key)
        if known is None:
            return None
        return replace(
            read(answer, known.text), state=known.state, usage=known.usage, cost=known.cost,
            seconds=known.seconds, first_token_seconds=known.first_token_seconds,
            finish_reason=known.finish_reason,
        )

    async def _send(self, draft: _Draft, model: ChatModel, lane: Lane) -> Cell:
        """The turn is kept until the answer is on the disk, so that a crash costs no more than
        what was on its way."""

        async def send() -> Cell:
            await self._breathe()
            draft.made = Making(self.ports)
            await draft.made.stream(model, draft.answer, self._take)
            answer = await draft.made.done(draft.answer, model)
            end, usage = draft.made.finished, answer.usage
            lane.pace.succeeded(
                end.limits if end else None, answer.seconds,
                usage.prompt_tokens + usage.completion_tokens if usage else None,
            )
            return await self._end(draft, _STATES[answer.state], answer)

        return await lane.patiently(send)

    async def _take(self, text: str, now: float) -> None:
        await self._breathe()

    async def _end(
        self, draft: _Draft, state: CellState, answer: Answer | None, *, recorded: bool = False
    ) -> Cell:
        ended = replace(draft.cell, state=state, answer=answer, recorded=recorded)
        draft.ended = ended
        key = draft.key if state is CellState.DONE and not recorded else ""
        await self.ports.store.save_cell(ended, key)
        return ended

    async def _failed(self, draft: _Draft, error: StrategyExplorerError) -> Cell:
        answer = draft.made.failed(draft.answer, error)
        state = _STATES.get(answer.state, CellState.FAILED)
        if isinstance(error, Throttled):
            state = CellState.THROTTLED
        return await self._end(draft, state, answer)

    async def _stopped(self, draft: _Draft, emit: Emit) -> None:
        """What had ended is stored as it ended, even if it was cut while being stored."""
        ended = draft.ended or replace(
            draft.cell, state=CellState.STOPPED, answer=draft.made.stopped(draft.answer),
            recorded=draft.answer.recorded,
        )
        await self.ports.store.save_cell(ended)
        emit(CellChanged(light(ended)))
