"""kill -9 at random moments of indexing, with the real embedder.

    python -m tests.benchmarks.kill9 [--data FOLDER] [--times 20]

Each time a new workspace is killed once, looked at, finished, and compared with an undisturbed
one. Prints how many were as they must be; exit code 1 when one was not.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.end2end import killing

QUERY = "are eyeglasses covered by the plan?"
START_UP = 0.6  # seconds, about, before the first event and after the last


def documents(folder: Path) -> Path:
    """Made here when no folder is given: eight documents of some chunks each."""
    folder.mkdir()
    for number in range(8):
        rules = [f"# Plan {number}"] + [
            f"## Rule {rule}\n\n" + f"Eyeglasses of kind {rule} are covered by the plan. " * 15
            for rule in range(4 + number)
        ]
        (folder / f"plan {number}.md").write_text("\n\n".join(rules), encoding="utf-8")
    return folder


def try_once(root: Path, folder: Path, seconds: float, expected: killing.Snapshot) -> str:
    """What had been reached when it was killed. Raises AssertionError."""
    root.mkdir()
    path = root / "w.stratex"
    acknowledged = killing.kill_once(path, folder, "built-in", 1, seconds)
    killing.check_nothing_lost(path, "built-in", acknowledged, QUERY)
    killing.finish(path, folder, "built-in")
    asyncio.run(killing.look(path, "built-in", QUERY)).check_equal(expected)
    return acknowledged[-1] if acknowledged else "nothing yet"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    moments = random.Random(20261121)
    failed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        folder = given.data or documents(root / "documents")
        whole = root / "undisturbed" / "w.stratex"
        whole.parent.mkdir()
        started = time.perf_counter()
        lines = killing.finish(whole, folder, "built-in")
        lasts = time.perf_counter() - started - START_UP
        expected = asyncio.run(killing.look(whole, "built-in", QUERY))
        print(f"undisturbed: {len(expected.chunks)} chunks, {lines} events")
        for number in range(1, given.times + 1):
            seconds = moments.uniform(0, lasts)
            try:
                reached = try_once(root / str(number), folder, seconds, expected)
            except AssertionError as error:
                failed[str(error)[:200]] += 1
                reached = f"FAILED {error}"
            print(f"{number:3}  {seconds:.2f} s after the first event: {reached}", flush=True)
    print(f"{given.times - failed.total()} of {given.times} lost nothing and ended equal")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
