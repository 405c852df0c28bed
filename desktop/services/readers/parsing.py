"""Each kind of file with its reader. Only the libraries that a file needs are loaded."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ...core.errors import DocumentError
from . import kinds
from .parsed import Parsed

_READERS: dict[kinds.Kind, str] = {
    "pdf": "pdf", "docx": "docx", "pptx": "pptx", "xlsx": "workbook", "html": "html",
    "csv": "csv_table", "json": "json_text", "md": "plain", "txt": "plain",
}


def parse(name: str, content: bytes) -> Parsed:
    """Raises DocumentError for whatever is wrong with the file."""
    if not content:
        raise DocumentError("The file is empty", remedy="Drop a file that holds text")
    kind = kinds.kind_of(name, content)
    if kind == "eml":
        from . import mail

        return mail.read(content, _attached)
    read: Callable[[bytes], Parsed] = import_module(f".{_READERS[kind]}", __package__).read
    return read(content)


def _attached(name: str, content: bytes) -> Parsed:
    """What hangs on a mail; a mail on a mail would have no end."""
    if kinds.kind_of(name, content) == "eml":
        raise kinds.not_read(name)
    return parse(name, content)
