"""How fast a folder becomes searchable, as a share of what the embedder alone needs.

    python -m tests.benchmarks.indexing --data FOLDER [--times 3]

Prints seconds from the drop until everything is searchable by words, until everything is
indexed, the ratio to the embedder's raw throughput on the same chunks (all in one request to a
warm process, before and after), and the memory of the processes. This module is light, as
`desktop.__main__` is: worker processes import it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path


def main() -> int:
    from tests.benchmarks.indexing_measure import measure

    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args()
    ratios = []
    for _ in range(given.times):
        with tempfile.TemporaryDirectory() as root:
            ratios.append(asyncio.run(measure(given.data, Path(root))))
    print(f"ratio, median of {given.times}: {statistics.median(ratios):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
