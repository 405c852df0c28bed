"""How good are the built-in model's answers, and does it know when it does not know?

    python tests/benchmarks/answer_quality.py --data FOLDER [--show]

FOLDER holds documents, `cases.jsonl` (`{"question", "truth"}` a line; the truth cites pages as
`[file.pdf#page=7]`) and `unanswerable.jsonl` (`{"question"}` a line). Everything runs as in the
program: a new workspace, its "Prompt + documents" column, documents indexed, questions asked.
For the harder test only the documents of `--only` are indexed, and the questions that cite
none of them are asked.

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
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_quality import bootstrap, wilson  # the script's own folder

from desktop.core.ports import Ports
from desktop.core.sentences import split_sentences
from desktop.core.strategies import find_strategy
from desktop.core.types import Answer, Rung
from desktop.flows.asking import ask
from desktop.flows.indexing import index
from desktop.parts import open_parts
from desktop.services.settings_file import SettingsFile

ONLY = ("employee_handbook.pdf", "PerksPlus.pdf", "role_library.pdf")
_CITATION = re.compile(r"\[([^\]#]+)#page=(\d+)\]")
_NUMBER = re.compile(r"\s*\[\d{1,3}\]")


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
async def indexed(data: Path, names: Sequence[str] | None) -> AsyncIterator[Ports]:
    """A new workspace with the documents of `data` (those of `names`)."""
    paths = [
        path for path in sorted(data.iterdir())
        if path.suffix in (".pdf", ".docx") and (names is None or path.name in names)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "benchmark.stratex"
        async with open_parts(SettingsFile(Path(folder))) as parts:
            await parts.create(file)
            async with parts.workspace(file) as ports:
                outcomes = await index(paths, ports)
                if problems := [str(o.error) for o in outcomes if o.status != "ready"]:
                    raise SystemExit("\n".join(problems))
                yield ports


async def ask_all(questions: Sequence[str], ports: Ports) -> list[Answer]:
    column = find_strategy(Rung.DOCUMENTS.value, await ports.store.strategies())
    answers = [(await ask(question, [column], ports))[0] for question in questions]
    if problems := [str(answer.error) for answer in answers if answer.error]:
        raise SystemExit("\n".join(problems))
    return answers


async def three_nearest(answer: Answer, ports: Ports) -> str:
    texts = [s.text for hit in answer.context for s in split_sentences(hit.text)]
    vectors = await ports.embedder.embed([answer.question, *texts])
    near = vectors[1:] @ vectors[0]
    best = sorted(range(len(texts)), key=lambda i: -near[i])[:3]
    return " ".join(texts[i] for i in sorted(best))


async def similarity(one: str, other: str, ports: Ports) -> float:
    vectors = await ports.embedder.embed([_NUMBER.sub("", one), other])
    return float(vectors[0] @ vectors[1])


def mean_line(name: str, values: Sequence[float]) -> str:
    low, high = bootstrap(values)
    return f"{name:<44}{sum(values) / len(values):.3f} ({low:.3f}-{high:.3f})  n={len(values)}"


def declines_line(name: str, answers: Sequence[Answer]) -> str:
    count = sum(a.declined for a in answers)
    low, high = wilson(count, len(answers))
    share = count / len(answers)
    return f"{name:<44}{share:.3f} ({low:.3f}-{high:.3f})  {count} of {len(answers)}"


def show(answers: Sequence[Answer], *, should_decline: bool) -> None:
    for one in answers:
        if one.declined != should_decline:
            print(f"    {one.question}\n        {one.text[:200]!r}")


async def with_everything(data: Path, options: argparse.Namespace) -> None:
    cases = rows(data / "cases.jsonl")
    references = [_CITATION.sub("", case["truth"]).strip() for case in cases]
    async with indexed(data, None) as ports:
        answers = await ask_all([case["question"] for case in cases], ports)
        lost = await ask_all([r["question"] for r in rows(data / "unanswerable.jsonl")], ports)
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
    waits = sorted(a.first_token_seconds or 0.0 for a in [*answers, *lost])
    print(f"{'first text, median and 95 %':<44}"
          f"{waits[len(waits) // 2]:.2f} s, {waits[int(0.95 * len(waits))]:.2f} s")


async def with_part(data: Path, options: argparse.Namespace) -> None:
    gone = [
        case["question"] for case in rows(data / "cases.jsonl")
        if not {name for name, _ in _CITATION.findall(case["truth"])} & set(options.only)
    ]
    async with indexed(data, options.only) as ports:
        answers = await ask_all(gone, ports)
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
