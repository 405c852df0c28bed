"""How long the overlap guard takes, and how far it holds up the event loop meanwhile.

    python -m tests.benchmarks.overlap [examples] [cases]

Examples and cases are made of the same few hundred words, which is harder than real questions:
many of them are nearly alike.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time

from desktop.core.dataset.overlap import OverlapGuard
from desktop.core.types import Case, Example
from desktop.flows.slices import in_slices

WORDS = """eyeglasses deductible plan claim copay visit network therapy dentist hearing premium
    coverage hospital surgery prescription generic emergency specialist referral vaccine
    dependant spouse child enrolment appeal letter refund receipt allowance wellness gym massage
    acupuncture
    ambulance laboratory imaging maternity newborn adoption retirement sabbatical holiday leave
    overtime pension share bonus laptop travel hotel mileage training certificate visa relocation
    password account badge parking canteen bicycle insurance liability accident injury disability
    rehabilitation physiotherapy psychologist counselling nutrition screening cholesterol diabetes
    asthma allergy migraine insulin inhaler wheelchair crutches orthotics prosthesis transplant
    dialysis chemotherapy radiology biopsy anaesthesia intensive outpatient inpatient hospice
    standard premium basic family single couple monthly yearly weekly maximum minimum limit"""


def question(generator: random.Random) -> str:
    return f"{' '.join(generator.choices(WORDS.split(), k=generator.randint(3, 9)))}?"


async def measure(examples: int, cases: int) -> tuple[float, float, int]:
    """Seconds, the longest wait between two turns of the loop, and the overlaps found."""
    generator = random.Random(7)
    guard_cases = [Case(n, question(generator), split="holdout") for n in range(1, cases + 1)]
    rows = [
        Example(n, n, {"messages": [{"role": "user", "content": question(generator)},
                                    {"role": "assistant", "content": question(generator)}]})
        for n in range(1, examples + 1)
    ]
    longest = 0.0
    stop = asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not stop.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    async with asyncio.TaskGroup() as group:
        group.create_task(watch())
        started = time.perf_counter()
        guard = OverlapGuard(guard_cases)
        found = 0
        async for row in in_slices(rows):
            found += len(guard.of_example(row))
        seconds = time.perf_counter() - started
        stop.set()
    return seconds, longest, found


def main() -> None:
    examples, cases = ([int(each) for each in sys.argv[1:]] + [100_000, 1_000])[:2] \
        if len(sys.argv) > 2 else (100_000, 1_000)
    seconds, longest, found = asyncio.run(measure(examples, cases))
    print(f"{examples:,} examples against {cases:,} cases: {seconds:.1f} s "
          f"({1e6 * seconds / examples:.0f} us an example), {found:,} overlaps, "
          f"longest hold-up {1000 * longest:.0f} ms")


if __name__ == "__main__":
    main()
