"""Seconds from the start of the program, on a machine that never ran it, to compared answers.

    .venv/bin/python -m tests.benchmarks.first_answers [--times 5]

Each time with a new data folder, offscreen: the first start opens the sample, its question is
asked as soon as the window takes it, and the clock stops when all columns have answered. The
baseline is the same question asked again in the same window.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.driving import ROOT, drive

if TYPE_CHECKING:
    from desktop.program import Program


def child(began: float, data_dir: Path) -> None:
    """The program, asked twice; prints the seconds of both."""

    async def story(program: Program) -> None:
        await answers(program)
        first = time.time() - began
        started = time.time()
        await answers(program)
        print(json.dumps({"first": first, "again": time.time() - started}))

    drive(data_dir, story)


async def answers(program: Program) -> None:
    """Ask what is typed in, and wait until every column is done."""
    program.views.ask.ask()
    while not program.views.ask.is_running():
        await asyncio.sleep(0.001)
    while program.views.ask.is_running():
        await asyncio.sleep(0.005)


def once() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.first_answers", "--child",
                   str(time.time()), "--data-dir", folder]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
                              env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--child", type=float)
    parser.add_argument("--data-dir", type=Path)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.data_dir)
        return 0
    runs = [once() for _ in range(given.times)]
    firsts = [run["first"] for run in runs]
    again = median(run["again"] for run in runs)
    print(f"start to all answers: {median(firsts):.2f} s (from {min(firsts):.2f} to "
          f"{max(firsts):.2f}), median of {given.times}; asked again {again:.2f} s, "
          f"ratio {median(firsts) / again:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
