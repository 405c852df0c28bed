"""Fine-tuning on this machine: what the built-in model learns from, and what comes of it.

The built-in model writes nothing of its own, so what is trained is how it understands a
question: the encoder learns that a question and its answer belong together and that the other
answers do not. Asked something new, the tuned model gives the answer of the nearest training
question, or says that it does not know.
"""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import DatasetError
from .tuning import MetricsPoint
from .types import Example

FEWEST = 10  # pairs: with fewer there is nothing to tell apart
MOST = 20_000
FEWEST_GROUPS = 4  # kinds of examples, told by their system messages, that are kept apart
LOOKED_AT = 1_000  # pairs for one batch
BATCH = 16  # pairs a step: the other answers of the batch are what an answer is not
VALIDATION_SHARE, MOST_VALIDATION = 0.1, 256
EPOCHS = 4
SECONDS_STEP, SECONDS_AROUND = 1.6, 25.0  # on two cores; loading, saving and converting
PREFIX = "fine-tuned "  # of a deployment's name; its hash follows


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the answer that belongs to it."""

    question: str
    answer: str
    group: str = ""  # the system message: what examples of one kind have in common


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one training is given."""

    training: tuple[Pair, ...]
    validation: tuple[Pair, ...] = ()
    epochs: int = EPOCHS
    seed: int = 7

    @property
    def steps(self) -> int:
        """In all epochs, as many as in the first each."""
        return self.epochs * len(batches(self.training, 0, self.seed))

    @property
    def seconds(self) -> float:
        """What it will take, roughly; shown with "~"."""
        return SECONDS_AROUND + self.steps * SECONDS_STEP


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A tuned encoder with its memory, in the data folder. `sha256` is that of its weights."""

    sha256: str
    examples: int
    threshold: float  # cosine below which the nearest question is not one that asks the same
    made_at: str = ""

    @property
    def deployment(self) -> str:
        """Its name among the built-in connection's deployments."""
        return f"{PREFIX}{self.sha256[:12]}"

    @property
    def label(self) -> str:
        """What it is called wherever its answers appear."""
        return f"Built-in, fine-tuned on {self.examples:,} examples (offline)"


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done now, in words, where no step is measured: loading, saving, converting."""

    sentence: str


Told = Stage | MetricsPoint | LocalModel


class LocalTrainer(Protocol):
    """Trains in a process that ends when its user stops listening."""

    def train(self, lesson: Lesson) -> AsyncGenerator[Told, None]:
        """Stages and the loss of each step as they come; the model is last. Raises
        ConfigurationError where the libraries for it are missing, EmbedderUnavailable when its
        process fails."""

    async def models(self) -> list[LocalModel]:
        """Those that are there, newest first."""


def lesson_of(
    examples: Iterable[Example], *, epochs: int = EPOCHS, seed: int = 7
) -> Lesson:
    """From the kept examples. Without a validation split, a tenth is held back by seed.

    Raises DatasetError when there are too few or too many pairs.
    """
    kept = [(pair, example.split) for example in examples
            if example.state == "kept" and (pair := pair_of(example.row)) is not None]
    pairs = list(dict.fromkeys(pair for pair, split in kept if split == "training"))
    apart = list(dict.fromkeys(pair for pair, split in kept if split == "validation"))
    apart = [pair for pair in apart if pair not in set(pairs)]
    if not apart and len(pairs) >= 2 * FEWEST:
        pairs, apart = hold_back(pairs, VALIDATION_SHARE, seed)
    if len(pairs) < FEWEST:
        raise DatasetError(
            f"{len(pairs)} questions with their answers are too few to train on",
            why=f"At least {FEWEST} are needed", remedy="Add examples under Fine-tuning",
        )
    if len(pairs) > MOST:
        raise DatasetError(
            f"{len(pairs):,} examples are more than this machine trains on",
            why=f"The limit is {MOST:,}", remedy="Leave some out with a tag or a filter",
        )
    return Lesson(tuple(pairs), tuple(apart[:MOST_VALIDATION]), epochs, seed)


def hold_back(
    pairs: Sequence[Pair], share: float, seed: int
) -> tuple[list[Pair], list[Pair]]:
    """`(training, validation)`, each in the order given, drawn by seed."""
    count = max(1, round(len(pairs) * share))
    chosen = set(random.Random(seed).sample(range(len(pairs)), count))
    return ([pair for place, pair in enumerate(pairs) if place not in chosen],
            [pair for place, pair in enumerate(pairs) if place in chosen])


def pair_of(row: Mapping[str, Any]) -> Pair | None:
    """The last question of a row with its answer; of a preference, with the preferred one."""
    if isinstance(row.get("prompt"), str) and isinstance(row.get("completion"), str):
        return _pair(row["prompt"], row["completion"])
    messages = row.get("messages")
    if isinstance(row.get("input"), Mapping):
        messages = [*_listed(row["input"].get("messages")), *_listed(row.get("preferred_output"))]
    question = answer = group = ""
    for message in _listed(messages):
        content = message.get("content") if isinstance(message, Mapping) else None
        if not isinstance(content, str):
            continue
        if message.get("role") in ("system", "developer"):
            group = content
        elif message.get("role") == "user":
            question, answer = content, ""
        elif message.get("role") == "assistant":
            answer = content
    return _pair(question, answer, group)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pair(question: str, answer: str, group: str = "") -> Pair | None:
    pair = Pair(question.strip(), answer.strip(), group.strip())
    return pair if pair.question and pair.answer else None


def batches(pairs: Sequence[Pair], epoch: int, seed: int) -> list[list[Pair]]:
    """An epoch's batches, shuffled.

    Each pair of a batch is taught that the others' answers are wrong for it. So equal questions
    or answers never share one, nor, where the examples are of several kinds, two of a kind.
    Remainders of a few pairs, which teach nothing, are left out: another epoch has others.
    """
    groups = len({pair.group for pair in pairs})
    apart = groups >= FEWEST_GROUPS
    size = min(BATCH, groups) if apart else BATCH
    left = list(pairs)
    random.Random(f"{seed} {epoch}").shuffle(left)
    made: list[list[Pair]] = []
    while left:
        batch, left = _batch(left, size, apart)
        if made and 2 * len(batch) < len(made[0]):
            break
        made.append(batch)
    return made


def _batch(left: Sequence[Pair], size: int, apart: bool) -> tuple[list[Pair], list[Pair]]:
    """The next batch, from the first pairs of many, and what waits for a later one."""
    batch: list[Pair] = []
    later: list[Pair] = []
    seen: set[str] = set()
    for place, pair in enumerate(left):
        if len(batch) == size or place == LOOKED_AT:
            later.extend(left[place:])
            break
        marks = {f"q{pair.question}", f"a{pair.answer}"} | ({f"g{pair.group}"} if apart else set())
        if not marks & seen:
            batch.append(pair)
            seen |= marks
        else:
            later.append(pair)
    return batch, later
