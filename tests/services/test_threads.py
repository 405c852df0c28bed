"""Threads that hold up nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.services.threads import Threads


@pytest.fixture
def threads() -> Iterator[Threads]:
    made = Threads(2, "tried")
    yield made
    made.shutdown()


def test_results_and_errors_come_back(threads: Threads) -> None:
    assert threads.submit(divmod, 7, 2).result(5) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 7, 0).result(5)


def test_no_more_threads_than_wanted_and_no_more_than_needed(threads: Threads) -> None:
    def name() -> str:
        return threading.current_thread().name

    assert {threads.submit(name).result(5) for _ in range(10)} == {"tried 1"}
    barrier = threading.Barrier(2, timeout=5)
    both = [threads.submit(barrier.wait) for _ in range(2)]  # passes only side by side
    assert sorted(each.result(5) for each in both) == [0, 1]
    assert {each.name for each in threading.enumerate() if each.name.startswith("tried")} == {
        "tried 1", "tried 2"}


def test_what_waits_can_be_cancelled_and_nothing_is_taken_after_the_end() -> None:
    threads, gate = Threads(1, "tried"), threading.Event()
    running, waiting = threads.submit(gate.wait, 5), threads.submit(divmod, 1, 1)
    while not running.running():
        time.sleep(0)
    threads.shutdown(cancel_futures=True)
    gate.set()
    assert running.result(5) is True and waiting.cancelled()
    with pytest.raises(RuntimeError):
        threads.submit(divmod, 1, 1)


def test_a_hanging_call_does_not_keep_the_program() -> None:
    code = ("import asyncio, time\n"
            "from desktop.services.threads import Threads\n"
            "async def story():\n"
            "    hanging = Threads(1, 'hangs').submit(time.sleep, 60)\n"
            "    while not hanging.running(): await asyncio.sleep(0)\n"
            "asyncio.run(story())\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20,
                   cwd=Path(__file__).resolve().parents[2])
