"""Taking hold of a workspace file: refusals first, then the lock, then repairs.

A file that is refused is left as it was. Nothing is asked of SQLite before the first hundred
bytes say that the file is ours, and nothing is written before all checks have passed.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...core.errors import NotAWorkspace, WorkspaceError, WorkspaceLocked
from . import answers, run_rows, schema, search
from .refusals import check_file, damaged, has_log, lock_file, problem, read_only, too_new
from .schema import MIGRATIONS, Migration
from .values import transaction

_DEFENSIVE = 1010  # SQLITE_DBCONFIG_DEFENSIVE
_CHECKED_AT_OPEN = 64 * 2**20  # bytes; about 50 ms. Larger files: `SqliteStore.damage`
_SQLITE_OWN = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4")

# POSIX drops all locks of a process on a file when it closes *any* descriptor of it, so a
# workspace that is open here must not be opened again to look at its header.
_open_files: set[tuple[int, int]] = set()
_open_files_guard = threading.Lock()


# --- the lock ----------------------------------------------------------------------------


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _claim(path: Path) -> tuple[int, int]:
    with contextlib.suppress(OSError), _open_files_guard:
        identity = _identity(path)
        if identity in _open_files:
            raise WorkspaceLocked(
                f"{path.name} is already open here", remedy="Close it first, or duplicate it"
            )
        _open_files.add(identity)
        return identity
    return (0, 0)  # no such file: `check_file` says so


def _release(identity: tuple[int, int]) -> None:
    with _open_files_guard:
        _open_files.discard(identity)


def _sign(path: Path) -> None:
    since = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    owner = {"pid": os.getpid(), "host": platform.node(), "since": since}
    with contextlib.suppress(OSError):
        lock_file(path).write_text(json.dumps(owner))


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A workspace to copy from, also where nothing may be written.

    A file that may be in use, or was cut by a crash, is locked and repaired first.
    Raises what `OpenFile` raises.
    """
    path = path.resolve()
    if has_log(path) or os.path.lexists(lock_file(path)):
        file = OpenFile(path)
        try:
            yield file.db
        finally:
            file.close()
        return
    identity = _claim(path)
    try:
        check_file(path)
        # immutable: else SQLite wants to write a log beside a file it only reads.
        uri = f"{path.as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            _check(db, path, MIGRATIONS)
            yield db
    finally:
        _release(identity)


# --- opening -----------------------------------------------------------------------------


class OpenFile:
    """A workspace file this process has locked. Use it on the thread that made it."""

    def __init__(
        self, path: Path, migrations: Sequence[Migration] = MIGRATIONS
    ) -> None:
        """Raises WorkspaceError, NotAWorkspace, WorkspaceTooNew or WorkspaceLocked."""
        path = path.resolve()  # SQLite keeps its log beside the real file
        self.path = path
        self._identity = _claim(path)
        try:
            check_file(path, len(migrations))
            self.db = _connect(path)
            try:
                _prepare(self.db, path, migrations)
            except BaseException:
                self.db.close()
                raise
        except BaseException:
            _release(self._identity)
            raise
        _sign(path)

    def close(self) -> None:
        """SQLite merges its log into the file and removes it."""
        self.db.close()
        lock_file(self.path).unlink(missing_ok=True)
        _release(self._identity)


def _connect(path: Path) -> sqlite3.Connection:
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise read_only(path)
    # mode=rw: a file that vanished meanwhile is not made anew.
    uri = f"{path.as_uri()}?mode=rw"
    try:
        return sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise problem(path, error) from error


def _prepare(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    number = _check(db, path, migrations)
    if number < len(migrations):
        _migrate(db, path, number, migrations)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        with transaction(db):
            search.ensure(db)
            run_rows.pause(db)
            answers.interrupt(db)
    except sqlite3.DatabaseError as error:
        raise problem(path, error) from error


def _check(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    """Look through the file without changing it; returns its version."""
    try:
        harden(db)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        number = schema.version(db)  # the first read: takes the lock, replays the log
        if number > len(migrations):
            raise too_new(path)
        check_objects(db, path, migrations[:number])
        _quick_check(db, path)
    except sqlite3.DatabaseError as error:
        raise problem(path, error) from error
    return number


def harden(db: sqlite3.Connection) -> None:
    """The file may come from anywhere: nothing in it may run or reach out."""
    if hasattr(db, "setconfig"):  # Python 3.12
        db.setconfig(_DEFENSIVE, True)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA mmap_size = 0")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # removed documents leave no traces in the file


def check_objects(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Refuse triggers, views, and tables that are not, to the letter, ours."""
    expected = schema.expected_objects(len(migrations), migrations)
    found = schema.objects(db)
    for name, entry in found.items():
        if expected.get(name) != entry and not _known_extra(name, entry, expected):
            raise NotAWorkspace(
                f"{path.name} cannot be trusted", why=f"It holds a {entry[0]} ({name}) that "
                "Strategy Explorer did not put there",
                remedy="Ask whoever sent it for an untouched copy",
            )
    missing = expected.keys() - found.keys()
    if missing:
        raise damaged(path, f"missing: {', '.join(sorted(missing))}")


def _known_extra(
    name: str, entry: tuple[str, str, str | None],
    expected: dict[str, tuple[str, str, str | None]],
) -> bool:
    kind, table, sql = entry
    if kind == "index":
        return sql is None and (table in expected or table in search.SHADOWS)
    if name == search.TABLE:
        return kind == "table" and (sql or "").startswith(search.CREATED)
    return kind == "table" and name in (*_SQLITE_OWN, *search.SHADOWS)


def _quick_check(db: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size <= _CHECKED_AT_OPEN and (found := damage(db)):
        raise damaged(path, found)


def damage(db: sqlite3.Connection) -> str:
    """What is wrong with the file's structure, or ""."""
    rows = [row[0] for row in db.execute("PRAGMA quick_check(5)")]
    return "" if rows == ["ok"] else "\n".join(rows)


def _migrate(
    db: sqlite3.Connection, path: Path, number: int, migrations: Sequence[Migration]
) -> None:
    """Raises WorkspaceError when a step fails; the file stays as it was."""
    copy = _free_name(path, f"{path.stem} (before update, version {number})")
    try:
        with contextlib.closing(sqlite3.connect(copy)) as target:
            db.backup(target)
        schema.migrate(db, migrations)
    except sqlite3.Error as error:
        raise WorkspaceError(
            f"{path.name} could not be brought to this version",
            why="A step of the update failed, and it was left as it was",
            remedy="Use the older program meanwhile and report this", details=str(error),
        ) from error


def _free_name(path: Path, stem: str) -> Path:
    number, candidate = 2, path.with_name(f"{stem}{path.suffix}")
    while candidate.exists():
        candidate = path.with_name(f"{stem} {number}{path.suffix}")
        number += 1
    return candidate
