"""Office files are zip archives: what is inflated is counted before a library trusts it."""

from __future__ import annotations

import io
import zipfile

from ...core.errors import DocumentError

MOST_ENTRIES = 2_000
MOST_INFLATED = 200_000_000  # bytes
HIGHEST_RATIO = 200
_SMALL = 10_000_000  # bytes: whatever their ratio, they do no harm
_BLOCK = 1 << 20

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # Office's files before 2007, and encrypted ones since
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def refuse_old(content: bytes, program: str, suffix: str) -> None:
    """Raises DocumentError for what Office wrote before 2007, and for what needs a password."""
    if not content.startswith(_OLE):
        return
    if _ENCRYPTED in content:
        raise DocumentError("Needs a password",
                            remedy="Remove the password and drop the file again")
    raise DocumentError(
        f"Is a {program} file of the old kind (.{suffix[:-1]})",
        remedy=f"Open it in {program}, save it as .{suffix} and drop that",
    )


def check(content: bytes, program: str) -> None:
    """Inflate every entry, counting real bytes, before anything else trusts the directory.

    Raises DocumentError for an archive that is damaged or made to do harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _harmful(f"It has {len(entries):,} parts", program)
            inflated = 0
            for entry in entries:
                inflated += _inflate(archive, entry, MOST_INFLATED - inflated, program)
            if inflated > _SMALL and inflated > HIGHEST_RATIO * len(content):
                times = inflated // len(content)
                raise _harmful(f"It unpacks to {times} times its size", program)
    except DocumentError:
        raise
    except Exception as error:  # zipfile, zlib and lzma each raise their own
        raise damaged(error, program) from error


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int, program: str
) -> int:
    """The entry's real size in bytes."""
    if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
        raise _harmful("A part of it points outside", program)
    is_xml = entry.filename.endswith((".xml", ".rels"))
    size = 0
    with archive.open(entry) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            if size > allowed:
                most = MOST_INFLATED // 1_000_000
                raise _harmful(f"It unpacks to more than {most} MB", program)
            if is_xml and b"<!DOCTYPE" in block:
                raise _harmful(f"It declares entities of its own, which {program} never does",
                               program)
    return size


def damaged(error: Exception, program: str) -> DocumentError:
    """For what a library says about a file."""
    return DocumentError(
        f"Is damaged or not a file of {program}",
        remedy=f"Open it in {program}, save it anew and drop it again",
        details=f"{type(error).__name__}: {error}",
    )


def _harmful(why: str, program: str) -> DocumentError:
    return DocumentError(
        f"Is not a file of {program} that can be read safely", why=why,
        remedy=f"Open it in {program}, save it anew and drop it again",
    )
