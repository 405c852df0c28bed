"""The tree of commands. Only the one that was asked for is imported: a search must not wait
until statistics and reports are loaded."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from . import output

# Name -> where its function, or its group of commands, is.
COMMANDS = {
    "new": ("commands", "new"),
    "index": ("commands", "index"),
    "search": ("commands", "search"),
    "ask": ("commands", "ask"),
    "cases": ("cases", "cases_app"),
    "run": ("runs", "run"),
    "sweep": ("experiments", "sweep"),
    "examples": ("experiments", "examples"),
    "score": ("scoring", "score"),
    "decide": ("deciding", "decide"),
    "report": ("reporting", "report"),
    "record": ("recordings", "record"),
    "replay": ("recordings", "replay"),
    "embedder": ("embedders", "embedder_app"),
    "cross-encoder": ("embedders", "cross_encoder"),
    "strategy": ("strategies", "strategy_app"),
    "prompt": ("prompts", "prompt_app"),
    "dataset": ("datasets", "dataset_app"),
    "train": ("training", "train_app"),
    "connection": ("connections", "connection_app"),
    "doctor": ("doctor", "doctor"),
}


def build(words: Sequence[str], as_json: bool) -> Any:
    """What runs `words`; all commands where none is named, for `--help` and "did you mean"."""
    app = typer.Typer(
        add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
        rich_markup_mode=None, help="Strategy Explorer without a window. Add --json for JSON.",
    )

    @app.callback(invoke_without_command=True)
    def root(
        context: typer.Context,
        version: Annotated[bool, typer.Option("--version", help="Print the version")] = False,
    ) -> None:
        context.obj = as_json
        if version:
            print_version(as_json)
            raise typer.Exit

    named = next((word for word in words if not word.startswith("-")), "")
    for name in [named] if named in COMMANDS else COMMANDS:
        add(app, name)
    return typer.main.get_command(app)


def add(app: typer.Typer, name: str) -> None:
    """Import a command and give it its place in the tree."""
    module, attribute = COMMANDS[name]
    command = getattr(import_module(f".{module}", __package__), attribute)
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


def print_version(as_json: bool) -> None:
    from .. import __version__

    if as_json:
        output.print_json({"version": __version__})
    else:
        print(f"Strategy Explorer {__version__}")
