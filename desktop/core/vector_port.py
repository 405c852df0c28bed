"""What flows need from the index of vectors, as a protocol: `services/vectors` implements it.

Import it from `ports`, where the other protocols are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from .approximation import Approximation

if TYPE_CHECKING:
    from .store_port import Store, Vectors


class VectorIndex(Protocol):
    """Nearest vectors by cosine. A cache: the store's vectors are the truth."""

    @property
    def count(self) -> int:
        """How many vectors are searched; 0 before `load`."""

    @property
    def approximation(self) -> Approximation | None:
        """How well it finds what an exact one would; None: it is exact."""

    @property
    def wants_groups(self) -> bool:
        """There are so many vectors that `group` is worth its while."""

    async def group(self, tell: Callable[[str, float], None]) -> None:
        """Make it approximate and fast; `tell` gets a sentence and the share that is done.
        It is searched as it was until then. Cancelled, all stays as it was."""

    def without(self, ids: Sequence[int]) -> set[int]:
        """Those of `ids` that have no vector here."""

    async def load(self, embedder_id: str, dimension: int, store: Store) -> int:
        """Make the index hold exactly the store's vectors; returns how many."""

    async def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Ids that are there already get the new vector. Raises ValueError for a wrong shape."""

    async def remove(self, ids: Sequence[int]) -> None:
        """Unknown ids are ignored."""

    async def search(self, vector: Vectors, top: int) -> list[tuple[int, float]]:
        """`(chunk id, cosine)`, best first; `vector` has shape (dimension,)."""

    async def save(self) -> None:
        """Write the cache file; failing to is not an error."""

    async def aclose(self) -> None:
        """Save and free."""
