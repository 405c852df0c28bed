"""Rows of a table as lines of text that make sense alone, wherever a chunk begins."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LONGEST_TITLE = 60  # characters of a column's title; longer ones are text
_MIDNIGHT = datetime.time()


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """`Title: value | Title: value` a row where the first full row holds titles, else
    `value | value`. Empty cells and rows are left out."""
    titles: list[str] = []
    decided = False
    for row in rows:
        cells = [shown(cell) for cell in row]
        filled = [cell for cell in cells if cell]
        if not decided and len(filled) > 1:
            decided = True
            if _are_titles(row, filled):
                titles = cells
                yield " | ".join(filled)
                continue
        if filled:
            yield " | ".join(_titled(cells, titles))


def count(text: str) -> int:
    """How many tables a text holds: each is two or more rows, lines with ` | ` in them, as all
    readers of this folder write them and Markdown does."""
    found = length = 0
    for line in text.split("\n"):
        length = length + 1 if " | " in line else 0
        found += length == 2
    return found


def shown(cell: Any) -> str:
    """A value as a person writes it, on one line."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, datetime.datetime):
        whole = cell.time() == _MIDNIGHT
        return cell.date().isoformat() if whole else cell.isoformat(" ")
    return " ".join(str(cell).split())


def _are_titles(row: Sequence[Any], filled: Sequence[str]) -> bool:
    """Short, different texts: a title is never a number, nor said twice."""
    return (
        all(isinstance(cell, str) or cell is None for cell in row)
        and not any(_is_number(cell) for cell in filled)
        and len(set(filled)) == len(filled)
        and max(map(len, filled)) <= LONGEST_TITLE
    )


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").rstrip("%"))
    except ValueError:
        return False
    return True


def _titled(cells: Sequence[str], titles: Sequence[str]) -> Iterator[str]:
    for place, cell in enumerate(cells):
        title = titles[place] if place < len(titles) else ""
        if cell:
            yield f"{title}: {cell}" if title else cell
