"""Tables as text files: csv and tsv, whatever separates their cells."""

from __future__ import annotations

import csv
import io

from . import tables
from .parsed import Parsed, one_page
from .plain import decode

_SAMPLE = 64_000  # characters, to guess the separator from
_SEPARATORS = ",;\t|"


def read(content: bytes) -> Parsed:
    """A file that is no table is read as plain text. Raises DocumentError for no text."""
    text = decode(content)
    csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), _dialect(text)))
    except csv.Error:
        return one_page(text)
    return one_page("\n".join(tables.lines([[cell or None for cell in row] for row in rows])))


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text[:_SAMPLE], _SEPARATORS)
    except csv.Error:  # a single column
        return csv.excel
