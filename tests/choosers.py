"""An EmbedderChooser over embedders that a test holds in its hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.core.embedders import BUILTIN, EmbedderChoice
from desktop.core.errors import EmbedderUnavailable
from desktop.core.ports import Embedder
from desktop.services.embedders import WorkspaceEmbedder

from .fakes import GatedEmbedder

OTHER = EmbedderChoice("folder", path="/models/other")


class OtherEmbedder(GatedEmbedder):
    """Another model: its vectors have another length."""

    id = "other:1"
    dimension = 512
    max_tokens = 128


class FakeChooser:
    """Every choice but the built-in one leads to `other`."""

    def __init__(self, builtin: Embedder, other: Embedder) -> None:
        self.embedder = WorkspaceEmbedder(builtin)
        self.current = BUILTIN
        self.problem: EmbedderUnavailable | None = None
        self.other = other
        self.hosts: dict[str, str] = {}
        self.here = True
        self.confirmed: set[str] = set()
        self.ended: list[Embedder] = []
        self._builtin = builtin

    def host(self, choice: EmbedderChoice) -> str:
        return self.hosts.get(choice.key, "")

    def model(self, choice: EmbedderChoice) -> str:
        return "text-embedding-3-small" if self.host(choice) else ""

    def may_use(self, choice: EmbedderChoice) -> bool:
        return choice.kind == "builtin" or choice.key in self.confirmed

    def confirm(self, choice: EmbedderChoice) -> None:
        self.confirmed.add(choice.key)

    def confirm_for(self, copy: Path) -> None:
        """Nobody copies it."""

    def downloaded(self, choice: EmbedderChoice) -> bool:
        return self.here

    async def download(
        self, choice: EmbedderChoice, tell: Callable[[int, int], None]
    ) -> None:
        tell(1, 2)
        tell(2, 2)
        self.here = True

    async def look(self, choice: EmbedderChoice) -> tuple[EmbedderChoice, Embedder]:
        if choice.kind == "builtin":
            return choice, self._builtin
        known = replace(choice, id=self.other.id, dimension=self.other.dimension,
                        max_tokens=self.other.max_tokens)
        return known, self.other

    async def tokens(
        self, choice: EmbedderChoice, embedder: Embedder, texts: Sequence[str]
    ) -> list[int]:
        return [len(text.split()) for text in texts]

    def tell_waits(self, embedder: Embedder, tell: Callable[[str], None]) -> None:
        self.tell = tell

    def use(self, choice: EmbedderChoice, embedder: Embedder) -> Embedder:
        before, self.embedder.inner, self.current = self.embedder.inner, embedder, choice
        self.problem = None
        return before

    async def let_go(self, embedder: Embedder) -> None:
        self.ended.append(embedder)

    async def settle(self) -> None:
        """Nothing to end."""
