"""A dataset of any length, a piece at a time: what is on screen, what is checked or exported."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...core.dataset import rows
from ...core.dataset.query import Columns, ExampleOrder, ExampleQuery, Facets
from ...core.dataset.report import Block
from ...core.dataset.turns import answer_of, question_of
from ...core.types import DatasetIssue, Example
from .dataset import COLUMNS, example_from, save_all
from .values import dumps, marks, next_id

_HERE = "dataset_id = 1 AND NOT removed"
_MANY = 500  # ids in one statement
_CHANGEABLE = ("tags", "split", "state")


def _said(role: str, key: str) -> str:
    """SQL for the last text of a role, or of an old completion row's key: in C, so that sorting
    a long dataset does not hold up the window."""
    return f"""lower(coalesce(CASE WHEN json_valid(row) THEN coalesce(
        (SELECT json_extract(value, '$.content') FROM json_each(row, '$.messages')
         WHERE json_extract(value, '$.role') = '{role}' ORDER BY key DESC LIMIT 1),
        json_extract(row, '$.{key}')) END, ''))"""


_ORDERS = {
    "line": "position", "question": _said("user", "prompt"),
    "answer": _said("assistant", "completion"), "origin": "origin", "tags": "tags",
    "split": "split",
}


def order(db: sqlite3.Connection, query: ExampleQuery) -> ExampleOrder:
    """Ids and lines of what a query finds."""
    where, values = [_HERE], []
    for column in ("state", "split", "origin"):
        if getattr(query, column):
            where.append(f"{column} = ?")
            values.append(getattr(query, column))
    if query.tag:
        where.append("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)")
        values.append(query.tag)
    way = " DESC" if query.descending else ""
    needle = query.search.casefold().strip()
    wanted = "id, line" + (", row, raw" if needle else "")
    found: Iterable[tuple[int, ...]] = db.execute(
        f"SELECT {wanted} FROM examples WHERE {' AND '.join(where)}"
        f" ORDER BY {_ORDERS[query.sort]}{way}, position{way}, id{way}", values)
    if needle:
        found = _holding(needle, found)  # type: ignore[arg-type]  # with row and raw
    ids, lines = array("q"), array("q")
    for number, line in found:
        ids.append(number)
        lines.append(line)
    return ExampleOrder(ids, lines)


def _holding(
    needle: str, found: Iterable[tuple[int, int, str, str]]
) -> Iterator[tuple[int, int]]:
    # Rows are ASCII: an ASCII text that a row does not hold as JSON is in none of its texts.
    sign = json.dumps(needle)[1:-1] if needle.isascii() else ""
    for number, line, row, raw in found:
        if sign in row.lower() or sign in raw.lower():
            example = Example(number, line, json.loads(row), json.loads(raw))
            if needle in question_of(example).casefold() or needle in answer_of(example).casefold():
                yield number, line


def page(db: sqlite3.Connection, ids: Sequence[int]) -> list[Example]:
    """In the order of `ids`; those that are gone are left out."""
    found: dict[int, Example] = {}
    for start in range(0, len(ids), _MANY):
        some = ids[start:start + _MANY]
        for row in db.execute(
            f"SELECT {COLUMNS} FROM examples WHERE id IN ({marks(len(some))}) AND NOT removed", some
        ):
            found[row[0]] = example_from(row)
    return [found[each] for each in ids if each in found]


def block(db: sqlite3.Connection, after: int, limit: int, split: str) -> tuple[Block, int]:
    """Lines of kept examples after a position, at most `limit` of them, and the position of
    the last one; an empty block at the end. `split` "" takes both sides."""
    where = f"{_HERE} AND state = 'kept' AND position > ?" + (" AND split = ?" if split else "")
    found = db.execute(
        f"SELECT position, line, row, raw FROM examples WHERE {where} ORDER BY position LIMIT ?",
        (after, *([split] if split else []), limit),
    ).fetchall()
    lines = array("I", (max(line, 0) for _, line, _, _ in found))
    data = b"".join(_line(row, raw) for _, _, row, raw in found)
    return Block(data, lines), found[-1][0] if found else after


def _line(row: str, raw: str) -> bytes:
    if raw != '""':
        return rows.encode_line(Example(0, 0, {}, json.loads(raw))) + b"\n"
    if "\\u" in row:  # as text that people can read
        return rows.encode_line(Example(0, 0, json.loads(row))) + b"\n"
    return row.encode("ascii", "replace") + b"\n"


def add_lines(
    db: sqlite3.Connection, data: bytes, first: int, offset: int, origin: str
) -> tuple[list[int], list[DatasetIssue]]:
    """Append the lines of a part of a file that starts with its line `first`; `offset` is
    added to their numbers. Returns ids, and issues of what cannot be kept as it is."""
    found: list[Example] = []
    issues: list[DatasetIssue] = []
    number = next_id(db, "examples")
    for item in rows.read(data, origin, first):
        if isinstance(item, DatasetIssue):
            issues.append(DatasetIssue(item.line + offset, item.severity, item.code, item.message))
        else:
            found.append(Example(number + len(found), item.line + offset, item.row, item.raw,
                                 origin))
    save_all(db, found)
    return [example.id for example in found], issues


def last_line(db: sqlite3.Connection) -> int:
    """The highest number of a line, 0 where there is none."""
    return int(db.execute(f"SELECT coalesce(max(line), 0) FROM examples WHERE {_HERE}")
               .fetchone()[0])


def restore(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Bring removed examples back where they were."""
    db.executemany("UPDATE examples SET removed = 0 WHERE id = ?", [(each,) for each in ids])


def change(db: sqlite3.Connection, changes: Mapping[int, Columns]) -> dict[int, Columns]:
    """Set some columns of many examples; returns what they held, for undo."""
    before: dict[int, Columns] = {}
    for number, columns in changes.items():
        names = [name for name in _CHANGEABLE if name in columns]
        old = db.execute(f"SELECT {', '.join(names)} FROM examples WHERE id = ?", (number,)
                         ).fetchone() if names else None
        if old is None:
            continue
        before[number] = {
            name: tuple(json.loads(value)) if name == "tags" else value
            for name, value in zip(names, old, strict=True)
        }
        new = [dumps(columns[name]) if name == "tags" else columns[name] for name in names]
        db.execute(f"UPDATE examples SET {', '.join(f'{name} = ?' for name in names)}"
                   " WHERE id = ?", (*new, number))
    return before


def facets(db: sqlite3.Connection) -> Facets:
    """How many examples there are of each kind."""
    def counted(column: str, where: str = "") -> dict[str, int]:
        return dict(db.execute(
            f"SELECT {column}, count(*) FROM examples WHERE {_HERE}{where}"
            f" GROUP BY {column} ORDER BY 2 DESC").fetchall())

    tags: Counter[str] = Counter()
    for text, count in counted("tags").items():
        for tag in json.loads(text):
            tags[str(tag)] += count
    return Facets(counted("state"), counted("split", " AND state = 'kept'"),
                  dict(tags.most_common()), counted("origin"))
