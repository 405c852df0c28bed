"""Counts tokens in a process of its own, which ends when nobody has counted for a while.

A tokenizer takes 80 MB and a third of a second in Python, which would hold up the window and
stay in it for good; most sessions need it for seconds, to check a dataset, or never.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from ..core.types import BUILTIN_MODEL
from .tokens import Tokens, by_length
from .worker import Worker, WorkerDied

if TYPE_CHECKING:
    from .worker_child import Handler, Reply
    from .worker_frames import Header

IDLE_SECONDS = 20.0
NICENESS = 10


class ProcessTokens:
    """Implements core.ports.TokenCounter. Where the process cannot live, texts are estimated."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._worker = Worker("tokens", make_handler, {})
        self._idle_seconds = idle_seconds
        self._counting = 0
        self._end: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """Of its process, while there is one."""
        return self._worker.pid

    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        """Tokens of each text, and whether they are exact (see `tokens.Tokens.count`)."""
        if model == BUILTIN_MODEL or not texts:
            return by_length(texts), False
        self._counting += 1
        try:
            header = {"texts": list(texts), "model": model}
            return await self._worker.call(header, decode=_counts_of)
        except WorkerDied:
            return by_length(texts), False
        finally:
            self._counting -= 1
            self._end_later()

    def _end_later(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if not self._counting:
            self._worker.kill()

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._end is not None:
            self._end.cancel()
        await self._worker.aclose()


def _counts_of(header: Header, payload: memoryview) -> tuple[list[int], bool]:
    return [int(count) for count in header["counts"]], bool(header["exact"])


def make_handler(config: Header) -> Handler:
    """`{"texts", "model"}` in, `{"counts", "exact"}` out."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    tokens = Tokens()

    def handler(header: Header, payload: memoryview) -> Generator[None, None, Reply]:
        yield
        counts, exact = tokens.count_now(header["texts"], header["model"])
        return {"counts": counts, "exact": exact}, b""

    return handler
