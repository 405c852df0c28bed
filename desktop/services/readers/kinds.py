"""Which kind of document a file is: by what it holds first, then by its name."""

from __future__ import annotations

import re
from typing import Literal

from ...core.errors import DocumentError

Kind = Literal["pdf", "docx", "md", "txt", "html"]
SUFFIXES: dict[str, Kind] = {
    ".pdf": "pdf", ".docx": "docx", ".md": "md", ".markdown": "md", ".txt": "txt",
    ".text": "txt", ".html": "html", ".htm": "html", ".xhtml": "html",
}
_PDF_WITHIN = 1024  # bytes of anything may precede a PDF's header
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*<(?:!doctype\s+)?html\b",
    re.IGNORECASE | re.DOTALL,
)
_ZIP = b"PK\x03\x04"
_WORD_PART = b"word/document.xml"


def suffix_of(name: str) -> str:
    """In lower case, with its dot; "" without one."""
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def kind_of(name: str, content: bytes) -> Kind:
    """Raises DocumentError for a kind that is not read."""
    head = content[:4096]
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith(_ZIP) and _WORD_PART in content:
        return "docx"
    if _HTML.match(head):
        return "html"
    kind = SUFFIXES.get(suffix_of(name))
    if kind is None:
        raise not_read(name)
    return kind


def not_read(name: str) -> DocumentError:
    return DocumentError(
        f"{name} is not a kind that is read; pdf, docx, md, txt and html are",
        remedy="Save it as one of these and drop it again",
    )
