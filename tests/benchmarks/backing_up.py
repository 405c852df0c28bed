"""How long a backup takes, and how long a question to the store waits meanwhile.

    .venv/bin/python tests/benchmarks/backing_up.py [MEGABYTES]

Fills a workspace with documents of random bytes, then backs it up while facts are read and
written one after another, and prints the waits with and without the backup.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop.services import workspace
from desktop.services.backups import DiskBackups
from desktop.services.store import SqliteStore


async def waits(store: SqliteStore, until: asyncio.Event) -> list[float]:
    """Seconds of each read and write of a fact, until the event is set."""
    found = []
    while not until.is_set():
        for work in (store.fact("n"), store.set_fact("n", len(found))):
            began = time.perf_counter()
            await work
            found.append(time.perf_counter() - began)
        await asyncio.sleep(0)
    return sorted(found)


def words(found: list[float]) -> str:
    at = found[int(len(found) * 0.95)] if found else 0.0
    return (f"{len(found):,} calls, 95th percentile {at * 1000:.1f} ms, "
            f"worst {max(found, default=0.0) * 1000:.1f} ms")


async def measure(folder: Path, megabytes: int) -> None:
    path = folder / "large.stratex"
    store = await workspace.create(path)
    for number in range(megabytes):
        content = os.urandom(1_000_000)
        await store.add_document(f"{number}.bin", f"/{number}.bin", f"{number:064d}", content)
    backups = DiskBackups(lambda: folder / "backups", lambda: 10**12)
    idle, done = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().call_later(2.0, idle.set)
    before = await waits(store, idle)
    meanwhile = asyncio.ensure_future(waits(store, done))
    began = time.perf_counter()
    made = await backups.make(store, path)
    took = time.perf_counter() - began
    done.set()
    during = await meanwhile
    await store.aclose()
    assert made is not None
    print(f"{made.size / 1e6:,.0f} MB backed up and looked through in {took:.2f} s")
    print(f"without a backup: {words(before)}")
    print(f"during the backup: {words(during)}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(measure(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 200))
