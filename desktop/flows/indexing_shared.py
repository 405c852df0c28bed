"""What all indexing on one store shares: two drops of one file must not read it twice, a run
must not bring back what was removed meanwhile, and nobody may switch the embedder under it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..core.ports import Store

if TYPE_CHECKING:
    from .indexing_run import Run


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True)
class Shared:
    """Of one store."""

    claims: dict[int, Run] = field(default_factory=dict)  # document -> who works on it
    intake: asyncio.Lock = field(default_factory=asyncio.Lock)
    working: int = 0  # blocks that rely on the embedder as it is
    idle: asyncio.Event = field(default_factory=_set)  # there is none
    unlocked: asyncio.Event = field(default_factory=_set)  # nobody switches it

    @asynccontextmanager
    async def same_embedder(self) -> AsyncIterator[None]:
        """The workspace's embedder stays while the block runs. Not to be nested."""
        while not self.unlocked.is_set():
            await self.unlocked.wait()
        self.working += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.working -= 1
            if not self.working:
                self.idle.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Waits for such blocks to end, and holds new ones up until this one has."""
        while not self.unlocked.is_set():
            await self.unlocked.wait()
        self.unlocked.clear()
        try:
            await self.idle.wait()
            yield
        finally:
            self.unlocked.set()


_shared: WeakKeyDictionary[Store, Shared] = WeakKeyDictionary()


def shared_by(store: Store) -> Shared:
    """Made when first asked for; gone with the store."""
    return _shared.setdefault(store, Shared())
