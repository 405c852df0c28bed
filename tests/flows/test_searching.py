import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from desktop.core.types import DENSE, HYBRID, LEXICAL, Chunk, Page
from desktop.flows.searching import search

CHUNKS = {
    n: Chunk(n, 1, "plan.pdf", n - 1, n, 0, 5, text)
    for n, text in enumerate(["eyes", "teeth", "feet"], start=1)
}


class Store:
    def __init__(self, embedded: int) -> None:
        self.embedded = embedded

    async def counts(self, embedder_id: str) -> tuple[int, int]:
        return len(CHUNKS), self.embedded

    async def lexical_search(self, match: str, top: int) -> list[tuple[int, float]]:
        return [(n, 1.0) for n, chunk in CHUNKS.items() if f'"{chunk.text}"' in match][:top]

    async def chunks(self, ids: list[int]) -> list[Chunk]:
        return [CHUNKS[n] for n in ids if n in CHUNKS]

    async def page(self, document_id: int, page_index: int) -> Page:
        return Page(page_index + 1, CHUNKS[page_index + 1].text)


class Embedder:
    id = "fake"

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    async def embed(self, texts: list[str], *, urgent: bool = False) -> np.ndarray:
        self.asked += [(text, urgent) for text in texts]
        return np.ones((len(texts), 2), np.float32)


class Vectors:
    def __init__(self, found: list[tuple[int, float]]) -> None:
        self.found = found
        self.depths: list[int] = []

    async def search(self, vector: np.ndarray, top: int) -> list[tuple[int, float]]:
        assert vector.shape == (2,)
        self.depths.append(top)
        return self.found[:top]


def run(question, profile, embedded=3, found=((2, 0.8), (1, 0.2))):
    ports = SimpleNamespace(
        store=Store(embedded), embedder=Embedder(), vectors=Vectors(list(found))
    )
    return asyncio.run(search(question, profile, ports)), ports


def test_hybrid_search_asks_both_lists_and_embeds_the_question_at_once():
    hits, ports = run("are eyes covered?", HYBRID)
    assert [h.text for h in hits] == ["teeth", "eyes"]
    assert (hits[1].dense_rank, hits[1].lexical_rank) == (2, 1)
    assert ports.embedder.asked == [("are eyes covered?", True)]


def test_words_alone_need_no_embedder():
    hits, ports = run("feet", LEXICAL)
    assert [(h.text, h.dense_rank) for h in hits] == [("feet", None)]
    assert ports.embedder.asked == []


def test_meaning_alone_ignores_words():
    hits, _ = run("feet", DENSE)
    assert [(h.text, h.lexical_rank) for h in hits] == [("teeth", None), ("eyes", None)]


@pytest.mark.parametrize("profile", [HYBRID, DENSE])
def test_before_the_first_vector_nothing_is_embedded(profile):
    hits, ports = run("feet", profile, embedded=0)
    assert [h.text for h in hits] == (["feet"] if profile is HYBRID else [])
    assert ports.embedder.asked == []


def test_chunk_without_a_vector_yet_is_found_by_its_words():
    hits, ports = run("feet", HYBRID, embedded=2)
    assert hits[0].text == "feet"
    assert ports.vectors.depths == [2]


@pytest.mark.parametrize("question", ["", "  ", "?!"])
def test_question_without_words_finds_nothing(question):
    hits, ports = run(question, HYBRID)
    assert hits == []
    assert ports.embedder.asked == []
