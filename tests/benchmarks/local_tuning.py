"""Does local fine-tuning bring questions nearer to those that ask for the same?

    python -m tests.benchmarks.local_tuning --data DIR [--epochs N] [--seed S] [--splits K]

DIR holds questions.csv with the columns question, query, db_name and query_category. Of each
split by seed, 80 % are trained on (a question and the first of its queries) and for each of the
other 20 % the nearest training question is looked up: how often has it the same db_name, and
the same query_category, with the built-in encoder as it comes and after training? Shares have
Wilson's 95 % intervals, differences are bootstrapped over the questions (2,000 resamples).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desktop.core.local_tuning import EPOCHS, Lesson, LocalModel, Pair, hold_back
from desktop.core.tuning import MetricsPoint
from desktop.services.embedder import OnnxEmbedder
from desktop.services.embedder_model import EmbedderModel
from desktop.services.local_models import LocalModels
from desktop.services.local_training import LocalTraining

FIELDS = ("db_name", "query_category")
RESAMPLES = 2_000


@dataclass(frozen=True)
class Question:
    """A row of the file."""

    text: str
    query: str
    db_name: str
    query_category: str


@dataclass
class Nearest:
    """For each question that was held out, whether its nearest training question agrees."""

    before: dict[str, list[bool]]
    after: dict[str, list[bool]]


def read(folder: Path) -> list[Question]:
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Question(row["question"], row["query"].partition(";")[0].strip(), row["db_name"],
                     row["query_category"])
            for row in csv.DictReader(file)
        ]


def wilson(hits: list[bool]) -> str:
    """`0.45 [0.31, 0.60]`."""
    n, z = len(hits), 1.96
    share = sum(hits) / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((share * (1 - share) + z * z / (4 * n)) / n) ** 0.5 / (1 + z * z / n)
    return f"{share:.3f} [{middle - half:.3f}, {middle + half:.3f}]"


def difference(before: list[bool], after: list[bool], seed: int) -> str:
    """`+0.10 [+0.02, +0.18]`, paired."""
    gains = np.array(after, float) - np.array(before, float)
    generator = np.random.default_rng(seed)
    means = [generator.choice(gains, len(gains)).mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{gains.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


async def agreeing(
    embedder: OnnxEmbedder, training: list[Question], held: list[Question]
) -> dict[str, list[bool]]:
    known = await embedder.embed([each.text for each in training])
    asked = await embedder.embed([each.text for each in held])
    nearest = (asked @ known.T).argmax(axis=1)
    return {
        field: [getattr(each, field) == getattr(training[place], field)
                for each, place in zip(held, nearest, strict=True)]
        for field in FIELDS
    }


async def measure(questions: list[Question], epochs: int, seed: int, folder: Path) -> Nearest:
    places = list(range(len(questions)))
    random.Random(seed).shuffle(places)
    cut = round(0.8 * len(places))
    training = [questions[place] for place in places[:cut]]
    held = [questions[place] for place in places[cut:]]
    built_in = OnnxEmbedder()
    before = await agreeing(built_in, training, held)
    await built_in.aclose()
    # As in the dataset that the program makes of this file: the system message names the
    # database, and examples under one system message are not each other's wrong answers.
    pairs = [Pair(each.text, each.query, each.db_name) for each in training]
    taught, apart = hold_back(pairs, 0.1, seed)  # only to show a validation loss
    model = await train(Lesson((*taught, *apart), tuple(apart), epochs, seed), folder)
    tuned = OnnxEmbedder(EmbedderModel(folder / "local-models" / model.sha256))
    after = await agreeing(tuned, training, held)
    await tuned.aclose()
    return Nearest(before, after)


async def train(lesson: Lesson, folder: Path) -> LocalModel:
    started, model = time.perf_counter(), None
    async for told in LocalTraining(LocalModels(folder)).train(lesson):
        if isinstance(told, MetricsPoint) and (told.step % 10 == 0 or told.valid_loss):
            print(f"   step {told.step:4} loss {told.train_loss or 0:.3f}", flush=True)
        elif isinstance(told, LocalModel):
            model = told
    assert model is not None
    seconds = time.perf_counter() - started
    print(f"   {len(lesson.training)} pairs, {lesson.epochs} epochs: {seconds:.0f} s "
          f"(estimated ~{lesson.seconds:.0f} s), threshold {model.threshold}", flush=True)
    return model


async def main(options: Any) -> None:
    questions = read(Path(options.data))
    print(f"{len(questions)} questions, {len({q.db_name for q in questions})} databases, "
          f"{len({q.query_category for q in questions})} categories")
    all_before: dict[str, list[bool]] = {field: [] for field in FIELDS}
    all_after: dict[str, list[bool]] = {field: [] for field in FIELDS}
    for seed in range(options.seed, options.seed + options.splits):
        with tempfile.TemporaryDirectory() as folder:
            found = await measure(questions, options.epochs, seed, Path(folder))
        for field in FIELDS:
            all_before[field] += found.before[field]
            all_after[field] += found.after[field]
            print(f"seed {seed} {field:15} before {wilson(found.before[field])}  "
                  f"after {wilson(found.after[field])}  "
                  f"difference {difference(found.before[field], found.after[field], seed)}")
    if options.splits > 1:
        for field in FIELDS:
            print(f"all     {field:15} before {wilson(all_before[field])}  "
                  f"after {wilson(all_after[field])}  "
                  f"difference {difference(all_before[field], all_after[field], 0)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--splits", type=int, default=1)
    asyncio.run(main(parser.parse_args()))
