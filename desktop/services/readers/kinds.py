"""Which kind of document a file is: by what it holds first, then by its name."""

from __future__ import annotations

import re
from typing import Literal

from ...core.errors import DocumentError

Kind = Literal["pdf", "docx", "pptx", "xlsx", "csv", "html", "eml", "json", "md", "txt"]
SUFFIXES: dict[str, Kind] = {
    ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".xls": "xlsx", ".ods": "xlsx", ".csv": "csv", ".tsv": "csv", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".eml": "eml", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".md": "md", ".markdown": "md", ".txt": "txt", ".text": "txt",
}
# Text under other names: in a folder these are taken, elsewhere whatever looks like text.
TEXTS = frozenset({
    ".bat", ".c", ".cc", ".cfg", ".conf", ".cpp", ".cs", ".css", ".go", ".h", ".hpp", ".ini",
    ".java", ".js", ".kt", ".log", ".lua", ".php", ".pl", ".properties", ".ps1", ".py", ".r",
    ".rb", ".rs", ".rst", ".scala", ".sh", ".sql", ".swift", ".tex", ".toml", ".ts", ".tsx",
    ".vb", ".xml", ".yaml", ".yml",
})
ARCHIVE = ".zip"
_OLD = {".doc": "docx", ".ppt": "pptx"}  # their readers say what to do
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PDF_WITHIN = 1024  # bytes of anything may precede a PDF's header
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*<(?:!doctype\s+)?html\b",
    re.IGNORECASE | re.DOTALL,
)
ZIP = b"PK\x03\x04"
_PARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"word/document.xml", "docx"), (b"ppt/presentation.xml", "pptx"), (b"xl/workbook.", "xlsx"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "xlsx"),
)
_SAMPLE = 4096  # bytes
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32)})


def suffix_of(name: str) -> str:
    """In lower case, with its dot; "" without one."""
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def is_known(name: str) -> bool:
    """Whether a file in a folder is taken without looking into it."""
    suffix = suffix_of(name)
    return suffix in SUFFIXES or suffix in TEXTS or suffix in _OLD


def kind_of(name: str, content: bytes) -> Kind:
    """Raises DocumentError for a kind that is not read."""
    head, suffix = content[:_SAMPLE], suffix_of(name)
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith(ZIP):
        for part, kind in _PARTS:
            if part in content:
                return kind
    if head.startswith(_OLE) and suffix in _OLD:
        return "docx" if suffix == ".doc" else "pptx"
    if suffix != ".eml" and _HTML.match(head):
        return "html"
    known = SUFFIXES.get(suffix)
    if known is not None:
        return known
    if not is_text(head):
        raise not_read(name)
    return "txt"


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file look like letters: no NUL, hardly a control."""
    if head.startswith(_UTF16):
        return True
    return len(head.translate(None, _CONTROLS)) >= 0.98 * len(head) and b"\0" not in head


def not_read(name: str) -> DocumentError:
    return DocumentError(
        f"{name} is not a kind that is read; pdf, docx, pptx, xlsx, csv, html, eml, json, md and "
        "text are", remedy="Save it as one of these and drop it again",
    )
