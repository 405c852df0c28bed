"""The "Whole documents" rung: all the text that fits, page by page, instead of a search."""

from __future__ import annotations

from ..core.ports import Ports
from ..core.types import Document, Hit, Page
from .chunk_changes import pages_as_sent

UNKNOWN_WINDOW = 100_000  # tokens, when the model is not in the table
RESERVE = 0.2  # of the window, for instructions and the answer
CHARACTERS_PER_TOKEN = 3  # cautious: English needs 4 or more


async def whole_documents(ports: Ports, model: str) -> tuple[list[Hit], str]:
    """Pages as passages, in document order, and a note when not all of them fit."""
    room = int((ports.prices.window(model) or UNKNOWN_WINDOW) * (1 - RESERVE))
    room *= CHARACTERS_PER_TOKEN
    hits: list[Hit] = []
    total = 0
    for document in await ports.store.documents():
        if not document.pages:  # not read yet; one that is split anew has its pages
            continue
        for index, page in enumerate(await pages_as_sent(document, ports.store)):
            if not page.text.strip():
                continue
            total += 1
            if len(page.text) > room:
                room = 0  # keep the order: nothing after the first page that does not fit
                continue
            room -= len(page.text)
            hits.append(page_hit(len(hits) + 1, document, index, page))
    left_out = total - len(hits)
    return hits, f"{left_out} of {total} pages did not fit the model's window" if left_out else ""


def page_hit(rank: int, document: Document, index: int, page: Page) -> Hit:
    """A page as a passage; it stands for no chunk."""
    return Hit(
        rank, 1.0, 0, document.id, document.name, page.number, index, 0, len(page.text), page.text
    )
