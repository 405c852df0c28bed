"""Recorded answers, said again: no network, no model, the pieces as they came.

`Replays` finds the take of a question in a recorded workspace; a `ReplayChat` streams it. Its
Finished carries the recorded answer, so that times, usage and cost are those of the recording.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from ..core.errors import ConfigurationError, Refused
from ..core.ports import Store
from ..core.recording import MARK, SPEED, Mark, Speed, Take, best_take, mark_of, pieces_of
from ..core.types import (
    Answer,
    Finished,
    Message,
    Parameters,
    Piece,
    PromptVersion,
    Strategy,
    TextPiece,
)

Sleep = Callable[[float], Awaitable[object]]
_SHORT = 90  # characters of a question in an error


class ReplayChat:
    """A ChatModel that knows one answer, to exactly the messages it was given for."""

    local = True
    address = ""  # nothing is gained by remembering what is remembered

    def __init__(
        self, answer: Answer, speed: Speed = "full", *, sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._answer = answer
        self._speed = speed
        self._sleep = sleep
        self._clock = clock
        self.label = answer.model
        self.model = answer.model

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        """The pieces at their times, or at once. Raises Refused for other messages."""
        answer = self._answer
        if tuple(messages) != answer.messages:
            raise Refused(
                "This request was not recorded",
                why="A recording answers only what was sent when it was made",
                remedy="Ask a recorded question, with the columns as they were recorded",
            )
        started = self._clock()
        for seconds, text in pieces_of(answer):
            wait = started + seconds - self._clock() if self._speed == "original" else 0.0
            await self._sleep(max(0.0, wait))  # at least a breath: other columns stream too
            yield TextPiece(text)
        yield Finished(answer.finish_reason or "stop", answer.usage, answer.model,
                       recorded=answer)


async def recording_of(store: Store) -> Replays | None:
    """The recording that an open workspace is; None where it is none."""
    mark = mark_of(await store.fact(MARK))
    if mark is None:
        return None
    return Replays(store, mark, "original" if await store.fact(SPEED) == "original" else "full")


class Replays:
    """Implements core.recording.Recording on an open workspace."""

    def __init__(self, store: Store, mark: Mark, speed: Speed = "full") -> None:
        self._store = store
        self._mark = mark
        self.speed: Speed = speed
        self._planned: list[tuple[int, Strategy]] | None = None

    @property
    def mark(self) -> Mark:
        """When it was made, by which version, of which cells."""
        return self._mark

    async def take(
        self, strategy: Strategy, version: PromptVersion | None, question: str, *,
        case_id: int = 0, repeat: int = 0, history: Sequence[Message] = (),
    ) -> Take:
        """See core.recording.Recording."""
        cells = [cell for cell in await self._store.answers_to(question)
                 if cell.id <= self._mark.last_cell and cell.state not in ("running", "waiting")]
        found = best_take(cells, strategy, version, await self._plans(),
                          case_id=case_id, repeat=repeat, history=history)
        if found is None or found.answer is None:
            raise _not_recorded(strategy, question, asked=bool(cells))
        return Take(found, found.answer, ReplayChat(found.answer, self.speed))

    async def questions(self) -> list[str]:
        """See core.recording.Recording."""
        return await self._store.asked_questions(self._mark.last_cell)

    async def _plans(self) -> list[tuple[int, Strategy]]:
        if self._planned is None:
            self._planned = [(run.id, each) for run in await self._store.runs()
                             for each in run.strategies]
        return self._planned


def _not_recorded(strategy: Strategy, question: str, *, asked: bool) -> ConfigurationError:
    if asked:
        return ConfigurationError(
            f"{strategy.name} has no recorded answer to this question",
            why="It was not asked then, or in another conversation, or its prompt, model or "
                "parameters are others now",
            remedy="Choose another question, or undo what was changed in the column",
        )
    words = " ".join(question.split())
    shown = words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"
    return ConfigurationError(
        f"“{shown}” was not recorded", why="A recording answers only what was asked before",
        remedy="Choose one of its questions: Ctrl+K lists them",
    )
