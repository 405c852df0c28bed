import asyncio
import random
import sys

import pytest

from desktop.services.compute import ComputeProcess
from tests.compute import DirectCompute

RANDOM = random.Random(3)
A = [RANDOM.random() for _ in range(40)]
B = [min(1.0, value + 0.1) for value in A]


def test_the_process_says_what_the_functions_say() -> None:
    async def work() -> None:
        process, direct = ComputeProcess(), DirectCompute()
        try:
            assert await process.intervals([A, [1.0, 0.0]]) == await direct.intervals(
                [A, [1.0, 0.0]]
            )
            assert await process.compare([(A, B)]) == await direct.compare([(A, B)])
            assert await process.enough([(A, B), (A, A)]) == await direct.enough([(A, B), (A, A)])
            assert await process.intervals([]) == []
            equal = await process.intervals([[0.5] * 9, [0.5] * 9], [True, False])
            assert [each.low == each.high for each in equal] == [False, True]
        finally:
            await process.aclose()

    asyncio.run(work())


def test_a_process_that_was_killed_is_started_once_more() -> None:
    async def work() -> None:
        process = ComputeProcess()
        try:
            await process.intervals([A])
            process._worker.kill()
            assert len(await process.intervals([A])) == 1
        finally:
            await process.aclose()

    asyncio.run(work())


def test_the_service_itself_does_not_import_scipy() -> None:
    script = ("import sys, desktop.services.compute, desktop.flows.summarising; "
              "sys.exit('scipy' in sys.modules or 'numpy' in sys.modules)")

    async def work() -> int:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
        return await child.wait()

    assert asyncio.run(work()) == 0


@pytest.mark.parametrize("rows", [[[]], [[float("nan")]]])
def test_an_impossible_row_is_a_bug_and_says_so(rows: list[list[float]]) -> None:
    from desktop.services.worker_frames import WorkerFailed

    async def work() -> None:
        process = ComputeProcess()
        try:
            await process.intervals(rows)
        finally:
            await process.aclose()

    with pytest.raises(WorkerFailed, match="one finite number a case"):
        asyncio.run(work())
