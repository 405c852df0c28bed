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


class Ledger:
    """Everything raises sqlite3.Error or OSError where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def month(self, month: str, now: float) -> Month:
        """What is spent and reserved, here and by other processes."""
        with closing(self._open()) as database, database:
            return _read(database, month, now)

    def hold(
        self, month: str, dollars: float, limit: float | None, now: float
    ) -> tuple[int | None, Month]:
        """Reserve; the id is None where that would pass the limit. `now`: seconds, any epoch
        that all processes share. Also gives what there was before."""
        with closing(self._open()) as database, database:
            before = _read(database, month, now)
            if limit is not None and before.dollars + before.held + dollars > limit + 1e-9:
                return None, before
            made = database.execute("INSERT INTO held(month, dollars, until) VALUES(?, ?, ?)",
                                    (month, dollars, now + LASTS))
            return made.lastrowid, before

    def settle(self, month: str, hold: int | None, dollars: float | None, calls: int = 1) -> None:
        """The reservation ends with what it cost; None: nobody knows the price."""
        with closing(self._open()) as database, database:
            if hold is not None:
                database.execute("DELETE FROM held WHERE id = ?", (hold,))
            database.execute(_ADD, {
                "month": month, "dollars": dollars or 0.0, "calls": calls,
                "unknown": calls if dollars is None else 0})

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
