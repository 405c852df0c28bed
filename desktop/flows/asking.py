"""Ctrl+Enter: one question to every column, side by side.

Retrieval runs once per profile and is shared by the columns that search for the same words;
each column is a child of one TaskGroup and ends as exactly one ColumnDone or ColumnFailed,
whatever happens to the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..core.errors import StrategyExplorerError
from ..core.events import (
    AskStarted,
    ColumnDone,
    ColumnFailed,
    ColumnSent,
    ColumnText,
    Emit,
    ignore,
)
from ..core.ports import ChatModel, Ports
from ..core.spending import Account
from ..core.strategies import prompt_for
from ..core.types import Answer, AnswerState, Case, Message, PromptVersion, Rewriting, Strategy
from .answering import Making, as_recorded, blank, noted, prepare
from .choosing import ExamplePool
from .filling import case_asked, fill_messages
from .following import ALONE, Conversation, rewrite
from .passages import Find, Retrieval

SAVE_EVERY = 1.0  # seconds between saves of a partial answer: what a crash may cost


async def ask(
    question: str, strategies: Sequence[Strategy], ports: Ports, emit: Emit = ignore,
    conversations: Mapping[int, Conversation] | None = None,
) -> list[Answer]:
    """Ask `question` in every given column; answers come in the order of `strategies`.

    `conversations` holds, by strategy id, the turns that a column goes on from.

    Never raises for a failing column: its answer holds the error. Cancelling keeps the
    partial texts, stored and emitted as STOPPED.
    """
    emit(AskStarted(question, tuple(strategy.id for strategy in strategies)))
    versions = await ports.store.prompt_versions()
    shared, account = Retrieval(question, ports, anyhow=True), ports.spending.account()
    pool, case = ExamplePool(ports), await case_asked(question, ports)
    before = conversations or {}
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                _Column(
                    strategy, question, versions, ports, emit, Making(ports), account, pool,
                    case, before.get(strategy.id, ALONE),
                ).run(shared.find),
                name=f"column {strategy.name}",
            )
            for strategy in strategies
        ]
    return [task.result() for task in tasks]


@dataclass(slots=True)
class _Column:
    """One column's answer in the making, stored and reported as it grows."""

    strategy: Strategy
    question: str
    versions: Sequence[PromptVersion]
    ports: Ports
    emit: Emit
    made: Making
    account: Account
    pool: ExamplePool
    case: Case | None
    before: Conversation = ALONE
    saved: float = 0.0
    answer_id: int = 0

    async def run(self, find: Find) -> Answer:
        self.made.start()
        self.saved = self.made.started
        answer = replace(blank(self.strategy, self.question), history=self.before.history,
                         earlier=self.before.earlier)
        try:
            model, answer = await self._prepare(answer, find)
            await self.made.stream(model, answer, partial(self._take, answer))
        except StrategyExplorerError as error:
            return await self._failed(answer, error)
        except asyncio.CancelledError:
            await asyncio.shield(self._stopped(answer))
            raise
        answer = replace(await self.made.done(answer, model), id=self.answer_id)
        await self.ports.store.save_answer(self.answer_id, answer)
        self.emit(ColumnDone(self.strategy.id, answer))
        return answer

    async def _prepare(self, answer: Answer, find: Find) -> tuple[ChatModel, Answer]:
        """The model, and the exact messages, stored before anything is sent."""
        if self.ports.recording is not None:
            version = prompt_for(self.strategy, self.versions)
            take = await self.ports.recording.take(
                self.strategy, version, self.question, history=self.before.history)
            model, answer = take.model, as_recorded(answer, take)
        else:
            model = self.account.guard(await self.ports.chats.chat(
                self.strategy.connection, self.strategy.deployment))
            history = self.before.history
            if history:  # a rewriting is a request, too: a crash meanwhile leaves a trace
                self.answer_id = await self.ports.store.begin_answer(self.strategy.id, answer)
            rewriting = await rewrite(self.question, history, self.strategy, model, self.ports)
            found = await find(self.strategy, model, rewriting.question if rewriting else "")
            version, chosen = await self._version(rewriting)
            asked = replace(self.case or Case(0, self.question), history=history)
            answer = await prepare(answer, self.strategy, version, model, found, self.ports,
                                   asked, rewriting)
            answer = noted(answer, chosen)
        await self._keep(answer)
        self.emit(ColumnSent(
            self.strategy.id, answer.messages, answer.context, answer.recorded, answer.rewriting))
        return model, answer

    async def _version(self, rewriting: Rewriting | None) -> tuple[PromptVersion | None, str]:
        """The prompt with the examples chosen for the question, and what to say of them."""
        version = prompt_for(self.strategy, self.versions)
        await self.pool.prepare([version], self.emit)
        asked = rewriting.question if rewriting else self.question
        return await self.pool.fill(version, asked, self.case)

    async def _take(self, answer: Answer, text: str, now: float) -> None:
        self.emit(ColumnText(self.strategy.id, text))
        if now - self.saved > SAVE_EVERY:
            self.saved = now
            await self.ports.store.save_answer(
                self.answer_id, replace(answer, text=self.made.text)
            )

    async def _stopped(self, answer: Answer) -> None:
        answer = await self._keep(self.made.stopped(answer))
        self.emit(ColumnDone(self.strategy.id, answer))

    async def _failed(self, answer: Answer, error: StrategyExplorerError) -> Answer:
        answer = await self._keep(self.made.failed(answer, error))
        self.emit(ColumnFailed(self.strategy.id, error, answer))
        return answer

    async def _keep(self, answer: Answer) -> Answer:
        """The answer under its id; it may have ended before anything was sent."""
        new = not self.answer_id
        if new:
            self.answer_id = await self.ports.store.begin_answer(self.strategy.id, answer)
        if not new or answer.state is not AnswerState.RUNNING:
            await self.ports.store.save_answer(self.answer_id, answer)
        return replace(answer, id=self.answer_id)


async def preview(
    strategy: Strategy, question: str, versions: Sequence[PromptVersion], ports: Ports,
    history: Sequence[Message] = (),
) -> list[Message]:
    """The messages a column would send now, for the estimate beside the question."""
    version = prompt_for(strategy, versions)
    case = Case(0, question, history=tuple(history))
    return await fill_messages(version.prompt if version else None, question, (), ports, case)
