"""Rows of a table become chat examples: which column is the question, which the answer.

The usual names are understood without being told. Answers that are several SQL queries with
`;` between them (as in defog's and other text-to-SQL sets) are alternatives: the first one is
the target, and all of them count as right. There, a column that names the database becomes
the system message, because the query depends on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from ..errors import DatasetError
from ..types import Example
from .targets import form_of

# Ours -> the names that other tools use, in lower case. The first one found counts.
ALIASES: dict[str, tuple[str, ...]] = {
    "question": ("question", "user", "prompt", "input", "instruction", "user_input", "text"),
    "answer": ("answer", "assistant", "completion", "output", "response", "truth", "reference",
               "ideal", "expected", "target", "label", "sql", "query"),
    "system": ("system", "system message", "system_message", "system prompt", "system_prompt"),
    "context": ("instructions", "context", "hint", "evidence"),
    "tags": ("tags", "tag", "category", "query_category", "topic", "labels"),
    "rejected": ("rejected", "non_preferred", "non_preferred_output", "worse", "worse answer"),
}
_DATABASE = ("db_name", "db_id", "database", "db", "schema")
_DIALECT = ("db_type", "dialect", "sql_dialect")
_COLUMN = re.compile(r"\{([^{}]+)\}")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|;")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns by name; "" where there is none.

    `system` is a column, or a text with `{column}` in it. `context` goes under the question.
    With `rejected`, each row is a preference example.
    """

    question: str
    answer: str
    system: str = ""
    context: str = ""
    tags: str = ""
    rejected: str = ""


def column_map(columns: Sequence[str], named: Mapping[str, str] | None = None) -> ColumnMap:
    """What is named, and the usual names for the rest. Raises DatasetError: no such column, or
    none for the question or the answer."""
    by_name = {column.strip().casefold(): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for ours, theirs in (named or {}).items():
        if ours not in ALIASES:
            raise DatasetError(
                f"“{ours}” is nothing that a column can be",
                remedy="Use one of: " + ", ".join(ALIASES),
            )
        known = by_name.get(theirs.strip().casefold(), theirs if ours == "system" else "")
        if not known:
            raise DatasetError(f"There is no column “{theirs}”",
                               remedy="Choose one of: " + ", ".join(columns))
        found[ours] = known
    for ours, names in ALIASES.items():
        free = [name for name in names if name in by_name and by_name[name] not in found.values()]
        if ours not in found and free:
            found[ours] = by_name[free[0]]
    missing = next((ours for ours in ("question", "answer") if ours not in found), None)
    if missing:
        raise DatasetError(
            f"No column is known to hold the {missing}", why="There are: " + ", ".join(columns),
            remedy=f"Say which one it is: --column {missing}=NAME, or choose it on screen",
        )
    return ColumnMap(**found)


def example_of(row: Mapping[str, Any], columns: ColumnMap, line: int, origin: str) -> Example | str:
    """The example in a row of a table, or why there is none."""
    values = {each.name: _text(row.get(getattr(columns, each.name))) for each in fields(columns)}
    if not values["question"].strip() or not values["answer"].strip():
        return f"The {'answer' if values['question'].strip() else 'question'} is empty"
    accepted = alternatives(values["answer"])
    question = values["question"].strip()
    if values["context"].strip():
        question += "\n\n" + values["context"].strip()
    system = _system(row, columns, sql=form_of(accepted[0])[0] == "sql")
    given = [{"role": "system", "content": system}] if system else []
    given.append({"role": "user", "content": question})
    example = Example(
        0, line, {}, origin=origin, tags=_tags(values["tags"]),
        accepted=accepted if len(accepted) > 1 else (),
    )
    answer = {"role": "assistant", "content": accepted[0]}
    if values["rejected"].strip():
        worse = {"role": "assistant", "content": values["rejected"].strip()}
        return replace(example, row={"input": {"messages": given}, "preferred_output": [answer],
                                     "non_preferred_output": [worse]})
    return replace(example, row={"messages": [*given, answer]})


def alternatives(answer: str) -> tuple[str, ...]:
    """The queries of an answer that is nothing but SQL queries; else the answer itself."""
    if form_of(answer)[0] != "sql":
        return (answer.strip(),)
    parts, start = [], 0
    for match in _QUOTED.finditer(answer):
        if match[0] == ";":
            parts.append(answer[start:match.start()].strip())
            start = match.end()
    parts = [part for part in (*parts, answer[start:].strip()) if part]
    if not all(form_of(part)[0] == "sql" for part in parts):
        return (answer.strip(),)  # a script, of which every part is needed
    return tuple(dict.fromkeys(parts))


def _system(row: Mapping[str, Any], columns: ColumnMap, *, sql: bool) -> str:
    if columns.system in row:
        return _text(row[columns.system]).strip()
    if columns.system:
        return _COLUMN.sub(lambda found: _text(row.get(found[1], found[0])), columns.system)
    by_name = {str(name).casefold(): _text(value).strip() for name, value in row.items()}
    database = next((by_name[name] for name in _DATABASE if by_name.get(name)), "")
    if not sql or not database:
        return ""
    dialect = next((by_name[name] for name in _DIALECT if by_name.get(name)), "SQL")
    kind = dialect if "sql" in dialect.casefold() else f"{dialect} SQL"
    return f"Write one {kind} query that answers the question. The database is {database}."


def _tags(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split(r"[,;|]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheets know no whole numbers
    return "" if value is None else json.dumps(value, ensure_ascii=False)
