"""What flows need to hold and to check a long dataset, as protocols.

`DatasetRows` is part of the workspace's `Store`: it gives a dataset piece by piece, so that
100,000 examples need not be in memory to show twenty of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from .dataset.query import Columns, ExampleOrder, ExampleQuery, Facets
from .dataset.report import Block, Checked
from .types import DatasetIssue, Example, ExampleSplit

if TYPE_CHECKING:
    from .store_port import Vectors


class DatasetRows(Protocol):
    """The examples of the dataset in pieces; each call is one transaction."""

    async def example_order(self, query: ExampleQuery) -> ExampleOrder:
        """Ids and lines of what a query finds, in its order."""

    async def example_page(self, ids: Sequence[int]) -> list[Example]:
        """In the order of `ids`; those that are gone are left out."""

    async def example_block(
        self, after: int = -1, split: ExampleSplit | Literal[""] = "", limit: int = 500
    ) -> tuple[Block, int]:
        """Lines of kept examples after a position, and the position of the last of them; an
        empty block at the end."""

    async def add_example_lines(
        self, data: bytes, first: int, offset: int, origin: str
    ) -> tuple[list[int], list[DatasetIssue]]:
        """Append whole lines of a file, of which the first has the number `first` there, under
        numbers that are `offset` higher. Returns ids, and issues of what could not be kept
        as it is. Raises DatasetError for what is not UTF-8 text at all."""

    async def add_examples(self, examples: Sequence[Example]) -> list[Example]:
        """Append examples that have no id yet; those with line 0 get the next lines."""

    async def save_examples(self, examples: Sequence[Example]) -> None:
        """Replace examples that have ids."""

    async def last_example_line(self) -> int: ...
    async def restore_examples(self, ids: Sequence[int]) -> None:
        """Bring back what `remove_examples` hid, where it was."""

    async def change_examples(self, changes: Mapping[int, Columns]) -> dict[int, Columns]:
        """Set tags, split or state of examples by id; returns what they were, for undo."""

    async def example_facets(self) -> Facets: ...

    # vectors of texts that are no chunks: the questions of examples
    async def text_vectors(
        self, embedder_id: str, dimension: int, texts: Sequence[str]
    ) -> tuple[list[int], Vectors]:
        """The places in `texts` that have a vector, ascending, and the vectors: shape
        (n, dimension), n of them."""

    async def save_text_vectors(
        self, embedder_id: str, texts: Sequence[str], vectors: Vectors
    ) -> None:
        """`vectors` has the shape (len(texts), dimension)."""

    async def keep_text_vectors(self, texts: Sequence[str]) -> None:
        """Forgets the vectors of all other texts, of whatever embedder."""


class DatasetChecker(Protocol):
    """All checks of core/dataset, in a process of its own; one dataset at a time."""

    async def check(
        self, blocks: AsyncIterable[Block], model: str = "",
        tell: Callable[[float], None] = lambda share: None, *, shapes_only: bool = False,
    ) -> Checked:
        """Check a dataset that comes in blocks; `model` is the one whose tokens are counted
        and whose limits hold. `shapes_only`: see `Checker`. `tell` hears the share of the
        comparisons that is done, 0 to 1, after the last block. Raises DatasetError."""

    async def aclose(self) -> None:
        """Ends its process, if any."""
