"""The spending limit holds side by side, across processes, and as an answer grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import Filtered, ServerFailed, SpendingLimitReached
from desktop.core.spending import ALLOWANCE, Limits
from desktop.core.types import Finished, Message, Parameters, Piece, TextPiece, Usage
from desktop.services.spending import LedgerSpending

QUESTION = [Message("user", "Are eyeglasses covered?")]
OCTOBER, NOVEMBER = 1791800000.0, 1795651200.0  # 2026


class Prices:
    """A thousandth of a dollar a token; "secret" has no price."""

    def cost(self, model: str, usage: Usage) -> float | None:
        if model in ("", "secret"):
            return None
        return (usage.prompt_tokens + usage.completion_tokens) / 1000


class Paid:
    """Answers with `texts`, then says what it used."""

    label, local, address = "paid", False, "somewhere"

    def __init__(self, *texts: str | Exception, model: str = "known", used: int = 100) -> None:
        self.texts = texts
        self.model = model
        self.used = used
        self.asked = 0
        self.gate: asyncio.Event | None = None

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        for text in self.texts:
            if isinstance(text, Exception):
                raise text
            yield TextPiece(text)
        yield Finished("stop", Usage(0, self.used), "known")


async def read(model: Any, parameters: Parameters | None = None) -> str:
    text = ""
    async for piece in model.stream(QUESTION, parameters or Parameters()):
        text += piece.text if isinstance(piece, TextPiece) else ""
    return text


def spend(
    folder: Path, scenario: Callable[[LedgerSpending], Any], limits: Limits | None = None,
    now: float = NOVEMBER,
) -> Any:
    async def main() -> Any:
        book = LedgerSpending(folder, Prices(), lambda: limits or Limits(),  # type: ignore[arg-type]
                              now=lambda: now)
        try:
            async with asyncio.timeout(20):
                return await scenario(book)
        finally:
            await book.aclose()

    return asyncio.run(main())


def test_what_calls_cost_adds_up_over_starts_and_by_month(tmp_path: Path) -> None:
    async def one(book: LedgerSpending) -> Any:
        await read(book.account().guard(Paid("Yes.")))
        return await book.spent()

    spend(tmp_path, one, now=OCTOBER)
    spend(tmp_path, one)
    spent = spend(tmp_path, one)
    assert (spent.month, spent.dollars, spent.calls, spent.unknown) == ("2026-11", 0.2, 2, 0)
    assert "$0.20 in 2 paid calls this month" in spent.sentence


def test_calls_side_by_side_do_not_pass_the_limit_together(tmp_path: Path) -> None:
    """Five would each fit alone; as each may need 0.62 at first, they take turns."""
    models = [Paid("Yes.", used=150) for _ in range(12)]

    async def scenario(book: LedgerSpending) -> Any:
        account = book.account()
        results = await asyncio.gather(
            *(read(account.guard(model)) for model in models), return_exceptions=True)
        return results, (await book.spent()).dollars

    results, spent = spend(tmp_path, scenario, Limits(run=1.5))
    stopped = [each for each in results if isinstance(each, SpendingLimitReached)]
    assert 0 < len(stopped) < 12
    assert sum(model.asked for model in models) == 12 - len(stopped), "stopped before it is sent"
    assert 0.8 < spent <= 1.5
    assert "limit of $1.50 for this run would be passed" in str(stopped[0])
    assert stopped[0].remedy


def test_the_month_holds_over_runs_and_over_processes(tmp_path: Path) -> None:
    limits = Limits(month=1.0)
    gate = asyncio.Event()

    async def scenario(book: LedgerSpending) -> None:
        other = LedgerSpending(tmp_path, Prices(), lambda: limits,  # type: ignore[arg-type]
                               now=lambda: NOVEMBER)
        held = Paid("Yes.", used=100)
        held.gate = gate
        async with asyncio.TaskGroup() as group:
            group.create_task(read(other.account().guard(held)))
            while not held.asked:
                await asyncio.sleep(0)
            with pytest.raises(SpendingLimitReached, match="for this month"):
                await read(book.account().guard(Paid("No.")))
            gate.set()
        await other.aclose()  # the ledger follows an answer a moment later
        await read(book.account().guard(Paid("Yes.", used=100)))
        assert (await book.spent()).dollars == pytest.approx(0.2)

    spend(tmp_path, scenario, limits)


def test_an_answer_that_grows_too_dear_is_stopped_with_its_text(tmp_path: Path) -> None:
    async def scenario(book: LedgerSpending) -> None:
        model = book.account().guard(Paid(*["word " * 100] * 40))
        got = ""
        with pytest.raises(SpendingLimitReached):
            async for piece in model.stream(QUESTION, Parameters()):
                assert isinstance(piece, TextPiece)
                got += piece.text
        spent = (await book.spent()).dollars
        assert ALLOWANCE * 2 <= len(got) < 20_000
        assert 0.5 < spent <= 2.0

    spend(tmp_path, scenario, Limits(run=2.0))


def test_the_longest_answer_so_far_is_reserved_next_time(tmp_path: Path) -> None:
    async def scenario(book: LedgerSpending) -> None:
        account = book.account()
        await read(account.guard(Paid("Short.", used=900)))  # it thought a lot
        with pytest.raises(SpendingLimitReached):
            await read(account.guard(Paid("Short.", used=900)))
        await read(account.guard(Paid("Short.", used=50)), Parameters(max_tokens=60))

    spend(tmp_path, scenario, Limits(run=1.0))


@pytest.mark.parametrize(("error", "dollars", "calls"), [
    (ServerFailed("It failed"), 0.0, 0), (Filtered("Stopped"), 0.005, 1)])
def test_what_was_refused_costs_nothing_but_a_filter_does(
    tmp_path: Path, error: Exception, dollars: float, calls: int
) -> None:
    async def scenario(book: LedgerSpending) -> Any:
        with pytest.raises(type(error)):
            await read(book.account().guard(Paid(error)))
        return await book.spent()

    spent = spend(tmp_path, scenario)
    assert (spent.dollars, spent.calls) == (pytest.approx(dollars), calls)


def test_an_unknown_price_is_counted_as_unknown_or_blocked(tmp_path: Path) -> None:
    async def scenario(book: LedgerSpending) -> Any:
        await read(book.account().guard(Paid("Yes.", model="secret")))
        return await book.spent()

    spent = spend(tmp_path, scenario, Limits(month=1.0))
    assert (spent.dollars, spent.calls, spent.unknown) == (0.0, 1, 1)
    assert "and 1 call whose price is unknown" in spent.sentence
    with pytest.raises(SpendingLimitReached, match="price of paid is unknown"):
        spend(tmp_path, scenario, Limits(block_unknown=True))


def test_the_model_that_the_server_names_gives_the_price(tmp_path: Path) -> None:
    async def scenario(book: LedgerSpending) -> Any:
        await read(book.account().guard(Paid("Yes.", model="")))
        return await book.spent()

    assert spend(tmp_path, scenario).dollars == 0.1


def test_what_runs_on_this_machine_is_left_alone(tmp_path: Path) -> None:
    async def scenario(book: LedgerSpending) -> None:
        model: Any = Paid("Yes.")
        model.local = True
        assert book.account().guard(model) is model

    spend(tmp_path, scenario, Limits(run=0.0))


def test_a_training_job_is_paid_before_it_is_ordered(tmp_path: Path) -> None:
    async def scenario(book: LedgerSpending) -> None:
        await book.account().pay("training", 3.0)
        with pytest.raises(SpendingLimitReached):
            await book.account().pay("training", 3.0)
        assert (await book.spent()).dollars == 3.0
        assert "left of the spending limit for this month" in await book.warning(3.0)
        assert await book.warning(1.5) == ""
        assert "unknown" in await book.warning(None)

    spend(tmp_path, scenario, Limits(month=5.0))


def test_what_a_crash_left_reserved_counts_as_spent(tmp_path: Path) -> None:
    async def crash(book: LedgerSpending) -> None:
        await book.reserve(book.account(), 2.0)

    async def look(book: LedgerSpending) -> float:
        return float((await book.spent()).dollars)

    spend(tmp_path, crash, Limits(month=5.0))
    assert spend(tmp_path, look) == 0.0
    assert spend(tmp_path, look, now=NOVEMBER + 3600) == 2.0
