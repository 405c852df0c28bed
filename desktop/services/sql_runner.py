"""Do two queries return the same rows of a database that the user attached?

The database is opened read-only, with an authorizer that allows reading and nothing else, in a
process of its own: a query that runs for ever is interrupted there, and should even that fail,
the process is killed. What a query may cost is limited in time, rows and bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..core.errors import ConfigurationError
from ..core.ports import SqlComparison, SqlRunner
from . import sql_worker
from .worker import Worker, WorkerDied
from .worker_frames import Header

SECONDS = 10.0  # for one query
KILLED_AFTER = 3.0  # seconds more, for all that runs outside SQLite's own interrupts


class SqlProcess:
    """Implements core.ports.SqlRunner. The process starts with the first call."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._worker = Worker("sql", sql_worker.make_handler, {}, kill_on_cancel=True)
        self._turn = asyncio.Lock()  # the limit is for a query that runs, not for one that waits

    async def compare(self, database: str, query: str, accepted: str) -> SqlComparison:
        """See core.ports.SqlRunner. Raises ConfigurationError for an unusable database."""
        request = {
            "database": database, "query": query, "accepted": accepted, "seconds": self._seconds
        }
        try:
            async with self._turn, asyncio.timeout(self._longest(accepted)):
                return await self._worker.call(request, decode=_comparison)
        except TimeoutError:
            return SqlComparison(False, "It took too long")
        except WorkerDied as error:
            raise ConfigurationError(
                "The process that runs queries ended", why=str(error),
                remedy="Try again, or leave SQL equivalence out",
            ) from error

    def _longest(self, accepted: str) -> float:
        return self._seconds * (2 + accepted.count(";")) + KILLED_AFTER

    async def aclose(self) -> None:
        """Ends the process, if any."""
        await self._worker.aclose()


class ConfirmedSql:
    """A workspace's way to its database: one that nobody on this machine chose or confirmed for
    it is not opened, nor even looked for. Then no query can be compared."""

    def __init__(self, inner: SqlRunner, may_open: Callable[[str], bool]) -> None:
        self._inner = inner
        self._may_open = may_open

    async def compare(self, database: str, query: str, accepted: str) -> SqlComparison:
        """See core.ports.SqlRunner."""
        if not self._may_open(database):
            return SqlComparison(None, "The database is not confirmed on this machine")
        return await self._inner.compare(database, query, accepted)

    async def aclose(self) -> None:
        """The process is not the workspace's to end."""


def _comparison(header: Header, payload: memoryview) -> SqlComparison:
    return SqlComparison(header["equal"], header["why"])
