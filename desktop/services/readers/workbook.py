"""Workbooks as documents: each visible sheet is a page, each row a line."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from ...core.errors import DocumentError
from ...core.types import Page
from . import packages, tables
from .parsed import MOST_TEXT, Parsed, clean, too_much_text

MOST_SHEETS = 500
MOST_CELLS = 5_000_000
_ZIP = b"PK\x03\x04"


def read(content: bytes) -> Parsed:
    """Pages count sheets from 1, hidden ones included, which are left out with a warning.

    Raises DocumentError.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    if content.startswith(_ZIP):
        packages.check(content, "Excel")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError as error:
        raise _unreadable(error) from error
    sheets = book.sheets_metadata
    if len(sheets) > MOST_SHEETS:
        raise DocumentError(f"Has {len(sheets):,} sheets; up to {MOST_SHEETS} are read",
                            remedy="Split it and drop the parts")
    visible = [sheet.visible == SheetVisibleEnum.Visible for sheet in sheets]
    names = [sheet.name for sheet in sheets]
    pages = tuple(_pages(book, names, visible))
    hidden = [name for name, seen in zip(names, visible, strict=True) if not seen]
    return Parsed(pages, _warning(hidden))


def _pages(book: Any, names: Sequence[str], visible: Sequence[bool]) -> Iterator[Page]:
    cells = characters = 0
    for number, (name, seen) in enumerate(zip(names, visible, strict=True), start=1):
        rows = _rows(book, name) if seen else []
        cells += sum(map(len, rows))
        if cells > MOST_CELLS:
            raise DocumentError("Holds too many cells", why=f"More than {MOST_CELLS:,}",
                                remedy="Split it and drop the parts")
        body = "\n".join(tables.lines(rows))
        text = clean(f"# {name}\n\n{body}") if body else ""
        characters += len(text)
        if characters > MOST_TEXT:
            raise too_much_text()
        yield Page(number, text)


def _rows(book: Any, name: str) -> list[list[Any]]:
    from python_calamine import CalamineError

    try:
        rows: list[list[Any]] = book.get_sheet_by_name(name).to_python()
    except CalamineError as error:
        raise _unreadable(error) from error
    # Empty cells come as "": a title row with gaps still is one.
    return [[None if cell == "" else cell for cell in row] for row in rows]


def _unreadable(error: Exception) -> DocumentError:
    return DocumentError(
        "Cannot be read", why="It is damaged, or needs a password",
        remedy="Open it in its own program and save it as xlsx or csv", details=str(error),
    )


def _warning(hidden: Sequence[str]) -> str:
    if not hidden:
        return ""
    named = ", ".join(hidden[:3]) + (", ..." if len(hidden) > 3 else "")
    return f"Hidden sheets were left out: {named}"
