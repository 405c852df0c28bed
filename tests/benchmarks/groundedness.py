"""Does the offline groundedness tell supported from unsupported, and can it be trusted?

    python tests/benchmarks/groundedness.py --data FOLDER [--half test|tune|both]

FOLDER holds documents and `cases.jsonl` (`{"question", "truth"}` a line; the truth cites pages
as `[file.pdf#page=7]`). The documents are indexed and the built-in model is asked, as in the
program. Printed is the area under the curve: how often what is supported scores above what is
not (ties count half), with a 95 % bootstrap interval over cases.

- references, and the built-in model's answers, with their own passages against the same with
  another question's passages;
- single sentences of references against the same ones changed: a number, a plan's name, a
  negation, an opposite.

The weights in `core/evaluation/groundedness.py` were set on the half called tune; the other
half is for this measurement only. Halves are by question. The opposites swapped here are among
those that `core/evaluation/claims.py` lists: others go unseen.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from answer_quality import ask_all, indexed, rows  # the script's own folder

from desktop.core.ports import Ports
from desktop.core.sentences import split_sentences
from desktop.core.types import HYBRID, Answer, AnswerState, Case, Hit
from desktop.flows.scoring import ScoreOptions, score
from desktop.flows.searching import search
from desktop.services.readers.parsed import Parsed
from desktop.services.readers.pdf import read as read_pdf

_CITATION = re.compile(r"\s*\[([^\]#]+)#page=(\d+)\]")
_OPPOSITES = (("in-network", "out-of-network"), ("before", "after"), ("higher", "lower"),
              ("increase", "decrease"), ("maximum", "minimum"), ("doctor", "employer"))
RESAMPLES = 1000


@dataclass
class Sample:
    """A case with what was found for it."""

    question: str
    reference: str
    gold: list[Hit]
    found: list[Hit]
    answer: Answer


def half_of(question: str) -> str:
    return "tune" if zlib.crc32(question.encode()) % 2 else "test"


def change_number(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r"\d+(?:,\d{3})*", text))
    if not found:
        return text
    match = dice.choice(found)
    value = int(match.group().replace(",", ""))
    new = dice.choice([value + 5, value * 2 + 1, value + 10, value * 10 + 3])
    return f"{text[: match.start()]}{new:,}{text[match.end() :]}"


def change_plan(text: str, dice: random.Random) -> str:
    if "Health Plus" in text:
        return text.replace("Health Plus", "Standard")
    return text.replace("Northwind Standard", "Northwind Health Plus")


def negate(text: str, dice: random.Random) -> str:
    for pattern, new in ((r"\b(is|are|will|can|may|must|should|does|do) not\b", r"\1"),
                         (r"\bcannot\b", "can"), (r"\bwithout\b", "with"),
                         (r"\b(is|are|will|can|must|should|may)\b", r"\1 not")):
        changed, count = re.subn(pattern, new, text, count=1)
        if count:
            return changed
    return text


def turn_round(text: str, dice: random.Random) -> str:
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if re.search(rf"\b{one}\b", text):
                return re.sub(rf"\b{one}\b", other, text, count=1)
    return text


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "number": change_number, "plan's name": change_plan, "negation": negate,
    "opposite": turn_round,
}


async def samples(data: Path, ports: Ports) -> list[Sample]:
    cases = rows(data / "cases.jsonl")
    answers = await ask_all([case["question"] for case in cases], ports)
    parsed: dict[str, Parsed] = {}
    made = []
    for case, answer in zip(cases, answers, strict=True):
        gold = []
        for name, page in _CITATION.findall(case["truth"]):
            if name not in parsed:
                parsed[name] = read_pdf((data / name).read_bytes())
            text = parsed[name].pages[int(page) - 1].text
            gold.append(Hit(1, 1.0, 0, 0, name, int(page), 0, 0, len(text), text))
        found = await search(case["question"], HYBRID, ports)
        reference = _CITATION.sub("", case["truth"]).strip()
        made.append(Sample(case["question"], reference, gold, list(found), answer))
    return made


class Meter:
    """Groundedness of texts, with one memory for all."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._options = ScoreOptions()

    async def __call__(self, question: str, text: str, hits: Sequence[Hit]) -> float | None:
        answer = Answer("", "", question, AnswerState.DONE, text, context=tuple(hits))
        case = Case(0, question)
        found = await score(case, answer, ["groundedness"], self._ports, self._options)
        return found["groundedness"]


Pair = tuple[float | None, float | None]  # of one case: supported, not supported


def area(pairs: Sequence[Pair]) -> float:
    higher = [value for value, _ in pairs if value is not None]
    lower = [value for _, value in pairs if value is not None]
    wins = sum((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return wins / (len(higher) * len(lower))


def line(name: str, by_case: Sequence[Sequence[Pair]], dice: random.Random) -> str:
    by_case = [pairs for pairs in by_case if pairs]
    flat = [pair for pairs in by_case for pair in pairs]
    if not flat:
        return f"{name:<52}no examples"
    areas = sorted(
        area([pair for pairs in dice.choices(by_case, k=len(by_case)) for pair in pairs])
        for _ in range(RESAMPLES)
    )
    low, high = areas[int(0.025 * RESAMPLES)], areas[int(0.975 * RESAMPLES)]
    means = [sum(v for v in side if v is not None) / max(1, sum(v is not None for v in side))
             for side in zip(*flat, strict=True)]
    return (f"{name:<52}{area(flat):.3f} ({low:.3f}-{high:.3f})  n={len(flat)}  "
            f"means {means[0]:.2f} / {means[1]:.2f}")


async def whole_answers(chosen: list[Sample], meter: Meter, dice: random.Random) -> None:
    gold, found, built_in = [], [], []
    for one in chosen:
        far = dice.choice([s for s in chosen if not {_place(h) for h in s.gold} &
                           {_place(h) for h in one.gold}])
        other = await meter(one.question, one.reference, far.found)
        gold.append([(await meter(one.question, one.reference, one.gold + one.found[:4]), other)])
        found.append([(await meter(one.question, one.reference, one.found), other)])
        text = one.answer.text
        built_in.append([(await meter(one.question, text, one.answer.context),
                          await meter(one.question, text, far.found))])
    print(line("references, gold page among the passages", gold, dice))
    print(line("references, passages as retrieved", found, dice))
    print(line("answers of the built-in model", built_in, dice))


def _place(hit: Hit) -> tuple[str, int | None]:
    return hit.document, hit.page


async def changed_sentences(chosen: list[Sample], meter: Meter, dice: random.Random) -> None:
    for name, change in CHANGES.items():
        by_case = []
        for one in chosen:
            hits, pairs = one.gold + one.found[:4], []
            for sentence in split_sentences(one.reference):
                wrong = change(sentence.text, dice)
                if wrong != sentence.text:
                    pairs.append((await meter(one.question, sentence.text, hits),
                                  await meter(one.question, wrong, hits)))
            by_case.append(pairs)
        print(line(f"sentences, changed: {name}", by_case, dice))


async def main(options: argparse.Namespace) -> None:
    dice = random.Random(7)
    async with indexed(options.data, None) as ports:
        every = await samples(options.data, ports)
        chosen = [s for s in every if options.half in ("both", half_of(s.question))]
        print(f"{len(chosen)} of {len(every)} cases; area under the curve, supported against not")
        meter = Meter(ports)
        await whole_answers(chosen, meter, dice)
        await changed_sentences(chosen, meter, dice)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", choices=("test", "tune", "both"), default="test")
    asyncio.run(main(parser.parse_args()))
