"""Draws PDF pages in a process of its own, so that a hostile file costs one picture."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from ..core.errors import DocumentError
from ..core.page_images import Box, PageImage
from . import page_worker
from .worker import Worker, WorkerDied
from .worker_frames import Header

SECONDS = 20.0
MOST_PLACES = 200  # of what was found on a page


class ProcessPages:
    """Implements core.page_images.PageRenderer: one page at a time, in the order asked."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._turn = asyncio.Lock()

    async def render(
        self, content: bytes, page_index: int, scale: float, text: str = "", start: int = 0,
        end: int = 0, places: Sequence[tuple[int, int]] = (),
    ) -> PageImage:
        """See the port. Raises DocumentError."""
        said = text.encode()
        header = {"page": page_index, "scale": scale, "start": start, "end": end,
                  "places": json.dumps(list(places)[:MOST_PLACES]), "text": len(said)}
        async with self._turn:
            worker = self._running()
            try:
                async with asyncio.timeout(SECONDS):
                    return await worker.call(header, said + content, decode=image_of)
            except TimeoutError as error:
                raise DocumentError(
                    "This page takes too long to draw", why=f"More than {SECONDS:.0f} seconds",
                    remedy="Look at its text instead",
                ) from error
            except WorkerDied as error:
                raise DocumentError(
                    "This page cannot be drawn", why="The process that draws ended over it",
                    remedy="Look at its text instead", details=str(error),
                ) from error

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._worker is not None:
            await self._worker.aclose()

    def _running(self) -> Worker:
        if self._worker is None:
            self._worker = Worker("pages", page_worker.make_handler, {}, kill_on_cancel=True)
        return self._worker


def image_of(header: Header, payload: memoryview) -> PageImage:
    """The inverse of `page_worker.draw`; what does not fit together raises."""
    width, height, stride = (int(header[name]) for name in ("width", "height", "stride"))
    whole = len(payload) >= stride * height
    if min(width, height) < 1 or stride < 4 * width or not whole:
        raise ValueError("a picture that is none")
    boxes, places = boxes_of(header["boxes"]), json.loads(header["places"])
    return PageImage(width, height, stride, bytes(payload[: stride * height]), boxes,
                     tuple(boxes_of(json.dumps(each)) for each in places))


def boxes_of(said: str) -> tuple[Box, ...]:
    """Boxes from JSON."""
    return tuple((int(x), int(y), int(w), int(h)) for x, y, w, h in json.loads(said))
