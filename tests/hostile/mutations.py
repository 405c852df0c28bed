"""Good files with random damage: bytes changed, cut out, doubled or put elsewhere.

    python -m tests.hostile.mutations --count 300     # also tries what runs into the limits
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping

from desktop.core.errors import DocumentError
from desktop.services.reader import ProcessReader
from tests.services import documents
from tests.services.office_files import mail, pptx, workbook

from .corpus import LIMITS, QUICK, Nasty

GOOD = b"# Plan\n\nEyeglasses are covered every two years.\n"
SPARE = 20.0  # seconds above a file's time limit: starting and killing the process


def good_files() -> Mapping[str, bytes]:
    """One of each kind."""
    return {
        "a.pdf": documents.pdf(["Eyeglasses are covered.", "Teeth too."]),
        "a.docx": documents.docx(),
        "a.pptx": pptx(),
        "a.xlsx": workbook({"Plans": [["Plan", "Copay"], ["Gold", 10]]}),
        "a.html": b"<html><body><h1>Plan</h1><p>Eyeglasses</p><table><tr><td>a</td></tr></table>",
        "a.eml": mail("Is it covered?", html="<p>Is it covered?</p>",
                      attachments={"b.md": b"# b"}),
        "a.json": b'[{"plan": "Gold", "copay": 10}, {"plan": "Silver"}]',
        "a.csv": b"Plan,Copay\nGold,10\nSilver,20\n",
        "a.md": GOOD * 20,
    }


def mutations(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`(name, content)`: the kinds take turns."""
    dice, good = random.Random(seed), list(good_files().items())
    for place in range(count):
        name, content = good[place % len(good)]
        yield name, mutate(content, dice)


def mutate(content: bytes, dice: random.Random) -> bytes:
    """One to eight damages."""
    made = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        start = dice.randrange(len(made) or 1)
        end = min(len(made), start + dice.randint(1, max(1, len(made) // 8)))
        piece = made[start:end]
        match dice.randrange(5):
            case 0:
                made[start:end] = dice.randbytes(len(piece))
            case 1:
                del made[start:end]
            case 2:
                made[start:start] = piece * dice.randint(1, 20)
            case 3 if made:
                made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
            case _:
                place = dice.randrange(len(made) or 1)
                made[place:place] = piece[::-1]
    return bytes(made)


async def outcome(reader: ProcessReader, name: str, content: bytes) -> str:
    """`read`, or the refusal; raises AssertionError for anything but these within the limits."""
    started = time.perf_counter()
    try:
        read = await reader.read(name, content)
        for chunk in read.chunks:
            assert read.pages[chunk.page_index].text[chunk.start:chunk.end] == chunk.text
        said = "read"
    except DocumentError as error:
        assert error.what and error.remedy, error
        said = str(error)
    took = time.perf_counter() - started
    assert took < 60 + 2 * len(content) / 1e6 + SPARE, f"{name} took {took:.0f} s"
    return said


async def still_reads(reader: ProcessReader) -> None:
    """A file that is well is read after whatever came before it."""
    assert (await reader.read("good.md", GOOD)).chunks


async def try_all(count: int, seed: int) -> int:
    """Print what became of each; the number of those that broke a rule."""
    reader, broken, found = ProcessReader(), 0, Counter[str]()
    nasty = [*QUICK.items(), *LIMITS.items()]
    files = [(what, each) for what, each in nasty if not each.name.endswith(".zip")]
    files += [(f"mutation {place}", Nasty(name, lambda content=content: content))
              for place, (name, content) in enumerate(mutations(count, seed))]
    for what, each in files:
        try:
            said = await outcome(reader, each.name, each.make())
            assert not each.says.strip() or each.says in said, said
            await still_reads(reader)
        except Exception as error:
            broken += 1
            print(f"BROKEN {what}: {type(error).__name__} {error}")
            continue
        kind = "read" if said == "read" else "refused"
        found[kind] += 1
        if not what.startswith("mutation"):
            print(f"{kind:8} {what}: {said[:100]}")
    await reader.aclose()
    print(f"{len(files)} files, {found['read']} read, {found['refused']} refused, {broken} broken")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    return 1 if asyncio.run(try_all(given.count, given.seed)) else 0


if __name__ == "__main__":
    sys.exit(main())
