"""Find the passages that speak to a question."""

from __future__ import annotations

from ..core.ports import Ports
from ..core.reranking import depth_of, pick, rescore, sentences_of
from ..core.retrieval import CANDIDATES, around, by_id, match_expression, rank, widen, with_previous
from ..core.types import Hit, RetrievalProfile


async def search(question: str, profile: RetrievalProfile, ports: Ports) -> list[Hit]:
    """The profile's `top` hits, best first; none for a question without words.

    While vectors are still being made, chunks without one are found by their words alone.
    Raises EmbedderUnavailable.
    """
    hits = await _first_pass(question, profile, ports)
    if profile.second_pass and hits:
        hits = rescore(hits, await _best_sentences(question, hits, ports))
    hits = pick(hits, profile)
    return await _readable(hits, ports) if profile.joined else hits


async def _first_pass(question: str, profile: RetrievalProfile, ports: Ports) -> list[Hit]:
    match = match_expression(question)
    if not match:
        return []
    lexical: list[tuple[int, float]] = []
    if profile.mode != "dense":
        lexical = await ports.store.lexical_search(match, CANDIDATES)
    dense: list[tuple[int, float]] = []
    partial = False
    if profile.mode != "lexical":
        dense, partial = await _nearest(question, ports)
    chunks = by_id(await ports.store.chunks(with_previous(dense, lexical)))
    return rank(dense, lexical, chunks, mode=profile.mode, top=depth_of(profile), partial=partial)


async def _best_sentences(question: str, hits: list[Hit], ports: Ports) -> list[float]:
    """For each hit the cosine of its sentence that is nearest to the question."""
    sentences = [sentences_of(hit) for hit in hits]
    texts = list(dict.fromkeys(text for each in sentences for text in each))
    vectors = await ports.embedder.embed([question, *texts], urgent=True)
    near = dict(zip(texts, (vectors[1:] @ vectors[0]).tolist(), strict=True))
    return [max(near[text] for text in each) for each in sentences]


async def _readable(hits: list[Hit], ports: Ports) -> list[Hit]:
    """Short chunks with their neighbours: a passage one can answer from."""
    chunks = by_id(await ports.store.chunks(around(hits)))
    texts = [await ports.store.page(hit.document_id, hit.page_index) for hit in hits]
    return [widen(hit, chunks, page.text) for hit, page in zip(hits, texts, strict=True)]


async def _nearest(question: str, ports: Ports) -> tuple[list[tuple[int, float]], bool]:
    """The nearest chunks, and whether some chunks have no vector yet.

    Then all that have one are fetched, so that a chunk without is told from a distant one.
    """
    total, embedded = await ports.store.counts(ports.embedder.id)
    if not embedded:
        return [], True
    vectors = await ports.embedder.embed([question], urgent=True)
    partial = embedded < total
    depth = embedded if partial else CANDIDATES
    return await ports.vectors.search(vectors[0], depth), partial
