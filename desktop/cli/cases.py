"""`cases WORKSPACE import|export FILE`: questions with their reference answers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..core.evaluation.case_files import ALIASES, CasesRead
from ..flows.cases import export_cases, import_cases
from ..parts import open_parts
from . import output, run

cases_app = typer.Typer(no_args_is_help=True, help="Questions with their reference answers")


@cases_app.callback()
def of_workspace(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
) -> None:
    """Import or export cases."""
    context.obj = (context.obj, workspace)


@cases_app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="jsonl, csv, xlsx, json or yaml", metavar="FILE")],
    column: Annotated[
        list[str] | None, typer.Option(help="question=THEIR NAME, reference=...; repeat")
    ] = None,
) -> None:
    """Add the cases of a file; questions that are there already are skipped."""
    as_json, workspace = context.obj
    mapping = _mapping(column or [])

    async def work() -> CasesRead:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await import_cases(str(file), ports, mapping)

    read = run(work())
    if as_json:
        skipped = [asdict(each) for each in read.skipped]
        output.print_json({"imported": len(read.cases), "skipped": skipped})
        return
    print(f"Imported {len(read.cases)} cases")
    for each in read.skipped:
        print(f"   line {each.line} was skipped: {each.why}")


@cases_app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .jsonl or .csv file", metavar="FILE")],
) -> None:
    """Write all cases to a file."""
    as_json, workspace = context.obj

    async def work() -> int:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await export_cases(str(file), ports)

    count = run(work())
    if as_json:
        output.print_json({"exported": count})
    else:
        print(f"Wrote {count} cases to {file}")


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        ours = "reference" if ours in ("truth", "answer") else ours
        if not equals or ours not in ALIASES:
            known = ", ".join(ALIASES)
            raise typer.BadParameter(f"write one of {known}, then =NAME", param_hint="--column")
        mapping[ours] = theirs
    return mapping
