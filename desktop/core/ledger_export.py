"""The ingest ledger as CSV for others: a row a document, nothing that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .evaluation.grid_export import Table, csv_of
from .types import Document

HEADS = ("document", "state", "cause", "what_to_do", "pages", "picture_pages", "characters",
         "characters_a_page", "language", "tables", "chunks", "embedded", "excluded", "edited",
         "seconds", "bytes", "same_text_as", "file_gone", "sha256")


def characters_a_page(document: Document) -> int:
    """The mean; few characters on many pages are a scan with hardly any text."""
    return document.characters // document.pages if document.pages else 0


def ledger_csv(documents: Sequence[Document], same: Mapping[int, str]) -> bytes:
    """In the order given; `same` names the document that has the text of another, by id.

    Paths are left out: a file for others does not say where things lie on this machine.
    """
    return csv_of(Table(HEADS, tuple(
        (d.name, d.state.value, d.error or d.warning, d.remedy, d.pages, d.empty_pages,
         d.characters, characters_a_page(d), d.language, "" if d.tables is None else d.tables,
         d.chunks, d.embedded, d.excluded, d.edited, round(d.seconds, 2), d.size,
         same.get(d.id, ""), "yes" if d.gone else "", d.sha256)
        for d in documents
    )))
