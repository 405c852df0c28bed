"""The second stage of an indexing run: a document's pages and chunks come into the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core.chunk_settings import FACT, ChunkSettings
from ..core.embedders import reader_limit
from ..core.errors import DocumentError
from ..core.languages_told import without_builtin
from ..core.ports import Ports
from ..core.types import DocumentState, NewChunk, Page

if TYPE_CHECKING:
    from .indexing_run import Job, Run


async def settings_of(ports: Ports) -> ChunkSettings:
    """How the workspace wants its documents to be cut, within what its embedder reads."""
    stored = ChunkSettings.from_json(await ports.store.fact(FACT))
    return stored.within(reader_limit(ports.embedder.max_tokens))


async def read(job: Job, run: Run) -> None:
    """After this the document is searchable by words. Raises DocumentError.

    Pages of a document that waits are those of a run that only splits: nothing else leaves
    them behind. Their file is not read again.
    """
    _check_held(job, run)
    if job.document.state is DocumentState.EMBEDDING:
        return
    await run.set_state(job, DocumentState.READING)
    if job.document.pages and not job.fresh:
        await _split(job, run)
    else:
        await _parse(job, run)


async def _parse(job: Job, run: Run) -> None:
    ports, document = run.ports, job.document
    content = await ports.store.document_bytes(document.id)
    found = await ports.reader.read(document.name, content, run.settings)
    if not found.chunks:
        raise DocumentError("No text found", remedy="Drop a file that holds text")
    _check_held(job, run)
    await _save(document.id, found.pages, found.chunks, ports)
    warning = found.warning
    if ports.chooser is not None and ports.chooser.current.kind != "builtin":
        warning = without_builtin(warning)
    await run.set_state(
        job, DocumentState.EMBEDDING, warning=warning, seconds=run.seconds_of(job),
        language=found.language, tables=found.tables,
    )


async def _split(job: Job, run: Run) -> None:
    """Without reading its file again."""
    ports, document = run.ports, job.document
    pages = await ports.store.pages(document.id)
    chunks = await ports.reader.split(document.name, pages, run.settings)
    _check_held(job, run)
    await _save(document.id, pages, chunks, ports)
    await run.set_state(job, DocumentState.EMBEDDING)


async def _save(
    document_id: int, pages: Sequence[Page], chunks: Sequence[NewChunk], ports: Ports
) -> None:
    """Old chunks leave the vector index; vectors of texts that stay the same are kept."""
    old, _ = await ports.store.vectors_of(ports.embedder.id, document_id)
    await ports.store.save_pages(document_id, pages, chunks)
    await ports.vectors.remove(old.tolist())


def _check_held(job: Job, run: Run) -> None:
    if not run.holds(job):
        raise DocumentError(f"{job.document.name} was removed meanwhile")
