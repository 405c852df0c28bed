"""Close the window at random moments of indexing and streaming.

    python -m tests.benchmarks.closing --data FOLDER [--times 10]

Each time a new process opens a workspace, FOLDER's documents are dropped and question after
question is asked, every other time of a server that streams slowly; then the window is closed.
Prints seconds from the close to the end of the process, beside those of a window where nothing
runs, and what was wrong; exit code 1 when anything was.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.driving import add_connection, documents_of, make_workspace
from tests.benchmarks.token_server import served
from tests.end2end.closing import Ending, close_after, look

GOAL = 2.0  # seconds
LATEST = 9.0  # seconds after the drop: before all is indexed


def prepare(root: Path, address: str) -> tuple[Path, Path]:
    """A data folder whose last workspace is new, and that workspace."""
    from desktop.services.settings_file import SettingsFile

    data_dir, file = root / "data", root / "w.stratex"
    model = ("Server", "steady") if address else ()
    asyncio.run(make_workspace(file, *model))
    if address:
        add_connection(data_dir, "Server", address, "steady")
    SettingsFile(data_dir).update(lambda settings: replace(settings, last_workspace=str(file)))
    return data_dir, file


def once(root: Path, address: str, seconds: float, files: list[Path]) -> tuple[Ending, list[str]]:
    """How it ended, and what was wrong."""
    data_dir, file = prepare(root, address)
    ending = close_after(seconds, data_dir, files)
    wrong = ending.problems(GOAL)
    if list(root.glob("w.stratex-*")):
        wrong.append("the workspace was left in several files")
    counts = look(file)
    if "damage" in counts:
        wrong.append("the workspace is damaged")
    streaming = "streaming" if ending.asking else "between answers"
    kind = "served" if address else "built-in"
    print(f"{seconds:5.2f} s after the drop, {kind}, {streaming}, {counts}: closed in "
          f"{ending.seconds:.2f} s {'; '.join(wrong)}", flush=True)
    return ending, wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    moments = random.Random(20261121)
    files = documents_of(given.data)
    with tempfile.TemporaryDirectory() as temporary, served() as address:
        root = Path(temporary)
        idle, _ = once(root / "idle", "", 1.0, [files[0].with_name("cases.jsonl")])
        outcomes = [
            once(root / str(number), address if number % 2 else "",
                 moments.uniform(0, LATEST), files)
            for number in range(given.times)
        ]
    seconds = [ending.seconds for ending, _ in outcomes]
    good = sum(not wrong for _, wrong in outcomes)
    print(f"{good} of {given.times} closed as they must; median {statistics.median(seconds):.2f} s,"
          f" longest {max(seconds):.2f} s, goal {GOAL} s; a window without indexing "
          f"{idle.seconds:.2f} s, ratio {statistics.median(seconds) / idle.seconds:.1f}")
    return 0 if good == given.times else 1


if __name__ == "__main__":
    sys.exit(main())
