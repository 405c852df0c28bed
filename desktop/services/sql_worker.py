"""The process that runs queries: read-only, within limits, results compared as sets of rows.

Rows are compared without regard to their order, unless an accepted query orders its own (an
ORDER BY outside brackets). Columns are compared by position, not by name; numbers with a
relative tolerance; text exactly.
"""

from __future__ import annotations

import math
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import ConfigurationError
from .worker_frames import Header

if TYPE_CHECKING:
    from .worker_child import Handler, Steps

MOST_ROWS = 20_000
MOST_BYTES = 50_000_000  # of a result
LONGEST_VALUE = 2_000_000  # bytes; SQLite's own limit is a thousand million
MOST_MEMORY = 300_000_000  # bytes, of SQLite itself
TOLERANCE = 1e-6
_STEPS = 5_000  # of SQLite's machine between two looks at the clock
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_HARMFUL = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
Row = tuple[Any, ...]


class _Refused(Exception):
    """A query that gave no result; the message is a sentence for people."""


def make_handler(config: Header) -> Handler:
    """What the child runs."""
    return handle


def handle(header: Header, payload: memoryview) -> Steps:
    """One comparison; see `sql_runner.py`."""
    yield from ()
    equal, why = compare(
        Path(header["database"]), header["query"], header["accepted"], header["seconds"]
    )
    return {"equal": equal, "why": why}, b""


def compare(
    database: Path, query: str, accepted: str, seconds: float
) -> tuple[bool | None, str]:
    """Whether they return the same, None where no accepted query runs, and why not.

    Raises ConfigurationError for an unusable database.
    """
    db = _open(database)
    try:
        expected = []
        problem = "The reference holds no query"
        for one in split_queries(accepted):
            try:
                expected.append((one, _run(db, one, seconds)))
            except _Refused as error:
                problem = f"No accepted query runs on this database: {error}"
        if not expected:
            return None, problem
        return _judge(db, query, expected, seconds)
    finally:
        db.close()


def _judge(
    db: sqlite3.Connection, query: str, expected: Sequence[tuple[str, list[Row]]], seconds: float
) -> tuple[bool, str]:
    try:
        if len(split_queries(query)) > 1:
            raise _Refused("The answer holds more than one query")
        found = _run(db, query, seconds)
    except _Refused as error:
        return False, str(error)
    if any(same_rows(rows, found, in_order=orders(one)) for one, rows in expected):
        return True, ""
    return False, f"Its {len(found)} rows are not those of an accepted query"


def _open(database: Path) -> sqlite3.Connection:
    if not database.is_file():
        raise ConfigurationError(
            f"{database.name} is not there", remedy="Attach an SQLite database"
        )
    try:
        db = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        db.execute("PRAGMA query_only=ON")
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA temp_store=MEMORY")
        db.execute(f"PRAGMA hard_heap_limit={MOST_MEMORY}")
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        raise ConfigurationError(
            f"{database.name} cannot be read", why=str(error), remedy="Attach an SQLite database"
        ) from error
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    db.set_authorizer(_authorize)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return db


def _authorize(action: int, one: str | None, two: str | None, *_: str | None) -> int:
    harmless = action in _READS or (
        action == sqlite3.SQLITE_FUNCTION and (two or "").lower() not in _HARMFUL
    )
    return sqlite3.SQLITE_OK if harmless else sqlite3.SQLITE_DENY


def _run(db: sqlite3.Connection, query: str, seconds: float) -> list[Row]:
    """The rows of one query. Raises _Refused."""
    end = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        cursor = db.execute(query)
        if cursor.description is None:
            raise _Refused("It is not a query")
        return _fetch(cursor)
    except (sqlite3.Error, sqlite3.Warning, MemoryError, ValueError) as error:
        raise _Refused(_in_words(error)) from error


def _fetch(cursor: sqlite3.Cursor) -> list[Row]:
    rows: list[Row] = []
    size = 0
    for row in cursor:
        rows.append(row)
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if len(rows) > MOST_ROWS or size > MOST_BYTES:
            raise _Refused(f"It returns too much: more than {MOST_ROWS:,} rows or 50 MB")
    return rows


def _in_words(error: BaseException) -> str:
    if str(error) == "interrupted":
        return "It took too long"
    if re.search("not authorized|authorization denied|prohibited", str(error)):
        return "It does more than read"
    return f"It does not run: {error}"


def split_queries(text: str) -> list[str]:
    """The queries of a text; `;` within quotes and comments separates nothing."""
    found: list[str] = []
    start = 0
    for position in (match.end() for match in re.finditer(";", text)):
        if sqlite3.complete_statement(text[start:position]):
            found.append(text[start:position])
            start = position
    found.append(text[start:])
    return [one.strip() for one in found if _bare(one).strip(" ;\n\t\r")]


_QUOTED = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.S
)


def _bare(query: str) -> str:
    """Without strings, quoted names and comments."""
    return _QUOTED.sub(" ", query)


def orders(query: str) -> bool:
    """Whether the query itself, not one in brackets or a window, orders its rows."""
    depth = 0
    for token in re.finditer(r"[()]|\border\s+by\b", _bare(query), re.I):
        if token.group() in "()":
            depth += 1 if token.group() == "(" else -1
        elif depth == 0:
            return True
    return False


def same_rows(expected: Sequence[Row], found: Sequence[Row], *, in_order: bool) -> bool:
    """Whether two results hold the same rows, each as often."""
    if len(expected) != len(found):
        return False
    if not in_order:
        expected, found = sorted(expected, key=_rank), sorted(found, key=_rank)
    return all(
        len(one) == len(other) and all(map(_same, one, other))
        for one, other in zip(expected, found, strict=True)
    )


def _rank(row: Row) -> tuple[tuple[int, Any], ...]:
    return tuple(_ranked(row))


def _ranked(row: Row) -> Iterator[tuple[int, Any]]:
    """None, numbers, text, bytes. Rounded, so that nearly equal numbers sort alike."""
    for value in row:
        if value is None:
            yield 0, 0
        elif isinstance(value, int | float):
            yield 1, float(f"{float(value):.5g}") if math.isfinite(value) else value
        else:
            yield (2, value) if isinstance(value, str) else (3, value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return type(one) is type(other) and bool(one == other)
