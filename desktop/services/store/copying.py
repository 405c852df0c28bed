"""Whole-file work: making a new file, copying one, and taking out the bin."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from ...core.errors import WorkspaceError
from . import case_rows, cell_rows, dataset, documents, opening, refusals, schema, search
from .turns import Stopped, Turns
from .values import transaction

_STEP = 128  # pages copied between two looks at what waits: half a megabyte, about 2 ms
_FREED_AT_ONCE = 2_000  # pages given back to the disk between two looks at the clock


def purge(db: sqlite3.Connection, seconds: float = float("inf")) -> None:
    """Delete for good what the user removed, and make the file smaller by it.

    What does not fit into `seconds` stays hidden and goes the next time.
    """
    end = time.monotonic() + seconds
    dataset.purge_examples(db)
    case_rows.purge(db)
    cell_rows.purge_bodies(db)
    more = True
    while more and time.monotonic() < end:
        with transaction(db):
            more = documents.purge_some(db)
    while time.monotonic() < end and db.execute("PRAGMA freelist_count").fetchone()[0]:
        # Not `execute`: it runs only the first step of this statement, one page.
        db.executescript(f"PRAGMA incremental_vacuum({_FREED_AT_ONCE})")


def make(target: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """A new, empty workspace, filled by `fill`. Raises WorkspaceError, also if it exists."""

    def build(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        schema.migrate(db)
        with transaction(db):
            search.ensure(db)
            fill(db)

    _write_new(target, build)


def copy(
    db: sqlite3.Connection, target: Path,
    change: Callable[[sqlite3.Connection], None] = lambda new: None,
) -> None:
    """The workspace `db` under a new name and without what was removed, then changed."""

    def build(new: sqlite3.Connection) -> None:
        db.backup(new)
        # The copy inherits the log mode; the rename below moves one file only.
        new.execute("PRAGMA journal_mode = DELETE").fetchall()
        schema.migrate(new)  # nobody needs a copy of an old version beside the new one
        with transaction(new):
            change(new)
        purge(new)

    _write_new(target, build)


def in_steps(db: sqlite3.Connection, part: Path, turns: Turns) -> bool:
    """All pages of `db` into a new file, letting `turns` through. False when it was stopped.

    What the same connection writes between two steps SQLite writes into the copy as well. Ends
    `turns`, whatever happens. Raises sqlite3.Error.
    """
    try:
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as new:
            new.execute("PRAGMA synchronous = OFF")  # `finish` puts it on the disk
            db.backup(new, pages=_STEP, progress=lambda *_: turns.run_waiting())
    except Stopped:
        return False
    finally:
        turns.end()
    return True


def finish(part: Path, target: Path) -> None:
    """Make a file of `in_steps` a workspace: look through it, purge it, give it its name.

    Raises WorkspaceError, NotAWorkspace when what was copied is damaged.
    """
    try:
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as new:
            opening.harden(new)
            if found := opening.damage(new):
                raise refusals.damaged(target, found)
            new.execute("PRAGMA journal_mode = DELETE").fetchall()
            purge(new)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except sqlite3.Error as error:
        raise refusals.problem(target, error) from error
    except OSError as error:
        raise _not_written(target, error) from error


def copy_file(source: Path, target: Path) -> None:
    """A workspace that is not open here, under a new name. Raises WorkspaceError."""
    _check_target(target)
    with opening.reading(source) as db:
        copy(db, target)


def _write_new(target: Path, build: Callable[[sqlite3.Connection], None]) -> None:
    """Build beside `target` and move into place, so that a half-made file is never seen."""
    _check_target(target)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as db:
            opening.harden(db)
            build(db)
        _place(part, target)
    except sqlite3.Error as error:
        raise refusals.problem(target, error) from error
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _check_target(target: Path) -> None:
    if os.path.lexists(target):
        raise _exists(target)
    if not os.path.isdir(target.parent):  # noqa: PTH112  False too where access is denied
        raise WorkspaceError(
            f"There is no folder {target.parent}", remedy="Make it first, or choose another"
        )
    if not os.access(target.parent, os.W_OK):
        raise _not_written(target, PermissionError(13, "The folder is read-only"))


def _exists(target: Path) -> WorkspaceError:
    return WorkspaceError(
        f"{target.name} exists already", why="A workspace never replaces a file",
        remedy="Choose another name, or open it",
    )


def _not_written(target: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{target.name} could not be made in {target.parent}",
        why=error.strerror or str(error), remedy="Choose a folder you may write to",
    )


def _place(part: Path, target: Path) -> None:
    """Move without ever replacing: a link fails where a rename would overwrite."""
    try:
        os.link(part, target)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError:  # no hard links here (FAT, some network drives)
        if os.path.lexists(target):
            raise _exists(target) from None
        part.rename(target)
