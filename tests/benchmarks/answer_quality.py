"""How good are the built-in model's answers, and does it know when it does not know?

    python tests/benchmarks/answer_quality.py --data FOLDER [--show]

FOLDER holds documents, `cases.jsonl` (`{"question", "truth"}` a line; the truth cites pages as
`[file.pdf#page=7]`) and `unanswerable.jsonl` (`{"question"}` a line). Documents are read, split
and searched, prompts built and answers made by the product's own code, in workspaces that are
thrown away. For the harder test only the documents of `--only` are indexed, and the questions
that cite none of them are asked.

F1 is SQuAD's (Rajpurkar et al., 2016): words in common after lower case, without punctuation
and articles; a decline is scored as the answer it is. Similarity is the embedder's cosine of
answer and reference. "three nearest" answers with the three most similar sentences. Means have
percentile bootstrap intervals, shares Wilson intervals, all 95 %.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_quality import bootstrap, index, wilson  # the script's own folder

from desktop.core.extraction import is_decline
from desktop.core.prompts import build_messages
from desktop.core.sentences import split_sentences
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.types import HYBRID, Hit, Parameters, TextPiece
from desktop.flows.searching import search
from desktop.services.chat_extractive import ExtractiveChat

ONLY = ("employee_handbook.pdf", "PerksPlus.pdf", "role_library.pdf")
_CITATION = re.compile(r"\[([^\]#]+)#page=(\d+)\]")
_NUMBER = re.compile(r"\s*\[\d{1,3}\]")


@dataclass(frozen=True)
class Answered:
    question: str
    text: str
    hits: tuple[Hit, ...]
    first_seconds: float  # from the request to the first text, retrieval apart


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def token_f1(answer: str, reference: str) -> float:
    """Harmonic mean of precision and recall of words, as SQuAD's script counts them."""
    one, other = _normal(answer), _normal(reference)
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other)) if common else 0.0


def _normal(text: str) -> list[str]:
    kept = "".join(c for c in _NUMBER.sub("", text).lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


@asynccontextmanager
async def indexed(data: Path, names: Sequence[str] | None) -> AsyncIterator[Any]:
    """Ports of a workspace with the documents of `data` (those of `names`)."""
    from desktop.services import workspace
    from desktop.services.embedder import OnnxEmbedder
    from desktop.services.reader import ProcessReader
    from desktop.services.vectors import FaissIndex

    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder) / "documents"
        documents.mkdir()
        for path in data.iterdir():
            if path.suffix in (".pdf", ".docx") and (names is None or path.name in names):
                (documents / path.name).write_bytes(path.read_bytes())
        file = Path(folder) / "benchmark.stratex"
        store = await workspace.create(file)
        ports = SimpleNamespace(
            store=store, embedder=OnnxEmbedder(), reader=ProcessReader(),
            vectors=FaissIndex(Path(folder), file),
        )
        try:
            await index(documents, ports)
            yield ports
        finally:
            for part in (ports.vectors, ports.embedder, ports.reader, store):
                await part.aclose()


async def answer(question: str, ports: Any, chat: ExtractiveChat) -> Answered:
    hits = await search(question, HYBRID, ports)
    started, first, text = time.perf_counter(), 0.0, ""
    messages = build_messages(STARTER_PROMPT, question, hits)
    async for piece in chat.stream(messages, Parameters()):
        if isinstance(piece, TextPiece):
            first = first or time.perf_counter() - started
            text += piece.text
    return Answered(question, text, tuple(hits), first)


async def answer_all(questions: Sequence[str], ports: Any) -> list[Answered]:
    chat = ExtractiveChat(ports.embedder)
    return [await answer(question, ports, chat) for question in questions]


async def three_nearest(answered: Answered, ports: Any) -> str:
    texts = [s.text for hit in answered.hits for s in split_sentences(hit.text)]
    vectors = await ports.embedder.embed([answered.question, *texts])
    near = vectors[1:] @ vectors[0]
    best = sorted(range(len(texts)), key=lambda i: -near[i])[:3]
    return " ".join(texts[i] for i in sorted(best))


async def similarity(one: str, other: str, ports: Any) -> float:
    vectors = await ports.embedder.embed([_NUMBER.sub("", one), other])
    return float(vectors[0] @ vectors[1])


def mean_line(name: str, values: Sequence[float]) -> str:
    low, high = bootstrap(values)
    return f"{name:<44}{sum(values) / len(values):.3f} ({low:.3f}-{high:.3f})  n={len(values)}"


def declines_line(name: str, answers: Sequence[Answered]) -> str:
    count = sum(is_decline(a.text) for a in answers)
    low, high = wilson(count, len(answers))
    share = count / len(answers)
    return f"{name:<44}{share:.3f} ({low:.3f}-{high:.3f})  {count} of {len(answers)}"


def show(answers: Sequence[Answered], *, should_decline: bool) -> None:
    for one in answers:
        if is_decline(one.text) != should_decline:
            print(f"    {one.question}\n        {one.text[:200]!r}")


async def with_everything(data: Path, options: argparse.Namespace) -> None:
    cases = rows(data / "cases.jsonl")
    references = [_CITATION.sub("", case["truth"]).strip() for case in cases]
    async with indexed(data, None) as ports:
        answers = await answer_all([case["question"] for case in cases], ports)
        lost = await answer_all([r["question"] for r in rows(data / "unanswerable.jsonl")], ports)
        nearest = [await three_nearest(a, ports) for a in answers]
        alike = [await similarity(a.text, r, ports)
                 for a, r in zip(answers, references, strict=True)]
    pairs = list(zip(answers, references, strict=True))
    print(mean_line("token F1", [token_f1(a.text, r) for a, r in pairs]))
    print(mean_line("token F1, three nearest", [
        token_f1(text, r) for text, r in zip(nearest, references, strict=True)
    ]))
    print(mean_line("similarity to the reference", alike))
    print(declines_line("declined, unanswerable", lost))
    print(declines_line("declined, answerable", answers))
    if options.show:
        show(lost, should_decline=True)
        show(answers, should_decline=False)
    waits = sorted(a.first_seconds for a in [*answers, *lost])
    print(f"{'first text, median and 95 %':<44}"
          f"{waits[len(waits) // 2]:.2f} s, {waits[int(0.95 * len(waits))]:.2f} s")


async def with_part(data: Path, options: argparse.Namespace) -> None:
    gone = [
        case["question"] for case in rows(data / "cases.jsonl")
        if not {name for name, _ in _CITATION.findall(case["truth"])} & set(options.only)
    ]
    async with indexed(data, options.only) as ports:
        answers = await answer_all(gone, ports)
    print(declines_line("declined, their documents not indexed", answers))
    if options.show:
        show(answers, should_decline=True)


async def main(options: argparse.Namespace) -> None:
    await with_everything(options.data, options)
    await with_part(options.data, options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=ONLY, help="documents of the harder test")
    parser.add_argument("--show", action="store_true", help="list wrong declines and answers")
    asyncio.run(main(parser.parse_args()))
