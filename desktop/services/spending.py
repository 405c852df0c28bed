"""Counts what paid requests cost, and stops before the user's limit is passed.

Implements core.spending. Prices come from the table, so this is an estimate of the bill, not
the bill: hosting, storage and what other programs ask are not in it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ..core.errors import ConfigurationError, Filtered, ProviderError, SpendingLimitReached
from ..core.ports import ChatModel, PriceCatalog
from ..core.spending import ALLOWANCE, Bill, Limits, Spent, money, over_limit, over_words
from ..core.types import Finished, Message, Parameters, Piece, Usage
from .spending_ledger import FILE, Booked, Ledger, Month
from .threads import Threads

log = logging.getLogger(__name__)
T = TypeVar("T")
AHEAD = 0.02  # of a month's limit, reserved at once so that not every call asks the ledger
RAISE_IT = "Raise it under Tools, Connections, Spending"


@dataclass(frozen=True, slots=True)
class _Hold:
    """Money reserved for one call."""

    dollars: float
    month: str


@dataclass(slots=True)
class _Month:
    """What this process has of one month: `granted` is reserved in the ledger, and covers what
    is on its way and what is not booked there yet."""

    row: int | None = None
    granted: float = 0.0
    on_way: float = 0.0
    booked: Booked = field(default_factory=Booked)


class LedgerSpending:
    """Implements core.spending.Spending over the ledger in the data folder."""

    def __init__(
        self, folder: Path, prices: PriceCatalog, limits: Callable[[], Limits], *,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`limits` is asked at each use, so that a changed one counts at once."""
        self.prices = prices
        self.limits = limits
        self._now = now
        self._ledger = Ledger(folder / FILE)
        self._thread = Threads(1, "spending")
        self._settled: asyncio.Condition = asyncio.Condition()
        self._open = 0  # reservations of this process
        self._months: dict[str, _Month] = {}
        self._mutex = threading.Lock()  # over `_months`, which the thread changes too
        self._flushing = False
        self.answer_tokens: dict[str, int] = {}  # address -> the longest answer so far
        self.served: dict[str, str] = {}  # address -> the model that the server named

    def account(self, already: float = 0.0) -> _Account:
        """See core.spending.Spending."""
        return _Account(self, already)

    async def warning(self, cost: float | None, already: float = 0.0) -> str:
        """See core.spending.Spending. A ledger that cannot be read warns of nothing."""
        limits = self.limits()
        if not limits.any:
            return ""
        if cost is None:
            return ("A price is unknown, and calls without a price are not sent: see Spending "
                    "under Connections." if limits.block_unknown else
                    "A price is unknown, so the spending limit cannot count all of it.")
        month = (await self.spent()).dollars
        found = over_limit(cost, limits, already, month)
        if found is None:
            return ""
        which, limit, spent = found
        return (f"~{money(cost)} is more than the {money(max(0.0, limit - spent))} left of the "
                f"spending limit for this {which}: it would stop there.")

    async def spent(self) -> Spent:
        """See core.spending.Spending."""
        name = self._month()
        try:
            found = await self._do(lambda: self._look(name))
        except (sqlite3.Error, OSError) as error:
            log.warning("the spending ledger cannot be read: %s", error)
            found = Month()
        return Spent(name, found.dollars, found.calls, found.unknown)

    async def aclose(self) -> None:
        """Book what is not booked yet, and end the thread."""
        await self._do(self._flush)
        self._thread.shutdown(wait=False)

    # --- for accounts --------------------------------------------------------------------

    async def reserve(self, account: _Account, dollars: float, *, wait: bool = True) -> _Hold:
        """Waits while other calls of this process hold what is missing.

        Raises SpendingLimitReached, ConfigurationError where the ledger cannot be written.
        """
        async with self._settled:
            while True:
                limits, month = self.limits(), self._month()
                over = over_limit(dollars, Limits(run=limits.run),
                                  account.spent + account.held, 0.0)
                if over is None and limits.month is not None:
                    over = await self._grant(month, dollars, limits.month)
                if over is None:
                    account.held += dollars
                    self._open += 1
                    with self._mutex:
                        self._months.setdefault(month, _Month()).on_way += dollars
                    return _Hold(dollars, month)
                if not wait or not self._open:
                    what, why = over_words(*over, dollars)
                    raise SpendingLimitReached(what, why=why, remedy=RAISE_IT)
                await self._settled.wait()

    async def settle(self, account: _Account, hold: _Hold, cost: float | None,
                     calls: int = 1) -> None:
        """What was reserved ends as what it cost. The ledger follows a moment later: its disk
        holds up no answer."""
        async with self._settled:
            account.held -= hold.dollars
            account.spent += cost or 0.0
            self._open -= 1
            with self._mutex:
                mine = self._months[hold.month]
                mine.on_way = mine.on_way - hold.dollars if self._open else 0.0
                mine.booked = mine.booked.plus(cost, calls)
                flush, self._flushing = not self._flushing, True
            if flush:
                self._thread.submit(self._flush)
            self._settled.notify_all()

    async def _grant(
        self, month: str, dollars: float, limit: float
    ) -> tuple[str, float, float] | None:
        """None where the month has room, else what is over. Asks the ledger only when what it
        granted before is used up."""
        with self._mutex:
            mine = self._months.setdefault(month, _Month())
            lacks = mine.on_way + mine.booked.dollars + dollars - mine.granted
        if lacks <= 1e-12:
            return None
        try:
            others = await self._do(lambda: self._ask(month, dollars, limit))
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(
                "The month's spending limit cannot be kept", why=f"Its ledger failed: {error}",
                remedy="Free some space in the data folder, or switch the limit off",
            ) from error
        if others is None:
            return None
        with self._mutex:
            return "month", limit, others.dollars + others.held + mine.on_way

    # --- on the thread ---------------------------------------------------------------------

    def _ask(self, month: str, dollars: float, limit: float) -> Month | None:
        """None where the ledger granted it, else the month without this process."""
        with self._mutex:
            mine = self._months[month]
            booked, mine.booked = mine.booked, Booked()
            held = mine.on_way
        try:
            synced = self._ledger.sync(month, mine.row, booked, held, self._now(), more=dollars,
                                       at_best=limit * AHEAD, limit=limit)
        except (sqlite3.Error, OSError):
            self._unbook(mine, booked)
            raise
        with self._mutex:
            mine.row, mine.granted = synced.row, held + synced.granted
        return None if synced.granted + 1e-12 >= dollars else synced.others

    def _flush(self) -> None:
        """Book what was spent; what was granted and is not needed goes back."""
        with self._mutex:
            self._flushing = False
            months = list(self._months.items())
        for month, mine in months:
            with self._mutex:
                booked, mine.booked = mine.booked, Booked()
                if not booked.calls and not booked.dollars and not (mine.granted and (
                        not mine.on_way)):
                    continue
                mine.granted = max(mine.on_way, mine.granted - booked.dollars) if (
                    mine.on_way and mine.granted) else 0.0
                held = mine.granted
            try:
                synced = self._ledger.sync(month, mine.row, booked, held, self._now())
            except (sqlite3.Error, OSError) as error:
                log.warning("the spending ledger cannot be written: %s", error)
                self._unbook(mine, booked)
            else:
                mine.row = synced.row

    def _unbook(self, mine: _Month, booked: Booked) -> None:
        with self._mutex:
            mine.booked = Booked(mine.booked.dollars + booked.dollars,
                                 mine.booked.calls + booked.calls,
                                 mine.booked.unknown + booked.unknown)

    def _look(self, month: str) -> Month:
        self._flush()
        return self._ledger.month(month, self._now())

    def _month(self) -> str:
        return time.strftime("%Y-%m", time.gmtime(self._now()))

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class _Account:
    """Implements core.spending.Account."""

    def __init__(self, book: LedgerSpending, already: float) -> None:
        self.book = book
        self.spent = already
        self.held = 0.0

    def guard(self, model: ChatModel) -> ChatModel:
        """Models of this machine cost nothing and are left as they are."""
        return model if model.local else GuardedChat(model, self)

    async def pay(self, what: str, cost: float | None) -> None:
        """See core.spending.Account."""
        self.refuse_unknown(what, cost)
        hold = await self.book.reserve(self, cost or 0.0)
        await self.book.settle(self, hold, cost)

    @asynccontextmanager
    async def paying(self, what: str, cost: float | None) -> AsyncIterator[Bill]:
        """See core.spending.Account."""
        self.refuse_unknown(what, cost)
        hold = await self.book.reserve(self, cost or 0.0)
        bill, calls = Bill(cost), 0
        try:
            yield bill
            calls = 1
        finally:
            await self.book.settle(self, hold, bill.cost if calls else 0.0, calls)

    def refuse_unknown(self, what: str, cost: float | None) -> None:
        """Raises SpendingLimitReached for an unknown price, where the user wants that."""
        if cost is None and self.book.limits().block_unknown:
            raise SpendingLimitReached(
                f"The price of {what} is unknown", why="Calls without a price are switched off",
                remedy="Name the deployment's model under Connections, add its price to the "
                       "table, or allow such calls under Spending")


class GuardedChat:
    """A ChatModel that is asked only while there is money."""

    def __init__(self, model: ChatModel, account: _Account) -> None:
        self._model = model
        self._account = account
        self._book = account.book

    @property
    def label(self) -> str:
        return self._model.label

    @property
    def model(self) -> str:
        return self._model.model

    @property
    def local(self) -> bool:
        return self._model.local

    @property
    def address(self) -> str:
        return self._model.address

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        """As the model's own, but raises SpendingLimitReached; the text so far was yielded."""
        prompt = sum(len(each.content.encode()) for each in messages)  # bytes
        allowance = self._allowance(parameters)
        reserved = self._cost(prompt // 2 + 8 * len(messages), allowance)
        self._account.refuse_unknown(self.label, reserved)
        holds = [await self._book.reserve(self._account, reserved or 0.0)]
        text, end, failed = 0, None, False
        try:
            async with aclosing(self._model.stream(messages, parameters)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        end = piece
                    else:
                        text += len(piece.text.encode())
                        while reserved is not None and text // 2 > allowance * len(holds):
                            more = self._cost(0, allowance) or 0.0
                            holds.append(await self._book.reserve(
                                self._account, more, wait=False))
                    yield piece
        except ProviderError as error:
            failed = not text and not isinstance(error, Filtered)  # nothing is billed for it
            raise
        finally:
            usage = (end.usage if end else None) or Usage(prompt // 4, text // 4, estimated=True)
            self._learn(end, usage)
            cost = 0.0 if failed else self._cost(usage.prompt_tokens, usage.completion_tokens)
            await self._settle(holds, cost, failed)

    def _allowance(self, parameters: Parameters) -> int:
        """Tokens of the answer that are reserved at first."""
        usual = max(ALLOWANCE, self._book.answer_tokens.get(self.address, 0))
        return min(usual, parameters.max_tokens or usual)

    def _cost(self, prompt: int, completion: int) -> float | None:
        name = self.model or self._book.served.get(self.address, "")
        return self._book.prices.cost(name, Usage(prompt, completion))

    def _learn(self, end: Finished | None, usage: Usage) -> None:
        if end is not None and end.model:
            self._book.served[self.address] = end.model
        known = self._book.answer_tokens.get(self.address, 0)
        self._book.answer_tokens[self.address] = max(known, usage.completion_tokens)

    async def _settle(self, holds: Sequence[_Hold], cost: float | None, failed: bool) -> None:
        first, *more = holds
        for hold in more:
            await self._book.settle(self._account, hold, 0.0, calls=0)
        await self._book.settle(self._account, first, cost, calls=0 if failed else 1)
