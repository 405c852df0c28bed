"""`report` as a process: what is written, what is refused, and what is left alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.core.evaluation.types import CellState, Run, RunState
from desktop.core.types import Answer, AnswerState, Case
from desktop.services import workspace

from .conftest import CommandLine

CASES = 24


async def run_cases(path: Path) -> None:
    """A finished run in which documents help."""
    store = await workspace.open_workspace(path)
    try:
        cases = await store.add_cases([Case(0, f"Question {n}?", f"Answer {n}")
                                       for n in range(CASES)])
        strategies = await store.strategies()
        begun = await store.begin_run(Run(
            0, RunState.RUNNING, tuple(strategies), tuple(case.id for case in cases), 1,
            ("token_f1",)))
        for place, cell in enumerate(await store.cells(begun.id)):
            strategy = strategies[place % len(strategies)]
            text = f"<b>{strategy.name}</b> says {place}"
            answer = Answer(strategy.name, "Built-in extractive (offline)", "q", AnswerState.DONE,
                            text, seconds=0.5, cost=0.0)
            score = 0.1 * (place % 3) + (0.6 if strategy.retrieval else 0.0)
            await store.save_cell(cell.__class__(
                cell.id, cell.run_id, cell.case_id, cell.strategy_id, cell.repeat,
                CellState.DONE, answer, {"token_f1": score}))
        await store.set_run(begun.id, RunState.DONE)
        await store.set_fact("use case", "Answer questions about benefits")
        await store.set_fact("use case goal", {"metric": "token_f1"})
    finally:
        await store.aclose()


@pytest.mark.parametrize(("name", "start"), [
    ("out.html", "<!DOCTYPE html>"), ("out.md", "<!-- strategy-explorer-report -->"),
    ("out.csv", "\ufeffcase,question"),
])
def test_a_report_is_written_and_written_again(
    cli: CommandLine, sample: Path, name: str, start: str
) -> None:
    asyncio.run(run_cases(sample))
    out = cli.folder / name
    assert cli.json("report", sample, name) == {"report": name}
    assert cli.json("report", sample, name) == {"report": name}
    text = out.read_text(encoding="utf-8")
    assert text.startswith((start, start.removeprefix("\ufeff")))
    assert str(cli.folder) not in text and str(Path.home()) not in text
    if name == "out.html":
        assert "Use Prompt + documents." in text and "&lt;b&gt;Baseline" in text
        assert "<b>" not in text


def test_what_cannot_be_reported_is_one_sentence(cli: CommandLine) -> None:
    sample = cli.folder / "empty.stratex"
    cli.run("new", sample)
    assert "nothing to report yet" in cli.run("report", sample, "out.html", code=1).err
    assert not (cli.folder / "out.html").exists()
    assert "End its name in" in cli.run("report", sample, "out.pdf", code=1).err
    (cli.folder / "thesis.md").write_text("# Mine")
    assert "is there already" in cli.run("report", sample, "thesis.md", code=1).err
    assert (cli.folder / "thesis.md").read_text() == "# Mine"
