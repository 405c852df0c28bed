"""`report WORKSPACE OUT`: the newest run and its decision as a file for somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import __version__
from ..flows.reporting import make_report
from ..parts import open_parts
from . import output, run


def report(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
    out: Annotated[Path, typer.Argument(help="A name ending in .html, .md or .csv",
                                        metavar="OUT")],
    run_number: Annotated[int | None, typer.Option("--run", help="Not the newest run")] = None,
    replace: Annotated[bool, typer.Option(
        "--replace", help="Even a file that is no report of ours")] = False,
) -> None:
    """Write the report; an earlier report of that name is replaced, another file is not."""
    from ..services import report_files

    report_files.kind_of(out)
    report_files.check_target(out, replace)

    async def work() -> None:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            made = await make_report(ports, __version__, run_number, report_files.scrub)
            report_files.save(made, out, replace)

    run(work())
    if context.obj:
        output.print_json({"report": str(out)})
    else:
        print(f"Wrote {out}")
