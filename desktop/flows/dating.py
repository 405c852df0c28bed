"""The dates of the documents, read from their text once and remembered with the workspace."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, get_args

from ..core.advice.knowledge import Dated, How, date_of
from ..core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..core.ports import Ports
    from ..core.types import Document

FACT = "document dates"  # {sha256: [date, how]}; ["", ""] for a document without one
MOST_PAGES = 200  # of a document: a date that matters stands at its beginning or end


async def date_documents(ports: Ports) -> tuple[tuple[Dated, ...], int]:
    """`(those that have a date, all that could be read)`."""
    documents = [each for each in await ports.store.documents() if each.characters]
    fact = await ports.store.fact(FACT)
    known: Mapping[str, Sequence[str]] = fact if isinstance(fact, dict) else {}
    hashes = {each.sha256 for each in documents}
    found: dict[str, Sequence[str]] = {
        sha: row for sha, row in known.items()
        if sha in hashes and isinstance(row, list) and list(map(type, row)) == [str, str]}
    for document in documents:
        if document.sha256 not in found:
            found[document.sha256] = await _read(document, ports)
    if found != known:
        await ports.store.set_fact(FACT, {sha: list(row) for sha, row in found.items()})
    return tuple(dated for document in documents
                 if (dated := _dated(document, found[document.sha256]))), len(documents)


async def _read(document: Document, ports: Ports) -> Sequence[str]:
    try:
        pages = await ports.store.pages(document.id)
    except DocumentError:  # removed meanwhile
        pages = []
    half = MOST_PAGES // 2
    texts = [page.text for page in (pages if len(pages) <= MOST_PAGES
                                    else [*pages[:half], *pages[-half:]])]
    today = ports.clock.now()[:10]
    dated = await asyncio.to_thread(date_of, document.name, texts, today)
    return (dated.date, dated.how) if dated else ("", "")


def _dated(document: Document, row: Sequence[str]) -> Dated | None:
    """A workspace may come from anywhere: only what was written so is believed."""
    if len(row) != 2 or row[1] not in get_args(How) or not row[0]:
        return None
    how: How = "its file's name" if row[1] == "its file's name" else "a date in its text"
    return Dated(document.name, str(row[0]), how)
