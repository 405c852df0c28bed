"""Are follow-up questions found, and are questions that need nothing left alone?

    python tests/benchmarks/follow_ups.py [--data FOLDER] [--misses]

Conversations written for this, over the built-in sample (the phrase that answers is known) and,
with `--data`, over a folder with the benefits PDFs and `cases.jsonl` (the section that answers
is known). Each is searched with the last question as typed and with what `core/follow_ups` makes
of it. The second table asks every case of `cases.jsonl` after every other one: none of them is a
follow-up, so whatever is changed there is a mistake, and its price is shown.
Shares have Wilson intervals, 95 %.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop.core.follow_ups import carry_over, leans
from desktop.core.types import HYBRID, Hit
from desktop.flows.searching import search
from tests.benchmarks.retrieval_quality import make_index, read_cases, wilson

TOP = 5
SAMPLE = Path(__file__).resolve().parents[2] / "resources/samples/benefits.stratex"
STANDARD = "Northwind_Standard_Benefits_Details.pdf"
PLUS = "Northwind_Health_Plus_Benefits_Details.pdf"
HANDBOOK = "employee_handbook.pdf"
Ask = Callable[[str, Sequence[str]], str]


@dataclass(frozen=True)
class Talk:
    """The last question is the follow-up. `answer` is the phrase, or the file, that answers."""

    asked: tuple[str, ...]
    answer: str
    pages: tuple[int, ...] = ()

    def found(self, hits: Sequence[Hit]) -> int:
        """The rank of the first passage that answers; 0 for none among the first five."""
        for hit in hits[:TOP]:
            text = " ".join(hit.text.split())
            inside = (hit.document, hit.page) in {(self.answer, page) for page in self.pages}
            if inside if self.pages else self.answer in text:
                return hit.rank
        return 0


OVER_SAMPLE = (
    Talk(("Are eyeglasses covered?", "And when they break?"), "Broken eyeglasses of children"),
    Talk(("Are eyeglasses covered?", "What about sunglasses?"), "Prescription sunglasses count"),
    Talk(("Are eyeglasses covered?", "Does it matter where I buy them?"), "any Brightside or"),
    Talk(("What does a visit to a specialist cost me?", "Do I need a referral for that?"),
         "You do not need a referral"),
    Talk(("Is laser eye surgery paid for?", "And cataracts?"), "Cataract surgery is medical"),
    Talk(("How many therapy sessions can I have?", "What does one cost?"), "Therapy is covered"),
    Talk(("By when must a claim arrive?", "How long does it take then?"), "15 working days"),
    Talk(("By when must a claim arrive?", "What do I have to attach?"), "Attach the itemised"),
    Talk(("Does the plan pay for fertility treatment?", "How many cycles?"), "three cycles"),
    Talk(("What happens to my cover when I leave the company?", "For how long?"), "18 months"),
    Talk(("Which hearing aids does Alder Plus pay for?", "Are batteries included?"),
         "Batteries are not covered"),
    Talk(("Which hearing aids does Alder Plus pay for?", "And in Alder Core?"),
         "Alder Core pays up to $900"),
    Talk(("Can I use the wellness allowance for a running watch?", "Until when?"), "15 December"),
    Talk(("What does a family pay for Alder Plus each month?", "And with one dependant?"),
         "with one dependant pays"),
    Talk(("What does the emergency room cost?", "And if I am admitted?"), "it is waived if"),
    Talk(("What does the emergency room cost?", "And on a journey abroad?"), "up to 60 days"),
    Talk(("Can I ask for an independent review?", "Who does it?"), "reviewer is not employed"),
    Talk(("How often is a hearing test free?", "Even at 65?"), "After 60, and for anyone"),
    Talk(("Is dental care covered?", "And braces for children?", "Up to what amount?"),
         "Braces are paid at 50"),
    Talk(("Does Alder & Finch add money to the health savings account?",
          "How much can I pay in myself?"), "up to $4,400 a year"),
)
OVER_PDFS = (
    Talk(("Does Northwind Standard cover acupuncture?", "Who may give it?"), STANDARD, (18,)),
    Talk(("Does Northwind Standard cover acupuncture?", "And Northwind Health Plus?"),
         PLUS, (17, 18)),
    Talk(("Is allergy testing covered by Northwind Standard?", "And the treatment?"),
         STANDARD, (19, 20)),
    Talk(("When does Northwind Health Plus pay for an ambulance?", "How do I decide on one?"),
         PLUS, (19, 20)),
    Talk(("Which blood products does Northwind Standard cover?", "What about platelets?"),
         STANDARD, (21,)),
    Talk(("Is gene therapy covered by Northwind Standard?", "Are there exceptions?"),
         STANDARD, (21, 22)),
    Talk(("Does Northwind Standard pay for chemotherapy?", "Does that include experimental ones?"),
         STANDARD, (22, 23)),
    Talk(("Can I join a clinical trial with Northwind Standard?", "Is the travel paid?"),
         STANDARD, (23, 24)),
    Talk(("Is anesthesia for dental work covered by Northwind Standard?", "What are the risks?"),
         STANDARD, (24, 25)),
    Talk(("Does Northwind Health Plus cover dialysis?", "Can I do it at home?"), PLUS, (26, 27)),
    Talk(("Does Northwind Standard cover foot care?", "How can I avoid needing it?"),
         STANDARD, (28, 29)),
    Talk(("What hearing care does Northwind Health Plus cover?", "Up to how much?"),
         PLUS, (30, 31)),
    Talk(("What hearing care does Northwind Health Plus cover?", "And in the Standard plan?"),
         STANDARD, (30,)),
    Talk(("Does Northwind Standard pay for home health care?", "And for bathing and dressing?"),
         STANDARD, (30, 31)),
    Talk(("Are wheelchairs covered by Northwind Standard?", "Who repairs them?"),
         STANDARD, (31, 32, 33)),
    Talk(("Is massage therapy covered by Northwind Standard?", "Do I need a prescription for it?"),
         STANDARD, (35,)),
    Talk(("What does Northwind Health Plus cover in maternity care?", "And after the birth?"),
         PLUS, (38, 39, 44, 45)),
    Talk(("Are medical foods covered by Northwind Health Plus?", "What records should I keep?"),
         PLUS, (39, 40)),
    Talk(("Is newborn care covered by Northwind Standard?", "Which papers should I keep?"),
         STANDARD, (42, 43)),
    Talk(("Does Northwind Standard cover jaw surgery?", "How long is the recovery?"),
         STANDARD, (43, 44)),
    Talk(("How many spinal manipulations does Northwind Standard cover?", "Must they be approved?"),
         STANDARD, (49, 50)),
    Talk(("What is TMJ care?", "Does Northwind Health Plus cover it?", "What can I do myself?"),
         PLUS, (56, 57)),
    Talk(("Does Northwind Health Plus pay for transplants?", "What are the risks?"),
         PLUS, (58, 59)),
    Talk(("When should I go to urgent care with Northwind Health Plus?", "What should I bring?"),
         PLUS, (59, 60)),
    Talk(("How does virtual care work in Northwind Standard?", "What does it cost?"),
         STANDARD, (57, 58)),
    Talk(("What is the deductible of Northwind Standard?", "And for a family?"),
         STANDARD, (12, 13)),
    Talk(("What is the out-of-pocket maximum of Northwind Standard?",
          "Which services do not count towards it?"), STANDARD, (14, 15)),
    Talk(("What is the allowed amount in Northwind Standard?", "Who pays the difference?"),
         STANDARD, (15, 16)),
    Talk(("What does PerksPlus pay for?", "And what not?"), "PerksPlus.pdf", (3, 4)),
    Talk(("How often are performance reviews held?", "What is written in them?"), HANDBOOK, (4,)),
    Talk(("How often are performance reviews held?", "Who leads them?"), HANDBOOK, (4,)),
    Talk(("What does the workplace violence program forbid?", "Whom do I tell about it?"),
         HANDBOOK, (5, 6)),
)


def as_typed(question: str, before: Sequence[str]) -> str:
    return question


def pasted(question: str, before: Sequence[str]) -> str:
    """The simplest rewriting there is: the question before, always, in front of this one."""
    return f"{before[-1]} {question}"


WAYS: dict[str, Ask] = {
    "as typed": as_typed, "question before, pasted": pasted, "terms carried over": carry_over,
}


async def measure(name: str, way: Ask, talks: Sequence[Talk], ports: Any, misses: bool) -> None:
    ranks = []
    for talk in talks:
        searched = way(talk.asked[-1], talk.asked[:-1])
        ranks.append(talk.found(await search(searched, HYBRID, ports)))
        if misses and not ranks[-1]:
            print(f"    missed: {searched}   ({talk.answer} {talk.pages or ''})")
    hits, first = sum(rank > 0 for rank in ranks), sum(rank == 1 for rank in ranks)
    print(f"  {name:<26} hit@5 {_share(hits, len(ranks))}   first {_share(first, len(ranks))}")


async def alone(path: Path, ports: Any) -> None:
    """Every case after another one: they stand alone."""
    cases = read_cases(path)
    pairs = list(zip([cases[-1], *cases[:-1]], cases, strict=True))
    taken = sum(leans(case.question) for _, case in pairs)
    print(f"  {len(pairs)} questions that stand alone, each after another one: {taken} taken for "
          "a follow-up")
    for name, way in WAYS.items():
        hits = 0
        for before, case in pairs:
            found = await search(way(case.question, [before.question]), HYBRID, ports)
            hits += any((hit.document, hit.page) in case.gold for hit in found[:TOP])
        print(f"  {name:<26} hit@5 {_share(hits, len(pairs))}")


def _share(successes: int, n: int) -> str:
    low, high = wilson(successes, n)
    return f"{successes}/{n} = {successes / n:.2f} ({low:.2f}-{high:.2f})"


async def over(path: Path, talks: Sequence[Talk], data: Path | None, misses: bool) -> None:
    from types import SimpleNamespace

    from desktop.services import workspace
    from desktop.services.clock import SystemClock
    from desktop.services.embedder import OnnxEmbedder
    from desktop.services.files import DiskFiles
    from desktop.services.reader import ProcessReader
    from desktop.services.vectors import FaissIndex

    store = await (workspace.create(path) if data else workspace.open_workspace(path))
    ports: Any = SimpleNamespace(
        store=store, embedder=OnnxEmbedder(), reader=ProcessReader(),
        vectors=FaissIndex(path.parent, path), files=DiskFiles(), clock=SystemClock(),
    )
    try:
        if data:
            await make_index(data, ports)
        else:
            await ports.vectors.load(ports.embedder.id, ports.embedder.dimension, store)
        print(f"{data or SAMPLE.name}: {len(talks)} follow-ups, {HYBRID.name}")
        for name, way in WAYS.items():
            await measure(name, way, talks, ports, misses)
        if data:
            await alone(data / "cases.jsonl", ports)
    finally:
        for part in (ports.vectors, ports.embedder, ports.reader, store):
            await part.aclose()


async def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(shutil.copy(SAMPLE, folder))
        await over(sample, OVER_SAMPLE, None, options.misses)
        if options.data:
            await over(Path(folder) / "pdfs.stratex", OVER_PDFS, options.data, options.misses)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder with the benefits PDFs")
    parser.add_argument("--misses", action="store_true", help="list what was not found")
    asyncio.run(main(parser.parse_args()))
