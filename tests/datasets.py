"""Datasets for tests: lines, a disk in memory that is read in blocks, checks without a process."""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Any

from desktop.core.dataset import statistics
from desktop.core.dataset.checker import Checker
from desktop.core.dataset.report import Block, Checked
from desktop.core.errors import DocumentError


def line(number: int, **more: Any) -> str:
    """One chat example as a line without its end."""
    turns = [{"role": "user", "content": f"question {number}"},
             {"role": "assistant", "content": f"answer {number}"}]
    return json.dumps({"messages": turns, **more}, ensure_ascii=False)


def file(count: int) -> bytes:
    """A good file of so many examples."""
    return codecs.BOM_UTF8 + "".join(line(n) + "\n" for n in range(count)).encode()


class Disk:
    """Files in memory; `size` bytes a block."""

    def __init__(self, size: int = 1_000, **contents: bytes) -> None:
        self.size = size
        self.contents = dict(contents)

    async def read_any(self, path: str) -> bytes:
        if path not in self.contents:
            raise DocumentError(f"{path} is not there")
        return self.contents[path]

    async def blocks(self, path: str) -> AsyncGenerator[bytes]:
        data = await self.read_any(path)
        for start in range(0, len(data), self.size):
            yield data[start:start + self.size]

    async def write(self, path: str, content: bytes) -> None:
        self.contents[path] = content

    async def write_blocks(self, path: str, blocks: AsyncIterable[bytes]) -> int:
        data = b"".join([block async for block in blocks])
        self.contents[path] = data
        return len(data)


class InlineChecker:
    """Implements core.dataset_port.DatasetChecker on this thread; each word is a token."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def _count(self, text: str) -> int:
        self.texts.append(text)
        return len(text.split())

    async def check(
        self, blocks: AsyncIterable[Block], model: str = "",
        tell: Callable[[float], None] = lambda share: None, *, shapes_only: bool = False,
    ) -> Checked:
        checker = Checker(self._count, statistics.example_limit(model), shapes_only=shapes_only)
        async for block in blocks:
            checker.add(block.data, block.lines)
        for share in checker.finish():
            tell(share)
        tell(1.0)
        return checker.checked(exact=False)

    async def aclose(self) -> None:
        """Nothing to end."""
