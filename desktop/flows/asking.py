"""Ctrl+Enter: one question to every column, side by side.

Retrieval runs once per profile and is shared; each column is a child of one TaskGroup and
ends as exactly one ColumnDone or ColumnFailed, whatever happens to the others.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from ..core.errors import Filtered, Interrupted, StrategyExplorerError
from ..core.events import (
    AskStarted,
    ColumnDone,
    ColumnFailed,
    ColumnSent,
    ColumnText,
    Emit,
    ignore,
)
from ..core.extraction import is_decline
from ..core.ports import ChatModel, Ports
from ..core.prompts import build_messages
from ..core.strategies import find_profile, prompt_for
from ..core.types import (
    Answer,
    AnswerState,
    Citation,
    Finished,
    Hit,
    Message,
    Parameters,
    PromptVersion,
    RetrievalProfile,
    Strategy,
    TextPiece,
    Usage,
)
from .searching import search
from .whole_documents import whole_documents

SAVE_EVERY = 1.0  # seconds between saves of a partial answer: what a crash may cost
_CITATION = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval gave: hits, or why it failed; shared by the columns of one profile."""

    hits: tuple[Hit, ...] = ()
    note: str = ""
    error: StrategyExplorerError | None = None


async def ask(
    question: str, strategies: Sequence[Strategy], ports: Ports, emit: Emit = ignore
) -> list[Answer]:
    """Ask `question` in every given column; answers come in the order of `strategies`.

    Never raises for a failing column: its answer holds the error. Cancelling keeps the
    partial texts, stored and emitted as STOPPED.
    """
    emit(AskStarted(question, tuple(strategy.id for strategy in strategies)))
    versions = await ports.store.prompt_versions()
    shared = _Retrieval(question, ports)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                _Column(strategy, question, versions, ports, emit).run(shared.find),
                name=f"column {strategy.name}",
            )
            for strategy in strategies
        ]
    return [task.result() for task in tasks]


class _Retrieval:
    """Runs each profile once for a question; the columns that need it wait for the same one."""

    def __init__(self, question: str, ports: Ports) -> None:
        self._question = question
        self._ports = ports
        self._locks: dict[str, asyncio.Lock] = {}
        self._found: dict[str, Found] = {}

    async def find(self, strategy: Strategy, model: ChatModel) -> Found:
        if strategy.retrieval is None:
            return Found()
        profile = find_profile(strategy.retrieval)
        key = f"{profile.name} {model.model}" if profile.whole else profile.name
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._found:
                self._found[key] = await self._search(profile, model)
        return self._found[key]

    async def _search(self, profile: RetrievalProfile, model: ChatModel) -> Found:
        try:
            if profile.whole:
                hits, note = await whole_documents(self._ports, model.model)
                return Found(tuple(hits), note)
            return Found(tuple(await search(self._question, profile, self._ports)))
        except StrategyExplorerError as error:
            return Found(error=error)


Find = Callable[[Strategy, ChatModel], Awaitable[Found]]


@dataclass(slots=True)
class _Column:
    """One column's answer in the making."""

    strategy: Strategy
    question: str
    versions: Sequence[PromptVersion]
    ports: Ports
    emit: Emit
    texts: list[str] = field(default_factory=list)
    first: float | None = None
    started: float = 0.0
    saved: float = 0.0
    answer_id: int = 0
    finished: Finished | None = None

    async def run(self, find: Find) -> Answer:
        self.started = self.saved = self.ports.clock.seconds()
        answer = Answer(
            self.strategy.name, self.strategy.deployment, self.question, AnswerState.RUNNING
        )
        try:
            model = await self.ports.chats.chat(self.strategy.connection, self.strategy.deployment)
            answer = await self._prepare(answer, model, find)
            await self._stream(model, answer)
        except StrategyExplorerError as error:
            return await self._failed(answer, error)
        except asyncio.CancelledError:
            await asyncio.shield(self._stopped(answer))
            raise
        return await self._done(answer, model)

    async def _prepare(self, answer: Answer, model: ChatModel, find: Find) -> Answer:
        """The exact messages, stored before anything is sent."""
        version = prompt_for(self.strategy, self.versions)
        found = await find(self.strategy, model)
        if found.error is not None:
            raise found.error
        prompt = version.prompt if version else None
        messages = build_messages(prompt, self.question, found.hits)
        below = prompt.parameters if prompt else Parameters()
        answer = replace(
            answer, model=model.label, context=found.hits, messages=tuple(messages),
            parameters=self.strategy.parameters.over(below), note=found.note,
            prompt_version=version.number if version else None,
        )
        self.answer_id = await self.ports.store.begin_answer(self.strategy.id, answer)
        self.emit(ColumnSent(self.strategy.id, tuple(messages), found.hits))
        return answer

    async def _stream(self, model: ChatModel, answer: Answer) -> None:
        self.started = self.ports.clock.seconds()  # the model's time, without our own search
        async with aclosing(model.stream(answer.messages, answer.parameters)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextPiece):
                    await self._take(piece.text, answer)
                else:
                    self.finished = piece
        if self.finished is None:
            raise Interrupted(
                "The answer stopped before its end", why="the server closed the stream",
                remedy="Ask again; the text so far is kept",
            )

    async def _take(self, text: str, answer: Answer) -> None:
        if not text:
            return
        now = self.ports.clock.seconds()
        if self.first is None:
            self.first = now - self.started
        self.texts.append(text)
        self.emit(ColumnText(self.strategy.id, text))
        if now - self.saved > SAVE_EVERY:
            self.saved = now
            await self.ports.store.save_answer(
                self.answer_id, replace(answer, text="".join(self.texts))
            )

    def _timed(self, answer: Answer, state: AnswerState) -> Answer:
        text = "".join(self.texts)
        declined = is_decline(text)
        return replace(
            answer, state=state, text=text, declined=declined,
            citations=() if declined else cited(text, answer.context),
            first_token_seconds=self.first, seconds=self.ports.clock.seconds() - self.started,
        )

    async def _done(self, answer: Answer, model: ChatModel) -> Answer:
        end = self.finished or Finished("stop")
        filtered = end.reason == "content_filter"
        usage = end.usage or await self._estimate(answer, model)
        answer = replace(
            self._timed(answer, AnswerState.FILTERED if filtered else AnswerState.DONE),
            usage=usage, finish_reason=end.reason,
            cost=0.0 if model.local else self.ports.prices.cost(model.model or end.model, usage),
        )
        await self.ports.store.save_answer(self.answer_id, answer)
        self.emit(ColumnDone(self.strategy.id, answer))
        return answer

    async def _estimate(self, answer: Answer, model: ChatModel) -> Usage:
        texts = [message.content for message in answer.messages]
        counts, _ = await self.ports.tokens.count([*texts, "".join(self.texts)], model.model)
        return Usage(sum(counts[:-1]), counts[-1], estimated=True)

    async def _stopped(self, answer: Answer) -> None:
        answer = replace(self._timed(answer, AnswerState.STOPPED), finish_reason="stopped")
        await self._keep(answer)
        self.emit(ColumnDone(self.strategy.id, answer))

    async def _failed(self, answer: Answer, error: StrategyExplorerError) -> Answer:
        filtered = isinstance(error, Filtered)
        answer = replace(
            self._timed(answer, AnswerState.FILTERED if filtered else AnswerState.FAILED),
            error=str(error), remedy=error.remedy,
            finish_reason="content_filter" if filtered else None,
        )
        await self._keep(answer)
        self.emit(ColumnFailed(self.strategy.id, error, answer))
        return answer

    async def _keep(self, answer: Answer) -> None:
        if not self.answer_id:
            self.answer_id = await self.ports.store.begin_answer(self.strategy.id, answer)
        await self.ports.store.save_answer(self.answer_id, answer)


def cited(text: str, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The passages an answer cites, each once, in the order of their first `[n]`."""
    by_rank = {hit.rank: hit for hit in hits}
    numbers = dict.fromkeys(int(number) for number in _CITATION.findall(text))
    return tuple(
        Citation(number, by_rank[number].document, by_rank[number].page)
        for number in numbers if number in by_rank
    )


def preview(
    strategy: Strategy, question: str, versions: Sequence[PromptVersion], hits: Sequence[Hit] = ()
) -> list[Message]:
    """The messages a column would send now, for the estimate beside the question."""
    version = prompt_for(strategy, versions)
    return build_messages(version.prompt if version else None, question, hits)
