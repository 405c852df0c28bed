"""`doctor TEXT-OR-FILE`: an address, a curl line or an error, read and tried out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..core.errors import ConfigurationError
from ..flows.connections import find_connection
from ..flows.doctor import Diagnosis, diagnose
from ..parts import open_parts
from . import Failed, output, run

LARGEST = 1_000_000  # bytes of a file


def doctor(
    context: typer.Context,
    text: Annotated[str, typer.Argument(
        metavar="TEXT-OR-FILE", help="An address, a curl line, an error; - reads the input")],
    connection: Annotated[str, typer.Option(help="Look at this connection")] = "",
) -> None:
    """Find out what is wrong with a connection; exit code 1 when something is."""
    given = _text(text)

    async def work() -> Diagnosis:
        async with open_parts() as parts:
            chosen = find_connection(connection, parts.current) if connection else None
            return await diagnose(
                given, parts.current.connections, parts.prober, chosen=chosen,
                hide=parts.hide_keys)

    found = run(work())
    if context.obj:
        output.print_json(found.as_dict())
    else:
        _print(found)
    if found.clue.key:
        print("The text holds a key. It was sent to that address only and is kept nowhere. To "
              "keep it, paste the text into the window's connection form, or put the key into a "
              "variable and use: connection add --key-env", file=sys.stderr)
    if not found.ok:
        raise Failed


def _text(given: str) -> str:
    """The file of this name, where there is one; `-` is the standard input."""
    if given == "-":
        return sys.stdin.read(LARGEST)
    try:
        path = Path(given)
        if len(given) > 1000 or "\n" in given or not path.is_file():
            return given
        if path.stat().st_size > LARGEST:
            raise ConfigurationError(f"{path.name} is larger than 1 MB",
                                     remedy="Give the part with the error")
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return given


def _print(found: Diagnosis) -> None:
    clue = found.clue
    for name, value in (("Resource", clue.resource), ("API", clue.api_words),
                        ("Endpoint", clue.endpoint), ("Deployment", clue.deployment)):
        if value:
            print(f"{name + ':':12} {value}")
    for check in found.checks:
        sign = {True: "ok", False: "failed", None: "-"}[check.ok]
        print(f"{sign:7} {check.name}: {check.words}")
    for problem in found.problems:
        print(f"\n{problem.what}")
        if problem.why:
            print(f"  Why: {problem.why}")
        if problem.fix:
            print(f"  Fix: {problem.fix}")
    if found.verdict:
        print(found.verdict)
