"""The spending limit: US dollars a run and a month that paid requests may cost.

Money is reserved before a request is sent and settled when its usage is known, so that requests
side by side cannot pass the limit together. What a model streams is watched: an answer that
grows beyond what was reserved reserves more, or is stopped with its text kept. The tokens a
model thinks with are not seen while it thinks; they are counted at the end, and from then on
reserved for its next answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .ports import ChatModel

ALLOWANCE = 600  # tokens of an answer that are reserved before it is known how long they are


@dataclass(frozen=True, slots=True)
class Limits:
    """US dollars; None: no limit. `block_unknown`: ask nothing whose price is unknown."""

    run: float | None = None
    month: float | None = None
    block_unknown: bool = False

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return self.run is not None or self.month is not None or self.block_unknown


@dataclass(frozen=True, slots=True)
class Spent:
    """What this machine's ledger says of a month, `2026-11`."""

    month: str
    dollars: float = 0.0
    calls: int = 0  # all of them
    unknown: int = 0  # those whose price is not in the table: they cost something too

    @property
    def sentence(self) -> str:
        """For the screen."""
        words = f"{money(self.dollars)} in {_calls(self.calls - self.unknown, 'paid ')} this month"
        if self.unknown:
            words += f", and {_calls(self.unknown)} whose price is unknown"
        return words


@dataclass(slots=True)
class Bill:
    """US dollars of one request: at first what is expected, None for an unknown price."""

    cost: float | None


class Account(Protocol):
    """What one run, one question or one judging may spend: the limit of a run is for it."""

    def guard(self, model: ChatModel) -> ChatModel:
        """The model, asked only while there is money. Its stream raises
        SpendingLimitReached before it sends, or when its answer grows too dear."""

    async def pay(self, what: str, cost: float | None) -> None:
        """Count something else that costs, before it is ordered; None: an unknown price.
        Raises SpendingLimitReached and then counts nothing."""

    def paying(self, what: str, cost: float | None) -> AbstractAsyncContextManager[Bill]:
        """As `pay`, around the request: what is reserved at first is counted as the bill says in
        the end, and not at all where the block is left by an error. Raises
        SpendingLimitReached."""


class Spending(Protocol):
    """The ledger and its limits."""

    def account(self, already: float = 0.0) -> Account:
        """For one run; `already` US dollars were spent on it earlier."""

    async def warning(self, cost: float | None, already: float = 0.0) -> str:
        """What is to be said before something that is estimated to cost so much, "" where it
        fits the limits."""

    async def spent(self) -> Spent:
        """Of this month."""


class Free:
    """No ledger and no limit, for tests and for what never leaves this machine."""

    def account(self, already: float = 0.0) -> Account:
        return self

    def guard(self, model: ChatModel) -> ChatModel:
        return model

    async def pay(self, what: str, cost: float | None) -> None:
        """Nothing is counted."""

    @asynccontextmanager
    async def paying(self, what: str, cost: float | None) -> AsyncIterator[Bill]:
        yield Bill(cost)

    async def warning(self, cost: float | None, already: float = 0.0) -> str:
        return ""

    async def spent(self) -> Spent:
        return Spent("")


FREE = Free()


def _calls(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}call{'' if count == 1 else 's'}"


def money(dollars: float) -> str:
    """`$4.20`; below ten cents with as many digits as say something."""
    if dollars >= 0.1 or dollars == 0:
        return f"${dollars:,.2f}"
    return f"${dollars:.2g}" if dollars >= 0.0001 else "under $0.0001"


def over_limit(
    cost: float, limits: Limits, spent_run: float, spent_month: float
) -> tuple[str, float, float] | None:
    """`(which, limit, spent)` of the first limit that `cost` more would pass, None for none."""
    for which, limit, spent in (
        ("run", limits.run, spent_run), ("month", limits.month, spent_month)
    ):
        if limit is not None and spent + cost > limit + 1e-9:
            return which, limit, spent
    return None


def over_words(which: str, limit: float, spent: float, cost: float) -> tuple[str, str]:
    """What is reached, and why, as two sentences without their full stops."""
    of = "this run" if which == "run" else "this month"
    return (
        f"The spending limit of {money(limit)} for {of} would be passed",
        f"{money(spent)} is spent or on its way, and this would cost about {money(cost)}",
    )
