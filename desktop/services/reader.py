"""Reads documents in a process of its own, so that a hostile file costs one failed row."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from ..core.chunk_settings import DEFAULT, ChunkSettings
from ..core.errors import DocumentError
from ..core.ports import ReadDocument
from ..core.types import NewChunk, Page
from . import embedder_model, reader_worker
from .worker import Worker, WorkerDied
from .worker_frames import Header

T = TypeVar("T")
SECONDS = 60.0
SECONDS_PER_MEGABYTE = 2.0
_REMEDY = "Open it in its own program, save it anew and drop it again"


class ProcessReader:
    """Implements core.ports.DocumentReader: one file at a time, in the order asked."""

    def __init__(
        self, *, seconds: float = SECONDS, seconds_per_megabyte: float = SECONDS_PER_MEGABYTE
    ) -> None:
        self._seconds = seconds
        self._seconds_per_megabyte = seconds_per_megabyte
        self._worker: Worker | None = None
        self._turn = asyncio.Lock()

    async def read(
        self, name: str, content: bytes, settings: ChunkSettings = DEFAULT
    ) -> ReadDocument:
        """Raises DocumentError, or EmbedderUnavailable when its tokenizer is not installed.

        After a failure the process is replaced: the file may have left it in any state.
        """
        header = {"name": name, "chunking": settings.as_dict()}
        return await self._call(header, content, document_of)

    async def split(
        self, name: str, pages: Sequence[Page], settings: ChunkSettings
    ) -> tuple[NewChunk, ...]:
        """What `read` would cut these pages into. Raises DocumentError."""
        texts = [page.text.encode() for page in pages]
        header = {
            "name": name, "chunking": settings.as_dict(),
            "pages": [[page.number, len(text)] for page, text in zip(pages, texts, strict=True)],
        }
        return await self._call(header, b"".join(texts), partial(chunks_of, pages))

    async def rows(self, name: str, content: bytes) -> list[list[Any]]:
        """The rows of a workbook's first sheet, as plain values. Raises DocumentError."""
        return await self._call({"name": name, "rows": True}, content, rows_of)

    async def _call(
        self, header: Header, content: bytes, decode: Callable[[Header, memoryview], T]
    ) -> T:
        async with self._turn:
            worker = self._running()
            seconds = self._seconds + self._seconds_per_megabyte * len(content) / 1e6
            try:
                async with asyncio.timeout(seconds):
                    return await worker.call(header, content, decode=decode)
            except TimeoutError as error:
                raise DocumentError(
                    "Takes too long to read", why=f"More than {seconds:.0f} seconds",
                    remedy=_REMEDY,
                ) from error
            except DocumentError:
                worker.kill()
                raise
            except WorkerDied as error:
                raise DocumentError(
                    "Cannot be read",
                    why="It is damaged or made to do harm: the reader process ended over it",
                    remedy=_REMEDY, details=str(error),
                ) from error

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._worker is not None:
            await self._worker.aclose()

    def _running(self) -> Worker:
        if self._worker is None:
            config = {"tokenizer": str(embedder_model.tokenizer_file())}
            self._worker = Worker(
                "reader", reader_worker.make_handler, config, kill_on_cancel=True
            )
        return self._worker


def rows_of(header: Header, payload: memoryview) -> list[list[Any]]:
    """The inverse of `reader_worker.rows`."""
    found: list[list[Any]] = json.loads(bytes(payload))
    return found


def document_of(header: Header, payload: memoryview) -> ReadDocument:
    """The inverse of `reader_worker.reply`; what does not fit together raises."""
    pages = reader_worker.pages_of(header, payload)
    tables = header["tables"]
    return ReadDocument(tuple(pages), chunks_of(pages, header, payload), str(header["warning"]),
                        str(header["language"]), None if tables is None else int(tables))


def chunks_of(
    pages: Sequence[Page], header: Header, payload: memoryview
) -> tuple[NewChunk, ...]:
    """The inverse of `reader_worker.places`."""
    headings = [str(heading) for heading in header["headings"]]
    return tuple(
        NewChunk(index, pages[index].number, first, last, pages[index].text[first:last],
                 headings[heading])
        for index, first, last, heading in header["chunks"]
    )
