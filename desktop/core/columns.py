"""Which column of somebody's file is which: roles, the file's head, and a first guess.

A role is data, so that cases, answers made elsewhere and training examples share one screen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SAMPLE = 8  # rows that a person sees before they decide
_LONG = 2_000  # characters of a value that is only looked at


@dataclass(frozen=True, slots=True)
class Role:
    """What a column can be; `words` are the names it usually has, the likeliest first."""

    name: str
    label: str
    required: bool = False
    words: tuple[str, ...] = ()
    hint: str = ""  # one plain sentence for the tooltip


@dataclass(frozen=True, slots=True)
class Head:
    """The columns of a file in their order, and its first rows as text."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    total: int  # rows of the whole file


def head_of(rows: Sequence[Mapping[str, Any]], sample: int = SAMPLE) -> Head:
    """Columns in the order in which they first occur; a row may lack some of them."""
    columns = dict.fromkeys(str(name) for row in rows for name in row)
    shown = tuple({str(name): _text(value) for name, value in row.items()}
                  for row in rows[:sample])
    return Head(tuple(columns), shown, len(rows))


def guess(columns: Sequence[str], roles: Sequence[Role]) -> dict[str, str]:
    """A column for each role that one can be told for: first by its whole name, then by a
    word in it ("customer question"). A column has one role; required roles choose first."""
    free = list(columns)
    found: dict[str, str] = {}
    for fits in (_same, _within):
        for role in sorted(roles, key=lambda role: not role.required):
            chosen = next((column for word in role.words for column in free
                           if fits(word, column)), None)
            if role.name not in found and chosen is not None:
                found[role.name] = chosen
                free.remove(chosen)
    return {role.name: found[role.name] for role in roles if role.name in found}


def missing(mapping: Mapping[str, str], roles: Sequence[Role]) -> list[Role]:
    """The required roles without a column."""
    return [role for role in roles if role.required and not mapping.get(role.name)]


def _same(word: str, column: str) -> bool:
    return _plain(word) == _plain(column)


def _within(word: str, column: str) -> bool:
    return len(word) > 2 and f" {_plain(word)} " in f" {_plain(column)} "


def _plain(name: str) -> str:
    """`UserQuestion`, `user_question` and `user question` are the same name."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", parted).casefold().split())


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value[:_LONG]
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)[:_LONG]
