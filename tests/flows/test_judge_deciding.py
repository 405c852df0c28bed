"""Decide and a judge: its score ranks once it agrees with people, and not a moment before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktop.core.evaluation.judging import DEFAULT_RUBRIC
from desktop.core.evaluation.types import UseCase
from desktop.flows.deciding import decide
from desktop.flows.judge_items import answers_of
from desktop.flows.judging import judge
from desktop.flows.reporting import make_report
from desktop.flows.use_case import save_use_case
from tests.judges import CHOICE, Court, court

TEXTS = [("No idea.", f"It is fact {n}.") for n in range(24)]


async def judged_world(world: Court) -> None:
    await save_use_case(world.store, UseCase("answer questions", "judge"))
    await judge(CHOICE, answers_of(await world.cells()), [world.run.id], world.ports)


def test_an_uncalibrated_judge_ranks_nothing_even_as_the_goal(tmp_path: Path) -> None:
    async def main() -> None:
        async with court(tmp_path / "w.stratex", texts=TEXTS) as world:
            await save_use_case(world.store, UseCase("answer questions", "judge"))
            assert "no judge has seen these answers" in (await decide(world.ports)).thin
            await judged_world(world)
            found = await decide(world.ports)
            assert found.strategy == "" and found.withheld
            assert "not calibrated: 0 of 20 labels" in found.thin and "20 labels" in found.thin
            assert not found.effects and found.summary is not None
            assert not any("judge" in each.metrics for each in found.summary.strategies)
            assert not any(each.metric == "judge" for each in found.summary.comparisons)

    asyncio.run(main())


def test_a_calibrated_judge_ranks(tmp_path: Path) -> None:
    async def main() -> None:
        async with court(tmp_path / "w.stratex", texts=TEXTS) as world:
            await judged_world(world)
            await world.label(lambda cell: float(cell.strategy_id == 2))
            found = await decide(world.ports)
            assert found.strategy == "Prompt" and found.metric == "judge" and not found.withheld

    asyncio.run(main())


def test_a_judge_that_people_disagree_with_is_told_so(tmp_path: Path) -> None:
    async def main() -> None:
        async with court(tmp_path / "w.stratex", texts=TEXTS) as world:
            await judged_world(world)
            await world.label(lambda cell: float(cell.case_id % 2))
            found = await decide(world.ports)
            assert "Kappa is 0.00 and must be 0.60" in found.thin

    asyncio.run(main())


def test_other_goals_are_decided_without_the_judge(tmp_path: Path) -> None:
    async def main() -> None:
        async with court(tmp_path / "w.stratex", texts=TEXTS) as world:
            await judged_world(world)
            await save_use_case(world.store, UseCase("answer questions", "token_f1"))
            found = await decide(world.ports)
            assert found.metric == "token_f1" and "judge" not in found.thin

    asyncio.run(main())


def test_the_report_says_whose_word_it_is_and_whether_it_counts(tmp_path: Path) -> None:
    async def main() -> None:
        async with court(tmp_path / "w.stratex", texts=TEXTS) as world:
            await judged_world(world)
            report = await make_report(world.ports, "1.0")
            text = repr(report)
            assert "Not calibrated (0 of 20 labels), not counted" in text
            assert "judge of work, rubric " in text and DEFAULT_RUBRIC.criteria[1].sentence in text
            assert b"judge_not_calibrated" in report.cells and b",judge," not in report.cells
            await world.label(lambda cell: float(cell.strategy_id == 2))
            report = await make_report(world.ports, "1.0")
            assert "Calibrated on 48 labels" in repr(report)
            assert b"judge_not_calibrated" not in report.cells

    asyncio.run(main())
