"""A workspace of 100,000 chunks: opening, searching, adding, removing, memory.

    python -m tests.benchmarks.scale --data FOLDER [--chunks 100000] [--keep DIR]

FOLDER holds real documents (and perhaps `cases.jsonl`, whose questions are asked); the chunks are
bred from theirs, see `scale_workspace.py`: some minutes and 6 KB a chunk on disk. In DIR they are
kept and used again. Searches are held against raw FAISS (IndexFlatIP, 300 nearest) and raw FTS5
(the same words, by BM25, first 300) on the same data in the same run, question by question in
turn. Embedding the question is left out on both sides. Memory is that of this process, which
holds no window. This module is light: worker processes import it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path


async def run(given: argparse.Namespace, folder: Path) -> None:
    from desktop.services.embedder_model import EMBEDDER_ID
    from tests.benchmarks.scale_measure import measure
    from tests.benchmarks.scale_workspace import make, seeds_of

    started = time.perf_counter()
    seeds = await seeds_of(given.data, folder)
    path = folder / f"{given.chunks}.stratex"
    if not path.exists():
        await make(path, seeds, given.chunks, EMBEDDER_ID)
    size = path.stat().st_size / 1e6
    print(f"{given.chunks:,} chunks bred from {len(seeds.texts)}, {size:.0f} MB, "
          f"ready after {time.perf_counter() - started:.0f} s", flush=True)
    await measure(path, given.data, seeds)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(run(given, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
