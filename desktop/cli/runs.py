"""`run WORKSPACE`: all cases under all strategies, scored and compared."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.errors import ConfigurationError, SpendingLimitReached
from ..core.evaluation.probes import plain_runs
from ..core.evaluation.types import CellState, Run, RunState, RunSummary
from ..core.events import Event, RunProgress, ignore
from ..core.ports import Ports
from ..core.strategies import find_strategy
from ..flows.evaluating import estimate, remaining, resume
from ..flows.evaluating import run as run_flow
from ..flows.judge_items import trusted
from ..flows.summarising import summarise
from ..parts import open_parts
from . import Failed, output
from . import run as run_command

FAILURES = (CellState.FAILED, CellState.THROTTLED)


def run(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
    strategy: Annotated[list[str] | None, typer.Option(help="Only this column; repeat")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N cases")] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=512, help="Requests on their way at once")
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, max=100, help="Ask each cell so often, to see how answers vary")
    ] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last run")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again what failed in the last run")
    ] = False,
) -> None:
    """Run cases under strategies; exit code 1 when a cell failed."""
    show = ignore if context.obj or not sys.stderr.isatty() else show_progress
    stopped: list[SpendingLimitReached] = []

    async def work() -> tuple[RunSummary, bool, bool]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            try:
                if resume or retry_failed:
                    ended = await _again(ports, concurrency, retry_failed, show)
                else:
                    ended = await _new(ports, strategy or [], limit, repeats, concurrency, show)
            except SpendingLimitReached as error:  # what there is so far is printed all the same
                print(f"{error} The run is paused: go on with --resume.", file=sys.stderr)
                stopped.append(error)
                ended = plain_runs(await ports.store.runs())[0]
            cells = await ports.store.cells(ended.id)
            cases = await ports.store.cases()
            failed = any(cell.state in FAILURES for cell in cells)
            counted = await trusted(ended, cells, ports.store)
            summary = await summarise(ended, counted, cases, ports.compute)
            return summary, failed, ports.recording is not None

    summary, failed, recorded = run_command(work())
    if context.obj:
        output.print_json(summary_json(summary) | ({"recorded": True} if recorded else {}))
    else:
        print_summary(summary)
    if failed or stopped:
        raise Failed


async def _new(
    ports: Ports, names: list[str], limit: int | None, repeats: int, concurrency: int | None,
    show: Callable[[Event], None],
) -> Run:
    columns = await ports.store.strategies()
    if names:
        columns = [find_strategy(name, columns) for name in dict.fromkeys(names)]
    cases = (await ports.store.cases())[:limit]
    if not cases:
        raise ConfigurationError(
            "There are no cases to run", remedy="Add some with: cases WORKSPACE import FILE"
        )
    if sys.stderr.isatty():  # for people: what a program reads there is one sentence at most
        found = await estimate(columns, cases, repeats, ports, concurrency)
        if found.warning:
            print(found.warning, file=sys.stderr)
    return await run_flow(
        columns, cases, ports, show, repeats=repeats, concurrency=concurrency
    )


async def _again(
    ports: Ports, concurrency: int | None, retry_failed: bool, show: Callable[[Event], None]
) -> Run:
    """The newest run; with nothing left to do it is only summarised again."""
    runs = plain_runs(await ports.store.runs())
    if not runs:
        raise ConfigurationError("There is no run to go on with", remedy="Start one without it")
    last = runs[0]
    todo = remaining(await ports.store.cells(last.id), retry_failed=retry_failed)
    if not todo and last.state is RunState.DONE:
        return last
    return await resume(
        last.id, ports, show, retry_failed=retry_failed, concurrency=concurrency
    )


def show_progress(event: Event) -> None:
    if isinstance(event, RunProgress):
        failed = f", {event.failed} failed" if event.failed else ""
        left = f", {event.seconds_left:.0f} s left" if event.seconds_left else ""
        end = "\n" if event.done == event.total else ""
        sys.stderr.write(f"\r{event.done} of {event.total} cells{failed}{left}\033[K{end}")
        sys.stderr.flush()


def summary_json(summary: RunSummary) -> dict[str, Any]:
    """As the README promises it."""
    return {
        "run": summary.run, "cells": summary.cells, "failed": summary.failed,
        "filtered": summary.filtered,
        "strategies": [
            {
                "name": each.name, "n": each.n,
                "metrics": {
                    name: {"mean": value.mean, "low": value.low, "high": value.high}
                    for name, value in each.metrics.items()
                },
                "cost_per_1000": each.cost_per_1000,
                "latency": asdict(each.latency) if each.latency else None,
            }
            for each in summary.strategies
        ],
        "comparisons": [asdict(each) for each in summary.comparisons],
    }


def print_summary(summary: RunSummary) -> None:
    failed = f", {summary.failed} failed" if summary.failed else ""
    filtered = f", {summary.filtered} filtered" if summary.filtered else ""
    print(f"Run {summary.run}: {summary.cells} cells{failed}{filtered}")
    for each in summary.strategies:
        print(f"\n== {each.name} · {each.n} answers")
        for name, value in each.metrics.items():
            print(f"   {name:20} {value.mean:.3f}  [{value.low:.3f}, {value.high:.3f}]")
