"""Documents that say the same in files that differ, such as a Word file and its copy."""

from __future__ import annotations

from collections import defaultdict

from ..core.ports import Ports
from ..core.types import Document


async def same_text(ports: Ports) -> dict[int, str]:
    """The name of the older document with exactly the same text, by the id of the newer one.

    Only documents of equal length are compared. Files with equal bytes are never here twice.
    """
    alike: dict[tuple[int, int], list[Document]] = defaultdict(list)
    for document in await ports.store.documents():
        if document.characters:
            alike[document.pages, document.characters].append(document)
    found: dict[int, str] = {}
    for group in alike.values():
        first: dict[int, str] = {}  # by the hash of the text
        for document in group if len(group) > 1 else ():
            pages = await ports.store.pages(document.id)
            text = hash(tuple(page.text for page in pages))
            if text in first:
                found[document.id] = first[text]
            first.setdefault(text, document.name)
    return found
