"""Between core values and what a column holds."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from ...core.prompts import chosen_of
from ...core.recording import timings_of
from ...core.types import (
    Answer,
    AnswerState,
    Citation,
    FewShotExample,
    Hit,
    Message,
    Parameters,
    Prompt,
    Rewriting,
    Usage,
)

_SURROGATES = re.compile("[\ud800-\udfff]")
_ANSWER_COLUMNS = ("strategy", "model", "question", "state", "text", "recorded", "id")


def clean(text: str) -> str:
    """`text` as SQLite can hold it.

    Half a surrogate pair, as in an undecodable file name, becomes U+FFFD: one character for
    one, so that offsets stay true.
    """
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def is_number(value: object) -> bool:
    """A finite one: JSON of a stranger may hold any other."""
    return isinstance(value, int | float) and not isinstance(value, bool) and (
        abs(value) < 1e100)


def now() -> str:
    """ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def dumps(value: Any) -> str:
    """JSON in ASCII, so that any text survives unchanged."""
    return json.dumps(value, separators=(",", ":"))


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the block is stored, or none of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # Some errors (disk full) have rolled back already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def next_id(db: sqlite3.Connection, table: str) -> int:
    """The next free id of an AUTOINCREMENT table: never one that was used before."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return int(row[0]) + 1 if row else 1


def marks(count: int) -> str:
    """`?,?,?` for an IN list."""
    return ",".join("?" * count)


def prompt_to_json(prompt: Prompt) -> str:
    return dumps({
        "system": prompt.system,
        "examples": [asdict(example) for example in prompt.examples],
        "template": prompt.template,
        "parameters": prompt.parameters.as_dict(),
        **({"chosen": prompt.chosen} if prompt.chosen else {}),
        **({"variables": dict(prompt.variables)} if prompt.variables else {}),
    })


def prompt_from_json(text: str) -> Prompt:
    values = json.loads(text)
    return Prompt(
        values["system"],
        tuple(FewShotExample(**example) for example in values["examples"]),
        values["template"],
        Parameters.from_dict(values["parameters"]),
        chosen_of(values.get("chosen")),
        pairs_of(values.get("variables")),
    )


def pairs_of(values: object) -> tuple[tuple[str, str], ...]:
    """Names and their texts. Raises TypeError for what a stranger's file may hold instead."""
    if values is None:
        return ()
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise TypeError("variables hold something else than texts")
    return tuple(values.items())


def answer_details(answer: Answer) -> str:
    """All of an answer that has no column of its own."""
    values = asdict(answer)
    for column in _ANSWER_COLUMNS:
        del values[column]
    for turn in ("history", "earlier", "rewriting"):  # most answers continue nothing
        if not values[turn]:
            del values[turn]
    values["parameters"] = answer.parameters.as_dict()
    return dumps(values)


def answer_from(columns: Mapping[str, str], details: str) -> Answer:
    """The inverse: `columns` are strategy, model, question, state and text."""
    values = json.loads(details)
    usage = values["usage"]
    return Answer(**{
        **columns,
        **values,
        "state": AnswerState(columns["state"]),
        "citations": tuple(Citation(**each) for each in values["citations"]),
        "context": tuple(Hit(**each) for each in values["context"]),
        "messages": tuple(Message(**each) for each in values["messages"]),
        "parameters": Parameters.from_dict(values["parameters"]),
        "usage": Usage(**usage) if usage else None,
        "timings": timings_of(values.get("timings", ())),
        "history": tuple(Message(**each) for each in values.get("history", ())),
        "earlier": ids_of(values.get("earlier", ())),
        "rewriting": rewriting_of(values.get("rewriting")),
    })


def ids_of(value: Any) -> tuple[int, ...]:
    """What a file holds as ids of answers; () for anything else."""
    good = isinstance(value, list | tuple) and all(
        isinstance(each, int) and not isinstance(each, bool) for each in value)
    return tuple(value) if good else ()


def rewriting_of(value: Any) -> Rewriting | None:
    """What `dataclasses.asdict` made of one. Raises TypeError for what it cannot have made."""
    if not value:
        return None
    usage = value["usage"]
    made = Rewriting(**{
        **value, "messages": tuple(Message(**each) for each in value["messages"]),
        "usage": Usage(**usage) if usage else None,
    })
    if not (isinstance(made.question, str) and isinstance(made.note, str)
            and is_number(made.seconds)):
        raise TypeError("a rewritten question is no text")
    return made
