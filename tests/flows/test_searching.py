import asyncio
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from desktop.core.errors import EmbedderUnavailable
from desktop.core.types import DENSE, HYBRID, LEXICAL, Chunk, Page
from desktop.flows.searching import search

CHUNKS = {
    n: Chunk(n, 1, "plan.pdf", n - 1, n, 0, 5, text)
    for n, text in enumerate(["eyes", "teeth", "feet"], start=1)
}


class Store:
    async def lexical_search(self, match: str, top: int) -> list[tuple[int, float]]:
        return [(n, 1.0) for n, chunk in CHUNKS.items() if f'"{chunk.text}"' in match][:top]

    async def chunks(self, ids: list[int]) -> list[Chunk]:
        return [CHUNKS[n] for n in ids if n in CHUNKS]

    async def chunk_places(self, ids: list[int]) -> list[Chunk]:
        return [replace(chunk, text="") for chunk in await self.chunks(ids)]

    async def page(self, document_id: int, page_index: int) -> Page:
        return Page(page_index + 1, CHUNKS[page_index + 1].text)


class Embedder:
    id = "fake"

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    async def embed(self, texts: list[str], *, urgent: bool = False) -> np.ndarray:
        self.asked += [(text, urgent) for text in texts]
        return np.ones((len(texts), 2), np.float32)

    async def query(self, text: str) -> np.ndarray:
        return (await self.embed([text], urgent=True))[0]


class Vectors:
    def __init__(self, found: list[tuple[int, float]]) -> None:
        self.found = found

    @property
    def count(self) -> int:
        return len(self.found)

    def without(self, ids: list[int]) -> set[int]:
        return set(ids) - {each for each, _ in self.found}

    async def search(self, vector: np.ndarray, top: int) -> list[tuple[int, float]]:
        assert vector.shape == (2,)
        return self.found[:top]


def run(question, profile, found=((2, 0.8), (1, 0.2), (3, 0.1))):
    ports = SimpleNamespace(
        store=Store(), embedder=Embedder(), vectors=Vectors(list(found))
    )
    return asyncio.run(search(question, profile, ports)), ports


def test_hybrid_search_asks_both_lists_and_embeds_the_question_at_once():
    hits, ports = run("are eyes covered?", HYBRID)
    assert [h.text for h in hits] == ["teeth", "eyes", "feet"]
    assert (hits[1].dense_rank, hits[1].lexical_rank) == (2, 1)
    assert ports.embedder.asked == [("are eyes covered?", True)]


def test_words_alone_need_no_embedder():
    hits, ports = run("feet", LEXICAL)
    assert [(h.text, h.dense_rank) for h in hits] == [("feet", None)]
    assert ports.embedder.asked == []


def test_meaning_alone_ignores_words():
    hits, _ = run("feet", DENSE)
    assert [(h.text, h.lexical_rank) for h in hits] == [
        ("teeth", None), ("eyes", None), ("feet", None)]


@pytest.mark.parametrize("profile", [HYBRID, DENSE])
def test_before_the_first_vector_nothing_is_embedded(profile):
    hits, ports = run("feet", profile, found=())
    assert [h.text for h in hits] == (["feet"] if profile is HYBRID else [])
    assert ports.embedder.asked == []


def test_chunk_without_a_vector_yet_is_found_by_its_words():
    far = run("feet", HYBRID)[0]
    waiting = run("feet", HYBRID, found=((2, 0.8), (1, 0.2)))[0]
    assert [hits[0].text for hits in (far, waiting)] == ["teeth", "feet"]


def test_a_failing_embedder_is_told_as_it_is():
    class Broken(Embedder):
        async def embed(self, texts, *, urgent=False):
            raise EmbedderUnavailable("It is gone")

    ports = SimpleNamespace(store=Store(), embedder=Broken(), vectors=Vectors([(1, 0.5)]))
    with pytest.raises(EmbedderUnavailable, match="gone"):
        asyncio.run(search("feet", HYBRID, ports))


@pytest.mark.parametrize("question", ["", "  ", "?!"])
def test_question_without_words_finds_nothing(question):
    hits, ports = run(question, HYBRID)
    assert hits == []
    assert ports.embedder.asked == []
