"""Choosing what documents are searched with, as protocols; part of `ports`' names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .ports import Embedder

from .embedders import EmbedderChoice
from .errors import EmbedderUnavailable


class EmbedderChooser(Protocol):
    """The embedding models that the open workspace can have, and the one it searches with."""

    @property
    def current(self) -> EmbedderChoice:
        """What `Ports.embedder` leads to."""

    @property
    def problem(self) -> EmbedderUnavailable | None:
        """Why the workspace's own choice cannot be used here; None where it can."""

    def host(self, choice: EmbedderChoice) -> str:
        """Where texts go, "" for nowhere."""

    def model(self, choice: EmbedderChoice) -> str:
        """The model's name in the price table; "" where nobody said, or it costs nothing."""

    def may_use(self, choice: EmbedderChoice) -> bool:
        """Whether the user of this machine chose or confirmed it for this workspace."""

    def confirm(self, choice: EmbedderChoice) -> None:
        """The user did."""

    def confirm_for(self, copy: Path) -> None:
        """What the user confirmed for this workspace holds for their own copy of it."""

    def downloaded(self, choice: EmbedderChoice) -> bool:
        """Whether nothing has to be fetched from the hub first."""

    async def download(
        self, choice: EmbedderChoice, tell: Callable[[int, int], None]
    ) -> None:
        """Fetch a model from the hub; `tell` hears of bytes done and in all. Raises
        EmbedderUnavailable."""

    async def look(self, choice: EmbedderChoice) -> tuple[EmbedderChoice, Embedder]:
        """The choice with what is known of it, and its embedder: a folder's model is loaded, a
        service is sent one short text. Kept until another is looked at or one is used. Raises
        EmbedderUnavailable."""

    async def tokens(
        self, choice: EmbedderChoice, embedder: Embedder, texts: Sequence[str]
    ) -> list[int]:
        """Of each text, as the model counts them. Raises EmbedderUnavailable."""

    def tell_waits(self, embedder: Embedder, tell: Callable[[str], None]) -> None:
        """`tell` hears when a service asks this embedder to wait."""

    def use(self, choice: EmbedderChoice, embedder: Embedder) -> Embedder:
        """From now on `Ports.embedder` leads to this one; returns the one before, for
        `let_go`."""

    async def let_go(self, embedder: Embedder) -> None:
        """End what was in use, unless it is the program's own."""

    async def settle(self) -> None:
        """End what was looked at and is not used."""


class Reranker(Protocol):
    """A cross-encoder: reads a question and a passage together."""

    @property
    def id(self) -> str:
        """Names the model; "" where the user has none."""

    async def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One for each passage, the higher the better. Raises EmbedderUnavailable."""
