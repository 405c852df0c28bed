"""Folders that are watched: what is remembered of them, and what changed meanwhile.

A workspace may come from a stranger: what it says is checked here, and no folder is looked into
before the user of this machine said so (`Settings.may_watch`).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

from .types import Document

FACT = "watched folders"  # of the workspace
MOST = 20  # folders
_LONGEST = 4096  # characters of a path


class FolderWatcher(Protocol):
    """Tells of changes in a folder. Links in it are not followed."""

    def changes(self, folder: str) -> AsyncGenerator[bool]:
        """Whether the folder is there: once at first, and whenever something in it changed and
        has been quiet since, or it came or went. Close it when done."""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """`seen` has the sha256 of files by their path below the folder: those that were taken in.
    One that the user removed afterwards stays away until it changes."""

    path: str
    remove_gone: bool = False  # documents whose file is deleted go; else they are marked
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name or self.path

    def holds(self, path: str) -> bool:
        """Whether a file lies in it."""
        return self.below(path) is not None

    def below(self, path: str) -> str | None:
        """The path from the folder on, with slashes; None for one that lies elsewhere."""
        if not path or not PurePath(path).is_relative_to(self.path):
            return None
        return PurePath(path).relative_to(self.path).as_posix()


@dataclass(frozen=True, slots=True)
class Difference:
    """What there is to do for a folder: paths to index, and ids of documents."""

    new: tuple[str, ...] = ()  # files that are new, or other than they were
    gone: tuple[int, ...] = ()  # their file was deleted
    back: tuple[int, ...] = ()  # their file is there again, unchanged
    moved: tuple[int, ...] = ()  # their file has another name now, which is among `new`


def difference(
    folder: WatchedFolder, documents: Iterable[Document], found: Mapping[str, str]
) -> Difference:
    """`found` has the sha256 of each file in the folder by its full path, "" for one that
    cannot be read."""
    known = {document.sha256 for document in documents}
    here = {document.path: document for document in documents if folder.holds(document.path)}
    new = [path for path, sha in found.items() if _is_new(path, sha, folder, here.get(path))]
    lost = [document for path, document in here.items() if path not in found]
    fresh = {found[path] for path in new}
    moved = [document.id for document in lost if document.sha256 in fresh]
    elsewhere = known - {document.sha256 for document in lost}
    return Difference(
        tuple(path for path in new if found[path] not in elsewhere),
        tuple(d.id for d in lost if d.id not in moved and (folder.remove_gone or not d.gone)),
        tuple(d.id for path, d in here.items() if d.gone and found.get(path) == d.sha256),
        tuple(moved),
    )


def _is_new(path: str, sha: str, folder: WatchedFolder, document: Document | None) -> bool:
    if document is not None:
        return bool(sha) and document.sha256 != sha
    return bool(sha) and folder.seen.get(folder.below(path) or "") != sha


def seen_now(folder: WatchedFolder, documents: Iterable[Document]) -> dict[str, str]:
    """What `seen` is, once these documents are in the workspace."""
    taken = {below: document.sha256 for document in documents
             if (below := folder.below(document.path)) is not None}
    return {**folder.seen, **taken}


def folders_from(value: object) -> tuple[WatchedFolder, ...]:
    """What is stored under `FACT`, as far as it makes sense."""
    made = [_folder(each) for each in value[:MOST]] if isinstance(value, list) else []
    unique = {folder.path: folder for folder in made if folder is not None}
    return tuple(unique.values())


def _folder(value: object) -> WatchedFolder | None:
    found: Mapping[str, Any] = value if isinstance(value, dict) else {}
    path, seen = found.get("path"), found.get("seen")
    if not isinstance(path, str) or len(path) > _LONGEST or not PurePath(path).is_absolute():
        return None
    pairs = seen.items() if isinstance(seen, dict) else ()
    return WatchedFolder(path, found.get("remove_gone") is True, {
        name: sha for name, sha in pairs if isinstance(sha, str)})


def as_json(folders: Iterable[WatchedFolder]) -> list[dict[str, Any]] | None:
    """What is stored; None for no folder."""
    return [{**asdict(folder), "seen": dict(folder.seen)} for folder in folders] or None
