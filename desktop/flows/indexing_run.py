"""One indexing run: four stages that work at the same time, joined by queues.

    take in -> read and split -> ask for vectors -> store vectors

Vectors are asked for one batch ahead of storing, so that the embedder never waits for the
disk; they are stored in the order asked, so that documents become ready in order.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..core.chunk_settings import ChunkSettings
from ..core.chunking import embedding_text
from ..core.errors import DocumentError, EmbedderUnavailable
from ..core.events import DocumentChanged, DocumentSkipped, DocumentsRemoved, Emit, IndexProgress
from ..core.ports import FoundFile, Ports
from ..core.types import Chunk, Document, DocumentState, IndexOutcome, IndexStatus
from .indexing_read import read
from .indexing_shared import shared_by

if TYPE_CHECKING:
    from ..core.ports import Vectors

BATCH = 64  # chunks of one request and one transaction: about a second of work
_TELLING = BATCH  # chunks embedded before the time left can be told


@dataclass(slots=True)
class Job:
    """A document on its way through a run."""

    document: Document
    place: int  # of its outcome
    started: float
    expected: int = 0  # chunks without a vector when its pages were there
    added: int = 0  # chunks that were embedded and went to the vector index
    fresh: bool = False  # to be read again, though its pages are there


@dataclass(slots=True)
class _Batch:
    """Chunks whose vectors were asked for; `last` of its document."""

    job: Job
    chunks: Sequence[Chunk]
    vectors: asyncio.Task[Vectors | EmbedderUnavailable] | None
    last: bool


@dataclass
class Run:
    """State of one run. `before` are the documents at its start."""

    ports: Ports
    emit: Emit
    before: Sequence[Document]
    files: int
    settings: ChunkSettings
    outcomes: dict[int, IndexOutcome] = field(default_factory=dict)
    to_read: asyncio.Queue[Job | None] = field(default_factory=asyncio.Queue)
    to_embed: asyncio.Queue[Job | None] = field(default_factory=asyncio.Queue)
    to_store: asyncio.Queue[_Batch | None] = field(
        default_factory=lambda: asyncio.Queue(maxsize=1)
    )
    in_flight: set[str] = field(default_factory=set)  # texts whose vectors are on their way
    trouble: EmbedderUnavailable | None = None
    chunks: int = 0  # to be embedded, as far as known
    embedded: int = 0
    all_read: bool = False
    first_vector: float | None = None  # when the first batch was stored, and its size
    first_batch: int = 0

    # --- claims

    def may_claim(self, document: Document) -> bool:
        return document.id not in shared_by(self.ports.store).claims

    async def claim(
        self, document: Document, place: int, *, anew: bool = False, fresh: bool = False
    ) -> None:
        """Take a document into this run, as queued unless its pages are stored already.

        `anew`: queued all the same, so that it is split again, also after a quit; `fresh`: so
        that its file is read again."""
        shared_by(self.ports.store).claims[document.id] = self
        job = Job(document, place, self.ports.clock.seconds(), fresh=fresh)
        has_pages = document.state is DocumentState.EMBEDDING and not anew
        state = DocumentState.EMBEDDING if has_pages else DocumentState.QUEUED
        if document.state is not state or document.error:
            await self.set_state(job, state)
        else:
            self.tell(job)
        self.to_read.put_nowait(job)

    def holds(self, job: Job) -> bool:
        """Not any more when the document was removed."""
        return shared_by(self.ports.store).claims.get(job.document.id) is self

    @staticmethod
    def let_go(ports: Ports, ids: Iterable[int]) -> None:
        """Whoever works on these documents leaves them alone."""
        for document_id in ids:
            shared_by(ports.store).claims.pop(document_id, None)

    def release_all(self) -> None:
        claims = shared_by(self.ports.store).claims
        for document_id in [key for key, run in claims.items() if run is self]:
            del claims[document_id]

    # --- telling

    async def set_state(self, job: Job, state: DocumentState, **rest: Any) -> None:
        job.document = await self.ports.store.set_document(job.document.id, state, **rest)
        self.tell(job)

    def tell(self, job: Job) -> None:
        if self.holds(job):
            self.emit(DocumentChanged(job.document))

    def skip(
        self, place: int, file: FoundFile, status: IndexStatus, why: str, error: str | None = None
    ) -> None:
        """A path that makes no row."""
        self.outcomes[place] = IndexOutcome(file.path, file.name, status, error=error)
        self.emit(DocumentSkipped(file.path, why))
        self.progress()

    def end(self, job: Job, error: str | None = None) -> None:
        """The outcome of a document; its removal is one, too."""
        document = job.document
        self.outcomes[job.place] = IndexOutcome(
            document.path, document.name, "ready" if error is None else "failed",
            document.pages, document.characters, document.chunks, self.seconds_of(job), error,
        )
        self.let_go(self.ports, [document.id] if self.holds(job) else [])
        self.progress()

    def seconds_of(self, job: Job) -> float:
        return self.ports.clock.seconds() - job.started

    def progress(self) -> None:
        self.emit(IndexProgress(
            len(self.outcomes), self.files, self.embedded, self.chunks, self._seconds_left()
        ))

    def _seconds_left(self) -> float | None:
        """At the pace since the first batch, which had to wait for the embedder to start."""
        paced = self.embedded - self.first_batch
        if self.first_vector is None or not self.all_read or paced < _TELLING:
            return None
        elapsed = self.ports.clock.seconds() - self.first_vector
        return elapsed / paced * (self.chunks - self.embedded)


async def work_on(run: Run, source: Coroutine[Any, Any, None]) -> list[IndexOutcome]:
    """All four stages to their end; what one raises ends the others and is raised."""
    try:
        async with shared_by(run.ports.store).same_embedder(), asyncio.TaskGroup() as group:
            group.create_task(_then_close(source, run.to_read))
            group.create_task(_read_all(run, group))
            group.create_task(_embed_all(run, group))
            group.create_task(_store_all(run))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        source.close()  # cancelled while it waited for its turn, it never began
        run.release_all()
    return [run.outcomes[place] for place in sorted(run.outcomes)]


async def _then_close(source: Coroutine[Any, Any, None], target: asyncio.Queue[Any]) -> None:
    await source
    target.put_nowait(None)


async def _read_all(run: Run, group: asyncio.TaskGroup) -> None:
    warming: asyncio.Task[None] | None = None
    while (job := await run.to_read.get()) is not None:
        warming = warming or group.create_task(_warm_up(run))
        try:
            await read(job, run)
        except DocumentError as error:
            await _fail(job, run, error)
        else:
            job.expected = job.document.chunks - job.document.embedded
            run.chunks += job.expected
            run.to_embed.put_nowait(job)
    run.all_read = True
    run.to_embed.put_nowait(None)


async def _warm_up(run: Run) -> None:
    """The embedder starts while the first file is read; its failure shows when it is asked."""
    with contextlib.suppress(EmbedderUnavailable):
        await run.ports.embedder.prepare()


async def _fail(job: Job, run: Run, error: DocumentError) -> None:
    if not run.holds(job):
        run.end(job, str(error))
        return
    why = f"{error.what}. {error.why}" if error.why else error.what
    await run.set_state(
        job, DocumentState.FAILED, error=why, remedy=error.remedy, seconds=run.seconds_of(job)
    )
    run.end(job, str(error))


async def _embed_all(run: Run, group: asyncio.TaskGroup) -> None:
    while (job := await run.to_embed.get()) is not None:
        chunks = await _wanted(job, run)
        for start in range(0, len(chunks), BATCH):
            batch = chunks[start:start + BATCH]
            vectors = group.create_task(_embed(batch, run))
            await run.to_store.put(_Batch(job, batch, vectors, last=False))
        await run.to_store.put(_Batch(job, (), None, last=True))
    await run.to_store.put(None)


async def _wanted(job: Job, run: Run) -> list[Chunk]:
    """Chunks without a vector, each text once, also over documents.

    By length, because a batch takes as long as its longest text: 8 % less work.
    """
    if run.trouble is not None or not run.holds(job):
        return []
    embedder = run.ports.embedder.id
    chunks = await run.ports.store.chunks_to_embed(embedder, job.document.id)
    wanted = [chunk for chunk in chunks if _text_of(chunk) not in run.in_flight]
    run.in_flight.update(map(_text_of, wanted))
    return sorted(wanted, key=lambda chunk: -len(chunk.text))


def _text_of(chunk: Chunk) -> str:
    return embedding_text(chunk.document, chunk.heading, chunk.text)


async def _embed(chunks: Sequence[Chunk], run: Run) -> Vectors | EmbedderUnavailable:
    """The failure is a value: it must not end the reading of other documents."""
    if run.trouble is not None:
        return run.trouble
    try:
        return await run.ports.embedder.embed([_text_of(chunk) for chunk in chunks])
    except EmbedderUnavailable as error:
        return error


async def _store_all(run: Run) -> None:
    while (batch := await run.to_store.get()) is not None:
        if batch.vectors is not None:
            vectors = await batch.vectors
            if isinstance(vectors, EmbedderUnavailable):
                run.trouble = vectors
            else:
                await _store(batch, vectors, run)
        if batch.last:
            await _finish(batch.job, run)


async def _store(batch: _Batch, vectors: Vectors, run: Run) -> None:
    """One transaction; then the vectors can be searched."""
    job, ids = batch.job, [chunk.id for chunk in batch.chunks]
    await run.ports.store.save_vectors(run.ports.embedder.id, ids, vectors)
    run.in_flight.difference_update(map(_text_of, batch.chunks))
    run.embedded += len(ids)
    if run.holds(job):
        await run.ports.vectors.add(ids, vectors)
        job.added += len(ids)
        embedded = min(job.document.chunks, job.document.embedded + len(ids))
        job.document = replace(job.document, embedded=embedded)
        run.tell(job)
    if run.first_vector is None:
        run.first_vector, run.first_batch = run.ports.clock.seconds(), len(ids)
    run.progress()


async def _finish(job: Job, run: Run) -> None:
    """Ready, unless it was removed or the embedder failed."""
    if not run.holds(job):
        run.end(job, f"{job.document.name} was removed meanwhile")
    elif run.trouble is not None:
        await run.set_state(
            job, DocumentState.EMBEDDING, error=run.trouble.what, remedy=run.trouble.remedy
        )
        run.end(job, str(run.trouble))
    else:
        await _add_shared(job, run)
        await _replace_older(job, run)
        run.embedded += job.expected - job.added  # those that share a text
        await run.set_state(job, DocumentState.READY, seconds=run.seconds_of(job))
        run.end(job)


async def _add_shared(job: Job, run: Run) -> None:
    """Chunks whose vector was there before, or came with an equal text elsewhere."""
    if job.added < job.document.chunks:
        ports = run.ports
        ids, vectors = await ports.store.vectors_of(ports.embedder.id, job.document.id)
        await ports.vectors.add(ids.tolist(), vectors)


async def _replace_older(job: Job, run: Run) -> None:
    """A changed file takes the place of what was read from the same path before."""
    document = job.document
    older = [d.id for d in run.before if document.path and d.path == document.path
             and d.id < document.id]
    if older:
        Run.let_go(run.ports, older)
        hidden = await run.ports.store.remove_documents(older)
        run.emit(DocumentsRemoved(tuple(older)))
        await run.ports.vectors.remove(hidden)
