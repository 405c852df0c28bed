"""Drawing inside the pages process: a PDF's bytes in, pixels and boxes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..core.errors import DocumentError
from ..core.page_images import Box, locate
from .worker_child import Handler, Reply, Steps, limit_memory
from .worker_frames import Header

MEMORY = 2 << 30  # bytes of address space
MOST_PIXELS = 16_000_000
MOST_LETTERS = 200_000  # of a page; on more, nothing is looked for


def make_handler(config: Header) -> Handler:
    """`{"page", "scale", "start", "end", "text"}` and a PDF in; see `services/pages`."""
    limit_memory(MEMORY)

    def handler(header: Header, payload: memoryview) -> Steps:
        yield
        size = int(header["text"])
        content, text = bytes(payload[size:]), str(payload[:size], "utf-8")
        places = [(int(start), int(end)) for start, end in json.loads(header["places"])]
        spans = [(header["start"], header["end"]), *places]
        return draw(content, header["page"], header["scale"], text, spans)

    return handler


def draw(
    content: bytes, page_index: int, scale: float, text: str, spans: Sequence[tuple[int, int]]
) -> Reply:
    """With the boxes of `spans` of the text, the first of which is the passage. Raises
    DocumentError for whatever is wrong with the file."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            page = document[page_index]
            width, height = page.get_size()
            if not width * height > 0:
                raise DocumentError("This page has no size", remedy="Look at its text instead")
            scale = min(scale, (MOST_PIXELS / (width * height)) ** 0.5)
            bitmap = page.render(scale=scale, prefer_bgrx=True, may_draw_forms=False)
            boxes, *places = _boxes(page, bitmap, text, spans)
            header = {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride,
                      "boxes": json.dumps(boxes), "places": json.dumps(places)}
            return header, bytes(bitmap.buffer)
    except DocumentError:
        raise
    except Exception as error:  # pdfium's, and what a damaged file makes of Python's
        raise DocumentError(
            "This page cannot be drawn", remedy="Look at its text instead",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _boxes(
    page: Any, bitmap: Any, text: str, spans: Sequence[tuple[int, int]]
) -> list[list[Box]]:
    """For each span one box a line; none where there is nothing to mark."""
    from pypdfium2 import raw

    if all(end <= start for start, end in spans):
        return [[] for _ in spans]
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count > MOST_LETTERS:
        return [[] for _ in spans]
    letters = [chr(raw.FPDFText_GetUnicode(text_page.raw, place)) for place in range(count)]
    convert = bitmap.get_posconv(page)
    return [_lines(text_page, convert, locate(letters, text, *span)) for span in spans]


def _lines(text_page: Any, convert: Any, found: tuple[int, int] | None) -> list[Box]:
    if found is None:
        return []
    lines = text_page.count_rects(found[0], found[1] - found[0])
    return [_pixels(convert, text_page.get_rect(line)) for line in range(lines)]


def _pixels(convert: Any, rectangle: tuple[float, float, float, float]) -> Box:
    left, bottom, right, top = rectangle
    (x1, y1), (x2, y2) = convert.to_bitmap(left, top), convert.to_bitmap(right, bottom)
    return min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)
