"""Prompt versions, the draft, and strategies."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from ...core.errors import ConfigurationError
from ...core.types import Parameters, Prompt, PromptVersion, Strategy
from .values import clean, dumps, next_id, prompt_from_json, prompt_to_json

_VERSION = "number, prompt, name, note, starred, created_at, parent"
_STRATEGY = (
    "id, name, connection, deployment, prompt, retrieval, parameters, derived_from, hidden,"
    " position, fine_tuned"
)
_REPLACED = ", ".join(f"{name} = excluded.{name}" for name in _STRATEGY.split(", ")[1:])


# --- prompts -----------------------------------------------------------------------------


def _version(row: tuple[int, str, str, str, int, str, int | None]) -> PromptVersion:
    number, prompt, name, note, starred, created_at, parent = row
    return PromptVersion(number, prompt_from_json(prompt), name, note, bool(starred), created_at,
                         parent if isinstance(parent, int) else None)


def prompt_versions(db: sqlite3.Connection) -> list[PromptVersion]:
    rows = db.execute(f"SELECT {_VERSION} FROM prompt_versions ORDER BY number")
    return [_version(row) for row in rows]


def save_prompt(
    db: sqlite3.Connection, prompt: Prompt, name: str, note: str, now: str,
    parent: int | None = None,
) -> PromptVersion:
    """A new version, branched from `parent`; the newest one, with this name and note, when the
    prompt is the same."""
    row = db.execute(
        f"SELECT {_VERSION} FROM prompt_versions ORDER BY number DESC LIMIT 1"
    ).fetchone()
    newest = _version(row) if row else None
    if newest and newest.prompt == prompt:
        return describe_prompt(
            db, newest.number, name or newest.name, note or newest.note, newest.starred
        )
    number = newest.number + 1 if newest else 1
    db.execute(
        f"INSERT INTO prompt_versions ({_VERSION}) VALUES (?, ?, ?, ?, 0, ?, ?)",
        (number, prompt_to_json(prompt), clean(name), clean(note), now, parent),
    )
    return PromptVersion(number, prompt, clean(name), clean(note), False, now, parent)


def describe_prompt(
    db: sqlite3.Connection, number: int, name: str, note: str, starred: bool
) -> PromptVersion:
    """Raises ConfigurationError for a version that is not there."""
    db.execute(
        "UPDATE prompt_versions SET name = ?, note = ?, starred = ? WHERE number = ?",
        (clean(name), clean(note), starred, number),
    )
    row = db.execute(
        f"SELECT {_VERSION} FROM prompt_versions WHERE number = ?", (number,)
    ).fetchone()
    if row is None:
        raise ConfigurationError(f"There is no prompt version {number} in this workspace")
    return _version(row)


def draft(db: sqlite3.Connection) -> Prompt | None:
    row = db.execute("SELECT prompt FROM draft").fetchone()
    return prompt_from_json(row[0]) if row else None


def save_draft(db: sqlite3.Connection, prompt: Prompt | None) -> None:
    if prompt is None:
        db.execute("DELETE FROM draft")
    else:
        db.execute(
            "INSERT OR REPLACE INTO draft (id, prompt) VALUES (1, ?)", (prompt_to_json(prompt),)
        )


# --- strategies --------------------------------------------------------------------------


def strategies(db: sqlite3.Connection) -> list[Strategy]:
    """In screen order. A base that was removed is reported as None, and kept for undo."""
    rows = db.execute(f"SELECT {_STRATEGY} FROM strategies ORDER BY position, id")
    found = [_strategy(row) for row in rows]
    ids = {strategy.id for strategy in found}
    return [s if s.derived_from in ids else replace(s, derived_from=None) for s in found]


def _strategy(row: Sequence[object]) -> Strategy:
    values = list(row)
    values[6] = Parameters.from_dict(json.loads(str(row[6])))
    values[8], values[10] = bool(row[8]), bool(row[10])
    return Strategy(*values)  # type: ignore[arg-type]


def save_strategy(db: sqlite3.Connection, strategy: Strategy) -> Strategy:
    """Raises ConfigurationError for a name already taken, in whatever case."""
    name = clean(strategy.name)
    rows = db.execute("SELECT name FROM strategies WHERE id <> ?", (strategy.id,))
    if name.casefold() in {row[0].casefold() for row in rows}:
        raise ConfigurationError(
            f'There is already a strategy "{name}"', remedy="Choose another name"
        )
    number = strategy.id or next_id(db, "strategies")
    db.execute(
        f"INSERT INTO strategies ({_STRATEGY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        f" ON CONFLICT (id) DO UPDATE SET {_REPLACED}",
        (number, name, strategy.connection, strategy.deployment, strategy.prompt,
         strategy.retrieval, dumps(strategy.parameters.as_dict()), strategy.derived_from,
         strategy.hidden, strategy.position, strategy.fine_tuned),
    )
    return replace(strategy, id=number, name=name)


def remove_strategy(db: sqlite3.Connection, strategy_id: int) -> None:
    db.execute("DELETE FROM strategies WHERE id = ?", (strategy_id,))


def order_strategies(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Strategies that are not listed keep their order, after those that are."""
    rows = db.execute("SELECT id FROM strategies ORDER BY position, id")
    rest = [row[0] for row in rows if row[0] not in set(ids)]
    db.executemany(
        "UPDATE strategies SET position = ? WHERE id = ?", enumerate([*ids, *rest])
    )
