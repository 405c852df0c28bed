"""Grow the dataset: a chat model writes question-answer pairs from the documents' chunks.

Chunks are sent side by side at the deployment's pace; the pairs of each are stored as they come,
as proposals. What asks the same as a case, or as an example that is there, is not proposed.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..core.dataset.growing import EACH, growing_messages, proposed, read_pairs, spread
from ..core.dataset.likeness import LikenessIndex, words_of
from ..core.dataset.overlap import case_text
from ..core.dataset.query import ExampleQuery
from ..core.dataset.turns import question_of, system_of
from ..core.errors import (
    AuthFailed,
    ConfigurationError,
    DeploymentNotFound,
    PermissionDenied,
    Refused,
    SpendingLimitReached,
    StrategyExplorerError,
    Throttled,
)
from ..core.evaluation.pacing import Estimate, Load, Pace
from ..core.types import BUILTIN_CONNECTION, Parameters, RateLimits, TextPiece, Usage
from .estimating import known_paces
from .lanes import Brake, Lane, PutBack
from .probing import refuse_recording

if TYPE_CHECKING:
    from ..core.ports import ChatModel, Ports, Store
    from ..core.types import Chunk, Example

ASKED_FACT = "grown chunks"  # ids of all that were asked about, whatever became of the pairs
CONCURRENCY = 4
MOST_READ = 5_000  # chunks that are looked at to choose from, evenly over all
PAIR_TOKENS = 90  # guessed, of a question with its answer
SECONDS = 4.0  # guessed, of a reply
PARAMETERS = Parameters()
CANNOT_WRITE = ("The built-in extractive model cannot write questions: it only quotes sentences it "
                "was given")
REMEDY = "Add a connection to a chat model under Tools, Connections"
# Every other request would end the same way.
_FATAL = (AuthFailed, PermissionDenied, DeploymentNotFound, Refused, ConfigurationError,
          SpendingLimitReached)

Progress = Callable[["Growth", int], None]  # so far, and of how many chunks


@dataclass(frozen=True, slots=True)
class GrowthPlan:
    """Which chunks are sent to whom, and what is known of what is there already."""

    connection: str
    deployment: str
    model: ChatModel
    chunks: Sequence[Chunk]
    documents: int  # that they come from
    hashes: Mapping[int, str]  # sha256 by document id
    system: str = ""  # the dataset's own message, so that all examples have the same


@dataclass(slots=True)
class Growth:
    """What came of it."""

    chunks: int = 0  # asked about
    pairs: int = 0  # proposed
    known: int = 0  # not proposed: they ask what a case or an example asks
    failed: int = 0  # chunks without a usable reply
    why: str = ""  # the last failure, in a sentence
    complete: bool = True


async def plan_growth(
    connection: str, deployment: str, chunks: int, ports: Ports
) -> GrowthPlan:
    """Choose chunks over all documents. Raises ConfigurationError for the built-in model, a
    connection that is not there, or documents without unused chunks."""
    refuse_recording(ports)
    if connection == BUILTIN_CONNECTION:
        raise ConfigurationError(CANNOT_WRITE, remedy=REMEDY)
    model = await ports.chats.chat(connection, deployment, patient=False)
    examples = await ports.store.examples()
    used = frozenset([*(each.lineage.chunk_id or 0 for each in examples),
                      *await _asked(ports.store)])
    ids = [int(each) for each in await ports.store.vector_ids(ports.embedder.id)]
    step = max(1, len(ids) // MOST_READ)
    chosen = spread(await ports.store.chunks(ids[::step]), chunks, used)
    if not chosen:
        raise ConfigurationError(
            "There is nothing to write questions about",
            why="Every passage was used already" if ids else "No document is indexed",
            remedy="Add documents in the Documents pane",
        )
    hashes = {each.id: each.sha256 for each in await ports.store.documents()}
    return GrowthPlan(connection, deployment, model, chosen,
                      len({each.document_id for each in chosen}), hashes,
                      next((system_of(each) for each in examples if each.state == "kept"), ""))


async def _asked(store: Store) -> list[int]:
    """Chunks that were asked about before; a file from elsewhere may hold anything there."""
    found = await store.fact(ASKED_FACT)
    return [each for each in (found if isinstance(found, list) else []) if type(each) is int]


async def estimate_growth(plan: GrowthPlan, ports: Ports) -> Estimate:
    """Calls, tokens, US dollars and seconds, before anything is sent."""
    texts = ["\n".join(m.content for m in growing_messages(each)) for each in plan.chunks]
    counts, _ = await ports.tokens.count(texts, plan.model.model)
    calls, answer = len(texts), EACH * PAIR_TOKENS
    usage = Usage(sum(counts), calls * answer, estimated=True)
    cost = 0.0 if plan.model.local else ports.prices.cost(plan.model.model, usage)
    known = await known_paces(ports.store)
    requests, by_tokens, seconds = known.get(
        f"{plan.connection}/{plan.deployment}", (None, None, None))
    load = Load(calls, usage.prompt_tokens + usage.completion_tokens, seconds or SECONDS,
                CONCURRENCY, RateLimits(requests, by_tokens))
    return Estimate(calls, load.tokens, cost, load.seconds, await ports.spending.warning(cost))


async def grow(
    plan: GrowthPlan, ports: Ports, progress: Progress = lambda growth, of: None,
    brake: Brake | None = None,
) -> Growth:
    """Ask about each chunk; what came is stored also when this is stopped or fails.

    A reply that cannot be read fails its chunk. Raises what would make every request fail.
    """
    growing = await _Growing.of(plan, ports, progress, brake or Brake())
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(len(plan.chunks), CONCURRENCY)):
                group.create_task(growing.work())
    finally:
        await asyncio.shield(growing.remember())
    if growing.problem is not None:
        raise growing.problem
    return growing.growth


@dataclass(slots=True)
class _Growing:
    """One growing on its way."""

    plan: GrowthPlan
    ports: Ports
    progress: Progress
    lane: Lane
    model: ChatModel
    known: LikenessIndex
    todo: deque[Chunk]
    growth: Growth = field(default_factory=Growth)
    said: set[str] = field(default_factory=set)  # questions proposed by now, as words
    asked: list[int] = field(default_factory=list)  # chunks
    problem: StrategyExplorerError | None = None

    @classmethod
    async def of(
        cls, plan: GrowthPlan, ports: Ports, progress: Progress, brake: Brake
    ) -> _Growing:
        cases, examples = await ports.store.cases(), await ports.store.examples()
        texts = [case_text(case) for case in cases] + [question_of(each) for each in examples]
        known = await asyncio.to_thread(LikenessIndex, list(enumerate(texts)))
        lane = Lane(Pace(CONCURRENCY), ports.clock, brake)
        brake.listeners.append(lane.changed.set)
        return cls(plan, ports, progress, lane, ports.spending.account().guard(plan.model),
                   known, deque(plan.chunks))

    async def work(self) -> None:
        while self.todo:
            if self.lane.brake.pulled:
                self.growth.complete = False
                return
            chunk = self.todo.popleft()
            try:
                await self._propose(chunk, read_pairs(await self._ask(chunk)))
            except PutBack:
                self.growth.complete = False
                return
            except _FATAL as error:
                self.problem = self.problem or error
                self.lane.brake.pull()
                return
            except (StrategyExplorerError, ValueError, RecursionError) as error:
                self.growth.failed += 1
                self.growth.why = _why(error)
            else:
                self.asked.append(chunk.id)
                await self.remember()  # at once: a crash must not have it paid for again
            self.growth.chunks += 1
            self.progress(self.growth, len(self.plan.chunks))

    async def remember(self) -> None:
        """Which chunks were asked about: refused pairs are not to be written again."""
        known = await _asked(self.ports.store)
        await self.ports.store.set_fact(ASKED_FACT, sorted({*known, *self.asked}))

    async def _ask(self, chunk: Chunk) -> str:
        """The reply; a server that says "later" is asked again as long as it is worth it."""
        tries, waited = 0, 0.0
        while True:
            async with self.lane.slot() as sent:
                texts = []
                try:
                    async for piece in self.model.stream(growing_messages(chunk), PARAMETERS):
                        if isinstance(piece, TextPiece):
                            texts.append(piece.text)
                except Throttled as error:
                    tries += 1
                    now = self.ports.clock.seconds()
                    wait = self.lane.pace.throttled(now, sent, error.retry_after, tries)
                    if self.lane.pace.gives_up(wait, waited, tries):
                        raise
                    waited += wait
                    continue
                self.lane.pace.succeeded(None, self.ports.clock.seconds() - sent)
                return "".join(texts)

    async def _propose(self, chunk: Chunk, pairs: Sequence[tuple[str, str]]) -> None:
        sha256 = self.plan.hashes.get(chunk.document_id, "")
        made: list[Example] = []
        for pair in pairs:
            words = " ".join(words_of(pair[0]))
            if words in self.said or self.known.find(pair[0]):
                self.growth.known += 1
            else:
                made.append(proposed(pair, chunk, sha256, self.plan.system))
                self.said.add(words)
        if made:
            await self.ports.store.add_examples(made)
        self.growth.pairs += len(made)


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | ValueError | RecursionError):
        return "The model's reply was not the JSON it was asked for."
    return str(error)


# --- review ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair that waits for a person, and the passage it was written from, if it is there."""

    example: Example
    chunk: Chunk | None


async def proposals(ports: Ports) -> list[Proposal]:
    """All that wait, in the dataset's order."""
    found = await ports.store.example_order(ExampleQuery(state="proposed"))
    examples = await ports.store.example_page(found.ids)
    wanted = {each.lineage.chunk_id for each in examples if each.lineage.chunk_id is not None}
    chunks = {each.id: each for each in await ports.store.chunks(sorted(wanted))}
    return [Proposal(each, chunks.get(each.lineage.chunk_id or 0)) for each in examples]


async def keep(example: Example, ports: Ports) -> None:
    """Yes: it is part of the dataset, as it is given here."""
    await ports.store.save_example(replace(example, state="kept"))


async def refuse(example: Example, ports: Ports) -> None:
    """No: it leaves the dataset."""
    await ports.store.remove_examples([example.id])


async def reopen(example: Example, ports: Ports) -> None:
    """Neither: it waits again, as it was."""
    await ports.store.restore_examples([example.id])
    await ports.store.save_example(replace(example, state="proposed"))
