"""How often is the cited page among the first five hits?

    python tests/benchmarks/retrieval_quality.py --data FOLDER [--mode hybrid] [--misses]

FOLDER holds documents and `cases.jsonl`: `{"question", "truth"}` a line, whose truth cites
pages as `[file.pdf#page=7]`. They are read, split, embedded and searched by the product's own
code, in a workspace that is thrown away. The first rows do without its ideas: chunks as they
come, by cosine, by BM25, by reciprocal rank fusion (Cormack et al., 2009, k = 60). Then come the
retrieval profiles with each of their options, and the default with some of its constants changed.
Shares have Wilson intervals, the mean reciprocal rank a percentile bootstrap, both 95 %.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop.core import retrieval
from desktop.core.profiles import make_profile
from desktop.core.types import DENSE, HYBRID, LEXICAL, RetrievalProfile
from desktop.flows.indexing import index
from desktop.flows.searching import search

TOP = 5
Place = tuple[str, int | None]
Find = Callable[[str], Awaitable[list[Place]]]
_CITATION = re.compile(r"\[([^\]#]+)#page=(\d+)\]")


@dataclass(frozen=True)
class Case:
    question: str
    gold: frozenset[Place]


@dataclass(frozen=True)
class Outcome:
    hit: bool
    near: bool  # a hit within one page of a cited one
    reciprocal: float


def read_cases(path: Path) -> list[Case]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    cases = [
        Case(row["question"], frozenset((d, int(p)) for d, p in _CITATION.findall(row["truth"])))
        for row in rows
    ]
    return [case for case in cases if case.gold]


def judge(case: Case, found: Sequence[Place]) -> Outcome:
    ranks = [n for n, place in enumerate(found[:TOP], start=1) if place in case.gold]
    around = {(d, p + step) for d, p in case.gold if p is not None for step in (-1, 0, 1)}
    near = any(place in around for place in found[:TOP])
    return Outcome(bool(ranks), near, 1 / ranks[0] if ranks else 0.0)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (E. B. Wilson, 1927)."""
    z, share = 1.959964, successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def bootstrap(values: Sequence[float], resamples: int = 4000) -> tuple[float, float]:
    """95 % percentile interval of a mean."""
    draw = random.Random(7)
    means = sorted(
        sum(draw.choices(values, k=len(values))) / len(values) for _ in range(resamples)
    )
    return means[int(0.025 * resamples)], means[int(0.975 * resamples)]


async def make_index(folder: Path, ports: Any) -> tuple[int, float]:
    """All documents of `folder`, as if dropped; chunks and seconds."""
    started = time.perf_counter()
    await ports.vectors.load(ports.embedder.id, ports.embedder.dimension, ports.store)
    outcomes = await index(sorted([*folder.glob("*.pdf"), *folder.glob("*.docx")]), ports)
    if problems := [f"{o.name}: {o.error}" for o in outcomes if o.status != "ready"]:
        raise SystemExit("\n".join(problems))
    return sum(outcome.chunks for outcome in outcomes), time.perf_counter() - started


def product(ports: Any, profile: RetrievalProfile, **changed: float) -> Find:
    """The product's search, with some of its constants changed."""

    async def find(question: str) -> list[Place]:
        with ExitStack() as stack:
            for name, value in changed.items():
                stack.enter_context(patch.object(retrieval, name, value))
            hits = await search(question, profile, ports)
        return [(hit.document, hit.page) for hit in hits]

    return find


def plain(ports: Any, *, dense: bool, lexical: bool) -> Find:
    """Chunks as they come; both lists together by reciprocal ranks."""

    async def find(question: str) -> list[Place]:
        ranks: dict[int, float] = {}
        for scored in await _lists(ports, question, dense, lexical):
            for rank, (chunk_id, _) in enumerate(scored, start=1):
                ranks[chunk_id] = ranks.get(chunk_id, 0.0) + 1 / (60 + rank)
        best = sorted(ranks, key=lambda chunk_id: (-ranks[chunk_id], chunk_id))[:TOP]
        return [(chunk.document, chunk.page) for chunk in await ports.store.chunks(best)]

    return find


async def _lists(
    ports: Any, question: str, dense: bool, lexical: bool
) -> list[list[tuple[int, float]]]:
    lists = []
    if dense:
        vector = (await ports.embedder.embed([question], urgent=True))[0]
        lists.append(await ports.vectors.search(vector, retrieval.CANDIDATES))
    if lexical:
        match = retrieval.match_expression(question)
        lists.append(await ports.store.lexical_search(match, retrieval.CANDIDATES))
    return lists


def ways(ports: Any) -> dict[str, tuple[str, Find]]:
    """Name: the mode it belongs to, how it finds."""
    return {
        "plain dense": ("dense", plain(ports, dense=True, lexical=False)),
        "plain lexical": ("lexical", plain(ports, dense=False, lexical=True)),
        "plain rank fusion": ("hybrid", plain(ports, dense=True, lexical=True)),
        "dense": ("dense", product(ports, DENSE)),
        "lexical": ("lexical", product(ports, LEXICAL)),
        "hybrid, no carry": ("hybrid", product(ports, HYBRID, CARRY=0.0)),
        "hybrid": ("hybrid", product(ports, HYBRID)),
        "  single passages": ("hybrid", product(ports, make_profile(joined=False))),
        "  diverse": ("hybrid", product(ports, make_profile(diverse=True))),
        "  second pass": ("hybrid", product(ports, make_profile(second_pass=True))),
        "  all three": ("hybrid", product(ports, make_profile(
            joined=False, diverse=True, second_pass=True))),
        "dense, diverse": ("dense", product(ports, make_profile("dense", diverse=True))),
        "dense, second pass": ("dense", product(ports, make_profile("dense", second_pass=True))),
        "lexical, diverse": ("lexical", product(ports, make_profile("lexical", diverse=True))),
        "lexical, 2nd pass": ("lexical", product(ports, make_profile("lexical", second_pass=True))),
        "  meaning 0.4": ("hybrid", product(ports, HYBRID, DENSE_SHARE=0.4)),
        "  meaning 0.8": ("hybrid", product(ports, HYBRID, DENSE_SHARE=0.8)),
        "  carry 0.90": ("hybrid", product(ports, HYBRID, CARRY=0.90)),
        "  carry 0.98": ("hybrid", product(ports, HYBRID, CARRY=0.98)),
        "  floor 25": ("hybrid", product(ports, HYBRID, FLOOR_PLACE=25)),
    }


async def measure(name: str, find: Find, cases: Sequence[Case], misses: bool) -> None:
    outcomes, seconds = [], []
    for case in cases:
        started = time.perf_counter()
        found = await find(case.question)
        seconds.append(time.perf_counter() - started)
        outcomes.append(judge(case, found))
        if misses and not outcomes[-1].hit:
            near = "near" if outcomes[-1].near else "far "
            print(f"    {near} {case.question} {sorted(case.gold)} {found}")
    hits, near = sum(o.hit for o in outcomes), sum(o.near for o in outcomes)
    reciprocal = [o.reciprocal for o in outcomes]
    print(
        f"{name:<18}{_share(hits, len(cases))} {_share(near, len(cases))} "
        f"{sum(reciprocal) / len(cases):.3f} ({_range(bootstrap(reciprocal))})"
        f"{1000 * sorted(seconds)[len(seconds) // 2]:7.0f} ms"
    )


def _share(successes: int, n: int) -> str:
    return f"{successes / n:.3f} ({_range(wilson(successes, n))})"


def _range(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f}-{interval[1]:.3f}"


async def main(options: argparse.Namespace) -> None:
    from desktop.services import workspace
    from desktop.services.clock import SystemClock
    from desktop.services.embedder import OnnxEmbedder
    from desktop.services.files import DiskFiles
    from desktop.services.reader import ProcessReader
    from desktop.services.vectors import FaissIndex

    cases = read_cases(options.cases or options.data / "cases.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.stratex"
        store = await workspace.create(path)
        ports = SimpleNamespace(
            store=store, embedder=OnnxEmbedder(), reader=ProcessReader(),
            vectors=FaissIndex(Path(folder), path), files=DiskFiles(), clock=SystemClock(),
        )
        try:
            chunks, seconds = await make_index(options.data, ports)
            print(f"{chunks} chunks in {seconds:.0f} s, {len(cases)} questions, top {TOP}")
            print(f"{'':<18}{'cited page':<21} {'within one page':<21} {'MRR':<20} median")
            for name, (mode, find) in ways(ports).items():
                if options.mode in (None, mode):
                    await measure(name, find, cases, options.misses and name == options.mode)
        finally:
            for part in (ports.vectors, ports.embedder, ports.reader, store):
                await part.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cases", type=Path, help="default: cases.jsonl in the folder")
    parser.add_argument("--mode", choices=["hybrid", "dense", "lexical"])
    parser.add_argument("--misses", action="store_true", help="list what MODE did not find")
    asyncio.run(main(parser.parse_args()))
