"""`dataset`: check, convert and split training examples in files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..core.dataset.report import DatasetReport
from ..core.errors import ConfigurationError
from ..parts import open_parts
from . import Failed, output, run

dataset_app = typer.Typer(no_args_is_help=True, help="Training examples")
File = Annotated[Path, typer.Argument(help="A JSONL file", metavar="FILE")]


@dataset_app.callback()
def datasets() -> None:
    """Training examples."""


@dataset_app.command()
def check(
    context: typer.Context, file: File,
    model: Annotated[str, typer.Option(help="The model to train")] = "",
) -> None:
    """Check a dataset; exit code 1 when an error was found."""
    from ..flows.datasets import check_file

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
        print(f"{report.examples} examples, {'' if report.exact else '~'}{report.tokens:,} tokens, "
              f"{'ready' if report.ok else 'not ready'}")
    if not report.ok:
        raise Failed


@dataset_app.command()
def convert(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSONL, CSV or XLSX", metavar="IN")],
    out: Annotated[Path, typer.Argument(help="The JSONL file to write", metavar="OUT")],
    to: Annotated[
        Literal["chat", "completion", "llama"],
        typer.Option(help="llama: chat without a byte order mark, in plain turns"),
    ] = "chat",
    column: Annotated[list[str] | None, typer.Option(
        help="question=NAME, answer=NAME; also context, tags, rejected, and system: a column or "
             "a text such as 'The database is {db_name}.'")] = None,
) -> None:
    """Write examples in another format; tables become chat examples."""
    from ..flows.dataset_files import Converted, convert_file

    named = dict(_named(each) for each in column or ())

    async def work() -> Converted:
        async with open_parts() as parts:
            return await convert_file(str(file), str(out), parts.files, parts.reader, to, named)

    _distinct(file, out)
    done = run(work())
    if context.obj:
        output.print_json({
            "examples": done.examples, "format": to, "written": str(out),
            "alternatives": done.alternatives, "skipped": [asdict(each) for each in done.skipped],
        })
        return
    noun = "example" if done.examples == 1 else "examples"
    print(f"{done.examples:,} {noun} written to {out}")
    for each in done.skipped:
        print(f"line {each.line}  left out  {each.why}")


def _distinct(*paths: Path) -> None:
    """Raises ConfigurationError where one file would be written over another of them."""
    if len({path.resolve() for path in paths}) < len(paths):
        raise ConfigurationError(
            "Two of these files are the same", why="One would be written over the other",
            remedy="Give each a name of its own")


def _named(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not column:
        raise ConfigurationError(f"--column {text} names no column",
                                 remedy="Write it as question=NAME")
    return name.strip(), column.strip()


@dataset_app.command()
def split(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A JSONL file", metavar="IN")],
    train: Annotated[Path, typer.Option(help="The file for training")],
    validation: Annotated[Path, typer.Option(help="The file for validation")],
    share: Annotated[float, typer.Option(help="Of the examples, for validation",
                                         min=0.001, max=0.9)] = 0.1,
    seed: Annotated[int, typer.Option(help="Another one draws others")] = 7,
) -> None:
    """Split a dataset in two; what is nearly the same stays together."""
    from ..flows.dataset_files import FileSplit, split_file

    async def work() -> FileSplit:
        async with open_parts() as parts:
            return await split_file(str(file), str(train), str(validation), parts.files,
                                    parts.datasets, share, seed)

    _distinct(file, train, validation)
    done = run(work())
    result: dict[str, Any] = {**asdict(done), "share": share, "seed": seed}
    if context.obj:
        output.print_json(result)
    else:
        print(f"{done.train:,} examples train, {done.validation:,} validate; "
              f"{done.together:,} are in groups that stayed together")
