"""Which approximate index, and how well does it find? Beyond 200,000 chunks.

    python -m tests.benchmarks.approximate --data FOLDER [--chunks 250000] [--graph]

Vectors are bred from the documents in FOLDER, see `scale_workspace.py`; with more noise they lie
further apart than real ones do, which is harder. Exact search is held against the product's own
grouped index (services/vector_groups) and, with `--graph`, against a graph (HNSW, which takes many
times as long to make). Recall@10 is measured on 500 of the vectors themselves, without the vector
that is asked for, and on the questions of `cases.jsonl`, where there are any.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ASKED = 500


def milliseconds(search: Callable[[Any], object], queries: Any) -> float:
    """The median of one question at a time, for as many chunks as a search takes."""
    times = []
    for query in queries[:50]:
        started = time.process_time()
        search(query[None, :])
        times.append(time.process_time() - started)
    return 1000 * sorted(times)[len(times) // 2]


def recall(scores: Any, exact: Any, skip: int) -> float:
    """Of ten; equal cosines count. `skip` 1 leaves the vector itself out."""
    least = exact[:, 9 + skip, None] - 1e-5
    return float((scores[:, skip:10 + skip] >= least).mean())


def report(name: str, index: Any, seconds: float, asked: dict[str, tuple[Any, Any, int]]) -> None:
    found = ", ".join(
        f"{recall(index.search(queries, 10 + skip)[0], exact, skip):.4f} on {kind}"
        for kind, (queries, exact, skip) in asked.items())
    queries = asked["own vectors"][0]
    speed = milliseconds(lambda row: index.search(row, 300), queries)
    print(f"{name:<34} made in {seconds:5.1f} s of processor time, {speed:6.2f} ms a search, "
          f"recall@10 {found}", flush=True)


def compare(vectors: Any, questions: Any, graph: bool) -> None:
    import faiss
    import numpy as np

    from desktop.services.vector_groups import Grouping

    started = time.process_time()
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    seconds = time.process_time() - started
    own = vectors[np.random.default_rng(11).choice(len(vectors), ASKED, replace=False)]
    asked = {"own vectors": (own, flat.search(own, 11)[0], 1)}
    if len(questions):
        asked["questions"] = (questions, flat.search(questions, 10)[0], 0)
    report("exact", flat, seconds, asked)
    started = time.process_time()

    def rows(ids: Any) -> Any:
        return list(ids), vectors[np.asarray(ids)]

    grouping = Grouping(vectors.shape[1], rows, lambda sentence, share: None, threading.Event())
    held = grouping.make(range(len(vectors)))
    said = held.approximation
    assert said is not None
    report(f"grouped, {said.probes} of {said.groups}, says {said.recall:.4f}", held.index,
           time.process_time() - started, asked)
    if graph:
        started = time.process_time()
        hnsw = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
        hnsw.hnsw.efConstruction = 120
        hnsw.add(vectors)
        seconds = time.process_time() - started
        for effort in (300, 600):
            hnsw.hnsw.efSearch = effort
            report(f"graph, M 32, effort {effort}", hnsw, seconds, asked)


async def prepare(given: argparse.Namespace) -> tuple[Any, Any]:
    from desktop.services.embedder import OnnxEmbedder
    from tests.benchmarks.scale_workspace import seeds_of

    with tempfile.TemporaryDirectory() as temporary:
        seeds = await seeds_of(given.data, given.keep or Path(temporary))
    path = given.data / "cases.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    model = OnnxEmbedder()
    questions = await model.embed([json.loads(line)["question"] for line in lines if line.strip()])
    await model.aclose()
    return seeds, questions


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--chunks", type=int, default=250_000)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.5, 1.0])
    parser.add_argument("--graph", action="store_true")
    parser.add_argument("--keep", type=Path, help="where scale.py keeps its workspaces")
    given = parser.parse_args()

    from tests.benchmarks.scale_workspace import Breeder

    seeds, questions = asyncio.run(prepare(given))
    for noise in given.noise:
        print(f"{given.chunks:,} chunks, noise {noise}")
        compare(Breeder(seeds, noise=noise).vectors(given.chunks), questions, given.graph)
    return 0


if __name__ == "__main__":
    sys.exit(main())
