"""kill -9 in the midst of judging: no judgement that landed is lost, and none is paid twice
beyond those that were on their way."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktop.core.evaluation.types import Judgement
from desktop.services import workspace
from tests.judges import fair, filled, server_with
from tests.servers.behaviours import Reply

from .judging import AT_ONCE, start

TEXTS = [(f"It is fact {n}.", "No idea.") for n in range(20)]


async def make(path: Path) -> None:
    store = await workspace.create(path)
    await filled(store, TEXTS)
    await store.aclose()


async def look(path: Path) -> tuple[list[Judgement], list[float | None]]:
    store = await workspace.open_workspace(path)
    run = (await store.runs())[0]
    found = await store.judgements(), [
        cell.scores.get("judge") for cell in await store.cells(run.id)]
    await store.aclose()
    return found


def test_killed_in_the_midst_of_judging(tmp_path: Path) -> None:
    path = tmp_path / "w.stratex"
    asyncio.run(make(path))
    with server_with(Reply(text=fair, first_byte=0.02)) as server:
        landed = 0
        for lines in (6, 9):
            with start(path, server.url, server.key) as process:
                assert process.stdout is not None
                said = [line for _, line in zip(range(lines), process.stdout, strict=False)]
                process.kill()
                said += process.stdout.readlines()
            landed += int(said[-1])
            judgements, _ = asyncio.run(look(path))
            assert len(judgements) >= landed
            landed = len(judgements)
            assert landed < 40
        with start(path, server.url, server.key) as process:
            output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
        judgements, scores = asyncio.run(look(path))
        assert len(judgements) == 40
        assert scores == [1.0, 0.0] * 20
        assert len(server.requests) <= 40 + 2 * AT_ONCE
