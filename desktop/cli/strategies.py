"""`strategy WORKSPACE add|list|remove`: the columns of a workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.parameters import checked_parameters
from ..core.strategies import find_profile, find_strategy, prompt_for
from ..core.types import Parameters, Strategy
from ..parts import open_parts
from . import output, run

strategy_app = typer.Typer(no_args_is_help=True, help="The columns of a workspace")


@strategy_app.callback()
def of_workspace(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
) -> None:
    """Add, list or remove strategies."""
    context.obj = (context.obj, workspace)


@strategy_app.command("list")
def list_strategies(context: typer.Context) -> None:
    """Every column, in screen order."""
    as_json, workspace = context.obj

    async def work() -> list[Strategy]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await ports.store.strategies()

    _print(run(work()), as_json)


@strategy_app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    model: Annotated[str, typer.Option(help="CONNECTION/DEPLOYMENT")],
    prompt: Annotated[str, typer.Option(help="A version number, current, or none")] = "none",
    retrieval: Annotated[str, typer.Option(help="A profile's name, or none")] = "none",
    set_: Annotated[list[str] | None, typer.Option("--set", help="key=value; repeat")] = None,
) -> None:
    """Add a column. Without --prompt and --retrieval it asks the bare model."""
    as_json, workspace = context.obj
    connection, _, deployment = model.partition("/")
    parameters = _parameters(set_ or [])

    async def work() -> Strategy:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            chosen = parts.find_deployment(connection, deployment)
            existing = await ports.store.strategies()
            made = Strategy(
                0, name, *chosen, prompt=_none(prompt.removeprefix("v")),
                retrieval=None if _none(retrieval) is None else find_profile(retrieval).name,
                parameters=parameters, position=len(existing),
                derived_from=existing[0].id if existing else None,
            )
            prompt_for(made, await ports.store.prompt_versions())
            return await ports.store.save_strategy(made)

    _print([run(work())], as_json)


@strategy_app.command()
def remove(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Remove a column; its answers go with it."""
    as_json, workspace = context.obj

    async def work() -> list[Strategy]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            found = find_strategy(name, await ports.store.strategies())
            await ports.store.remove_strategy(found.id)
            return await ports.store.strategies()

    _print(run(work()), as_json)


def _print(strategies: list[Strategy], as_json: bool) -> None:
    if as_json:
        output.print_json([output.strategy_json(strategy) for strategy in strategies])
        return
    for strategy in strategies:
        recipe = output.strategy_json(strategy)
        print(f"{recipe['name']}  {recipe['model']}  prompt {recipe['prompt'] or 'none'}, "
              f"retrieval {recipe['retrieval'] or 'none'}")


def _none(value: str) -> str | None:
    return None if value.casefold() == "none" else value


def _parameters(pairs: list[str]) -> Parameters:
    """`temperature=0.2` and so on; values are JSON, else text. Raises ConfigurationError."""
    values: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f'"{pair}" is not key=value', param_hint="--set")
        try:
            values[key] = json.loads(text)
        except ValueError:
            values[key] = text
    return checked_parameters(values)

