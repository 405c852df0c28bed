"""Makes large workspaces for `scale.py`, from a small folder of real documents.

Random vectors lie all equally far from each other and random words never meet, so an index looks
faster, or an approximate one worse, than on documents. Here each chunk is bred from real ones:

- its vector lies between those of two real chunks of like meaning, plus noise with the covariance
  of the real ones (directions in which real chunks differ much get much of it), of length 1 again;
- its text is that of the first, with sentences of the second, and every fifth word replaced: by a
  word of the collection, or by an invented one, drawn by Zipf's law. So words have the long tail
  that large collections have, and the common ones stay common.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desktop.core.types import NewChunk, Page
from desktop.flows import indexing
from desktop.services import workspace
from desktop.services.embedder import OnnxEmbedder
from desktop.services.store import SqliteStore
from tests.end2end.killing import open_ports

CHUNKS_OF_DOCUMENT = 100
CHUNKS_OF_PAGE = 3
# Of the spread of the real chunks. With 0.5, as many bred chunks as there were real ones lie as far
# from each other as those do: nearest 0.87 against 0.89 in cosine, tenth 0.77 against 0.79.
NOISE = 0.5
_BLOCK = 10_000
INVENTED = 40_000  # words
REPLACED = 0.2  # of the words
LIKE = 20  # nearest real chunks of which one is mixed in
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il")]
_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True)
class Seeds:
    """Real chunks: texts and vectors (n, dimension)."""

    texts: list[str]
    vectors: Any


async def seeds_of(folder: Path, root: Path) -> Seeds:
    """The chunks of the documents in `folder`, by the product's own reader and embedder."""
    async with open_ports(root / "seeds.stratex", OnnxEmbedder()) as ports:
        paths = [path for path in sorted(folder.iterdir()) if path.suffix != ".jsonl"]
        await indexing.index(paths, ports)
        ids, vectors = await ports.store.vectors(ports.embedder.id)
        chunks = await ports.store.chunks(ids.tolist())
        return Seeds([chunk.text for chunk in chunks], vectors)


class Breeder:
    """Chunks like the seeds, as many as one wants, the same for the same `seed`."""

    def __init__(self, seeds: Seeds, seed: int = 7, noise: float = NOISE) -> None:
        self._seeds = seeds
        self._strength = noise
        self._draw = np.random.default_rng(seed)
        self._choose = random.Random(seed)
        near = seeds.vectors @ seeds.vectors.T
        self._like = np.argsort(-near, axis=1)[:, 1:LIKE + 1]
        centred = seeds.vectors - seeds.vectors.mean(axis=0)
        values, directions = np.linalg.eigh(centred.T @ centred / len(centred))
        self._noise = directions * np.sqrt(np.maximum(values, 0.0))
        words = sorted({word for text in seeds.texts for word in _WORD.findall(text)})
        self._choose.shuffle(words)
        self._words = words + [self._invent() for _ in range(INVENTED)]

    def _invent(self) -> str:
        return "".join(self._choose.choices(_SYLLABLES, k=self._choose.randint(2, 4)))

    def breed(self, count: int) -> tuple[list[str], Any]:
        """Texts and their vectors (count, dimension)."""
        first, second, vectors = self._pair(count)
        return [self._text(a, b) for a, b in zip(first, second, strict=True)], vectors

    def vectors(self, count: int) -> Any:
        """Vectors alone, (count, dimension)."""
        blocks = [self._pair(min(_BLOCK, count - start))[2] for start in range(0, count, _BLOCK)]
        return np.concatenate(blocks)

    def _pair(self, count: int) -> tuple[Any, Any, Any]:
        """The seeds of each chunk, and its vector."""
        first = self._draw.integers(len(self._seeds.texts), size=count)
        second = self._like[first, self._draw.integers(self._like.shape[1], size=count)]
        share = self._draw.uniform(0.5, 1.0, size=(count, 1))
        noise = self._draw.normal(size=(count, self._noise.shape[1])) @ self._noise.T
        mixed = share * self._seeds.vectors[first] + (1 - share) * self._seeds.vectors[second]
        vectors = (mixed + self._strength * noise).astype(np.float32)
        return first, second, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _text(self, first: int, second: int) -> str:
        own = self._seeds.texts[first].split(". ")
        other = self._seeds.texts[second].split(". ")
        own[-1:] = self._choose.sample(other, k=min(len(other), 2))
        return _WORD.sub(self._other_word, ". ".join(own))

    def _other_word(self, found: re.Match[str]) -> str:
        if self._choose.random() >= REPLACED:
            return found[0]
        # Zipf's law: the share of the n-th word falls as 1/n.
        place = int(len(self._words) ** self._choose.random()) - 1
        return self._words[place]


def laid_out(texts: Sequence[str]) -> tuple[list[Page], list[NewChunk]]:
    """A document of these chunks, some on each page."""
    pages, chunks = list[Page](), list[NewChunk]()
    for index, start in enumerate(range(0, len(texts), CHUNKS_OF_PAGE)):
        page = ""
        for text in texts[start:start + CHUNKS_OF_PAGE]:
            chunks.append(NewChunk(index, index + 1, len(page), len(page) + len(text), text, ""))
            page += text + "\n\n"
        pages.append(Page(index + 1, page))
    return pages, chunks


def sizes(count: int) -> Iterator[int]:
    """Of the documents that `count` chunks make."""
    for start in range(0, count, CHUNKS_OF_DOCUMENT):
        yield min(CHUNKS_OF_DOCUMENT, count - start)


async def add_document(
    store: SqliteStore, number: int, texts: Sequence[str], vectors: Any, embedder: str
) -> tuple[int, list[int]]:
    """As indexing does, but for reading and embedding; the document's id and its chunks'."""
    name = f"report-{number:05}.txt"
    document = await store.add_document(name, f"/library/{name}", f"{number:064x}", b"text")
    pages, chunks = laid_out(texts)
    stored = await store.save_pages(document.id, pages, chunks)
    ids = [chunk.id for chunk in stored]
    await store.save_vectors(embedder, ids, vectors)
    await store.set_document(document.id, indexing_ready())
    return document.id, ids


def indexing_ready() -> Any:
    from desktop.core.types import DocumentState

    return DocumentState.READY


async def make(path: Path, seeds: Seeds, count: int, embedder: str) -> None:
    """A workspace of `count` chunks at `path`."""
    breeder = Breeder(seeds)
    store = await workspace.create(path)
    try:
        for number, size in enumerate(sizes(count)):
            texts, vectors = breeder.breed(size)
            await add_document(store, number, texts, vectors, embedder)
    finally:
        await store.aclose()
