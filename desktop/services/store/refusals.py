"""Why a workspace file cannot be used: what, why, what next. Reading only."""

from __future__ import annotations

import contextlib
import datetime
import json
import platform
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import NotAWorkspace, WorkspaceError, WorkspaceLocked, WorkspaceTooNew
from .schema import APPLICATION_ID, MIGRATIONS

_MAGIC = b"SQLite format 3\x00"
_TROUBLE = (
    "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM",
    "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB",
)


@dataclass(frozen=True, slots=True)
class Header:
    """What the first hundred bytes say."""

    version: int
    size: int  # bytes the file should have at least; 0: the header does not know


def check_file(path: Path, newest: int = len(MIGRATIONS)) -> None:
    """Read-only checks. Raises WorkspaceError and its kinds."""
    _check_kind(path)
    header = _read_header(path)
    if header.version > newest:
        raise too_new(path)
    # After a crash the pages that are missing here may still be in the write-ahead log.
    if path.stat().st_size < header.size and not has_log(path):
        raise NotAWorkspace(
            f"{path.name} is cut short", why="Part of the file is missing",
            remedy="Copy it again from where it came from",
        )


def _check_kind(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _unreachable(path, error) from error
    if stat.S_ISDIR(mode):
        raise NotAWorkspace(
            f"{path.name} is a folder, not a workspace", remedy="Choose a .stratex file"
        )
    if not stat.S_ISREG(mode):
        raise NotAWorkspace(f"{path.name} is not a file", remedy="Choose a .stratex file")


def _unreachable(path: Path, error: OSError) -> WorkspaceError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if not path.parent.is_dir():
            return WorkspaceError(
                f"There is no folder {path.parent}", remedy="Choose a workspace somewhere else"
            )
        return WorkspaceError(
            f"There is no file {path.name} in {path.parent}",
            remedy="It may have been moved or renamed: open it from where it is now",
        )
    if isinstance(error, PermissionError):
        return WorkspaceError(
            f"You may not read {path.name}", why="The system refused access",
            remedy="Ask its owner for permission, or open a copy",
        )
    return WorkspaceError(
        f"{path.name} cannot be read", why=error.strerror or str(error),
        remedy="Copy it to this computer and open the copy",
    )


def _read_header(path: Path) -> Header:
    try:
        start = _first_bytes(path)
    except OSError as error:
        raise _unreachable(path, error) from error
    if not start:
        raise NotAWorkspace(
            f"{path.name} is empty", why="It has no bytes, not even a workspace's beginning",
            remedy="Copy it again from where it came from, or make a new workspace",
        )
    if not start.startswith(_MAGIC):
        raise _stranger(path)
    if len(start) < 100:
        raise NotAWorkspace(
            f"{path.name} is cut short", why="Part of the file is missing",
            remedy="Copy it again from where it came from",
        )
    if int.from_bytes(start[68:72], "big") != APPLICATION_ID:
        raise _stranger(path)
    page = int.from_bytes(start[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(start[28:32], "big") if start[24:28] == start[92:96] else 0
    return Header(int.from_bytes(start[60:64], "big"), page * pages)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _stranger(path: Path) -> NotAWorkspace:
    return NotAWorkspace(
        f"{path.name} is not a workspace", why="Another program made it",
        remedy="Choose a .stratex file; to read this one as a document, drop it on a workspace",
    )


def too_new(path: Path) -> WorkspaceTooNew:
    return WorkspaceTooNew(
        f"{path.name} was written by a newer Strategy Explorer",
        why="This version does not know all that is in it",
        remedy="Update the program and open it again",
    )


def damaged(path: Path, details: str) -> NotAWorkspace:
    return NotAWorkspace(
        f"{path.name} is damaged", why="Its contents do not fit together",
        remedy="Open a backup, or copy it again from where it came from", details=details,
    )


def has_log(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.with_name(path.name + "-wal").stat().st_size > 0
    return False


# --- while it is used ---------------------------------------------------------------


def is_trouble(error: sqlite3.Error) -> bool:
    """Whether the disk or the file is at fault, and not this program."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith(_TROUBLE)


def problem(path: Path, error: sqlite3.Error) -> WorkspaceError:
    """What an error of SQLite means to the user."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return locked(path)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return read_only(path)
    if name.startswith("SQLITE_FULL"):
        return WorkspaceError(
            f"{path.name} cannot grow", why="The disk is full",
            remedy="Free some space; what was saved before is safe", details=str(error),
        )
    if name.startswith("SQLITE_IOERR"):
        return WorkspaceError(
            f"{path.name} cannot be read or written", why="The disk or network drive failed",
            remedy="Check the drive, then open the workspace again", details=f"{name}: {error}",
        )
    return damaged(path, f"{name}: {error}")


def read_only(path: Path) -> WorkspaceError:
    return WorkspaceError(
        f"{path.name} cannot be changed", why="The file or its folder is read-only",
        remedy="Copy it to a folder of yours and open the copy",
    )


def lock_file(path: Path) -> Path:
    """Beside an open workspace: who has it. SQLite's own lock decides, this only tells."""
    return path.with_name(f".{path.name}.lock")


def locked(path: Path) -> WorkspaceLocked:
    """Names the process that has the file, and since when, as far as it told."""
    who = "another program"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        owner = json.loads(lock_file(path).read_text())
        since = datetime.datetime.fromisoformat(owner["since"])
        host = "" if owner["host"] == platform.node() else f" on {owner['host']}"
        who = (
            f"another Strategy Explorer (process {owner['pid']}{host}, "
            f"since {since:%Y-%m-%d %H:%M})"
        )
    return WorkspaceLocked(
        f"{path.name} is open in {who}", remedy="Close it there, or open a copy of the file"
    )
