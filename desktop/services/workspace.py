"""Workspaces as files: make, open, duplicate."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from .. import __version__
from ..core.errors import ConfigurationError
from ..core.recording import MARK, Mark, mark_of
from ..core.strategies import STARTER_PROMPT, starter_strategies
from .store import SqliteStore, copying, recipes
from .store.values import now

SUFFIX = ".stratex"


async def create(path: Path) -> SqliteStore:
    """A new workspace with the starter prompt and the first three rungs, opened.

    Raises WorkspaceError; a file that exists is never replaced.
    """
    await _in_thread(partial(copying.make, path, _fill))
    return await SqliteStore.open(path)


async def open_workspace(path: Path) -> SqliteStore:
    """Raises WorkspaceError, NotAWorkspace, WorkspaceTooNew or WorkspaceLocked; a file that
    is refused is left exactly as it was."""
    return await SqliteStore.open(path)


async def duplicate(source: SqliteStore | Path, target: Path) -> None:
    """A copy under a new name: of the workspace that is open, or of a closed file.

    Raises WorkspaceError; a file that exists is never replaced.
    """
    if isinstance(source, SqliteStore):
        await source.copy_to(target)
    else:
        await _in_thread(partial(copying.copy_file, source, target))


async def record(store: SqliteStore, target: Path) -> Mark:
    """A recording of an open workspace. Raises ConfigurationError when nothing was asked yet,
    WorkspaceError when it cannot be written; a file that exists is never replaced."""
    last = await store.last_cell()
    if not await store.asked_questions(last):
        raise ConfigurationError(
            "There is nothing to record", why="No question was asked in this workspace yet",
            remedy="Ask one, or run the cases, and record then",
        )
    mark = Mark(now(), __version__, last)
    await store.record_to(target, mark)
    return mark_of(await store.fact(MARK)) or mark


def _fill(db: sqlite3.Connection) -> None:
    recipes.save_prompt(db, STARTER_PROMPT, "", "", now())
    below: int | None = None
    for strategy in starter_strategies():
        below = recipes.save_strategy(db, replace(strategy, derived_from=below)).id


async def _in_thread(work: partial[None]) -> None:
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workspace")
    try:
        await asyncio.get_running_loop().run_in_executor(executor, work)
    finally:
        executor.shutdown(wait=False)
