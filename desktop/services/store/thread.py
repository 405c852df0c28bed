"""One SQLite file, one connection, one thread: what every method of the store stands on.

Two seconds after the last write the log is merged into the file, so that the file alone can
be mailed while it is open.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
import zlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from ...core.errors import StrategyExplorerError
from ...core.evaluation.types import Cell
from . import cell_rows, copying, refusals
from .opening import OpenFile
from .turns import Turns
from .values import now, transaction

P = ParamSpec("P")
T = TypeVar("T")
IDLE_SECONDS = 2.0  # without writes, until the log is merged into the file
CLOSING_SECONDS = 0.5  # for tidying up; the window must be gone within two
# What a row raises that holds something else than we put there. Writes hold what we put there.
_NOT_OURS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError,
             zlib.error)

_log = logging.getLogger(__name__)


def _abandon(opening_file: Future[OpenFile]) -> None:
    """Whoever wanted the file was cancelled meanwhile: nobody else would unlock it."""
    if not opening_file.cancelled() and opening_file.exception() is None:
        opening_file.result().close()


async def _ended(closing: Future[None]) -> None:
    """Cancelled meanwhile, it still waits: whoever comes next may open the same file."""
    waiting = asyncio.wrap_future(closing)
    try:
        await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await asyncio.wait([waiting])
        raise


class StoreThread:
    """The open file and its thread."""

    def __init__(self, path: Path, file: OpenFile, executor: ThreadPoolExecutor) -> None:
        self.path = path
        self._file = file
        self._executor = executor
        self._timer: asyncio.TimerHandle | None = None
        self._last_write = 0.0
        self._closed = False
        self._saved: Callable[[], None] | None = None
        self._cells: deque[tuple[Cell, str]] = deque()  # with cache keys; saved together
        self._turns = Turns()
        self.changes = 0  # transactions since it was opened

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Raises WorkspaceError, NotAWorkspace, WorkspaceTooNew or WorkspaceLocked."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workspace")
        opening_file = executor.submit(OpenFile, path)
        try:
            file = await asyncio.wrap_future(opening_file)
        except BaseException:
            abandoned = executor.submit(_abandon, opening_file)
            executor.shutdown(wait=False)
            await _ended(abandoned)
            raise
        return cls(path, file, executor)

    async def _read(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args, **kwargs: P.kwargs,
    ) -> T:
        def decoded() -> T:
            try:
                return work(self._file.db, *args, **kwargs)
            except _NOT_OURS as error:
                found = repr(error)[:500]
            # Outside of `except`: the trace would keep a half-read statement and its lock.
            raise refusals.damaged(self.path, found)

        return await self._call(decoded)

    async def _call(self, work: Callable[[], T]) -> T:
        in_words = partial(self._in_words, work)
        between = self._turns.add(in_words)
        if between is not None:
            return await asyncio.wrap_future(between)
        return await asyncio.get_running_loop().run_in_executor(self._executor, in_words)

    async def _write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args, **kwargs: P.kwargs,
    ) -> T:
        def in_transaction() -> T:
            with transaction(self._file.db):
                return work(self._file.db, *args, **kwargs)

        try:
            result = await self._call(in_transaction)
        finally:
            self._settle_later()
        if self._saved is not None:
            self._saved()
        return result

    async def backup_to(self, part: Path) -> bool:
        """The file as it is now, as a new file `part`: in steps of a few milliseconds between
        which everything else goes on, and what it writes meanwhile is in the copy too.

        False when it was broken off, because the workspace closes or a copy is going on; `part`
        is then no database. Raises WorkspaceError.
        """
        if self._closed or not self._turns.begin():
            return False
        work = partial(self._in_words, partial(copying.in_steps, self._file.db, part, self._turns))
        copying_now = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            return await asyncio.shield(copying_now)
        except asyncio.CancelledError:
            self._turns.stop()
            await asyncio.wait([copying_now])  # who cancelled may remove the file next
            raise

    def when_saved(self, tell: Callable[[], None]) -> None:
        """Call `tell` after each transaction."""
        self._saved = tell

    def _in_words(self, call: Callable[[], T]) -> T:
        """SQLite's word for the disk's troubles, in the user's words; bugs stay bugs."""
        try:
            return call()
        except sqlite3.DatabaseError as error:
            if refusals.is_trouble(error):
                raise refusals.problem(self.path, error) from error
            raise

    def _settle_later(self) -> None:
        self.changes += 1
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

    async def save_cell(self, cell: Cell, key: str = "") -> None:
        """Returns when the cell is on the disk.

        A commit waits for the disk, so cells that come meanwhile are saved together: hundreds
        a second then cost no more than a few. Whoever's turn comes later finds it done.
        """
        own = (cell, key)
        self._cells.append(own)
        try:
            await self._call(partial(self._save_cells, self._file.db, own))
        finally:
            self._settle_later()
        if self._saved is not None:
            self._saved()

    def _save_cells(self, db: sqlite3.Connection, own: tuple[Cell, str] | None = None) -> None:
        batch = [self._cells.popleft() for _ in range(len(self._cells))]
        try:
            if batch:
                with transaction(db):
                    cell_rows.save(db, batch, now())
        except BaseException:
            # Not lost for those who still wait for their turn.
            self._cells.extendleft(each for each in reversed(batch) if each is not own)
            raise

    async def aclose(self) -> None:
        """Purge what was removed, merge into a single file, unlock. Twice is once."""
        if self._closed:
            return
        self._closed = True
        self._turns.stop()
        if self._timer is not None:
            self._timer.cancel()
        closing = self._executor.submit(self._close)
        self._executor.shutdown(wait=False)
        await _ended(closing)

    def _close(self) -> None:
        try:
            self._save_cells(self._file.db)  # of callers who were cancelled
            copying.purge(self._file.db, CLOSING_SECONDS)
            self._settle()
        except (sqlite3.Error, StrategyExplorerError):
            _log.warning("could not tidy %s", self.path, exc_info=True)
        finally:
            self._file.close()
