"""`core.ports.Store` on one SQLite file: one connection, on one thread of its own.

Every method is one transaction. Two seconds after the last write the log is merged into the
file, so that the file alone can be mailed while it is open.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ...core.errors import StrategyExplorerError
from ...core.types import (
    Answer,
    Case,
    Chunk,
    Document,
    DocumentState,
    Example,
    NewChunk,
    Page,
    Prompt,
    PromptVersion,
    Strategy,
)
from . import (
    answers,
    copying,
    dataset,
    documents,
    opening,
    recipes,
    refusals,
    search,
)
from . import chunks as chunk_rows
from . import vectors as vector_rows
from .opening import OpenFile
from .values import now, transaction

if TYPE_CHECKING:
    from ...core.ports import Ids, Vectors

P = ParamSpec("P")
T = TypeVar("T")
IDLE_SECONDS = 2.0  # without writes, until the log is merged into the file
CLOSING_SECONDS = 0.5  # for tidying up; the window must be gone within two

_log = logging.getLogger(__name__)


def _abandon(opening_file: Future[OpenFile]) -> None:
    """Whoever wanted the file was cancelled meanwhile: nobody else would unlock it."""
    if not opening_file.cancelled() and opening_file.exception() is None:
        opening_file.result().close()


class SqliteStore:
    """An open workspace. Make one with `services.workspace`."""

    def __init__(self, path: Path, file: OpenFile, executor: ThreadPoolExecutor) -> None:
        self.path = path
        self._file = file
        self._executor = executor
        self._timer: asyncio.TimerHandle | None = None
        self._last_write = 0.0
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> SqliteStore:
        """Raises WorkspaceError, NotAWorkspace, WorkspaceTooNew or WorkspaceLocked."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workspace")
        opening_file = executor.submit(OpenFile, path)
        try:
            file = await asyncio.wrap_future(opening_file)
        except BaseException:
            executor.submit(_abandon, opening_file)
            executor.shutdown(wait=False)
            raise
        return cls(path, file, executor)

    async def _read(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args, **kwargs: P.kwargs,
    ) -> T:
        call = partial(self._in_words, partial(work, self._file.db, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def _write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args, **kwargs: P.kwargs,
    ) -> T:
        def in_transaction(db: sqlite3.Connection) -> T:
            with transaction(db):
                return work(db, *args, **kwargs)

        try:
            return await self._read(in_transaction)
        finally:
            self._settle_later()

    def _in_words(self, call: Callable[[], T]) -> T:
        """SQLite's word for the disk's troubles, in the user's words; bugs stay bugs."""
        try:
            return call()
        except sqlite3.DatabaseError as error:
            if refusals.is_trouble(error):
                raise refusals.problem(self.path, error) from error
            raise

    def _settle_later(self) -> None:
        self._last_write = time.monotonic()
        if self._timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(IDLE_SECONDS, self._settle_if_idle)

    def _settle_if_idle(self) -> None:
        # One timer however many writes: it looks again when there were some since it was set.
        self._timer = None
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        left = self._last_write + IDLE_SECONDS - time.monotonic()
        if left > 0.01:
            self._timer = loop.call_later(left, self._settle_if_idle)
        else:
            loop.run_in_executor(self._executor, self._settle)

    def _settle(self) -> None:
        try:
            self._file.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error:
            # Nothing is lost: the log keeps what the file lacks.
            _log.warning("could not merge the log of %s", self.path, exc_info=True)

    # --- documents

    async def documents(self) -> list[Document]:
        return await self._read(documents.documents)

    async def document_by_hash(self, sha256: str) -> Document | None:
        return await self._read(documents.by_hash, sha256)

    async def add_document(self, name: str, path: str, sha256: str, content: bytes) -> Document:
        return await self._write(documents.add, name, path, sha256, content)

    async def document_bytes(self, document_id: int) -> bytes:
        return await self._read(documents.content, document_id)

    async def set_document(
        self, document_id: int, state: DocumentState, *, seconds: float | None = None,
        error: str = "", remedy: str = "", warning: str | None = None,
    ) -> Document:
        return await self._write(
            documents.set_state, document_id, state, seconds, error, remedy, warning
        )

    async def remove_documents(self, ids: Sequence[int]) -> list[int]:
        return await self._write(documents.remove, ids)

    async def restore_documents(self, ids: Sequence[int]) -> list[Document]:
        return await self._write(documents.restore, ids)

    async def save_pages(
        self, document_id: int, pages: Sequence[Page], chunks: Sequence[NewChunk]
    ) -> list[Chunk]:
        return await self._write(chunk_rows.save, document_id, pages, chunks)

    async def page(self, document_id: int, page_index: int) -> Page:
        return await self._read(chunk_rows.page, document_id, page_index)

    async def pages(self, document_id: int) -> list[Page]:
        return await self._read(chunk_rows.pages, document_id)

    async def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        return await self._read(chunk_rows.chunks, ids)

    # --- vectors and search

    async def chunks_to_embed(self, embedder_id: str, document_id: int) -> list[Chunk]:
        return await self._read(chunk_rows.without_vector, embedder_id, document_id)

    async def save_vectors(
        self, embedder_id: str, chunk_ids: Sequence[int], vectors: Vectors
    ) -> None:
        await self._write(vector_rows.save, embedder_id, chunk_ids, vectors)

    async def vectors(self, embedder_id: str) -> tuple[Ids, Vectors]:
        return await self._read(vector_rows.load, embedder_id)

    async def vector_ids(self, embedder_id: str) -> Ids:
        return await self._read(vector_rows.ids, embedder_id)

    async def vectors_of(self, embedder_id: str, document_id: int) -> tuple[Ids, Vectors]:
        return await self._read(vector_rows.load, embedder_id, document_id)

    async def lexical_search(self, match: str, top: int) -> list[tuple[int, float]]:
        return await self._read(search.search, match, top)

    async def counts(self, embedder_id: str) -> tuple[int, int]:
        return await self._read(vector_rows.counts, embedder_id)

    # --- prompts and strategies

    async def prompt_versions(self) -> list[PromptVersion]:
        return await self._read(recipes.prompt_versions)

    async def save_prompt(self, prompt: Prompt, name: str = "", note: str = "") -> PromptVersion:
        return await self._write(recipes.save_prompt, prompt, name, note, now())

    async def describe_prompt(
        self, number: int, *, name: str, note: str, starred: bool
    ) -> PromptVersion:
        return await self._write(recipes.describe_prompt, number, name, note, starred)

    async def draft(self) -> Prompt | None:
        return await self._read(recipes.draft)

    async def save_draft(self, prompt: Prompt | None) -> None:
        await self._write(recipes.save_draft, prompt)

    async def strategies(self) -> list[Strategy]:
        return await self._read(recipes.strategies)

    async def save_strategy(self, strategy: Strategy) -> Strategy:
        return await self._write(recipes.save_strategy, strategy)

    async def remove_strategy(self, strategy_id: int) -> None:
        await self._write(recipes.remove_strategy, strategy_id)

    async def order_strategies(self, ids: Sequence[int]) -> None:
        await self._write(recipes.order_strategies, ids)

    # --- answers

    async def begin_answer(self, strategy_id: int, answer: Answer) -> int:
        return await self._write(answers.begin, strategy_id, answer, now())

    async def save_answer(self, answer_id: int, answer: Answer) -> None:
        await self._write(answers.save, answer_id, answer, now())

    async def latest_answers(self) -> dict[int, Answer]:
        return await self._read(answers.latest)

    # --- cases, dataset, facts

    async def cases(self) -> list[Case]:
        return await self._read(dataset.cases)

    async def add_cases(self, cases: Sequence[Case]) -> list[Case]:
        return await self._write(dataset.add_cases, cases)

    async def examples(self) -> list[Example]:
        return await self._read(dataset.examples)

    async def replace_examples(self, examples: Sequence[Example]) -> list[Example]:
        return await self._write(dataset.replace_examples, examples)

    async def save_example(self, example: Example) -> Example:
        return await self._write(dataset.save_example, example)

    async def remove_examples(self, ids: Sequence[int]) -> None:
        await self._write(dataset.remove_examples, ids)

    async def fact(self, key: str) -> Any:
        return await self._read(dataset.fact, key)

    async def set_fact(self, key: str, value: Any) -> None:
        await self._write(dataset.set_fact, key, value)

    # --- the file

    async def damage(self) -> str:
        """What is wrong with the file's structure, or "": for files too large to check at
        opening (0.2 s for 300 MB)."""
        return await self._read(opening.damage)

    async def copy_to(self, target: Path) -> None:
        """A copy without what was removed. Raises WorkspaceError, also if `target` exists."""
        await self._read(copying.copy, target)

    async def aclose(self) -> None:
        """Purge what was removed, merge into a single file, unlock. Twice is once."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        closing = self._executor.submit(self._close)
        self._executor.shutdown(wait=False)
        # Whoever waits may be cancelled, the closing itself may not.
        await asyncio.shield(asyncio.wrap_future(closing))

    def _close(self) -> None:
        try:
            copying.purge(self._file.db, CLOSING_SECONDS)
            self._settle()
        except (sqlite3.Error, StrategyExplorerError):
            _log.warning("could not tidy %s", self.path, exc_info=True)
        finally:
            self._file.close()
