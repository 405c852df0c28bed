"""What happens when a folder is watched: new, changed and deleted files reach the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.errors import DocumentError
from ..core.events import DocumentChanged, DocumentSkipped, Emit, ignore
from ..core.ports import Ports
from ..core.watching import FACT, WatchedFolder, as_json, difference, folders_from, seen_now
from . import indexing

_LOCKS = "~$"  # how office programs begin the name of a file that says who has one open


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look into a folder found."""

    files: int
    new: tuple[str, ...]  # paths to be indexed
    gone: int


async def folders_of(ports: Ports) -> tuple[WatchedFolder, ...]:
    """The watched folders of a workspace, confirmed on this machine or not."""
    return folders_from(await ports.store.fact(FACT))


async def save_folders(folders: Sequence[WatchedFolder], ports: Ports) -> None:
    """All of them."""
    await ports.store.set_fact(FACT, as_json(folders))


async def look(folder: WatchedFolder, ports: Ports, emit: Emit = ignore) -> Looked:
    """Compare a folder, by the hashes of its files, with the documents that came from it.

    Documents whose file was deleted are marked, or removed where the user chose that. What is
    to be indexed is returned: indexing has a queue of its own.
    """
    found = await _hashes(folder, ports, emit)
    changes = difference(folder, await ports.store.documents(), found)
    # An empty folder may be a disk that is not plugged in: then nothing is removed.
    removes = folder.remove_gone and bool(found)
    away = changes.moved + (changes.gone if removes else ())
    if away:
        await indexing.remove(away, ports, emit)
    if changes.gone and not removes:
        await _mark(changes.gone, True, ports, emit)
    if changes.back:
        await _mark(changes.back, False, ports, emit)
    return Looked(len(found), changes.new, len(changes.gone))


async def _hashes(folder: WatchedFolder, ports: Ports, emit: Emit) -> dict[str, str]:
    files = [file for file in await ports.files.expand([folder.path])
             if not file.other and file.path != folder.path
             and not file.name.startswith(_LOCKS)]
    found: dict[str, str] = {}
    for file in files:
        try:
            found[file.path] = (await ports.files.read(file.path)).sha256
        except DocumentError as error:
            found[file.path] = ""
            emit(DocumentSkipped(file.path, str(error)))
    return found


async def _mark(ids: Sequence[int], gone: bool, ports: Ports, emit: Emit) -> None:
    for document in await ports.store.mark_gone(ids, gone):
        emit(DocumentChanged(document))


async def note_seen(ports: Ports) -> None:
    """Remember which files were taken in: one that is removed by hand then stays away."""
    folders = await folders_of(ports)
    documents = await ports.store.documents()
    noted = [replace(folder, seen=seen_now(folder, documents)) for folder in folders]
    if [f.seen for f in noted] != [f.seen for f in folders]:
        await save_folders(noted, ports)
