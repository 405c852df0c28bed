"""What a dropped file is for, told from its first bytes rather than from its name.

    a workspace       its SQLite header carries our application id
    training examples lines of JSON with messages that end in an answer, prompt and completion,
                      or a preferred and another answer
    cases             rows with a question, and an answer or at least a question mark
    a prompt          .prompty, a promptfoo configuration, messages, a text with {{ question }}
    documents         everything else, and what a reader has to refuse in its own words

Where more than one is possible `others` says which: the person chooses. Only the start of a file
is looked at (`whole` says whether that is all of it), so that a count may be a lower bound.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .columns import guess
from .errors import StrategyExplorerError
from .evaluation.case_columns import ROLES, head_of_rows
from .evaluation.case_files import Row, conversation_of, decode, json_lines, table, values_of
from .evaluation.other_tools import flat
from .exchange.json_files import is_messages
from .exchange.promptfoo import is_config

APPLICATION_ID_AT = 68  # bytes into an SQLite file
SQLITE = b"SQLite format 3\0"
LOOKED_AT = 1 << 20  # bytes of a file
LONGEST_PROMPT = 100_000  # bytes; what is longer is no prompt
MOST_ROWS = 2_000  # looked at; the others are counted
MOSTLY = 0.6  # of the rows
_ASKS = re.compile(r"\?\s*$|^\s*(?:who|what|when|where|which|why|how|is|are|do|does|did|can|may|"
                   r"list|show|describe|give|name|count)\b", re.I)
_TEMPLATE = re.compile(r"\{\{\s*\w+[^{}]{0,80}\}\}")
_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv")
_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_YAML = (".yaml", ".yml")
_TEXTS = (".txt", ".md", ".j2", ".jinja", ".jinja2")


class Place(enum.StrEnum):
    """Where a file can go; the value is what the screen says."""

    WORKSPACE = "Open as a workspace"
    DOCUMENTS = "Documents"
    CASES = "Cases"
    EXAMPLES = "Training examples"
    PROMPT = "Prompt"
    NOWHERE = "Leave out"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a file is for, where else it could go, and what was seen in it, in words."""

    place: Place
    seen: str = ""
    others: tuple[Place, ...] = ()

    @property
    def choices(self) -> tuple[Place, ...]:
        """The likeliest first; leaving it out is always possible."""
        return tuple(dict.fromkeys((self.place, *self.others, Place.NOWHERE)))

    @property
    def is_certain(self) -> bool:
        """Nothing else it could be."""
        return not self.others and self.place is not Place.NOWHERE


def is_workbook(name: str) -> bool:
    """Whether its rows have to be read by the reader's process."""
    return _suffix(name) in _BOOKS


def look(name: str, start: bytes, *, whole: bool, application_id: int) -> Sighting:
    """What a file that begins with `start` is for. Raises nothing: what cannot be told is a
    document, whose reading says what is wrong with it."""
    if start.startswith(SQLITE):
        return _database(start, application_id)
    try:
        return _look(_suffix(name), name, start, whole)
    except (StrategyExplorerError, ValueError, RecursionError):
        return Sighting(Place.DOCUMENTS)


def look_at_rows(rows: Sequence[Row], *, whole: bool) -> Sighting:
    """As `look`, for the rows of a table."""
    good = [row for _, row in rows[:MOST_ROWS] if not isinstance(row, str)]
    if not good:
        return Sighting(Place.DOCUMENTS, "a table")
    count = _count(len(rows), whole)
    names = guess(head_of_rows(rows[:MOST_ROWS]).columns, ROLES)
    asked = _share(_is_question(values_of(flat(row), names)) for row in good)
    answered = any(values_of(flat(row), names).get("reference") for row in good)
    if "question" in names and (answered or asked >= MOSTLY):
        others = (Place.EXAMPLES, Place.DOCUMENTS) if answered else (Place.DOCUMENTS,)
        return Sighting(Place.CASES, f"{count} questions{' with answers' if answered else ''}",
                        others)
    if any(_share(_asks(value) for value in column) >= MOSTLY for column in _columns(good)):
        return Sighting(Place.CASES, f"{count} rows with questions",
                        (Place.DOCUMENTS, Place.EXAMPLES))
    return Sighting(Place.DOCUMENTS, f"a table of {count} rows", (Place.CASES, Place.EXAMPLES))


# --- by the kind of file -------------------------------------------------------------------


def _database(start: bytes, application_id: int) -> Sighting:
    found = int.from_bytes(start[APPLICATION_ID_AT:APPLICATION_ID_AT + 4], "big")
    if found == application_id:
        return Sighting(Place.WORKSPACE, "a workspace")
    return Sighting(Place.NOWHERE, "a database; choose it under Compare, Scores and their options")


def _look(suffix: str, name: str, start: bytes, whole: bool) -> Sighting:
    if suffix == ".stratex":
        return Sighting(Place.WORKSPACE, "a workspace")  # opening it says what is wrong
    if suffix in (*_LINES, ".json"):
        return _json(decode(name, start), whole)
    if suffix in _TABLES:
        return look_at_rows(list(table(_whole_lines(decode(name, start), whole))), whole=whole)
    if suffix == ".prompty":
        return Sighting(Place.PROMPT, "a prompt", (Place.DOCUMENTS,))
    if suffix in _YAML and whole:
        return _yaml(decode(name, start))
    if suffix in _TEXTS and whole and len(start) <= LONGEST_PROMPT:
        text = decode(name, start)
        if _TEMPLATE.search(text):
            return Sighting(Place.PROMPT, "a prompt with places to fill in", (Place.DOCUMENTS,))
        if "prompt" in name.casefold():
            return Sighting(Place.DOCUMENTS, "text", (Place.PROMPT,))
    return Sighting(Place.DOCUMENTS)


def _json(text: str, whole: bool) -> Sighting:
    """Lines of objects, whatever the file is called, else one value."""
    rows = list(json_lines(_whole_lines(text, whole)))
    good = [row for _, row in rows[:MOST_ROWS] if not isinstance(row, str)]
    if len(rows) > 1 and len(good) >= MOSTLY * min(len(rows), MOST_ROWS):
        return _objects(good, _count(len(rows), whole))
    if not whole:
        return Sighting(Place.DOCUMENTS)
    return _value(json.loads(text))


def _value(value: Any) -> Sighting:
    """A file that is one value."""
    if is_messages(value):
        return Sighting(Place.PROMPT, "a prompt as messages", (Place.DOCUMENTS,))
    if is_config(value):
        if value.get("prompts"):
            return Sighting(Place.PROMPT, "prompts, and cases that test them", (Place.DOCUMENTS,))
        return Sighting(Place.CASES, "test cases", (Place.DOCUMENTS,))
    if isinstance(value, Mapping):
        listed = next((value[key] for key in ("cases", "tests") if key in value), None)
        if isinstance(listed, list):
            return _listed(listed)
        if any(key in value for key in ("system", "template")):
            return Sighting(Place.PROMPT, "a prompt", (Place.DOCUMENTS,))
        value = [value]
    return _listed(value) if isinstance(value, list) else Sighting(Place.DOCUMENTS)


def _listed(values: Sequence[Any]) -> Sighting:
    good = [each for each in values[:MOST_ROWS] if isinstance(each, Mapping)]
    if not good or len(good) < MOSTLY * min(len(values), MOST_ROWS):
        return Sighting(Place.DOCUMENTS)
    return _objects(good, f"{len(values):,}")


def _objects(rows: Sequence[Mapping[str, Any]], count: str) -> Sighting:
    """Rows of JSON. A list of answers is an example where a model's turn ends it."""
    if _share(_is_example(row) for row in rows) >= MOSTLY:
        return Sighting(Place.EXAMPLES, f"{count} training examples",
                        (Place.CASES, Place.DOCUMENTS))
    values = [values_of(flat(row), {}) for row in rows]
    asked = _share(bool(conversation_of(each.get("question"))[0].strip()) for each in values)
    answered = any(each.get("reference") for each in values)
    if asked >= MOSTLY and (answered or _share(map(_is_question, values)) >= MOSTLY):
        return Sighting(Place.CASES, f"{count} questions{' with answers' if answered else ''}",
                        (Place.EXAMPLES, Place.DOCUMENTS))
    return Sighting(Place.DOCUMENTS, f"{count} records", (Place.CASES, Place.EXAMPLES))


def _is_example(row: Mapping[str, Any]) -> bool:
    if "preferred_output" in row:
        return True
    if isinstance(row.get("prompt"), str) and isinstance(row.get("completion"), str):
        return True
    messages = row.get("messages")
    return is_messages(messages) and isinstance(messages, list) and (
        messages[-1]["role"] == "assistant")


def _yaml(text: str) -> Sighting:
    from .exchange import safe_yaml

    value = safe_yaml.load(text)
    found = _value(value)
    return found if found.place in (Place.PROMPT, Place.CASES) else Sighting(Place.DOCUMENTS)


# --- small things --------------------------------------------------------------------------


def _suffix(name: str) -> str:
    stem, dot, end = name.casefold().rpartition(".")
    return f".{end}" if dot and stem else ""


def _whole_lines(text: str, whole: bool) -> str:
    """Without the line that the look ended in."""
    return text if whole else text[:text.rfind("\n") + 1]


def _columns(rows: Sequence[Mapping[str, Any]]) -> Iterable[list[str]]:
    names = dict.fromkeys(str(name) for row in rows for name in row)
    for name in list(names)[:50]:
        yield [value for row in rows if isinstance(value := row.get(name), str) and value.strip()]


def _asks(text: str) -> bool:
    return text.rstrip().endswith("?")


def _is_question(values: Mapping[str, Any]) -> bool:
    return bool(_ASKS.search(conversation_of(values.get("question"))[0]))


def _share(told: Iterable[bool]) -> float:
    all_told = list(told)
    return sum(all_told) / len(all_told) if all_told else 0.0


def _count(number: int, whole: bool) -> str:
    return f"{number:,}" if whole else f"more than {number:,}"
