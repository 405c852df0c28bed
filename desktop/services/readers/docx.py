"""Word documents: paragraphs and tables in order, headings as `#`, rows as `a | b`.

The elements are walked here and not by python-docx, which leaves out what stands in content
controls, tracked insertions and text boxes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from . import packages
from .parsed import Parsed, one_page

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)


def read(content: bytes) -> Parsed:
    """Raises DocumentError for what is no Word document, or one made to do harm."""
    packages.refuse_old(content, "Word", "docx")
    packages.check(content, "Word")
    import docx

    try:
        document = docx.Document(io.BytesIO(content))
    except Exception as error:  # python-docx, zipfile and lxml each raise their own
        raise packages.damaged(error, "Word") from error
    levels = _heading_levels(document)
    lines = _blocks(document.element.body, levels)
    return one_page("\n".join(lines).strip("\n"))


def _heading_levels(document: Any) -> dict[str, int]:
    """Style id -> heading level. "Heading 1" is that in every language of Word's screen."""
    levels = {}
    for style in document.styles.element.iterchildren(f"{_W}style"):
        name = style.find(f"{_W}name")
        title = name.get(f"{_W}val", "") if name is not None else ""
        if marked := _HEADING.fullmatch(title):
            levels[style.get(f"{_W}styleId")] = min(6, int(marked[1]))
        elif title.lower() == "title":
            levels[style.get(f"{_W}styleId")] = 1
    return levels


def _blocks(parent: Any, levels: dict[str, int]) -> Iterator[str]:
    """Lines of a body, a cell or a content control."""
    for child in parent.iterchildren():
        if child.tag == f"{_W}p":
            yield _line(child, levels)
        elif child.tag == f"{_W}tbl":
            yield from ("", *_rows(child, levels), "")
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _blocks(child, levels)


def _line(paragraph: Any, levels: dict[str, int]) -> str:
    text = _text(paragraph).strip()
    properties = paragraph.find(f"{_W}pPr")
    if not text or properties is None:
        return text
    style = properties.find(f"{_W}pStyle")
    level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
    if level:
        return f"\n{'#' * level} {' '.join(text.split())}\n"
    listed = properties.find(f"{_W}numPr") is not None
    listed = listed or (style is not None and style.get(f"{_W}val", "").startswith("List"))
    return f"- {text}" if listed else text


def _rows(table: Any, levels: dict[str, int]) -> Iterator[str]:
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue  # of a table in a cell: part of that cell's text
        cells = [
            " ".join(" ".join(_blocks(cell, levels)).split()) for cell in row.iter(f"{_W}tc")
            if next(cell.iterancestors(f"{_W}tr")) is row
        ]
        if any(cells):
            yield " | ".join(cells)


def _text(paragraph: Any) -> str:
    pieces = []
    for element in paragraph.iter(f"{_W}t", *_TEXT):
        if any(above.tag in (_FALLBACK, f"{_W}tabs", f"{_W}del", f"{_W}moveFrom")
               for above in element.iterancestors()):
            continue  # said twice, a tab stop's setting, or deleted
        pieces.append(_TEXT.get(element.tag) or element.text or "")
    return "".join(pieces)

