"""Another embedding model for the documents: what it would take, and the change itself.

    estimate    what there is to embed, with cost and time, before any document is embedded
    switch      makes the vectors beside those in use, then searches with them

While vectors are made, searches and new documents use the model in use. Each batch is a
transaction, so that nothing that was made, or paid, is lost; what is left is gone on with.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from ..core.chunking import embedding_text
from ..core.embedders import FACT, WANTED, EmbedderChoice
from ..core.errors import EmbedderUnavailable
from ..core.events import EmbedderProgress, EmbedderSwitched, Emit, ModelDownload, ignore
from ..core.ports import Embedder, EmbedderChooser, Ports
from ..core.types import Chunk, Usage
from .indexing_shared import shared_by

BATCH, SERVICE_BATCH = 64, 256  # chunks of one request and one transaction
SAMPLE = 1_000  # chunks whose tokens are counted; the rest is estimated from them
PROBE = 8  # texts whose time is taken
_SENTENCE = "The plan pays for one visit a year, unless the doctor orders another one. "


@dataclass(frozen=True, slots=True)
class Estimate:
    """What switching to a model would take. `cost` None: nobody knows the price."""

    choice: EmbedderChoice
    host: str  # where the texts go, "" for nowhere
    chunks: int
    to_embed: int
    tokens: int
    cost: float | None
    seconds: float
    cut: int = 0  # chunks that are longer than the model reads
    warning: str = ""  # about the spending limit
    exact: bool = True  # all chunks were counted


@dataclass(frozen=True, slots=True)
class Wanted:
    """A switch that was begun and has not ended."""

    choice: EmbedderChoice
    paused: bool


def chooser_of(ports: Ports) -> EmbedderChooser:
    """Raises AssertionError where the embedder cannot be chosen."""
    assert ports.chooser is not None, "no embedding model can be chosen here"
    return ports.chooser


async def wanted(ports: Ports) -> Wanted | None:
    """What the workspace says is being built."""
    stored = await ports.store.fact(WANTED)
    if not isinstance(stored, dict):
        return None
    return Wanted(EmbedderChoice.from_json(stored), stored.get("paused") is True)


async def set_wanted(choice: EmbedderChoice | None, ports: Ports, *, paused: bool = False) -> None:
    """None: nothing is being built. What was embedded for it is kept."""
    value = None
    if choice is not None:
        value = {"kind": choice.kind, **choice.as_dict(), "paused": paused}
    await ports.store.set_fact(WANTED, value)


async def look(
    choice: EmbedderChoice, ports: Ports, emit: Emit = ignore
) -> tuple[EmbedderChoice, Embedder]:
    """What the user asks about, looked at: a model of the hub is downloaded where it is not here, a
    folder's is loaded, a service is sent one short sentence of ours. Raises
    EmbedderUnavailable."""
    chooser = chooser_of(ports)
    if not chooser.downloaded(choice):
        await chooser.download(choice, lambda done, total: emit(ModelDownload(done, total)))
    return await chooser.look(choice)


async def estimate(choice: EmbedderChoice, embedder: Embedder, ports: Ports) -> Estimate:
    """Of a choice that was looked at. Embeds a few sentences of our own, no document, to take
    the time. Raises EmbedderUnavailable."""
    chooser = chooser_of(ports)
    total, embedded = await ports.store.counts(embedder.id)
    sample = await _sample(embedder, ports)
    to_embed = total - embedded
    share = to_embed / len(sample) if sample else 0.0
    counts = await chooser.tokens(choice, embedder, sample) if sample else []
    tokens = round(sum(counts) * share)
    longest = embedder.max_tokens
    foreign = choice.kind in ("folder", "hub", "service")  # chunks are cut to fit the others
    cut = round(sum(count > longest > 0 for count in counts) * share) if foreign else 0
    host, cost = chooser.host(choice), 0.0
    price = ports.prices.cost(chooser.model(choice), Usage(tokens, 0)) if host else cost
    return Estimate(
        choice, host, total, to_embed, tokens, price,
        await _seconds(embedder, sample, to_embed, ports), cut,
        await ports.spending.warning(price) if host else "", share <= 1.0,
    )


async def _sample(embedder: Embedder, ports: Ports) -> list[str]:
    texts: list[str] = []
    async for chunks in _missing(embedder, ports):
        texts += map(_text_of, chunks)
        if len(texts) >= SAMPLE:
            break
    return texts[:SAMPLE]


async def _seconds(
    embedder: Embedder, sample: Sequence[str], to_embed: int, ports: Ports
) -> float:
    """For all, from a few texts as long as the documents' are."""
    if not to_embed:
        return 0.0
    length = sum(map(len, sample)) // len(sample)
    text = (_SENTENCE * (1 + length // len(_SENTENCE)))[:max(1, length)]
    await embedder.embed([_SENTENCE])
    started = ports.clock.seconds()
    await embedder.embed([f"{number} {text}" for number in range(PROBE)])
    return (ports.clock.seconds() - started) / PROBE * to_embed


@dataclass(slots=True)
class _Building:
    """How far it is."""

    ports: Ports
    emit: Emit
    total: int
    done: int
    started: float = 0.0
    made: int = 0  # since `started`
    batch: int = BATCH
    known: set[str] = field(default_factory=set)

    def add(self, count: int) -> None:
        self.made += count
        self.done = min(self.total, self.done + count)
        left = None
        if self.made > self.batch:
            elapsed = self.ports.clock.seconds() - self.started
            left = elapsed / self.made * (self.total - self.done)
        self.emit(EmbedderProgress(self.done, self.total, left))


async def switch(
    choice: EmbedderChoice, embedder: Embedder, ports: Ports, emit: Emit = ignore
) -> None:
    """Give every chunk a vector of this model, then search with it.

    From then on the workspace may use it on this machine. Cancelled or killed, the change keeps
    what was made, and the model in use stays. Raises EmbedderUnavailable.
    """
    chooser_of(ports).confirm(choice)
    await set_wanted(choice, ports)
    total, done = await ports.store.counts(embedder.id)
    batch = SERVICE_BATCH if choice.kind == "service" else BATCH
    building = _Building(ports, emit, total, done, ports.clock.seconds(), batch=batch)
    emit(EmbedderProgress(done, total))
    chooser_of(ports).tell_waits(embedder, lambda words: emit(
        EmbedderProgress(building.done, building.total, note=words)))
    await embedder.prepare()
    try:
        await _embed_missing(embedder, building)
        async with shared_by(ports.store).alone():
            await _embed_missing(embedder, building)  # what came meanwhile
            await ports.vectors.load(embedder.id, embedder.dimension, ports.store)
            before = chooser_of(ports).use(choice, embedder)  # at once: no search sees only half
            await asyncio.shield(_keep(choice, ports))
    except ValueError as error:
        raise EmbedderUnavailable(
            "The workspace holds other vectors under this model's name", why=str(error),
            remedy="Choose another model") from error
    await chooser_of(ports).let_go(before)
    emit(EmbedderSwitched(choice))


async def _keep(choice: EmbedderChoice, ports: Ports) -> None:
    builtin = choice.kind == "builtin"
    await ports.store.set_fact(FACT, None if builtin else choice.as_dict())
    await set_wanted(None, ports)


async def _embed_missing(embedder: Embedder, building: _Building) -> None:
    store = building.ports.store
    async for chunks in _missing(embedder, building.ports):
        ordered = sorted(chunks, key=lambda chunk: -len(chunk.text))  # little padding
        for start in range(0, len(ordered), building.batch):
            batch = ordered[start:start + building.batch]
            vectors = await embedder.embed([_text_of(chunk) for chunk in batch])
            await store.save_vectors(embedder.id, [chunk.id for chunk in batch], vectors)
            building.add(len(batch))


async def _missing(embedder: Embedder, ports: Ports) -> AsyncIterator[list[Chunk]]:
    """Document by document, the chunks that have no vector of this model."""
    for document in await ports.store.documents():
        chunks = await ports.store.chunks_to_embed(embedder.id, document.id)
        if chunks:
            yield chunks


def _text_of(chunk: Chunk) -> str:
    return embedding_text(chunk.document, chunk.heading, chunk.text)


def sentences(found: Estimate) -> list[str]:
    """What an estimate says, for the screen and the command line."""
    about = "" if found.exact else "~"
    where = (f"Every passage and question is sent to {found.host}." if found.host
             else "Nothing leaves this machine.")
    if not found.to_embed:
        return [f"Nothing has to be embedded: all {found.chunks:,} chunks have their vectors.",
                where]
    lines = [f"{found.to_embed:,} of {found.chunks:,} chunks to embed, "
             f"{about}{found.tokens:,} tokens, ~{_duration(found.seconds)}."]
    if found.host:
        lines.append("The price is unknown: name the deployment's model under Connections."
                     if found.cost is None else f"It costs ~{_money(found.cost)}.")
    lines.append(where)
    if found.cut:
        lines.append(
            f"{about}{found.cut:,} chunks are longer than the {found.choice.max_tokens:,} tokens "
            "it reads: their ends are not searched by meaning. Split the documents again after "
            "the change (File, How documents are split): then all of them fit.")
    return [*lines, found.warning] if found.warning else lines


def _money(dollars: float) -> str:
    from ..core.spending import money

    return money(dollars)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
