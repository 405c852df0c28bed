"""What every ChatModel keeps, whatever is behind it.

    asyncio.run(check_chat(make_chat, messages))

`make_chat` gives a model that answers `messages` with at least two pieces of text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing

import pytest

from desktop.core.ports import ChatModel
from desktop.core.types import Finished, Message, Parameters, Piece, TextPiece

MakeChat = Callable[[], ChatModel]


async def check_chat(make_chat: MakeChat, messages: Sequence[Message]) -> None:
    """Runs the whole contract; raises AssertionError where it is broken."""
    check_names(make_chat())
    whole = await check_whole_answer(make_chat(), messages)
    await check_closing_early(make_chat(), messages, whole)
    await check_cancelling(make_chat(), messages, whole)
    await check_side_by_side(make_chat(), messages, whole)


async def collect(chat: ChatModel, messages: Sequence[Message]) -> list[Piece]:
    """All pieces of one answer."""
    async with aclosing(chat.stream(messages, Parameters())) as pieces:
        return [piece async for piece in pieces]


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, TextPiece))


def check_names(chat: ChatModel) -> None:
    assert chat.label
    assert isinstance(chat.model, str)
    assert isinstance(chat.local, bool)
    assert isinstance(chat.address, str)


async def check_whole_answer(chat: ChatModel, messages: Sequence[Message]) -> str:
    """Text, then exactly one Finished with a reason and plausible counts."""
    pieces = await collect(chat, messages)
    *texts, end = pieces
    assert isinstance(end, Finished)
    assert end.reason == "stop"
    assert len(texts) >= 2
    assert all(isinstance(piece, TextPiece) and piece.text for piece in texts)
    if end.usage is not None:
        assert end.usage.prompt_tokens > 0
        assert end.usage.completion_tokens > 0
    return text_of(pieces)


async def check_closing_early(
    chat: ChatModel, messages: Sequence[Message], whole: str
) -> None:
    """After aclose the stream is over, and the model still answers the next question."""
    stream = chat.stream(messages, Parameters())
    first = await anext(stream)
    assert isinstance(first, TextPiece)
    await stream.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    assert text_of(await collect(chat, messages)) == whole


async def check_cancelling(chat: ChatModel, messages: Sequence[Message], whole: str) -> None:
    """A cancelled task ends as cancelled; the model goes on."""
    started = asyncio.Event()

    async def read() -> None:
        async with aclosing(chat.stream(messages, Parameters())) as pieces:
            async for _ in pieces:
                started.set()
                await asyncio.Event().wait()

    task = asyncio.ensure_future(read())
    await asyncio.wait_for(started.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert text_of(await collect(chat, messages)) == whole


async def check_side_by_side(chat: ChatModel, messages: Sequence[Message], whole: str) -> None:
    """Streams of the same model do not mix."""
    answers = await asyncio.gather(*(collect(chat, messages) for _ in range(3)))
    assert [text_of(pieces) for pieces in answers] == [whole] * 3
