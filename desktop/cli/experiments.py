"""`sweep WORKSPACE` and `examples WORKSPACE`: experiments with prompts, over the tune cases."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.errors import ConfigurationError
from ..core.evaluation.leave_one_out import ExampleEffects
from ..core.evaluation.pacing import Estimate
from ..core.evaluation.sweeps import Model, SweepChoice, SweepResult, model_of, read_values
from ..core.evaluation.types import CellState, Run
from ..core.events import Event, ignore
from ..core.ports import Ports
from ..core.strategies import find_strategy
from ..core.types import PromptVersion, Strategy
from ..flows import example_effects, sweeping
from ..flows.evaluating import resume as resume_run
from ..flows.exchanging import find_version
from ..flows.probing import with_prompts
from ..parts import Parts, open_parts
from . import Failed, output
from . import run as run_command
from .runs import FAILURES, show_progress

Workspace = Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")]
Column = Annotated[str, typer.Option(help="The column; the first one with a prompt")]
Limit = Annotated[int, typer.Option(min=0, help="Only N of the tune cases, ten or more")]
Only = Annotated[bool, typer.Option("--estimate", help="Say what it takes and ask nothing")]
Again = Annotated[bool, typer.Option("--resume", help="Go on with the last one, where it paused")]


def sweep(
    context: typer.Context,
    workspace: Workspace,
    strategy: Column = "",
    prompt: Annotated[list[str] | None, typer.Option(
        help="A version's number, its name, or current; repeat")] = None,
    model: Annotated[list[str] | None, typer.Option(
        help="CONNECTION/DEPLOYMENT; repeat")] = None,
    set_: Annotated[list[str] | None, typer.Option(
        "--set", help="parameter=value,value; repeat")] = None,
    limit: Limit = 0, estimate: Only = False, resume: Again = False,
) -> None:
    """Prompt versions x parameters x models: which combination is best; exit code 1 when a cell
    failed."""
    show = ignore if context.obj or not sys.stderr.isatty() else show_progress

    async def work() -> tuple[Estimate | SweepResult | None, bool]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            if resume:
                return await _found(await _go_on(await sweeping.unfinished_sweep(ports), ports,
                                                 show), ports, sweeping.sweep_result)
            column = await _column(strategy, ports)
            choice = SweepChoice(column.id, await _versions(prompt or [], ports),
                                 _models(model or [], column, parts), _values(set_ or []), limit)
            plan = await sweeping.plan_a_sweep(ports, choice)
            if estimate:
                return await sweeping.estimate_sweep(plan, ports), False
            made = await sweeping.run_sweep(plan, ports, show)
            return await _found(made, ports, sweeping.sweep_result)

    found, failed = run_command(work())
    _print(found, context.obj, _sweep_json, _print_sweep)
    if failed:
        raise Failed


def examples(
    context: typer.Context,
    workspace: Workspace,
    strategy: Column = "", limit: Limit = 0, estimate: Only = False, resume: Again = False,
) -> None:
    """What each few-shot example is worth: all of them against all but one; exit code 1 when a
    cell failed."""
    show = ignore if context.obj or not sys.stderr.isatty() else show_progress

    async def work() -> tuple[Estimate | ExampleEffects | None, bool]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            if resume:
                made = await _go_on(await example_effects.unfinished_effects(ports), ports, show)
                return await _found(made, ports, example_effects.example_effects)
            column = await _column(strategy, ports)
            plan = await example_effects.plan_effects(ports, column.name, limit)
            if estimate:
                return await example_effects.estimate_effects(plan, ports), False
            made = await example_effects.run_effects(plan, ports, show)
            return await _found(made, ports, example_effects.example_effects)

    found, failed = run_command(work())
    _print(found, context.obj, _effects_json, _print_effects)
    if failed:
        raise Failed


async def _found(
    made: Run, ports: Ports, of: Callable[[Ports], Awaitable[Any]]
) -> tuple[Any, bool]:
    """What the experiment shows, and whether a cell of it failed."""
    cells = await ports.store.cells(made.id)
    return await of(ports), any(cell.state in FAILURES for cell in cells) or not any(
        cell.state is CellState.DONE for cell in cells)


async def _go_on(paused: Run | None, ports: Ports, show: Callable[[Event], None]) -> Run:
    if paused is None:
        raise ConfigurationError("Nothing of this kind is paused", remedy="Start it without "
                                 "--resume")
    return await resume_run(paused.id, ports, show)


async def _column(name: str, ports: Ports) -> Strategy:
    """The named one, else the first that experiments are made with."""
    able = await with_prompts(ports)
    if name:
        return find_strategy(name, able)
    if not able:
        raise ConfigurationError("There is no column with a prompt", remedy="Add one with: "
                                 "strategy WORKSPACE add NAME --model M --prompt current")
    return able[0]


async def _versions(names: list[str], ports: Ports) -> tuple[int, ...]:
    """The named versions, else the two newest."""
    known: list[PromptVersion] = await ports.store.prompt_versions()
    if not names:
        return tuple(each.number for each in known[-2:])
    return tuple(dict.fromkeys(find_version(name, known).number for name in names))


def _models(names: list[str], column: Strategy, parts: Parts) -> tuple[Model, ...]:
    """The named models, else the column's own."""
    pairs = [name.partition("/") for name in names]
    found = [parts.find_deployment(connection, deployment) for connection, _, deployment in pairs]
    return tuple(dict.fromkeys(found)) or (model_of(column),)


def _values(pairs: list[str]) -> dict[str, tuple[Any, ...]]:
    values = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not read_values(text):
            raise typer.BadParameter(f'"{pair}" is not parameter=value,value', param_hint="--set")
        values[key] = tuple(read_values(text))
    return values


# --- output ------------------------------------------------------------------------------


def _print(
    found: Any, as_json: bool, to_json: Callable[[Any], Any], tell: Callable[[Any], None]
) -> None:
    if isinstance(found, Estimate):
        if as_json:
            output.print_json(asdict(found))
        else:
            cost = "price unknown" if found.cost is None else f"${found.cost:,.4f}"
            print(f"{found.calls:,} calls, ~{found.tokens:,} tokens, {cost}, "
                  f"~{found.seconds:,.0f} s {found.warning}".rstrip())
    elif found is None:
        raise ConfigurationError("Nothing was scored, so nothing can be compared",
                                 remedy="See why in Evaluate, or with: run WORKSPACE --resume")
    elif as_json:
        output.print_json(to_json(found))
    else:
        tell(found)


def _sweep_json(found: SweepResult) -> dict[str, Any]:
    return {
        "run": found.run.id, "metric": found.metric, "text": found.text,
        "best": found.best.strategy.name if found.best else None,
        "cells": [
            {**output.strategy_json(cell.strategy), "verdict": cell.verdict,
             "score": asdict(cell.score) if cell.score else None,
             "answered": cell.answered, "failed": cell.failed,
             "difference": cell.difference, "low": cell.low, "high": cell.high,
             "p_value": cell.p_value, "cost_per_1000": cell.cost_per_1000,
             "seconds": cell.seconds}
            for cell in found.cells
        ],
    }


def _print_sweep(found: SweepResult) -> None:
    for cell in found.cells:
        score = f"{cell.score.mean:.3f}  [{cell.score.low:.3f}, {cell.score.high:.3f}]" \
            if cell.score else "no score"
        failed = f", {cell.failed} failed" if cell.failed else ""
        print(f"{cell.strategy.name:44} {score}  {cell.verdict}{failed}")
    print(f"\n{found.text}")


def _effects_json(found: ExampleEffects) -> dict[str, Any]:
    return {
        "run": found.run, "strategy": found.of, "prompt": found.version, "metric": found.metric,
        "score": asdict(found.score), "text": found.text,
        "examples": [
            {"question": each.example.question, "answer": each.example.answer,
             "worth": each.change.difference, "low": each.change.low, "high": each.change.high,
             "p_value": each.change.p_value, "n": each.change.n, "verdict": each.verdict,
             "tokens": each.tokens}
            for each in found.effects
        ],
    }


def _print_effects(found: ExampleEffects) -> None:
    for each in found.effects:
        question = " ".join(each.example.question.split())[:60]
        print(f"{question:60} {each.change.difference:+.3f}  [{each.change.low:+.3f}, "
              f"{each.change.high:+.3f}]  {each.verdict}")
    print(f"\n{found.text}")
