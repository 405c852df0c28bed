"""A run against the bare SDK, what it does to the event loop, and kill -9 in its midst.

    python -m tests.benchmarks.runs [--cells 600] [--concurrency 32] [--rounds 3] [--kills 20]

A server process takes 100 ms for each call. The same calls are made by the openai SDK alone,
streaming, from a pool of as many workers, and by a run of the program; both are timed at the
server, from the first request to the last answer, alternately, and the medians are compared.
A timer of 5 ms ticks on the run's loop, and one in a bare process at the same time: what that
one is late, the machine's other work makes late. `longest_turn_ms` is processor time only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.end2end.calls import Calls, serving
from tests.end2end.running import go, open_ports
from tests.end2end.test_runs import kill_and_resume

GOAL_RATIO, GOAL_STALL = 1.25, 50.0
CONTROL = """
import select, sys, time
print(flush=True)
longest, last = 0.0, time.perf_counter()
while not select.select([sys.stdin], [], [], 0.005)[0]:
    now = time.perf_counter()
    longest, last = max(longest, now - last), now
print(longest * 1000)
"""


async def bare(url: str, cells: int, concurrency: int) -> None:
    """What the SDK needs by itself."""
    import openai

    questions = [f"Question {n}?" for n in range(cells)]
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

        async def work() -> None:
            while questions:
                question: Any = {"role": "user", "content": questions.pop(0)}
                stream = await client.chat.completions.create(
                    model="mini", messages=[question], stream=True,
                    stream_options={"include_usage": True},
                )
                async for _ in stream:
                    pass

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())


Gaps = list[tuple[float, float]]  # between two ticks: time and the thread's own work, in ms


async def ours(path: Path, url: str, cells: int, concurrency: int) -> Gaps:
    """The stalls of the loop during a run."""
    gaps: Gaps = []
    async with open_ports(path, url) as ports:
        ticking = asyncio.create_task(_tick(gaps))
        await go(ports, cells, concurrency)
        ticking.cancel()
        stored = await ports.store.cells(1)
    assert len(stored) == cells and all(cell.state == "done" for cell in stored)
    return gaps


async def _tick(gaps: Gaps) -> None:
    last, worked = time.perf_counter(), time.thread_time()
    while True:
        await asyncio.sleep(0.005)
        now, work = time.perf_counter(), time.thread_time()
        gaps.append(((now - last) * 1000, (work - worked) * 1000))
        last, worked = now, work


@contextlib.contextmanager
def control(longest: list[float]) -> Iterator[None]:
    """A process that does nothing but tick; adds its longest stall."""
    process = subprocess.Popen([sys.executable, "-c", CONTROL], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield
    longest.append(float(process.communicate()[0]))


def _span(calls: Calls, before: int) -> float:
    log = calls.log()[before:]
    return max(entry[2] for entry in log) - min(entry[1] for entry in log)


def measure(cells: int, concurrency: int, rounds: int) -> dict[str, Any]:
    spans: dict[str, list[float]] = {"bare": [], "ours": []}
    gaps: Gaps = []
    bare_stalls: list[float] = []
    with serving() as calls, tempfile.TemporaryDirectory() as folder:
        asyncio.run(bare(calls.url, concurrency, concurrency))  # imports, caches
        for number in range(rounds):
            before = len(calls.log())
            asyncio.run(bare(calls.url, cells, concurrency))
            spans["bare"].append(_span(calls, before))
            before = len(calls.log())
            path = Path(folder, f"{number}.stratex")
            with control(bare_stalls):
                gaps += asyncio.run(ours(path, calls.url, cells, concurrency))
            spans["ours"].append(_span(calls, before))
            assert len(calls.log()) - before == cells, "one request for each cell"
    medians = {name: statistics.median(values) for name, values in spans.items()}
    return {
        "cells": cells, "concurrency": concurrency, "ideal": 0.1 * cells / concurrency,
        **{f"{name}_seconds": round(value, 3) for name, value in medians.items()},
        "ratio": round(medians["ours"] / medians["bare"], 3), "goal_ratio": GOAL_RATIO,
        "longest_stall_ms": round(max(gaps)[0], 1), "goal_stall_ms": GOAL_STALL,
        "p99_ms": round(statistics.quantiles([gap for gap, _ in gaps], n=100)[98], 1),
        "longest_turn_ms": round(max(work for _, work in gaps), 1),
        "longest_stall_of_a_bare_process_ms": round(max(bare_stalls), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", type=int, default=600)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    gc.disable()  # as in the window, which collects by itself where nothing is held up
    result = measure(options.cells, options.concurrency, options.rounds)
    lost = again = 0
    for seed in range(options.kills):
        with tempfile.TemporaryDirectory() as folder:
            outcome = kill_and_resume(Path(folder) / "w.stratex", seed)
            lost, again = lost + outcome.lost, max(again, outcome.paid_twice)
    print(json.dumps(result | {
        "kills": options.kills, "finished_cells_lost": lost, "most_paid_twice_in_one_kill": again,
    }, indent=1))


if __name__ == "__main__":
    main()
