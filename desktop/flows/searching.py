"""Find the passages that speak to a question.

Both lists are made at the same time, each on a thread of its own: on two cores the longer one
is all that is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from ..core.errors import ConfigurationError, EmbedderUnavailable
from ..core.ports import Ports
from ..core.reranking import depth_of, pick, reorder, rescore, sentences_of
from ..core.retrieval import (
    CANDIDATES,
    around,
    by_id,
    match_expression,
    rank,
    widen,
    with_previous,
    with_texts,
)
from ..core.types import Hit, RetrievalProfile

BY_WORDS = "Searched by words only"
Scored = list[tuple[int, float]]


async def search(question: str, profile: RetrievalProfile, ports: Ports) -> list[Hit]:
    """The profile's `top` hits, best first; none for a question without words.

    While vectors are still being made, chunks without one are found by their words alone.
    Raises EmbedderUnavailable, ConfigurationError for a cross-encoder that is not here.
    """
    hits = await _first_pass(question, profile, ports)
    if profile.cross_encoder:
        hits = reorder(hits, await _cross_encoder(question, hits, ports))
    elif profile.second_pass and hits:
        hits = rescore(hits, await _best_sentences(question, hits, ports))
    hits = pick(hits, profile)
    return await _readable(hits, ports) if profile.joined else hits


async def search_anyhow(
    question: str, profile: RetrievalProfile, ports: Ports
) -> tuple[list[Hit], str]:
    """As `search`, for somebody who looks at the result: where the embedding model is not at
    hand, a hybrid profile searches by words, and says so in the second value. Runs and
    comparisons fail instead: their figures would be of another profile."""
    try:
        problem = ports.chooser.problem if ports.chooser is not None else None
        if problem is not None and profile.mode != "lexical":
            raise problem
        return await search(question, profile, ports), ""
    except EmbedderUnavailable as error:
        if profile.mode != "hybrid" or profile.cross_encoder:
            raise
        words = replace(profile, mode="lexical", second_pass=False)
        return await search(question, words, ports), f"{BY_WORDS}. {error}"


async def _cross_encoder(question: str, hits: list[Hit], ports: Ports) -> list[float]:
    if ports.reranker is None or not ports.reranker.id:
        raise ConfigurationError(
            "The profile wants a cross-encoder, and none is chosen on this machine",
            remedy="Choose its folder under Tools, Embedding model, or take a profile without")
    return await ports.reranker.scores(question, [hit.text for hit in hits]) if hits else []


async def _first_pass(question: str, profile: RetrievalProfile, ports: Ports) -> list[Hit]:
    match = match_expression(question)
    if not match:
        return []
    dense, lexical = await _both_lists(question, match, profile, ports)
    places = by_id(await ports.store.chunk_places(with_previous(dense, lexical)))
    waiting = ports.vectors.without([chunk_id for chunk_id, _ in lexical])
    hits = rank(dense, lexical, places, mode=profile.mode, top=depth_of(profile), waiting=waiting)
    return with_texts(hits, await ports.store.chunks([hit.chunk_id for hit in hits]))


async def _both_lists(
    question: str, match: str, profile: RetrievalProfile, ports: Ports
) -> tuple[Scored, Scored]:
    """The nearest chunks, and those with the question's words; as the mode wants them."""
    try:
        async with asyncio.TaskGroup() as group:
            dense = group.create_task(_nearest(question, profile, ports))
            lexical = group.create_task(_by_words(match, profile, ports))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return dense.result(), lexical.result()


async def _nearest(question: str, profile: RetrievalProfile, ports: Ports) -> Scored:
    if profile.mode == "lexical" or not ports.vectors.count:
        return []
    embedder = ports.embedder.id
    vector = await ports.embedder.query(question)
    if ports.embedder.id != embedder:  # switched meanwhile: the index holds other vectors now
        return await _nearest(question, profile, ports)
    return await ports.vectors.search(vector, CANDIDATES)


async def _by_words(match: str, profile: RetrievalProfile, ports: Ports) -> Scored:
    if profile.mode == "dense":
        return []
    return await ports.store.lexical_search(match, CANDIDATES)


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


async def matched_words(question: str, hits: Sequence[Hit], ports: Ports) -> frozenset[str]:
    """The words of the question as the hits have them, in lower case: "covered" for "cover"."""
    match = match_expression(question)
    near = [chunk.id for chunk in await ports.store.chunk_places(around(hits))]
    if not match or not near:
        return frozenset()
    return frozenset(await ports.store.matched_words(match, near))
