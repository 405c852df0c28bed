"""One answer in the making, for a column of Ask and for a cell of a run alike."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from ..core.declines import is_decline
from ..core.errors import Filtered, Interrupted, StrategyExplorerError
from ..core.ports import ChatModel, Ports
from ..core.recording import PieceTimes, Take
from ..core.rewriting import reads_whole
from ..core.types import (
    Answer,
    AnswerState,
    Case,
    Citation,
    Finished,
    Hit,
    Parameters,
    PromptVersion,
    Rewriting,
    Strategy,
    TextPiece,
    Usage,
)
from .filling import fill_messages
from .passages import Found

TakePiece = Callable[[str, float], Awaitable[None]]  # a piece of text, and when it came
_CITATION = re.compile(r"\[(\d{1,3})\]")


def blank(strategy: Strategy, question: str) -> Answer:
    """An answer of which nothing is known yet."""
    return Answer(strategy.name, strategy.deployment, question, AnswerState.RUNNING)


async def prepare(
    answer: Answer, strategy: Strategy, version: PromptVersion | None, model: ChatModel,
    found: Found, ports: Ports, case: Case | None = None, rewriting: Rewriting | None = None,
) -> Answer:
    """With the exact messages of `version`, the strategy's; `case` has earlier turns and
    variables. `found` was searched for with the `rewriting` of the question, where there is one;
    a model that reads no conversation is also asked that. Raises what retrieval raised,
    PromptError for a template that cannot be filled."""
    if found.error is not None:
        raise found.error
    prompt = version.prompt if version else None
    below = prompt.parameters if prompt else Parameters()
    asked = rewriting.question if rewriting and reads_whole(strategy) else answer.question
    messages = await fill_messages(prompt, asked, found.hits, ports, case)
    return replace(
        answer, model=model.label, context=found.hits, messages=tuple(messages),
        history=case.history if case else (), rewriting=rewriting,
        parameters=strategy.parameters.over(below), note=found.note,
        prompt_version=version.number if version else None,
    )


def noted(answer: Answer, *words: str) -> Answer:
    """With more that its reader must know; "" adds nothing."""
    return replace(answer, note=" ".join(part for part in (answer.note, *words) if part))


def as_recorded(answer: Answer, take: Take) -> Answer:
    """With the messages that were sent when it was recorded, and what they were made from."""
    then = take.answer
    return replace(
        answer, model=then.model, context=then.context, messages=then.messages,
        parameters=then.parameters, prompt_version=then.prompt_version, note=then.note,
        history=answer.history or then.history, rewriting=then.rewriting, recorded=True,
    )


@dataclass(slots=True)
class Making:
    """What has streamed so far, and when."""

    ports: Ports
    texts: list[str] = field(default_factory=list)
    times: PieceTimes = field(default_factory=PieceTimes)
    first: float | None = None
    started: float = 0.0
    finished: Finished | None = None

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self.texts)

    def start(self) -> None:
        """Time counts from here, until the request is sent."""
        self.started = self.ports.clock.seconds()

    async def stream(self, model: ChatModel, answer: Answer, take: TakePiece | None = None) -> None:
        """Send the messages of `answer`; `take` gets each piece. Raises ProviderError."""
        # The model's time, without our own search, but with the question that it wrote anew.
        self.started = self.ports.clock.seconds() - _before(answer)
        async with aclosing(model.stream(answer.messages, answer.parameters)) as pieces:
            async for piece in pieces:
                if not isinstance(piece, TextPiece):
                    self.finished = piece
                elif piece.text:
                    now = self._note(piece.text)
                    if take is not None:
                        await take(piece.text, now)
        if self.finished is None:
            raise Interrupted(
                "The answer stopped before its end", why="the server closed the stream",
                remedy="Ask again; the text so far is kept",
            )

    def _note(self, text: str) -> float:
        now = self.ports.clock.seconds()
        if self.first is None:
            self.first = now - self.started
        self.texts.append(text)
        self.times.note(now - self.started, len(text))
        return now

    async def done(self, answer: Answer, model: ChatModel) -> Answer:
        """The finished answer, with its usage and cost."""
        end = self.finished or Finished("stop")
        if end.recorded is not None:
            return replace(end.recorded, strategy=answer.strategy, recorded=True,
                           history=answer.history, earlier=answer.earlier, id=answer.id)
        filtered = end.reason == "content_filter"
        usage = _with_rewriting(end.usage or await self._estimate(answer, model), answer)
        return replace(
            self._timed(answer, AnswerState.FILTERED if filtered else AnswerState.DONE),
            usage=usage, finish_reason=end.reason,
            cost=0.0 if model.local else self.ports.prices.cost(model.model or end.model, usage),
        )

    def stopped(self, answer: Answer) -> Answer:
        """What there was when the user stopped it."""
        return replace(self._timed(answer, AnswerState.STOPPED), finish_reason="stopped")

    def failed(self, answer: Answer, error: StrategyExplorerError) -> Answer:
        """What there was when it failed, and why."""
        filtered = isinstance(error, Filtered)
        return replace(
            self._timed(answer, AnswerState.FILTERED if filtered else AnswerState.FAILED),
            error=str(error), remedy=error.remedy,
            finish_reason="content_filter" if filtered else None,
        )

    def _timed(self, answer: Answer, state: AnswerState) -> Answer:
        return replace(
            read(answer, self.text), state=state, first_token_seconds=self.first,
            seconds=self.ports.clock.seconds() - self.started, timings=self.times.timings(),
        )

    async def _estimate(self, answer: Answer, model: ChatModel) -> Usage:
        texts = [message.content for message in answer.messages]
        counts, _ = await self.ports.tokens.count([*texts, self.text], model.model)
        return Usage(sum(counts[:-1]), counts[-1], estimated=True)


def _before(answer: Answer) -> float:
    return answer.rewriting.seconds if answer.rewriting is not None else 0.0


def _with_rewriting(usage: Usage, answer: Answer) -> Usage:
    """The tokens of both calls, where the question was rewritten by a model."""
    extra = answer.rewriting.usage if answer.rewriting is not None else None
    if extra is None:
        return usage
    return Usage(usage.prompt_tokens + extra.prompt_tokens,
                 usage.completion_tokens + extra.completion_tokens,
                 usage.estimated or extra.estimated)


def read(answer: Answer, text: str) -> Answer:
    """`answer` with this text: whether it declines, and what it cites."""
    declined = is_decline(text)
    citations = () if declined else cited(text, answer.context)
    return replace(answer, text=text, declined=declined, citations=citations)


def cited(text: str, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The passages an answer cites, each once, in the order of their first `[n]`."""
    by_rank = {hit.rank: hit for hit in hits}
    numbers = dict.fromkeys(int(number) for number in _CITATION.findall(text))
    return tuple(
        Citation(number, by_rank[number].document, by_rank[number].page)
        for number in numbers if number in by_rank
    )
