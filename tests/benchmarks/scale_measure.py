"""What `scale.py` measures on a large workspace."""

from __future__ import annotations

import json
import shutil
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import psutil

from desktop.core.retrieval import BM25_WEIGHTS, CANDIDATES, match_expression
from desktop.core.types import DENSE, HYBRID, LEXICAL
from desktop.flows import indexing
from desktop.flows.searching import search
from desktop.services.embedder import OnnxEmbedder
from tests.benchmarks.scale_workspace import Breeder, Seeds, add_document
from tests.end2end.killing import open_ports

ADDED = 100  # chunks of the document that comes and goes
QUESTIONS = 25
_RAW = (
    "SELECT rowid FROM chunk_words WHERE chunk_words MATCH ?"
    f" ORDER BY bm25(chunk_words, {', '.join(map(str, BM25_WEIGHTS))}) LIMIT {CANDIDATES}"
)


class Known:
    """An Embedder that knows the questions' vectors: embedding them is not measured here."""

    def __init__(self, model: OnnxEmbedder, vectors: dict[str, Any]) -> None:
        self.id, self.dimension, self.max_tokens = model.id, model.dimension, model.max_tokens
        self._vectors = vectors

    async def prepare(self) -> None:
        """Nothing to start."""

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Any:
        return np.stack([self._vectors[text] for text in texts])

    async def query(self, question: str) -> Any:
        return self._vectors[question]

    async def aclose(self) -> None:
        """Nothing to end."""


async def known_questions(folder: Path, seeds: Seeds) -> Known:
    """Those of `cases.jsonl`, or else sentences of the documents."""
    path = folder / "cases.jsonl"
    if path.exists():
        rows = path.read_text("utf-8").splitlines()
        questions = [json.loads(row)["question"] for row in rows if row.strip()][:QUESTIONS]
    else:
        questions = [text.split(". ")[0] for text in seeds.texts[:: len(seeds.texts) // QUESTIONS]]
    model = OnnxEmbedder()
    vectors = await model.embed(questions)
    await model.aclose()
    return Known(model, dict(zip(questions, vectors, strict=True)))


async def ms(work: Callable[[], Awaitable[Any]]) -> float:
    started = time.perf_counter()
    await work()
    return 1000 * (time.perf_counter() - started)


def megabytes() -> float:
    return psutil.Process().memory_info().rss / 1e6


async def measure_opening(path: Path, known: Known) -> None:
    """With the index of last time on disk, and without."""
    question = next(iter(known._vectors))
    cache = path.parent / "indexes"
    for name in ("index made from the workspace", "index from the disk"):
        if name == "index made from the workspace":
            shutil.rmtree(cache, ignore_errors=True)
        before, started = megabytes(), time.perf_counter()
        async with AsyncExitStack() as stack:
            ports = await stack.enter_async_context(open_ports(path, known))
            opened = time.perf_counter() - started
            assert await search(question, HYBRID, ports)
            first = time.perf_counter() - started
            memory = megabytes()
            closing = time.perf_counter()
        closed = time.perf_counter() - closing
        print(f"opened {opened:5.2f} s, first search answered {first:5.2f} s, closed "
              f"{closed:5.2f} s: {name}; {before:.0f} MB before, {memory:.0f} MB open")


async def measure_searches(ports: Any, known: Known) -> None:
    """Each question by all ways in turn, so that all meet the same load."""
    ids, vectors = await ports.store.vectors(known.id)
    flat = faiss.IndexFlatIP(known.dimension)
    flat.add(vectors)
    del ids, vectors
    times: dict[str, list[float]] = {}

    async def note(name: str, work: Callable[[], Awaitable[Any]]) -> None:
        times.setdefault(name, []).append(await ms(work))

    for question, vector in known._vectors.items():
        match = match_expression(question)

        async def by_meaning(row: Any = vector) -> None:
            flat.search(row[None, :], CANDIDATES)

        async def by_words(match: str = match) -> None:
            await ports.store._read(lambda db: db.execute(_RAW, (match,)).fetchall())

        await note("raw FAISS", by_meaning)
        await note("raw FTS5", by_words)
        for name, profile in (("dense", DENSE), ("lexical", LEXICAL), ("hybrid", HYBRID)):
            await note(name, lambda asked=question, used=profile: search(asked, used, ports))
    middle = {name: statistics.median(each) for name, each in times.items()}
    raw = {"dense": middle["raw FAISS"], "lexical": middle["raw FTS5"],
           "hybrid": middle["raw FAISS"] + middle["raw FTS5"]}
    print(f"raw FAISS {middle['raw FAISS']:.1f} ms, raw FTS5 {middle['raw FTS5']:.1f} ms, "
          f"medians of {len(known._vectors)} questions")
    for name, base in raw.items():
        print(f"{name:<8} {middle[name]:6.1f} ms, {middle[name] / base:5.2f} of raw alone, "
              f"{middle[name] / raw['hybrid']:.2f} of FAISS + FTS5 (goal 1.3)")


async def measure_changes(ports: Any, known: Known, seeds: Seeds) -> None:
    """A document comes, goes and comes back."""
    texts, vectors = Breeder(seeds, seed=99).breed(ADDED)
    number = len(await ports.store.documents())
    made: list[Any] = []

    async def add() -> None:
        made.extend(await add_document(ports.store, number, texts, vectors, known.id))
        await ports.vectors.add(made[1], vectors)

    count = ports.vectors.count
    print(f"{await ms(add):6.0f} ms to add a document of {ADDED} chunks, read and embedded")
    assert ports.vectors.count == count + ADDED
    print(f"{await ms(lambda: indexing.remove([made[0]], ports)):6.0f} ms to remove it")
    assert ports.vectors.count == count
    print(f"{await ms(lambda: indexing.restore([made[0]], ports)):6.0f} ms to bring it back")
    await indexing.remove([made[0]], ports)
    anew = type(ports.vectors)(ports.workspace.parent / "anew", ports.workspace)
    remade = await ms(lambda: anew.load(known.id, known.dimension, ports.store))
    print(f"{remade:6.0f} ms to make the index anew, for comparison")
    await anew.aclose()


async def measure_window(ports: Any, known: Known) -> None:
    """What the window asks for after each change."""
    counted = await ms(lambda: ports.store.counts(known.id))
    listed = await ms(ports.store.documents)
    print(f"{counted:6.0f} ms to count chunks, {listed:.0f} ms to list "
          f"{len(await ports.store.documents()):,} documents, away from the window's thread")


async def measure(path: Path, folder: Path, seeds: Seeds) -> None:
    """Prints everything."""
    known = await known_questions(folder, seeds)
    await measure_opening(path, known)
    async with open_ports(path, known) as ports:
        await measure_searches(ports, known)
        await measure_changes(ports, known, seeds)
        await measure_window(ports, known)
