"""`core.dataset_port.DatasetRows` on the workspace file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from ...core.dataset.query import Columns, ExampleOrder, ExampleQuery, Facets
from ...core.dataset.report import Block
from ...core.types import DatasetIssue, Example, ExampleSplit
from . import dataset, dataset_pages, text_vectors
from .thread import StoreThread

if TYPE_CHECKING:
    from ...core.ports import Vectors


class DatasetStore(StoreThread):
    """The examples in pieces; see the port."""

    async def example_order(self, query: ExampleQuery) -> ExampleOrder:
        return await self._read(dataset_pages.order, query)

    async def example_page(self, ids: Sequence[int]) -> list[Example]:
        return await self._read(dataset_pages.page, ids)

    async def example_block(
        self, after: int = -1, split: ExampleSplit | Literal[""] = "", limit: int = 500
    ) -> tuple[Block, int]:
        return await self._read(dataset_pages.block, after, limit, split)

    async def add_example_lines(
        self, data: bytes, first: int, offset: int, origin: str
    ) -> tuple[list[int], list[DatasetIssue]]:
        return await self._write(dataset_pages.add_lines, data, first, offset, origin)

    async def add_examples(self, examples: Sequence[Example]) -> list[Example]:
        return await self._write(dataset.add_examples, examples)

    async def save_examples(self, examples: Sequence[Example]) -> None:
        await self._write(dataset.save_all, examples)

    async def last_example_line(self) -> int:
        return await self._read(dataset_pages.last_line)

    async def restore_examples(self, ids: Sequence[int]) -> None:
        await self._write(dataset_pages.restore, ids)

    async def change_examples(self, changes: Mapping[int, Columns]) -> dict[int, Columns]:
        return await self._write(dataset_pages.change, changes)

    async def example_facets(self) -> Facets:
        return await self._read(dataset_pages.facets)

    async def text_vectors(
        self, embedder_id: str, dimension: int, texts: Sequence[str]
    ) -> tuple[list[int], Vectors]:
        return await self._read(text_vectors.load, embedder_id, dimension, texts)

    async def save_text_vectors(
        self, embedder_id: str, texts: Sequence[str], vectors: Vectors
    ) -> None:
        await self._write(text_vectors.save, embedder_id, texts, vectors)

    async def keep_text_vectors(self, texts: Sequence[str]) -> None:
        await self._write(text_vectors.keep, texts)
