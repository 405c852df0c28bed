"""An Embedder without a model: texts with the same words point the same way."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from desktop.core.wording import content_roots

if TYPE_CHECKING:
    from desktop.core.ports import Vectors


class WordEmbedder:
    """Each word stem has a dimension of its own (by hash); counts what it was asked for."""

    id = "words"
    dimension = 2048
    max_tokens = 256

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def prepare(self) -> None:
        """Nothing to start."""

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        self.embedded += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for root in content_roots(text):
                row[zlib.crc32(root.encode()) % self.dimension] = 1.0
            row /= np.linalg.norm(row) or 1.0
        return vectors

    async def query(self, text: str) -> Vectors:
        vector: Vectors = (await self.embed([text], urgent=True))[0]
        return vector

    async def aclose(self) -> None:
        """Nothing to end."""
