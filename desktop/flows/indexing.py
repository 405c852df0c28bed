"""What happens when documents are dropped, removed, brought back or tried again.

    outcomes = await index(paths, ports, emit)

A file is taken in, read, split and embedded while the next ones follow close behind: all are
searchable by words within seconds, by meaning as their vectors come. Every step is committed,
so a cancelled or killed run loses nothing, and `resume` goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..core.chunk_settings import DEFAULT, FACT, ChunkSettings
from ..core.errors import DocumentError
from ..core.events import DocumentChanged, DocumentSkipped, DocumentsRemoved, Emit, ignore
from ..core.ports import FoundFile, Ports
from ..core.types import Document, DocumentState, IndexOutcome
from .indexing_read import settings_of
from .indexing_run import Run, work_on
from .indexing_shared import shared_by

UNFINISHED = (DocumentState.QUEUED, DocumentState.READING, DocumentState.EMBEDDING)


async def index(
    paths: Sequence[str | Path], ports: Ports, emit: Emit = ignore
) -> list[IndexOutcome]:
    """Add files and folders; one outcome for each file, in order.

    A file that cannot be read fails its own row; one whose bytes are there already is not read
    again. The older version of a changed file is removed once the new one is ready.
    """
    found = await ports.files.expand([str(path) for path in paths])
    _tell_of_others([file for file in found if file.other], emit)
    wanted = [file for file in found if not file.other]
    run = Run(ports, emit, await ports.store.documents(), len(wanted),
              await settings_of(ports))

    async def take_in() -> None:
        for place, file in enumerate(wanted):
            await _take_in(file, place, run)

    return await work_on(run, take_in())


async def _take_in(file: FoundFile, place: int, run: Run) -> None:
    """Give the file a row, unless its bytes have one."""
    ports = run.ports
    try:
        read = await ports.files.read(file.path)
    except DocumentError as error:
        run.skip(place, file, "failed", str(error), str(error))
        return
    async with shared_by(ports.store).intake:
        known = await ports.store.document_by_hash(read.sha256)
        if known is None:
            known = await ports.store.add_document(file.name, file.path, read.sha256, read.content)
        elif known.state is DocumentState.READY or not run.may_claim(known):
            _skip_known(file, place, known, run)
            return
        await run.claim(known, place)


def _skip_known(file: FoundFile, place: int, known: Document, run: Run) -> None:
    if known.path == file.path or known.name == file.name:
        run.skip(place, file, "unchanged", "It is here already, unchanged")
    else:
        run.skip(place, file, "duplicate", f"It is here already as {known.name}")


def _tell_of_others(others: Sequence[FoundFile], emit: Emit) -> None:
    """One word about all files in folders that are of kinds that are not read."""
    if not others:
        return
    kinds = sorted({Path(file.name).suffix.lower() or "no ending" for file in others})
    files = "1 file" if len(others) == 1 else f"{len(others):,} files"
    shown = ", ".join(kinds[:5]) + (", ..." if len(kinds) > 5 else "")
    emit(DocumentSkipped(str(Path(others[0].path).parent),
                         f"{files} in folders are not of a kind that is read ({shown})"))


async def resume(ports: Ports, emit: Emit = ignore) -> list[IndexOutcome]:
    """Go on with documents that a quit, a cancel or a crash left unfinished."""
    documents = await ports.store.documents()
    return await _go_on([d for d in documents if d.state in UNFINISHED], ports, emit)


async def retry(
    ids: Sequence[int], ports: Ports, emit: Emit = ignore
) -> list[IndexOutcome]:
    """Read documents again, from the bytes that the workspace keeps: those that failed, were
    skipped or wait for the embedder, and with another version's eyes those that are ready."""
    documents = [d for d in await ports.store.documents() if d.id in ids]
    return await _go_on(documents, ports, emit, fresh=True)


async def skip(ids: Sequence[int], ports: Ports, emit: Emit = ignore) -> None:
    """Leave documents that failed at that: they stay listed, and are tried no more."""
    for document in await ports.store.documents():
        if document.id in ids and document.state is DocumentState.FAILED:
            emit(DocumentChanged(await ports.store.set_document(
                document.id, DocumentState.SKIPPED, error=document.error,
                remedy=document.remedy)))


async def split_anew(
    settings: ChunkSettings, ports: Ports, emit: Emit = ignore
) -> list[IndexOutcome]:
    """Cut all documents as `settings` say, and keep them for those that come.

    No file is read again and no text is embedded twice. Documents that wait are found by
    their old chunks until it is their turn; `resume` goes on after a quit.
    """
    await ports.store.set_fact(FACT, None if settings == DEFAULT else settings.as_dict())
    readable = (*UNFINISHED, DocumentState.READY)
    documents = [d for d in await ports.store.documents() if d.state in readable]
    return await _go_on(documents, ports, emit, anew=True)


async def remove(ids: Sequence[int], ports: Ports, emit: Emit = ignore) -> None:
    """Take documents out of every search; `restore` undoes it until the workspace closes."""
    Run.let_go(ports, ids)
    hidden = await ports.store.remove_documents(ids)
    emit(DocumentsRemoved(tuple(ids)))
    await ports.vectors.remove(hidden)


async def restore(
    ids: Sequence[int], ports: Ports, emit: Emit = ignore
) -> list[IndexOutcome]:
    """Bring removed documents back, and finish those that were not ready."""
    async with shared_by(ports.store).same_embedder():
        documents = await ports.store.restore_documents(ids)
        for document in documents:
            emit(DocumentChanged(document))
            chunk_ids, vectors = await ports.store.vectors_of(ports.embedder.id, document.id)
            await ports.vectors.add(chunk_ids.tolist(), vectors)
    return await _go_on([d for d in documents if d.state in UNFINISHED], ports, emit)


async def _go_on(
    documents: Sequence[Document], ports: Ports, emit: Emit, *, anew: bool = False,
    fresh: bool = False,
) -> list[IndexOutcome]:
    run = Run(ports, emit, await ports.store.documents(), len(documents),
              await settings_of(ports))

    async def claim() -> None:
        for place, document in enumerate(documents):
            if run.may_claim(document):
                ready = document.state is DocumentState.READY
                await run.claim(document, place, anew=anew or (fresh and ready),
                                fresh=fresh and document.state is not DocumentState.EMBEDDING)

    return await work_on(run, claim())
