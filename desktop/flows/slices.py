"""Long work on the window's thread, in slices of a few milliseconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")
SLICE = 0.006  # seconds of work between two turns of the event loop


async def in_slices(items: Iterable[T]) -> AsyncIterator[T]:
    """`items` one by one, with a turn of the event loop now and then."""
    until = time.perf_counter() + SLICE
    for item in items:
        yield item
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE
