"""Checking 100,000 examples, beside what the OpenAI cookbook does with them.

    python -m tests.benchmarks.dataset_checks [EXAMPLES]

Three things are timed in one run, on the same file: the steps of the cookbook's notebook "Data
preparation and analysis for chat model fine-tuning" (load, format errors, tokens of each example
and of its answers, distributions, cost), written again here on tiktoken; ours for the same
checks and counts; and all of our checks. Each of them reads the file itself.
Prints seconds and two ratios to the notebook's steps: at most 0.6, and at most 4 times that.
The processor's time is beside the clock's, for machines that do other work meanwhile.
"""

from __future__ import annotations

import json
import random
import statistics as numbers
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.core.dataset import statistics
from desktop.core.dataset.checker import Checked, Checker
from desktop.services.tokens import Tokens

MODEL = "gpt-4.1-mini"
BLOCK = 1 << 20
SYSTEM = ("You answer employees' questions about our health insurance in two or three sentences, "
          "in plain words, and name the page of the handbook where the rule stands.")
TOPICS = ("eyeglasses", "dental cleaning", "a knee brace", "physiotherapy", "hearing aids",
          "a flu shot", "contact lenses", "an ambulance", "a second opinion", "allergy tests")
VERBS = ("covered", "paid for", "part of my plan", "refunded", "included", "limited to one a year")
_LIST = """
    plan deductible office visit claim form employer provider network year limit member letter
    before after doctor month pay share cost approve phone page rule family child treatment
    pharmacy receipt online account standard plus annual request advance emergency abroad"""
WORDS = _LIST.split()


def write_examples(path: Path, count: int) -> None:
    """Chat examples of a length that is usual: a system message, a question, some sentences."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            rest = " ".join(dice.choices(WORDS, k=dice.randint(20, 90)))
            question = (f"Is {dice.choice(TOPICS)} {dice.choice(VERBS)} for member {number} "
                        f"when {' '.join(dice.choices(WORDS, k=6))}?")
            turns = [("system", SYSTEM), ("user", question),
                     ("assistant", f"Yes, up to ${number % 900} a year. {rest.capitalize()}.")]
            file.write(json.dumps({"messages": [
                {"role": role, "content": text} for role, text in turns]}) + "\n")


# --- the notebook's steps -----------------------------------------------------------------


def notebook(path: Path) -> tuple[int, int]:
    """Errors found and tokens to be paid for."""
    import tiktoken

    encoding = tiktoken.get_encoding("o200k_base")
    with path.open("r", encoding="utf-8") as file:
        dataset = [json.loads(line) for line in file]
    errors = format_errors(dataset)
    lengths, totals, answers = [], [], []
    lacking_system = lacking_user = 0
    for example in dataset:
        messages = example["messages"]
        lacking_system += not any(message["role"] == "system" for message in messages)
        lacking_user += not any(message["role"] == "user" for message in messages)
        lengths.append(len(messages))
        totals.append(tokens_of(encoding, messages))
        answers.append(answer_tokens_of(encoding, messages))
    for values in (lengths, totals, answers):
        distribution(values)
    billed = sum(min(16_385, length) for length in totals)
    return sum(errors.values()), billed


def format_errors(dataset: list[Any]) -> dict[str, int]:
    """The notebook's seven kinds of errors, counted."""
    found: dict[str, int] = defaultdict(int)
    for example in dataset:
        if not isinstance(example, dict):
            found["data_type"] += 1
            continue
        messages = example.get("messages")
        if not messages:
            found["missing_messages_list"] += 1
            continue
        for message in messages:
            if "role" not in message or "content" not in message:
                found["message_missing_key"] += 1
            if any(key not in ("role", "content", "name", "function_call", "weight")
                   for key in message):
                found["message_unrecognized_key"] += 1
            if message.get("role") not in ("system", "user", "assistant", "function"):
                found["unrecognized_role"] += 1
            content, call = message.get("content"), message.get("function_call")
            if (not content and not call) or not isinstance(content, str):
                found["missing_content"] += 1
        if not any(message.get("role") == "assistant" for message in messages):
            found["example_missing_assistant_message"] += 1
    return found


def tokens_of(encoding: Any, messages: list[dict[str, str]]) -> int:
    """Three for each message, one more for a name, and three at the end."""
    count = 0
    for message in messages:
        count += 3
        for key, value in message.items():
            count += len(encoding.encode(value))
            if key == "name":
                count += 1
    return count + 3


def answer_tokens_of(encoding: Any, messages: list[dict[str, str]]) -> int:
    """Only what the assistant says."""
    return sum(len(encoding.encode(message["content"])) for message in messages
               if message["role"] == "assistant")


def distribution(values: list[int]) -> tuple[float, ...]:
    """What the notebook prints of each list."""
    ordered = sorted(values)
    return (min(values), max(values), numbers.mean(values), numbers.median(values),
            ordered[len(values) // 10], ordered[len(values) * 9 // 10])


# --- ours ---------------------------------------------------------------------------------


def ours(path: Path, count: Callable[[str], int], *, shapes_only: bool) -> Checked:
    """As the dataset process does it, blocks of whole lines from the file."""
    checker = Checker(count, statistics.example_limit(MODEL), shapes_only=shapes_only)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            checker.add(block + file.readline())
    for _ in checker.finish():
        pass
    checked = checker.checked()
    distribution(list(checked.counts))
    return checked


def seconds(work: Callable[[], object]) -> tuple[float, float, Any]:
    """How long it took on the clock and on the processor, and what came of it."""
    begun, worked = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - begun, time.process_time() - worked, result


def main(count: int) -> None:
    """Measure and print."""
    counter = Tokens().counter(MODEL)[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "examples.jsonl")
        write_examples(path, count)
        size = path.stat().st_size / 1e6
        theirs, their_work, (errors, billed) = seconds(lambda: notebook(path))
        same, same_work, quick = seconds(lambda: ours(path, counter, shapes_only=True))
        full, full_work, checked = seconds(lambda: ours(path, counter, shapes_only=False))
    assert errors == 0 and not [i for i in quick.issues if i.severity == "error"]
    assert sum(quick.counts) == billed == sum(checked.counts)
    print(f"{count:,} examples, {size:.0f} MB, {billed:,} tokens, {len(checked.issues):,} issues")
    print(f"notebook steps             {theirs:6.2f} s, of the processor {their_work:6.2f} s")
    print(f"the same checks and counts {same:6.2f} s, of the processor {same_work:6.2f} s  "
          f"ratio {same / theirs:.2f}, of the processor {same_work / their_work:.2f} (at most 0.6)")
    print(f"all checks                 {full:6.2f} s, of the processor {full_work:6.2f} s  "
          f"ratio {full / theirs:.2f}, of the processor {full_work / their_work:.2f} (at most 2.4)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
