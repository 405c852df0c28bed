"""Index in a process that may be killed at any moment, and look at what it left.

    python -m tests.end2end.killing WORKSPACE FOLDER words|built-in

prints `state NAME` and `embedded NAME COUNT` once the workspace has acknowledged it, and
`done` at the end. Used by test_kill9.py and benchmarks/kill9.py.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desktop.core.events import DocumentChanged, Event
from desktop.core.ports import Embedder, Ports
from desktop.core.types import Chunk, DocumentState, Page
from desktop.flows import indexing
from desktop.services import workspace
from desktop.services.clock import SystemClock
from desktop.services.embedder import OnnxEmbedder
from desktop.services.files import DiskFiles
from desktop.services.reader import ProcessReader
from desktop.services.vectors import FaissIndex
from tests.contracts.word_embedder import WordEmbedder

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def open_ports(path: Path, embedder: Embedder) -> AsyncIterator[Ports]:
    """Everything real but the chat models, which indexing does not need."""
    nothing: Any = None
    opened = workspace.open_workspace if path.exists() else workspace.create
    store = await opened(path)
    vectors = FaissIndex(path.parent / "indexes", path)
    reader, files = ProcessReader(), DiskFiles()
    try:
        await vectors.load(embedder.id, embedder.dimension, store)
        yield Ports(path, store, vectors, embedder, reader, nothing, nothing, nothing,
                    SystemClock(), files, nothing)
    finally:
        for part in (reader, embedder, files, vectors, store):
            await part.aclose()


def embedder_named(name: str) -> Embedder:
    return OnnxEmbedder() if name == "built-in" else WordEmbedder()


def say(event: Event) -> None:
    if isinstance(event, DocumentChanged):
        document = event.document
        print("state", document.state.value, document.name, flush=True)
        print("embedded", document.embedded, document.name, flush=True)


async def index(path: Path, folder: Path, embedder: str) -> None:
    """Go on with what is unfinished, then take in the folder."""
    async with open_ports(path, embedder_named(embedder)) as ports:
        await indexing.resume(ports, say)
        await indexing.index([folder], ports, say)
    print("done", flush=True)


def start(path: Path, folder: Path, embedder: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.end2end.killing", str(path), str(folder), embedder],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@dataclass(frozen=True)
class Snapshot:
    """What a workspace holds, in words that do not depend on the order of indexing."""

    states: dict[str, DocumentState]
    pages: dict[str, list[Page]]
    chunks: dict[tuple[str, int, int], tuple[str, str]]
    vectors: dict[tuple[str, int, int], Any]
    found: set[tuple[str, int, int]]  # by the index: the best hits, without ties at the end

    def check_equal(self, other: Snapshot) -> None:
        assert (self.states, self.pages, self.chunks) == (other.states, other.pages, other.chunks)
        assert self.found == other.found
        assert self.vectors.keys() == other.vectors.keys() == self.chunks.keys()
        for key, vector in self.vectors.items():
            # Neighbours in a batch change a vector's last digits.
            assert np.allclose(vector, other.vectors[key], atol=1e-5)


def _key(chunk: Chunk) -> tuple[str, int, int]:
    return chunk.document, chunk.page_index, chunk.start


async def look(path: Path, embedder_name: str, query: str) -> Snapshot:
    """Opens the workspace as the program does."""
    embedder = embedder_named(embedder_name)
    async with open_ports(path, embedder) as ports:
        store = ports.store
        documents = await store.documents()
        assert len({document.name for document in documents}) == len(documents)
        ids, vectors = await store.vectors(embedder.id)
        all_ids = sorted({found for found, _ in await store.lexical_search("plan", 10**6)}
                         | set(ids.tolist()))
        chunks = {chunk.id: chunk for chunk in await store.chunks(all_ids)}
        (question,) = await embedder.embed([query])
        hits = await ports.vectors.search(question, 50)
        best = [found for found, score in hits if score > hits[-1][1] + 1e-4]
        return Snapshot(
            {document.name: document.state for document in documents},
            {document.name: await store.pages(document.id) for document in documents},
            {_key(chunk): (chunk.text, chunk.heading) for chunk in chunks.values()},
            {_key(chunks[each]): row for each, row in zip(ids.tolist(), vectors, strict=True)},
            {_key(chunks[found]) for found in best},
        )


def kill_once(path: Path, folder: Path, embedder: str, lines: int, seconds: float) -> list[str]:
    """Kill so long after so many lines; returns all that was acknowledged."""
    with start(path, folder, embedder) as process:
        assert process.stdout is not None
        said = [line for _, line in zip(range(lines), process.stdout, strict=False)]
        time.sleep(seconds)
        process.kill()
        said += process.stdout.readlines()
    return [line.rstrip("\n") for line in said if line != "done\n"]


def finish(path: Path, folder: Path, embedder: str) -> int:
    """Undisturbed, to the end; returns the lines it said."""
    with start(path, folder, embedder) as process:
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 0 and output.splitlines()[-1] == "done", output
    return len(output.splitlines())


def check_nothing_lost(path: Path, embedder: str, acknowledged: list[str], query: str) -> None:
    """Rows, pages and vectors that were acknowledged are in the file."""
    if not path.exists():
        assert acknowledged == []
        return
    found = asyncio.run(look(path, embedder, query))
    order = list(DocumentState)
    for line in acknowledged:
        kind, value, *name = line.split(" ", 2)
        if kind == "state":
            assert order.index(found.states[name[0]]) >= order.index(DocumentState(value)), line
            if value in ("embedding", "ready"):
                assert found.pages[name[0]], line
        elif kind == "embedded":
            held = sum(key[0] == name[0] for key in found.vectors)
            assert held >= int(value), line


if __name__ == "__main__":
    asyncio.run(index(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
