"""What `langchain_compare.py` runs of ours, in a process of its own: the command `index`, with
a look at the clock when all files can be searched by their words.

    python -m tests.benchmarks.langchain_ours DATA-DIR WORKSPACE PDF...
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path


async def main(data_dir: str, workspace: str, paths: list[str]) -> None:
    from desktop.core.events import DocumentChanged, Event
    from desktop.core.types import HYBRID, LEXICAL, DocumentState
    from desktop.flows.indexing import index
    from desktop.flows.searching import search
    from desktop.parts import open_parts
    from desktop.services.settings_file import SettingsFile

    readable: set[str] = set()

    def watch(event: Event) -> None:
        if isinstance(event, DocumentChanged) and event.document.state is DocumentState.EMBEDDING:
            readable.add(event.document.name)
            if len(readable) == len(paths) and "words" not in said:
                said["words"] = time.time()

    said: dict[str, float] = {}
    async with open_parts(SettingsFile(Path(data_dir))) as parts:
        if not Path(workspace).exists():
            await parts.create(Path(workspace))
        async with parts.workspace(Path(workspace)) as ports:
            outcomes = await index(paths, ports, watch)
            profile = HYBRID if said else LEXICAL  # nothing to embed: no model was started
            hits = await search("What is covered?", profile, ports)
    assert hits and all(outcome.status in ("ready", "unchanged") for outcome in outcomes)
    print("chunks", sum(outcome.chunks for outcome in outcomes))
    print("words", said.get("words", 0.0))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
