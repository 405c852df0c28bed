"""Judge in a process that may be killed at any moment.

    python -m tests.end2end.judging WORKSPACE URL KEY

judges what is missing of the newest run, four at a time, and prints the number of judgements
that the workspace has acknowledged after each. Used by test_kill_judging.py.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from desktop.core.events import Event, JudgeProgress
from desktop.flows.judge_asking import open_judge
from desktop.flows.judge_items import answers_of, remaining
from desktop.flows.judging import judge
from desktop.services import workspace
from tests.judges import CHOICE, chats_to, judging_ports

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 4


def say(event: Event) -> None:
    if isinstance(event, JudgeProgress):
        print(event.done, flush=True)


async def go_on(path: Path, url: str, key: str) -> None:
    async with chats_to(url, key) as chats:
        store = await workspace.open_workspace(path)
        try:
            ports = judging_ports(store, chats)
            run = (await store.runs())[0]
            cells = await store.cells(run.id)
            _, name = await open_judge(CHOICE, ports)
            todo = remaining(answers_of(cells), name, cells, await store.judgements())
            await judge(CHOICE, todo, [run.id], ports, say, concurrency=AT_ONCE)
        finally:
            await store.aclose()


def start(path: Path, url: str, key: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.end2end.judging", str(path), url, key],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


if __name__ == "__main__":
    asyncio.run(go_on(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
