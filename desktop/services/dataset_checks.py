"""Checks datasets in a process of its own, which ends when nothing was checked for a while."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterable, Callable
from dataclasses import replace

from ..core.dataset.report import Block, Checked
from ..core.errors import DatasetError
from ..core.types import DatasetIssue
from . import dataset_worker
from .worker import Worker, WorkerDied
from .worker_frames import Header

IDLE_SECONDS = 20.0
DEFAULT_MODEL = "gpt-4.1-mini"  # whose tokens are counted when no model is named


class DatasetProcess:
    """Implements core.dataset_port.DatasetChecker. The process starts with the first check."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._worker = Worker("dataset", dataset_worker.make_handler, {})
        self._turn = asyncio.Lock()
        self._idle_seconds = idle_seconds
        self._end: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """Of its process, while there is one."""
        return self._worker.pid

    async def check(
        self, blocks: AsyncIterable[Block], model: str = "",
        tell: Callable[[float], None] = lambda share: None, *, shapes_only: bool = False,
    ) -> Checked:
        """See the port."""
        begin = {"operation": "begin", "model": model or DEFAULT_MODEL, "shapes": shapes_only}
        async with self._turn:
            try:
                return await self._check(begin, blocks, tell)
            except WorkerDied as error:
                raise DatasetError(
                    "The dataset was not checked", why="The process that checks it ended",
                    remedy="Check it again", details=str(error),
                ) from error
            finally:
                self._end_later()

    async def _check(
        self, begin: Header, blocks: AsyncIterable[Block], tell: Callable[[float], None]
    ) -> Checked:
        await self._call(begin)
        async for block in blocks:
            numbers = array("I", block.lines)
            header = {"operation": "add", "numbered": len(numbers)}
            await self._call(header, numbers.tobytes() + block.data)
        found: Checked | None = None
        while found is None:
            share, found, expected = await self._worker.call(
                {"operation": "finish"}, decode=_finished)
            tell(share)
        issues: list[DatasetIssue] = []
        while len(issues) < expected:
            issues += await self._worker.call(
                {"operation": "issues", "start": len(issues)}, decode=_issues)
        return replace(found, issues=tuple(issues))

    async def _call(self, header: Header, payload: bytes = b"") -> None:
        await self._worker.call(header, payload, decode=lambda header, payload: None)

    def _end_later(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if not self._turn.locked():
            self._worker.kill()

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._end is not None:
            self._end.cancel()
        await self._worker.aclose()


def _finished(header: Header, payload: memoryview) -> tuple[float, Checked | None, int]:
    share = float(header["share"])
    if share < 1:
        return share, None, 0
    counts, lines, groups = array("I"), array("I"), array("I")
    size = int(header["examples"]) * counts.itemsize
    counts.frombytes(payload[:size])
    lines.frombytes(payload[size:2 * size])
    groups.frombytes(payload[2 * size:])  # none where only shapes were looked at
    found = Checked(header["format"], counts, groups, lines, (), bool(header["exact"]))
    return share, found, int(header["issues"])


def _issues(header: Header, payload: memoryview) -> list[DatasetIssue]:
    return [DatasetIssue(*issue) for issue in header["issues"]]
