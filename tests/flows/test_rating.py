"""Blind ratings from the file: sheets that go on, and what Decide makes of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.types import Rating, UseCase
from desktop.flows.deciding import decide
from desktop.flows.rating import answers_of, labels_sheet, pairs_sheet, rates_of
from desktop.flows.use_case import save_use_case
from tests.runs import BASELINE, PROMPT, MadeStore, around, deciding_ports, made_run


def world(ratings: int = 0, preferred: float = 1.0) -> MadeStore:
    """Thirty cases, Baseline's cells 1 to 30 and Prompt's 31 to 60; the first are rated."""
    run, cells, cases = made_run({BASELINE: around(0.2, 30), PROMPT: around(0.6, 30, seed=2)})
    told = [replace(cell, answer=replace(cell.answer, text=f"text {cell.id}"))  # type: ignore[type-var]
            for cell in cells]
    rated = [Rating(n, 30 + n, preferred, other_cell_id=n, rater="blind")
             for n in range(1, ratings + 1)]
    return MadeStore([(run, told)], cases, rated=rated)


def test_a_sheet_holds_what_nobody_has_rated() -> None:
    async def main() -> None:
        store: Any = world(ratings=12)
        ports = deciding_ports(store)
        found = await answers_of(ports)
        sheet = await pairs_sheet(found, found.couples, ports)
        assert (len(sheet.items), sheet.total) == (18, 30)
        assert {item.case.id for item in sheet.items} == set(range(13, 31))
        item = sheet.items[0]
        assert item.pair is not None
        assert item.answers == (f"text {item.pair.left}", f"text {item.pair.right}")
        store.rated = [Rating(1, 5, 1.0, rater="blind")]
        labels = await labels_sheet(found, ports)
        assert labels.total == 30 and 5 not in {item.cell_id for item in labels.items}
    asyncio.run(main())


def test_without_answers_it_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="Run the cases under Evaluate first"):
        asyncio.run(answers_of(deciding_ports(MadeStore())))


@pytest.mark.parametrize(("ratings", "preferred", "words"), [
    (30, 1.0, "Prompt was preferred to Baseline in 100 % of 30 blind pairs (89 % to 100 %)."),
    (3, 1.0, "Within noise: Prompt was preferred to Baseline in 100 % of 3 blind pairs"),
])
def test_decide_says_what_people_preferred_and_leads_to_the_cells(
    ratings: int, preferred: float, words: str
) -> None:
    async def main() -> None:
        store: Any = world(ratings, preferred)
        ports = deciding_ports(store)
        await save_use_case(store, UseCase("x", "token_f1"))
        rate, = await rates_of(await answers_of(ports), ports)
        assert (rate.wins, rate.losses) == (0, ratings)
        reason = (await decide(ports)).reasons[-1]
        assert reason.text.startswith(words)
        assert reason.evidence.strategies == ("Baseline", "Prompt")
        assert reason.evidence.cases == tuple(range(1, ratings + 1))
    asyncio.run(main())
