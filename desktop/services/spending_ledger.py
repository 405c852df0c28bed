"""What paid requests cost, month by month, in a file of the data folder.

SQLite, because several windows and commands may spend at once: each change is a transaction.
Blocking: milliseconds, on the thread of `services/spending.py`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

FILE = "spending.db"
LASTS = 900.0  # seconds after which what a crashed process had reserved counts as spent
_SCHEMA = """
CREATE TABLE IF NOT EXISTS spent(
    month TEXT PRIMARY KEY, dollars REAL NOT NULL, calls INTEGER NOT NULL,
    unknown INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS held(
    id INTEGER PRIMARY KEY AUTOINCREMENT, month TEXT NOT NULL, dollars REAL NOT NULL,
    until REAL NOT NULL
);
"""
_ADD = """
INSERT INTO spent VALUES(:month, :dollars, :calls, :unknown) ON CONFLICT(month) DO UPDATE SET
    dollars = dollars + :dollars, calls = calls + :calls, unknown = unknown + :unknown
"""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the ledger: US dollars spent and reserved, calls, calls of unknown price."""

    dollars: float = 0.0
    held: float = 0.0
    calls: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Booked:
    """What was spent and is not in the ledger yet."""

    dollars: float = 0.0
    calls: int = 0
    unknown: int = 0

    def plus(self, dollars: float | None, calls: int) -> Booked:
        """With one more; None: nobody knows the price."""
        unknown = calls if dollars is None else 0
        return Booked(self.dollars + (dollars or 0.0), self.calls + calls, self.unknown + unknown)


@dataclass(frozen=True, slots=True)
class Synced:
    """This process's row, what was granted beyond what it held, and the month without it."""

    row: int | None
    granted: float
    others: Month


class Ledger:
    """Everything raises sqlite3.Error or OSError where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def month(self, month: str, now: float) -> Month:
        """What is spent and reserved, here and by other processes."""
        with closing(self._open()) as database, database:
            return _read(database, month, now)

    def sync(
        self, month: str, row: int | None, booked: Booked, held: float, now: float, *,
        more: float = 0.0, at_best: float = 0.0, limit: float | None = None,
    ) -> Synced:
        """Book what was spent, and keep `held` reserved in this process's row.

        `more` asks for that much beyond it, or up to `at_best` so that not every call has to
        ask; nothing is granted where `more` would pass `limit`. `now`: seconds, of an epoch
        that all processes share.
        """
        with closing(self._open()) as database, database:
            database.execute(_ADD, {"month": month, "dollars": booked.dollars,
                                    "calls": booked.calls, "unknown": booked.unknown})
            if row is not None:
                database.execute("DELETE FROM held WHERE id = ?", (row,))
            others = _read(database, month, now)
            granted = more
            if limit is not None:
                free = limit - others.dollars - others.held - held
                granted = min(max(more, at_best), free) if free + 1e-9 >= more else 0.0
            kept, row = held + granted, None
            if kept > 0:
                row = database.execute(
                    "INSERT INTO held(month, dollars, until) VALUES(?, ?, ?)",
                    (month, kept, now + LASTS)).lastrowid
            return Synced(row, granted, others)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=5.0, isolation_level="IMMEDIATE")
        try:
            database.executescript(_SCHEMA)
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            database.close()
            raise
        return database


def _read(database: sqlite3.Connection, month: str, now: float) -> Month:
    for lost, of, dollars in database.execute(
            "SELECT id, month, dollars FROM held WHERE until < ?", (now,)).fetchall():
        database.execute("DELETE FROM held WHERE id = ?", (lost,))
        database.execute(_ADD, {"month": of, "dollars": dollars, "calls": 1, "unknown": 0})
    spent = database.execute(
        "SELECT dollars, calls, unknown FROM spent WHERE month = ?", (month,)).fetchone()
    held = database.execute(
        "SELECT coalesce(sum(dollars), 0) FROM held WHERE month = ?", (month,)).fetchone()
    dollars, calls, unknown = spent or (0.0, 0, 0)
    return Month(dollars, held[0], calls, unknown)
