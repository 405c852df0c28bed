"""Before a follow-up question is searched for: made to stand alone, see core/follow_ups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from ..core.errors import Interrupted
from ..core.evaluation.pacing import request_key
from ..core.follow_ups import standalone
from ..core.ports import ChatModel, Ports
from ..core.profiles import find_profile
from ..core.rewriting import read_rewriting, rewriting_messages, way_of
from ..core.types import (
    Answer,
    AnswerState,
    Finished,
    Message,
    Parameters,
    Rewriting,
    Strategy,
    TextPiece,
    Usage,
)

MOST_READ = 4_000  # characters; a model that goes on is not writing a question
NO_QUESTION = "The model wrote no question, so the terms before were carried over"
Send = Callable[[Callable[[], Awaitable[Rewriting]]], Awaitable[Rewriting]]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns before a question, for one column. `earlier`: the ids of their answers."""

    history: tuple[Message, ...] = ()
    earlier: tuple[int, ...] = ()


ALONE = Conversation()


async def rewrite(
    question: str, history: Sequence[Message], strategy: Strategy, model: ChatModel, ports: Ports,
    send: Send | None = None, *, remembered: bool = False,
) -> Rewriting | None:
    """The question as it is searched for; None where that is as it was typed.

    `send` paces the extra call, as a run does. With `remembered` an equal call of an earlier run
    is not made again. Raises ConfigurationError for an unknown profile, and ProviderError.
    """
    if not history:
        return None
    profile = find_profile(strategy.retrieval) if strategy.retrieval is not None else None
    way = way_of(strategy, profile)
    if way == "typed":
        return None
    if way == "model":
        return await _by_model(question, history, model, ports, send, remembered)
    return _by_terms(question, history)


def _by_terms(question: str, history: Sequence[Message]) -> Rewriting | None:
    whole = standalone(question, history)
    return None if whole == question else Rewriting(whole, "terms")


async def _by_model(
    question: str, history: Sequence[Message], model: ChatModel, ports: Ports,
    send: Send | None, remembered: bool,
) -> Rewriting:
    messages = rewriting_messages(question, history)
    key = request_key(model.address, messages, Parameters()) if remembered and model.address else ""
    known = await ports.store.cached_answer(key) if key else None
    if known is not None:
        return _read(known.text, question, history, messages, known.usage, known.seconds or 0.0)

    async def ask() -> Rewriting:
        text, usage, seconds = await _write(messages, model, ports)
        if key:
            await ports.store.cache_answer(key, Answer(
                "", model.label, question, AnswerState.DONE, text, usage=usage, seconds=seconds))
        return _read(text, question, history, messages, usage, seconds)

    return await (send(ask) if send is not None else ask())


async def _write(
    messages: tuple[Message, ...], model: ChatModel, ports: Ports
) -> tuple[str, Usage, float]:
    """The reply, its tokens and its seconds."""
    started = ports.clock.seconds()
    text, finished = "", None
    async with aclosing(model.stream(messages, Parameters())) as pieces:
        async for piece in pieces:
            if isinstance(piece, TextPiece):
                text += piece.text
                if len(text) > MOST_READ:
                    break
            else:
                finished = piece
    if finished is None and len(text) <= MOST_READ:
        raise Interrupted("The question could not be rewritten", why="the server closed the stream",
                          remedy="Ask again")
    return text, await _usage(messages, text, finished, model, ports), \
        ports.clock.seconds() - started


async def _usage(
    messages: Sequence[Message], text: str, finished: Finished | None, model: ChatModel,
    ports: Ports,
) -> Usage:
    if finished is not None and finished.usage is not None:
        return finished.usage
    texts = [message.content for message in messages]
    counts, _ = await ports.tokens.count([*texts, text], model.model)
    return Usage(sum(counts[:-1]), counts[-1], estimated=True)


def _read(
    text: str, question: str, history: Sequence[Message], messages: tuple[Message, ...],
    usage: Usage | None, seconds: float,
) -> Rewriting:
    found = read_rewriting(text, question)
    if found:
        return Rewriting(found, "model", messages, usage, seconds)
    return Rewriting(standalone(question, history), "terms", messages, usage, seconds, NO_QUESTION)
