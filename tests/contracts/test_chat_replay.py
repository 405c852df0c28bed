"""Recorded answers keep the chat contract, at full and at original speed."""

import asyncio
from dataclasses import replace

import pytest

from desktop.core.errors import Refused
from desktop.core.recording import Speed
from desktop.core.types import Answer, AnswerState, Finished, Message, TextPiece, Usage
from desktop.services.chat_replay import ReplayChat

from .check_chat import check_chat, collect

SENT = (Message("user", "Are eyeglasses covered?"),)
ANSWER = Answer(
    "Baseline", "mini (gpt-4.1-mini)", "Are eyeglasses covered?", AnswerState.DONE,
    "One pair a year.", messages=SENT, usage=Usage(12, 5), finish_reason="stop",
    first_token_seconds=0.01, seconds=0.03, timings=((0.01, 9), (0.02, 7)),
)


@pytest.mark.parametrize("speed", ["full", "original"])
@pytest.mark.parametrize("answer", [ANSWER, replace(ANSWER, timings=())])
def test_keeps_the_contract(speed: Speed, answer: Answer) -> None:
    asyncio.run(check_chat(lambda: ReplayChat(answer, speed), SENT))


def test_pieces_come_when_they_came(speed: Speed = "original") -> None:
    now, waits = [100.0], []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))
        now[0] += seconds + 0.001  # a timer is never early: the next piece waits for less

    chat = ReplayChat(ANSWER, speed, sleep=sleep, clock=lambda: now[0])
    *pieces, end = asyncio.run(collect(chat, SENT))
    assert pieces == [TextPiece("One pair "), TextPiece("a year.")]
    assert waits == [0.01, 0.009]
    assert isinstance(end, Finished)
    assert end.recorded == ANSWER


def test_other_messages_are_refused_in_words() -> None:
    with pytest.raises(Refused, match=r"not recorded.*Ask a recorded question"):
        asyncio.run(collect(ReplayChat(ANSWER), [Message("user", "And lenses?")]))
