"""Who may send next: one lane for each deployment, as wide as its pace allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from ..core.errors import Throttled
from ..core.evaluation.pacing import Pace
from ..core.evaluation.types import Cell
from ..core.ports import Clock

T = TypeVar("T")
SLICE = 0.005  # seconds of one turn of the loop, before others must get theirs


class PutBack(Exception):
    """The run is being paused: this cell was not sent and waits for the next time."""


class Breather:
    """Keeps one turn of the event loop short however many answers come at once.

    Waiting for it takes as many turns of the loop as it needs to begin within the first
    milliseconds of one; a window on the same loop goes on painting.
    """

    def __init__(self) -> None:
        self._began = float("-inf")  # the turn that is going on
        self._asked = False

    async def __call__(self) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() - self._began > SLICE:
            if not self._asked:
                self._asked = True
                loop.call_soon(self._begin, loop)
            await asyncio.sleep(0)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._began = loop.time()
        self._asked = False


class Brake:
    """Pauses a run: what is on its way ends, nothing more is sent."""

    def __init__(self) -> None:
        self.pulled = False
        self.listeners: list[Callable[[], None]] = []

    def pull(self) -> None:
        """Pull it once; a run that goes on later takes a new one."""
        self.pulled = True
        for listener in self.listeners:
            listener()


@dataclass(slots=True)
class Lane:
    """The cells of one deployment, in order, and its pace."""

    pace: Pace
    clock: Clock
    brake: Brake
    cells: deque[Cell] = field(default_factory=deque)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def next(self) -> Cell | None:
        """The next cell to prepare; None when there is none, or the brake is pulled."""
        return self.cells.popleft() if self.cells and not self.brake.pulled else None

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[float]:
        """Held while a request is on its way; gives the time. Raises PutBack when paused."""
        while not self.pace.may_start(now := self.clock.seconds()):
            if self.brake.pulled:
                raise PutBack
            self.changed.clear()
            wait = self.pace.not_before - now
            with suppress(TimeoutError):
                async with asyncio.timeout(wait if wait > 0 else None):
                    await self.changed.wait()
        if self.brake.pulled:
            raise PutBack
        self.pace.start()
        try:
            yield now
        finally:
            self.pace.end()
            self.changed.set()

    async def patiently(self, send: Callable[[], Awaitable[T]]) -> T:
        """`send` in a turn of its own, as often as the server says "later" and for as long as
        that is worth waiting. Raises what `send` raises, and PutBack when paused."""
        tries, waited = 0, 0.0
        while True:
            async with self.slot() as sent:
                try:
                    return await send()
                except Throttled as error:
                    tries += 1
                    now = self.clock.seconds()
                    wait = self.pace.throttled(now, sent, error.retry_after, tries)
                    if self.pace.gives_up(wait, waited, tries):
                        raise
                    waited += wait
