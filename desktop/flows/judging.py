"""Judging: a model of the user's choice rates answers, or compares them two by two.

Only the chosen connection is ever asked. Requests are paced like those of a run
(`lanes.py`), each judgement is committed as it lands, and starting again asks only for what is
missing. Cancelling stops at once; a `Brake` lets what is on its way end. An answer that cannot
be judged is an outcome with its reason; a judge that cannot work at all ends it with an error.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..core.errors import ConfigurationError, StrategyExplorerError
from ..core.evaluation.judging import METRIC, JudgeChoice, same_model
from ..core.evaluation.pacing import Estimate, Load, Pace
from ..core.evaluation.types import Cell, Judgement
from ..core.events import CellChanged, Emit, JudgeProgress, ignore
from ..core.ports import Ports
from ..core.types import Message, RateLimits, Strategy, Usage
from .cell_asking import light
from .estimating import CONCURRENCY, PACE_FACT, SECONDS, known_paces
from .judge_asking import Judge, open_judge
from .judge_items import Item, place
from .lanes import Brake, Lane, PutBack

VERDICT_TOKENS = 120  # a reason and a rating for each criterion
SAMPLE = 5  # items whose messages are made and counted for an estimate
ALL_FAILED = 8  # so many first ones without a verdict: this judge does not work


@dataclass(frozen=True, slots=True)
class JudgeOutcome:
    """What became of the items; `stopped`: some were not looked at."""

    judge: str
    done: int
    failed: int
    stopped: bool = False


async def judges_itself(
    choice: JudgeChoice, strategies: Iterable[Strategy], ports: Ports
) -> list[str]:
    """The columns that the judge's own model answers: models rate their own answers higher
    (self-enhancement, Zheng et al. 2023; self-preference, Panickssery et al. 2024)."""
    model, _ = await open_judge(choice, ports)
    found = []
    for each in strategies:
        same = (each.connection, each.deployment) == (choice.connection, choice.deployment)
        if same or same_model(model.model, await _model_of(each, ports)):
            found.append(each.name)
    return found


async def _model_of(strategy: Strategy, ports: Ports) -> str:
    """"" when the connection is not there any more."""
    try:
        chat = await ports.chats.chat(strategy.connection, strategy.deployment, patient=False)
    except StrategyExplorerError:
        return ""
    return chat.model


async def estimate(
    choice: JudgeChoice, items: Sequence[Item], ports: Ports, concurrency: int = CONCURRENCY
) -> Estimate:
    """Calls, tokens, US dollars and seconds, from the messages of a few items spread evenly.
    Raises what `open_judge` raises."""
    model, name = await open_judge(choice, ports)
    calls = sum(item.calls for item in items)
    if not items:
        return Estimate(0, 0, 0.0, 0.0)
    judge = Judge(choice, name, model, ports, {c.id: c for c in await ports.store.cases()})
    texts: list[str] = []
    for item in items[:: max(1, len(items) // SAMPLE)][:SAMPLE]:
        texts += [_joined(messages) for messages in await judge.requests(item)]
    counts, _ = await ports.tokens.count(texts, model.model)
    prompt = round(sum(counts) / max(1, len(counts)))
    price = 0.0 if model.local else ports.prices.cost(
        model.model, Usage(prompt, VERDICT_TOKENS, estimated=True))
    known = await known_paces(ports.store)
    requests, by_tokens, seconds = known.get(_lane_name(choice), (None, None, None))
    load = Load(calls, calls * (prompt + VERDICT_TOKENS), seconds or SECONDS, concurrency,
                RateLimits(requests, by_tokens))
    cost = None if price is None else calls * price
    return Estimate(calls, load.tokens, cost, load.seconds, await ports.spending.warning(cost))


def _joined(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)


def _lane_name(choice: JudgeChoice) -> str:
    return f"{choice.connection}/{choice.deployment}"


async def judge(
    choice: JudgeChoice, items: Sequence[Item], runs: Sequence[int], ports: Ports,
    emit: Emit = ignore, *, concurrency: int | None = None, brake: Brake | None = None,
) -> JudgeOutcome:
    """Ask the judge about `items`, which are of `runs`; those runs go by this judge from now on.

    Raises what makes every request fail; what is on its way then ends, and what has landed is
    kept. A judge without any usable verdict on the first answers is a ConfigurationError.
    """
    model, name = await open_judge(choice, ports)
    await place(name, choice.rubric, runs, ports.store)
    cases = {case.id: case for case in await ports.store.cases()}
    judging = _Judging(
        Judge(choice, name, ports.spending.account().guard(model), ports, cases),
        deque(items), emit, Lane(Pace(concurrency or CONCURRENCY), ports.clock, brake or Brake()))
    try:
        await judging.all()
    finally:
        await asyncio.shield(judging.remember(_lane_name(choice)))
    if judging.problem is not None:
        raise judging.problem
    return JudgeOutcome(name, judging.done, judging.failed, judging.done < len(items))


@dataclass(slots=True)
class _Judging:
    """One judging on its way."""

    judge: Judge
    todo: deque[Item]
    emit: Emit
    lane: Lane
    done: int = 0
    failed: int = 0
    problem: StrategyExplorerError | None = None  # that ends it
    total: int = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.total = len(self.todo)
        self.started = self.lane.clock.seconds()
        self.lane.brake.listeners.append(self.lane.changed.set)

    async def all(self) -> None:
        """Until nothing is left, or the brake is pulled. A worker takes the next item when its
        judgement is on the disk: a crash costs what was on its way and no more."""
        self.emit(JudgeProgress(0, self.total, 0))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.total, self.lane.pace.most)):
                group.create_task(self._work())

    async def _work(self) -> None:
        while self.todo and not self.lane.brake.pulled:
            item = self.todo.popleft()
            try:
                found = await self.judge.judgement(item, self.lane)
                await self._keep(item, found)
            except PutBack:
                return
            except StrategyExplorerError as error:
                self.problem = self.problem or error
                self.lane.brake.pull()

    async def _keep(self, item: Item, found: Judgement) -> None:
        store = self.judge.ports.store
        await store.save_judgements([found])
        if item.other_cell_id is None:
            await store.set_scores(METRIC, {item.cell_id: found.value})
            cell: Cell | None = await store.cell(item.cell_id)
            if cell is not None:
                self.emit(CellChanged(light(cell)))
        self._count(found)

    def _count(self, found: Judgement) -> None:
        self.done += 1
        self.failed += found.value is None
        each = (self.lane.clock.seconds() - self.started) / self.done
        self.emit(JudgeProgress(
            self.done, self.total, self.failed, each * (self.total - self.done)))
        if self.failed == self.done and self.failed >= ALL_FAILED:
            raise ConfigurationError(
                f"The judge gave no usable verdict on the first {self.failed} answers",
                why=found.reason, remedy="Mend that, or choose another model as the judge",
                details=str(found.details.get("unread", "")))

    async def remember(self, lane: str) -> None:
        """How fast the judge was and what it said of its limits, for the next estimate."""
        limits, seconds = self.lane.pace.limits or RateLimits(), self.lane.pace.seconds_each
        if seconds is not None:
            store = self.judge.ports.store
            known = await known_paces(store)
            said = {lane: [limits.requests, limits.tokens, seconds]}
            await store.set_fact(PACE_FACT, known | said)
