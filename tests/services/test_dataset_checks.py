"""The dataset process: what it finds, how it is cancelled, and that it goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from desktop.core.dataset.report import Block
from desktop.core.errors import DatasetError
from desktop.services import dataset_worker
from desktop.services.dataset_checks import DatasetProcess
from tests.datasets import file, line


async def blocks(*data: bytes) -> AsyncIterator[Block]:
    for each in data:
        yield Block(each)


def test_what_is_found_comes_back_whole() -> None:
    async def work() -> None:
        process = DatasetProcess()
        shares: list[float] = []
        try:
            many = b"{}\n" * (dataset_worker.ISSUES + 10)
            checked = await process.check(blocks(file(60), many), "gpt-4.1", shares.append)
            assert len(checked.counts) == len(checked.groups) == 60 + len(many) // 3
            assert checked.exact and checked.counts[0] == 3 + 2 * (3 + 1 + 3)
            errors = [i for i in checked.issues if i.code == "missing_messages_list"]
            assert [i.line for i in errors] == list(range(61, 61 + len(many) // 3))
            assert shares == sorted(shares) and shares[-1] == 1.0
        finally:
            await process.aclose()

    asyncio.run(work())


def test_lines_of_the_workspace_keep_their_numbers() -> None:
    async def work() -> None:
        async def numbered() -> AsyncIterator[Block]:
            yield Block((line(1) + "\n" + line(2) + "\n").encode(), [7, 9])
            yield Block(("{x\n" + line(1) + "\n").encode(), [12, 20])

        process = DatasetProcess()
        try:
            checked = await process.check(numbered())
            assert [(i.line, i.code) for i in checked.issues] == [
                (0, "too_few"), (12, "invalid_json"), (20, "duplicate")]
        finally:
            await process.aclose()

    asyncio.run(work())


def test_a_cancelled_check_does_not_disturb_the_next_one() -> None:
    async def work() -> None:
        process = DatasetProcess(idle_seconds=0)
        try:
            async with asyncio.TaskGroup() as group:
                first = group.create_task(process.check(blocks(*[file(500)] * 40)))
                while process.pid is None:
                    await asyncio.sleep(0)
                first.cancel()
            checked = await process.check(blocks(file(12)))
            assert len(checked.counts) == 12
            with pytest.raises(DatasetError):
                await process.check(blocks("{}".encode("utf-16")))
        finally:
            await process.aclose()

    asyncio.run(work())
