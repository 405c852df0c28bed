"""`score FILE`: metrics of answers that were made elsewhere; no workspace is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.declines import is_decline
from ..core.errors import ConfigurationError
from ..core.evaluation.metrics import METRICS
from ..core.types import Answer, AnswerState, Case, Hit
from ..flows.scoring import ScoreOptions, Scores, check_names
from ..flows.scoring import score as score_flow
from ..parts import Parts, open_parts
from . import output, run

# What a row says nothing about is left out, and form, unless it is asked for by name.
_NEVER = {"sources", "sql", "schema"}
DEFAULTS = [name for name, metric in METRICS.items()
            if metric.unit == "share" and metric.needs and not metric.needs & _NEVER]


@dataclass(frozen=True)
class Row:
    """A line of the file, its number counted from 1."""

    line: int
    case: Case
    answer: Answer


def score(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(
        help='JSONL, {"question", "answer", "truth", "contexts": [text]} a line', metavar="FILE"
    )],
    metrics: Annotated[str, typer.Option(help="Names with commas between; else all that apply")]
    = "",
) -> None:
    """Score answers that were made elsewhere."""
    names = _names(metrics)

    async def work() -> None:
        async with open_parts() as parts:
            rows = list(read_rows(await parts.files.read_any(str(file)), file.name))
            options = ScoreOptions()
            for row in rows:
                found = await _score(row, names, parts, options)
                if context.obj:
                    output.print_json({"line": row.line, "metrics": found})
                else:
                    _print(row, found)

    run(work())


async def _score(row: Row, names: list[str], parts: Parts, options: ScoreOptions) -> Scores:
    found = await score_flow(row.case, row.answer, names, parts, options)
    return {name: None if value is None else round(value, 4) for name, value in found.items()}


def _print(row: Row, found: Scores) -> None:
    print(f"line {row.line}  {' '.join(row.case.question.split())[:70]}")
    for name, value in found.items():
        if value is not None:
            print(f"   {METRICS[name].label:18} {value:.3f}")


def _names(metrics: str) -> list[str]:
    wanted = [name.strip() for name in metrics.split(",") if name.strip()]
    try:
        return check_names(wanted) or DEFAULTS
    except ConfigurationError as error:
        raise typer.BadParameter(str(error), param_hint="--metrics") from error


def read_rows(content: bytes, name: str) -> Iterator[Row]:
    """The rows of a JSONL file; blank lines are passed over.

    Raises ConfigurationError for a line that is no row.
    """
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{name} cannot be read", why="It is not UTF-8", remedy="Give a JSONL file in UTF-8"
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(line, number, name)


def _row(line: str, number: int, name: str) -> Row:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _bad(number, name, "is not a JSON object")
    question, answer = (_text(value, key, number, name) for key in ("question", "answer"))
    if not question.strip():
        raise _bad(number, name, 'has an empty "question"')
    key = "truth" if value.get("truth") is not None else "reference"
    reference = _text(value, key, number, name, missing="")
    hits = tuple(
        Hit(rank, 0.0, 0, 0, "", None, 0, 0, len(text), text)
        for rank, text in enumerate(_contexts(value, number, name), start=1)
    )
    return Row(number, Case(number, question, reference), Answer(
        "", "", question, AnswerState.DONE, answer, context=hits, declined=is_decline(answer),
    ))


def _text(
    value: dict[str, Any], key: str, number: int, name: str, missing: str | None = None
) -> str:
    found = value.get(key, missing)
    if found is None and missing is not None:
        return missing
    if not isinstance(found, str):
        raise _bad(number, name, f'has no "{key}" that is text')
    return _clean(found)


def _contexts(value: dict[str, Any], number: int, name: str) -> list[str]:
    found = value.get("contexts") or []
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise _bad(number, name, 'has "contexts" that are not a list of texts')
    return [_clean(each) for each in found]


def _clean(text: str) -> str:
    """Without half a surrogate pair, which JSON can write and no model can read."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _bad(number: int, name: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"Line {number} of {name} {what}",
        remedy='Write each line as {"question": "...", "answer": "...", "contexts": ["..."]}',
    )
