"""Documents in zip archives, without unpacking anything to the disk.

A file in an archive goes by the path it would have if the archive were a folder. Names in
archives are shown and never used as paths; sizes are counted while inflating, not believed.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ..core.errors import DocumentError

MOST_ENTRIES = 2_000
LARGEST_SUM = 2_000_000_000  # bytes, as the archive states
HIGHEST_RATIO = 200
_SMALL = 10_000_000  # bytes: whatever their ratio, they do no harm
_BLOCK = 1 << 20


def members(path: str) -> list[str]:
    """Names of the files in an archive, sorted; hidden ones, links and folders are left out.

    Raises DocumentError: not an archive, or one made to do harm.
    """
    with _opened(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise _harmful(path, f"It holds {len(entries):,} files, of at most {MOST_ENTRIES:,}")
        if sum(entry.file_size for entry in entries) > LARGEST_SUM:
            raise _harmful(path, f"It unpacks to more than {LARGEST_SUM // 10**9} GB")
        return sorted({entry.filename for entry in entries if _is_plain(entry)})


def split(path: str) -> tuple[str, str] | None:
    """The archive and the name in it, for a path that leads into one; None for any other."""
    for above in Path(path).parents:
        if above.is_file():
            return str(above), Path(path).relative_to(above).as_posix()
        if above.exists():
            return None
    return None


def read(path: str, name: str, largest: int) -> bytes:
    """One file of an archive, up to `largest` bytes. Raises DocumentError."""
    with _opened(path) as archive:
        entry = next((each for each in archive.infolist() if each.filename == name), None)
        if entry is None or not _is_plain(entry):
            raise DocumentError(f"{name} is not in {Path(path).name}",
                                remedy="Drop the archive again")
        if entry.flag_bits & 1:
            raise DocumentError(f"{PurePosixPath(name).name} needs a password",
                                remedy="Unpack it and drop the file itself")
        return b"".join(_blocks(archive, entry, path, largest))


def _blocks(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, largest: int
) -> Iterator[bytes]:
    size = 0
    with archive.open(entry) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            if size > largest:
                raise _harmful(path, f"A file in it has more than {largest / 1e6:,.0f} MB")
            if size > _SMALL and size > HIGHEST_RATIO * max(1, entry.compress_size):
                raise _harmful(path, "A file in it unpacks to more than "
                                     f"{HIGHEST_RATIO} times its size")
            yield block


@contextmanager
def _opened(path: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except DocumentError:
        raise
    except Exception as error:  # zipfile, zlib, lzma and the disk each raise their own
        raise DocumentError(
            f"{Path(path).name} cannot be unpacked", why="It is damaged or no zip archive",
            remedy="Unpack it yourself and drop the folder",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    link = stat.S_ISLNK(entry.external_attr >> 16)
    parts = PurePosixPath(entry.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) or part == "/" for part in parts)
    return bool(parts) and not (entry.is_dir() or link or hidden)


def _harmful(path: str, why: str) -> DocumentError:
    return DocumentError(
        f"{Path(path).name} cannot be unpacked safely", why=why,
        remedy="Unpack it yourself and drop what you need",
    )
