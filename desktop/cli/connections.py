"""`connection add|list|test|remove`: where chat models live. Never prints a key."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..core.types import BUILTIN, Connection, ConnectionKind, Deployment
from ..flows.connections import (
    check_connection,
    find_connection,
    probe_connection,
    remove_connection,
    save_connection,
)
from ..parts import open_parts
from . import Failed, output, run

connection_app = typer.Typer(no_args_is_help=True, help="Where chat models live")
KINDS: tuple[ConnectionKind, ...] = ("azure", "openai", "local", "builtin")


@connection_app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    kind: Annotated[str, typer.Option(help="azure, openai, local or builtin")],
    endpoint: Annotated[str, typer.Option(help="Any address the service shows")] = "",
    api_version: Annotated[str, typer.Option(help="Empty: the v1 API")] = "",
    key_env: Annotated[str, typer.Option(help="The variable that holds the key")] = "",
    entra: Annotated[bool, typer.Option("--entra", help="Sign in with Microsoft Entra ID")] = False,
    deployment: Annotated[list[str] | None, typer.Option(help="Its name; repeat")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Its model, in the same order")] = None,
) -> None:
    """Add a connection. The key is read from --key-env at each use."""
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise typer.BadParameter("choose azure, openai, local or builtin", param_hint="--kind")
    given = Connection(
        name, known, endpoint, api_version, key_env, entra=entra,
        deployments=_pairs(deployment or [], model or []),
    )

    async def work() -> Connection:
        async with open_parts() as parts:
            return await save_connection(given, parts.settings, parts.secrets)

    _print([run(work())], context.obj, single=True)


@connection_app.command("list")
def list_connections(context: typer.Context) -> None:
    """All connections, the built-in one first."""

    async def work() -> list[Connection]:
        async with open_parts() as parts:
            return list(parts.connections())

    _print(run(work()), context.obj)


@connection_app.command()
def test(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Reach it, try the key or sign in, and ask every deployment for a few tokens."""

    async def work() -> dict[str, object]:
        async with open_parts() as parts:
            builtin = name.casefold() in ("builtin", BUILTIN.name.casefold())
            if builtin:
                return (await check_connection(BUILTIN, parts.chats.open)).as_dict()
            connection = find_connection(name, parts.current)
            if connection.entra and sys.stderr.isatty() and not await parts.entra.who():
                print("Sign in with Microsoft Entra ID in the browser.", file=sys.stderr)
                await parts.entra.sign_in()
            return (await probe_connection(connection, parts.prober)).as_dict()

    result = run(work())
    if context.obj:
        output.print_json(result)
    else:
        output.print_connection_test(result)
    if not result["ok"]:
        raise Failed


@connection_app.command()
def remove(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Forget a connection and its key."""

    async def work() -> Connection:
        async with open_parts() as parts:
            return await remove_connection(name, parts.settings, parts.secrets)

    removed = run(work())
    if context.obj:
        output.print_json({"removed": removed.name})
    else:
        print(f"Removed {removed.name}")


def _pairs(names: list[str], models: list[str]) -> tuple[Deployment, ...]:
    if len(models) > len(names):
        raise typer.BadParameter("each --model needs its --deployment", param_hint="--model")
    padded = models + [""] * (len(names) - len(models))
    return tuple(Deployment(name, model) for name, model in zip(names, padded, strict=True))


def _print(connections: list[Connection], as_json: bool, single: bool = False) -> None:
    if as_json:
        rows = [output.connection_json(connection) for connection in connections]
        output.print_json(rows[0] if single else rows)
        return
    for connection in connections:
        names = ", ".join(d.name for d in connection.deployments) or "no deployments"
        print(f"{connection.name}  {connection.kind}  {connection.endpoint or '-'}  {names}")
