"""`dataset check FILE`: what a fine-tuning service would refuse, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..core.dataset.report import DatasetReport
from ..flows.datasets import check_file
from ..parts import open_parts
from . import Failed, output, run

dataset_app = typer.Typer(no_args_is_help=True, help="Training examples")


@dataset_app.callback()
def datasets() -> None:
    """Training examples."""


@dataset_app.command()
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A JSONL file", metavar="FILE")],
    model: Annotated[str, typer.Option(help="The model to train")] = "",
) -> None:
    """Check a dataset; exit code 1 when an error was found."""

    async def work() -> DatasetReport:
        async with open_parts() as parts:
            return await check_file(str(file), parts.files, parts.datasets, parts.prices, model)

    report = run(work())
    if context.obj:
        output.print_json(report.as_dict())
    else:
        for issue in report.issues:
            place = f"line {issue.line}" if issue.line else "dataset"
            print(f"{place}  {issue.severity}  {issue.message}")
        print(f"{report.examples} examples, {report.tokens:,} tokens, "
              f"{'ready' if report.ok else 'not ready'}")
    if not report.ok:
        raise Failed
