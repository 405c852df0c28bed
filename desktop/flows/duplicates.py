"""Documents that say the same in files that differ, such as a Word file and its copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..core.ports import Ports
from ..core.types import Document

SLACK = 16  # characters of white space that the same text may have more in another file


async def same_text(ports: Ports) -> dict[int, str]:
    """The name of the older document with the same words, by the id of the newer one.

    Only documents of nearly equal length are compared, and white space is not. Files with
    equal bytes are never here twice.
    """
    found: dict[int, str] = {}
    first: dict[int, str] = {}  # by the hash of the words
    for document in sorted(_alike(await ports.store.documents()), key=lambda d: d.id):
        pages = await ports.store.pages(document.id)
        words = hash(tuple(" ".join(page.text.split()) for page in pages))
        if words in first:
            found[document.id] = first[words]
        first.setdefault(words, document.name)
    return found


def _alike(documents: Sequence[Document]) -> Iterator[Document]:
    """Those that have about the length of another one, each once."""
    groups: dict[tuple[int, int], list[Document]] = defaultdict(list)
    for document in documents:
        if document.characters:
            groups[document.pages, document.chunks].append(document)
    for group in groups.values():
        ordered = sorted(group, key=lambda d: d.characters)
        near = [b.characters - a.characters <= SLACK for a, b in pairwise(ordered)]
        for place, document in enumerate(ordered):
            if any(near[max(0, place - 1):place + 1]):
                yield document
