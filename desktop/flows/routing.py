"""What dropped files are for, before anything is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import DocumentError
from ..core.evaluation.case_files import rows_with_header
from ..core.ports import DocumentReader, FileSource
from ..core.routing import LOOKED_AT, Place, Sighting, is_workbook, look, look_at_rows

LARGEST_BOOK = 20_000_000  # bytes: a larger workbook is not read only to be looked at


@dataclass(frozen=True, slots=True)
class Dropped:
    """A dropped file or folder, what it is for and what else it could be."""

    path: Path
    sighting: Sighting
    is_folder: bool = False


async def sort_out(
    paths: Sequence[Path], files: FileSource, reader: DocumentReader, application_id: int
) -> list[Dropped]:
    """Each path once, in the order given; nothing is changed. A file that cannot be opened is a
    document: adding it says why it cannot."""
    return [await _look_at(path, files, reader, application_id)
            for path in dict.fromkeys(paths)]


async def _look_at(
    path: Path, files: FileSource, reader: DocumentReader, application_id: int
) -> Dropped:
    found = await files.expand([str(path)])
    if len(found) != 1 or found[0].path != str(path.absolute()):
        return Dropped(path, _folder([file.name for file in found if not file.other]), True)
    try:
        start, whole = await _start_of(str(path), files)
        seen = look(path.name, start, whole=whole, application_id=application_id)
        if is_workbook(path.name):
            seen = await _book(path, files, reader)
    except DocumentError:
        seen = Sighting(Place.DOCUMENTS)
    return Dropped(path, seen)


def _folder(names: Sequence[str]) -> Sighting:
    count = len(names)
    if not count:
        return Sighting(Place.NOWHERE, "no file of a kind that is read")
    return Sighting(Place.DOCUMENTS, f"{count:,} file{'s' if count != 1 else ''}")


async def _start_of(path: str, files: FileSource) -> tuple[bytes, bool]:
    """The first bytes, and whether they are all."""
    async with aclosing(files.blocks(path)) as blocks:
        async for block in blocks:
            return block, len(block) < LOOKED_AT
    return b"", True


async def _book(path: Path, files: FileSource, reader: DocumentReader) -> Sighting:
    content = await files.read_any(str(path))
    if len(content) > LARGEST_BOOK:
        return Sighting(Place.DOCUMENTS, "a large workbook", (Place.CASES, Place.EXAMPLES))
    rows = await reader.rows(path.name, content)
    return look_at_rows(list(rows_with_header(enumerate(rows, start=1))), whole=True)


def summary(dropped: Sequence[tuple[Path, Place]]) -> str:
    """What will happen, in one sentence: "2 files to Documents, cases.csv to Cases"."""
    parts = []
    for place in Place:
        names = [path.name for path, chosen in dropped if chosen is place]
        if names and place is not Place.NOWHERE:
            what = names[0] if len(names) == 1 else f"{len(names)} files"
            parts.append(f"{what}: {place.value}" if place is Place.WORKSPACE
                         else f"{what} to {place.value}")
    return ", ".join(parts) + "." if parts else "Nothing will be added."
