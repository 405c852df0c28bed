"""kill -9 in the midst of a run: no finished cell is lost, none is paid twice but those that
were on their way."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.core.evaluation.types import CellState, RunState
from desktop.services import workspace
from tests.end2end.calls import ROOT, Calls, serving
from tests.end2end.running import go, open_ports
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import FILTERED, Deployed, Reply, Scenario, throttled

CELLS, CONCURRENCY = 60, 8


@dataclass(frozen=True)
class Outcome:
    """What a kill cost."""

    finished: int  # cells that were stored as done when the process was killed
    lost: int  # of them no longer done, or without their answer, afterwards
    paid_twice: int
    on_their_way: int  # calls at the server whose cell was not stored


def start(path: Path, calls: Calls) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.end2end.running", str(path), calls.url, str(CELLS),
         str(CONCURRENCY)], cwd=ROOT,
    )


def done_cells(path: Path) -> dict[int, str]:
    """The answers of finished cells, by the number of their question."""

    async def read() -> dict[int, str]:
        store = await workspace.open_workspace(path)
        try:
            return {
                cell.case_id: cell.answer.text for cell in await store.cells(1)
                if cell.state is CellState.DONE and cell.answer
            }
        finally:
            await store.aclose()

    return asyncio.run(read())


def kill_and_resume(path: Path, seed: int) -> Outcome:
    """Kill a run at a random moment, let it go on, and count."""
    with serving(0.04) as calls:
        process = start(path, calls)
        until = random.Random(seed).randint(1, CELLS - CONCURRENCY)
        while len(calls.log()) < until:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
        process.wait()
        asked = Counter(question for question, *_ in calls.log())
        finished = done_cells(path)
        again = start(path, calls)
        assert again.wait(60) == 0
        after = done_cells(path)
        counts = Counter(question for question, *_ in calls.log())
    assert len(after) == CELLS
    lost = sum(after.get(case) != text or not text for case, text in finished.items())
    return Outcome(
        len(finished), lost, sum(counts.values()) - CELLS, sum(asked.values()) - len(finished)
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kill_9_costs_only_what_was_on_its_way(tmp_path: Path, seed: int) -> None:
    outcome = kill_and_resume(tmp_path / "w.stratex", seed)
    assert outcome.lost == 0
    assert outcome.paid_twice == outcome.on_their_way <= CONCURRENCY


def test_a_real_server_that_throttles_and_filters(tmp_path: Path) -> None:
    does = (throttled({"retry-after-ms": "20"}), FILTERED, Reply(), Reply(finish="content_filter"),
            Reply(cut="clean"), Reply())
    known = Scenario({"mini": Deployed(does=does)}, key="")

    async def main(url: str) -> list[CellState]:
        async with open_ports(tmp_path / "w.stratex", f"{url}/v1") as ports:
            made = await go(ports, 5, 1)
            assert made.state is RunState.DONE
            return [cell.state for cell in await ports.store.cells(made.id)]

    with AzureEmulator(known) as server:
        assert sorted(asyncio.run(main(server.url))) == [
            CellState.DONE, CellState.DONE, CellState.FAILED, CellState.FILTERED,
            CellState.FILTERED,
        ]
        assert len(server.requests) == 6
