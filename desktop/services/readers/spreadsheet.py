"""Workbooks (xlsx, xlsm, xls, ods) as rows of plain values, first sheet only."""

from __future__ import annotations

import io
from typing import Any

from ...core.errors import DocumentError

MOST_ROWS = 200_000


def read(content: bytes) -> list[list[Any]]:
    """Text, numbers and truth values; dates as ISO text. Raises DocumentError."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    except (CalamineError, IndexError) as error:
        raise DocumentError(
            "Cannot be read", why="It is damaged, or needs a password",
            remedy="Open it in its own program and save it as xlsx or csv", details=str(error),
        ) from error
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, str | int | float):
        return cell
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)
