"""A run in a process that may be killed at any moment.

    python -m tests.end2end.running WORKSPACE URL CELLS CONCURRENCY

starts a run of CELLS questions under one strategy, or goes on with the one that is there.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from desktop.core.evaluation.types import Run
from desktop.core.events import Event, ignore
from desktop.core.ports import Ports
from desktop.core.types import Case, Connection, Deployment, Strategy, Usage
from desktop.flows import evaluating
from desktop.services import workspace
from desktop.services.chats import Chats
from desktop.services.clock import SystemClock
from tests.contracts.word_embedder import WordEmbedder

COLUMN = Strategy(0, "Steady", "steady", "mini", position=9)


class NoKeys:
    async def get(self, connection: Connection) -> str | None:
        return None


class NoPrices:
    def cost(self, model: str, usage: Usage) -> float | None:
        return None


@asynccontextmanager
async def open_ports(path: Path, url: str) -> AsyncIterator[Ports]:
    """A real workspace and a real chat; nothing else is needed by a bare column."""
    nothing: Any = None
    opened = workspace.open_workspace if path.exists() else workspace.create
    store = await opened(path)
    connection = Connection("steady", "openai", url, deployments=(Deployment("mini"),))
    chats = Chats(lambda: [connection], NoKeys(), WordEmbedder())  # type: ignore[arg-type]
    try:
        yield Ports(path, store, nothing, WordEmbedder(), nothing, chats, nothing,
                    NoPrices(), SystemClock(), nothing, nothing)  # type: ignore[arg-type]
    finally:
        await chats.aclose()
        await store.aclose()


async def go(
    ports: Ports, cells: int, concurrency: int, emit: Callable[[Event], None] = ignore
) -> Run:
    """Start the run, or go on with it."""
    runs = await ports.store.runs()
    if runs:
        return await evaluating.resume(runs[0].id, ports, emit, concurrency=concurrency)
    cases = await ports.store.cases()
    if not cases:
        cases = await ports.store.add_cases([Case(0, f"Question {n}?") for n in range(cells)])
        await ports.store.save_strategy(COLUMN)
    column = (await ports.store.strategies())[-1]
    return await evaluating.run([column], cases, ports, emit, concurrency=concurrency,
                                metrics=("token_f1", "latency", "tokens"))


async def _main(path: str, url: str, cells: str, concurrency: str) -> None:
    async with open_ports(Path(path), url) as ports:
        await go(ports, int(cells), int(concurrency))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
