"""`prompt WORKSPACE list|import|export|choose`: prompt versions, and files of other tools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from ..core.exchange.found import LeftOut
from ..core.exchange.json_files import version_json
from ..core.prompts import MOST_CHOSEN
from ..core.types import CURRENT_PROMPT, PromptVersion
from ..flows.exchanging import Imported, export_prompt, find_version, import_prompts
from ..parts import open_parts
from . import output, run

prompt_app = typer.Typer(no_args_is_help=True, help="Prompt versions, and files of other tools")


@prompt_app.callback()
def of_workspace(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
) -> None:
    """List, import or export prompts."""
    context.obj = (context.obj, workspace)


@prompt_app.command("list")
def list_prompts(context: typer.Context) -> None:
    """Every version, the oldest first."""
    as_json, workspace = context.obj

    async def work() -> list[PromptVersion]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await ports.store.prompt_versions()

    versions = run(work())
    if as_json:
        output.print_json([version_json(version) for version in versions])
        return
    for version in versions:
        print(_line(version))


@prompt_app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(
        help=".prompty, promptfooconfig.yaml, json, txt or md", metavar="FILE")],
) -> None:
    """Add the prompts of a file as versions, and its tests as cases."""
    as_json, workspace = context.obj

    async def work() -> Imported:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await import_prompts(str(file), ports)

    found = run(work())
    if as_json:
        output.print_json({
            "imported": [version_json(version) for version in found.versions],
            "cases": len(found.cases), "skipped": [asdict(each) for each in found.left_out],
        })
        return
    for version in found.versions:
        print(f"Imported {_line(version)}")
    if found.cases:
        print(f"Imported {len(found.cases)} case{'' if len(found.cases) == 1 else 's'}")
    _print_left_out(found.left_out)


@prompt_app.command()
def export(
    context: typer.Context,
    name: Annotated[str, typer.Argument(
        help="A version's number, its name, or current", metavar="NAME")],
    file: Annotated[Path, typer.Argument(
        help="A .prompty, .yaml (promptfoo), .json, .txt or .md file", metavar="FILE")],
) -> None:
    """Write one version to a file."""
    as_json, workspace = context.obj

    async def work() -> Iterable[LeftOut]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await export_prompt(name, str(file), ports)

    left = run(work())
    if as_json:
        output.print_json({"exported": str(file), "skipped": [asdict(each) for each in left]})
        return
    print(f"Wrote {file}")
    _print_left_out(left)


@prompt_app.command()
def choose(
    context: typer.Context,
    number: Annotated[int, typer.Argument(
        min=0, max=MOST_CHOSEN, help="How many; 0 for none", metavar="N")],
    of: Annotated[str, typer.Option(
        help="A version's number, its name, or current")] = CURRENT_PROMPT,
) -> None:
    """Make a version that adds N training examples, those most like each question."""
    as_json, workspace = context.obj

    async def work() -> PromptVersion:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            version = find_version(of, await ports.store.prompt_versions())
            return await ports.store.save_prompt(
                replace(version.prompt, chosen=number), name=version.name, note=version.note)

    version = run(work())
    if as_json:
        output.print_json([version_json(version)])
    else:
        chosen = f"adds {number} chosen by likeness" if number else "adds none by likeness"
        print(f"{_line(version)}  {chosen}")


def _line(version: PromptVersion) -> str:
    star = " *" if version.starred else ""
    return f"v{version.number}{star} {version.name}".rstrip() + (
        f"  {version.note}" if version.note else "")


def _print_left_out(left: Iterable[LeftOut]) -> None:
    for each in left:
        print(f"   {each.what}: {each.why}")
