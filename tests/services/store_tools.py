"""Shared by the tests of the workspace file, and by the processes they start."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from desktop.core.types import (
    Answer,
    AnswerState,
    Citation,
    Document,
    DocumentState,
    Hit,
    Message,
    NewChunk,
    Page,
    Parameters,
    Usage,
)
from desktop.services import workspace
from desktop.services.store import SqliteStore

ANSWER = Answer(
    "Prompt + documents", "Built-in extractive (offline)", "are eyeglasses covered?",
    AnswerState.RUNNING, "One pair", citations=(Citation(1, "Vision.pdf", 4),),
    context=(Hit(1, 0.03, 7, 2, "Vision.pdf", 4, 3, 0, 8, "One pair", "Vision", 1, 0.7, 2, 5.5),),
    messages=(Message("system", "Be brief."), Message("user", "are eyeglasses covered?")),
    parameters=Parameters(temperature=0.0, stop=("END",)), prompt_version=3,
    usage=Usage(120, 9, estimated=True), first_token_seconds=0.1, seconds=0.4,
    finish_reason="stop", cost=0.0, note="2 pages did not fit",
)


@contextmanager
def scenario(path: Path) -> Iterator[Callable[[Callable[[SqliteStore], Awaitable[Any]]], Any]]:
    """`run(lambda store: store.method())` on an open workspace; made when it is not there."""
    with asyncio.Runner() as runner:
        make = workspace.open_workspace if path.exists() else workspace.create
        store = runner.run(make(path))

        async def call(work: Callable[[SqliteStore], Awaitable[Any]]) -> Any:
            return await work(store)

        try:
            yield lambda work: runner.run(call(work))
        finally:
            runner.run(store.aclose())


def chunk_of(text: str) -> NewChunk:
    return NewChunk(0, 1, 0, len(text), text)


async def add_text(store: SqliteStore, name: str, text: str) -> Document:
    """A document of one page and one chunk, with a vector."""
    content = text.encode()
    document = await store.add_document(
        name, f"/from/{name}", hashlib.sha256(content).hexdigest(), content
    )
    chunks = await store.save_pages(document.id, [Page(1, text)], [chunk_of(text)])
    vectors = np.full((1, 4), 0.5, np.float32)
    await store.save_vectors("test", [chunk.id for chunk in chunks], vectors)
    return await store.set_document(document.id, DocumentState.READY, seconds=0.1)


async def write_forever(path: Path) -> None:
    """Print each document's name once the store has acknowledged it."""
    store = await workspace.open_workspace(path)
    first = 1 + max((document.id for document in await store.documents()), default=0)
    for number in itertools.count(first):
        await store.begin_answer(1, ANSWER)
        await add_text(store, f"word{number}.md", f"A word{number} of its own.")
        print(f"word{number}.md", flush=True)
