"""Presentations: each slide is a page with its title, texts, tables and the speaker's notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ...core.types import Page
from . import packages, tables
from .parsed import MOST_TEXT, Parsed, clean, too_much_text

DEEPEST_GROUP = 20  # groups within groups; PowerPoint's own menus make no more than a few


def read(content: bytes) -> Parsed:
    """Pages count slides from 1; hidden ones are left out with a warning. Raises DocumentError."""
    packages.refuse_old(content, "PowerPoint", "pptx")
    packages.check(content, "PowerPoint")
    import pptx

    try:
        slides = list(pptx.Presentation(io.BytesIO(content)).slides)
        pages, hidden, characters = [], 0, 0
        for number, slide in enumerate(slides, start=1):
            seen = slide._element.get("show") != "0"
            text = clean(_text(slide)) if seen else ""
            hidden += not seen
            characters += len(text)
            pages.append(Page(number, text))
    except Exception as error:  # python-pptx, zipfile and lxml each raise their own
        raise packages.damaged(error, "PowerPoint") from error
    if characters > MOST_TEXT:
        raise too_much_text()
    warning = "" if not hidden else "1 hidden slide was left out"
    return Parsed(tuple(pages), warning if hidden < 2 else f"{hidden} hidden slides were left out")


def _text(slide: Any) -> str:
    title = slide.shapes.title
    lines = [f"# {' '.join(title.text_frame.text.split())}", ""] if _says(title) else []
    lines += _shapes((shape for shape in slide.shapes if not _same(shape, title)), 0)
    if slide.has_notes_slide:
        notes = slide.notes_slide.notes_text_frame
        if notes is not None and notes.text.strip():
            lines += ["", "Notes:", *notes.text.splitlines()]
    return "\n".join(lines).strip("\n")


def _says(title: Any) -> bool:
    return title is not None and bool(title.text_frame.text.strip())


def _same(shape: Any, title: Any) -> bool:
    return title is not None and shape.shape_id == title.shape_id


def _shapes(shapes: Any, depth: int) -> Iterator[str]:
    """In the slide's own order, which is the order a screen reader takes."""
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            if depth < DEEPEST_GROUP:
                yield from _shapes(shape.shapes, depth + 1)
        elif getattr(shape, "has_table", False):
            rows = ([cell.text for cell in row.cells] for row in shape.table.rows)
            yield from ("", *tables.lines(rows), "")
        elif shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                text = paragraph.text.replace("\v", "\n").strip()
                if text:
                    yield f"- {text}" if paragraph.level else text
