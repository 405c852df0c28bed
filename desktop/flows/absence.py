"""Ask the indexes why a page was not among the passages of a question."""

from __future__ import annotations

from ..core.absence import Absence, explain
from ..core.ports import Ports
from ..core.retrieval import by_id, match_expression, telling_words, with_previous
from ..core.types import RetrievalProfile

DEPTH = 5_000  # chunks of each list that are looked at


async def why_not(
    question: str, document_id: int, page_index: int, profile: RetrievalProfile, ports: Ports, *,
    start: int = 0, end: int = 0,
) -> Absence:
    """About the page, or about the chunks of it that `start` to `end` touches, where given.

    Raises EmbedderUnavailable.
    """
    wanted = await ports.store.page_chunks(document_id, page_index)
    touched = [chunk for chunk in wanted if chunk.start < end and chunk.end > start]
    match = match_expression(question)
    lexical = await ports.store.lexical_search(match, DEPTH) if match else []
    dense: list[tuple[int, float]] = []
    embedder = ports.embedder.id
    if ports.vectors.count and match:
        vector = await ports.embedder.query(question)
        if ports.embedder.id == embedder:  # else switched meanwhile: by words alone
            dense = await ports.vectors.search(vector, DEPTH)
    chunks = by_id(await ports.store.chunk_places(with_previous(dense, lexical)))
    return explain(profile, dense, lexical, chunks, touched or wanted, telling_words(question))
