"""The embedding models of an open workspace: which it may use here, and the one in use.

`Ports.embedder` is a `WorkspaceEmbedder`, which leads to the model in use, so that switching
needs no new ports. A choice that cannot be used here, or that came with somebody else's
workspace and was not confirmed, is an `Unavailable` one: nothing is loaded and nobody is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.embedders import BUILTIN, FACT, EmbedderChoice
from ..core.endpoints import endpoint_of
from ..core.errors import ConfigurationError, EmbedderUnavailable
from . import hub
from .embedder import OnnxEmbedder
from .embedder_folder import SentenceTransformerEmbedder
from .embedder_model import DIMENSION, MAX_TOKENS, EmbedderModel
from .embedder_service import ServiceEmbedder

if TYPE_CHECKING:
    from ..core.ports import Embedder, PriceCatalog, Store, TokenCounter, Vectors
    from ..core.settings import Settings
    from ..core.spending import Spending
    from ..core.types import Connection
    from .chats import Chats
    from .local_models import LocalModels

CHOOSE = "Choose another one under Tools, Embedding model"
SAMPLE = "Members are told in writing which services are covered, and from when."


class Unavailable:
    """Stands for a model that cannot be used here; every call says why."""

    def __init__(self, choice: EmbedderChoice, problem: EmbedderUnavailable) -> None:
        self.id = choice.id or "unavailable"
        self.dimension = choice.dimension or DIMENSION
        self.max_tokens = choice.max_tokens or MAX_TOKENS
        self.problem = problem

    async def prepare(self) -> None:
        """Raises EmbedderUnavailable."""
        raise self._problem()

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Raises EmbedderUnavailable."""
        raise self._problem()

    async def query(self, text: str) -> Vectors:
        """Raises EmbedderUnavailable."""
        raise self._problem()

    async def aclose(self) -> None:
        """Nothing to end."""

    def _problem(self) -> EmbedderUnavailable:
        """Anew each time: an exception collects the places it was raised at."""
        return EmbedderUnavailable(self.problem.what, why=self.problem.why,
                                   remedy=self.problem.remedy, details=self.problem.details)


class WorkspaceEmbedder:
    """Implements core.ports.Embedder by the one in use."""

    def __init__(self, inner: Embedder) -> None:
        self.inner = inner

    @property
    def id(self) -> str:
        return self.inner.id

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    @property
    def max_tokens(self) -> int:
        return self.inner.max_tokens

    async def prepare(self) -> None:
        """Raises EmbedderUnavailable."""
        await self.inner.prepare()

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Raises EmbedderUnavailable."""
        return await self.inner.embed(texts, urgent=urgent)

    async def query(self, text: str) -> Vectors:
        """Raises EmbedderUnavailable."""
        return await self.inner.query(text)

    async def aclose(self) -> None:
        """Ends the process of the one in use, if any."""
        await self.inner.aclose()


class Embedders:
    """Implements core.ports.EmbedderChooser for one open workspace."""

    def __init__(
        self, workspace: Path, builtin: Embedder, chats: Chats, tuned: LocalModels,
        tokens: TokenCounter, prices: PriceCatalog, spending: Spending,
        settings: Callable[[], Settings],
        update: Callable[[Callable[[Settings], Settings]], object],
    ) -> None:
        """`builtin` belongs to the program and outlives the workspace."""
        self._workspace = str(workspace.absolute())
        self._builtin = builtin
        self._chats = chats
        self._tuned = tuned
        self._tokens = tokens
        self._prices = prices
        self._spending = spending
        self._settings = settings
        self._update = update
        self._looked: Embedder | None = None
        self._looked_key = ""
        self.current = BUILTIN
        self.embedder = WorkspaceEmbedder(builtin)

    async def open(self, store: Store) -> None:
        """What the workspace says, or why it cannot be used here. Loads and asks nothing."""
        choice = EmbedderChoice.from_json(await store.fact(FACT))
        self.current = choice
        try:
            if not self.may_use(choice):
                raise EmbedderUnavailable(
                    f"This workspace is searched with {choice.label}, which you have not "
                    "confirmed on this machine",
                    remedy="Confirm it, or choose another one, under Tools, Embedding model")
            if not choice.known:
                raise EmbedderUnavailable(
                    "The embedding model of this workspace is not told well enough",
                    remedy=CHOOSE)
            self.embedder.inner = self._make(choice)
        except EmbedderUnavailable as problem:
            self.embedder.inner = Unavailable(choice, problem)

    @property
    def problem(self) -> EmbedderUnavailable | None:
        inner = self.embedder.inner
        return inner.problem if isinstance(inner, Unavailable) else None

    def refuse(self, why: str) -> None:
        """What is stored does not fit the choice: search by words."""
        self.embedder.inner = Unavailable(self.current, EmbedderUnavailable(
            "The vectors of this workspace cannot be used", why=why, remedy=CHOOSE))

    def host(self, choice: EmbedderChoice) -> str:
        """See core.ports.EmbedderChooser."""
        connection = self._connection(choice) if choice.kind == "service" else None
        if connection is None:
            return ""
        try:
            endpoint = endpoint_of(connection)
        except ConfigurationError:
            return ""
        return "" if endpoint.loopback else endpoint.host

    def model(self, choice: EmbedderChoice) -> str:
        """See core.ports.EmbedderChooser."""
        connection = self._connection(choice) if choice.kind == "service" else None
        return _model(connection, choice) or choice.id.partition(":")[0] if connection else ""

    def may_use(self, choice: EmbedderChoice) -> bool:
        """See core.ports.EmbedderChooser. What came with the program needs no word."""
        return choice.kind == "builtin" or self._settings().may_embed(self._workspace, choice.key)

    def confirm(self, choice: EmbedderChoice) -> None:
        """See core.ports.EmbedderChooser."""
        if not self.may_use(choice):
            self._update(lambda settings: settings.confirmed_embedder(
                self._workspace, choice.key))

    def confirm_for(self, copy: Path) -> None:
        """See core.ports.EmbedderChooser."""
        key = self.current.key
        if self.current.kind != "builtin" and self.may_use(self.current):
            self._update(lambda settings: settings.confirmed_embedder(str(copy.absolute()), key))

    def downloaded(self, choice: EmbedderChoice) -> bool:
        """See core.ports.EmbedderChooser."""
        return choice.kind != "hub" or hub.is_here(choice.name)

    async def download(
        self, choice: EmbedderChoice, tell: Callable[[int, int], None]
    ) -> None:
        """See core.ports.EmbedderChooser."""
        await hub.download(choice.name, tell)

    async def look(self, choice: EmbedderChoice) -> tuple[EmbedderChoice, Embedder]:
        """See core.ports.EmbedderChooser."""
        fresh = EmbedderChoice(choice.kind, choice.path, choice.name, choice.connection,
                               choice.deployment, choice.dimensions)
        if self._looked is None or self._looked_key != fresh.key:
            await self.settle()
            self._looked, self._looked_key = self._make(fresh), fresh.key
        embedder = self._looked
        if isinstance(embedder, SentenceTransformerEmbedder):
            return await embedder.looked_at(), embedder
        if isinstance(embedder, ServiceEmbedder):
            return await embedder.looked_at(SAMPLE), embedder
        if fresh.kind == "builtin":
            return fresh, embedder
        return EmbedderChoice(fresh.kind, name=fresh.name, id=embedder.id,
                              dimension=embedder.dimension,
                              max_tokens=embedder.max_tokens), embedder

    async def tokens(
        self, choice: EmbedderChoice, embedder: Embedder, texts: Sequence[str]
    ) -> list[int]:
        """See core.ports.EmbedderChooser."""
        if isinstance(embedder, SentenceTransformerEmbedder):
            return await embedder.tokens(texts)
        counts, _ = await self._tokens.count(texts, self.model(choice))
        return counts

    def tell_waits(self, embedder: Embedder, tell: Callable[[str], None]) -> None:
        """See core.ports.EmbedderChooser."""
        if isinstance(embedder, ServiceEmbedder):
            embedder.tell = tell

    def use(self, choice: EmbedderChoice, embedder: Embedder) -> Embedder:
        """See core.ports.EmbedderChooser."""
        before, self.embedder.inner, self.current = self.embedder.inner, embedder, choice
        if self._looked is embedder:
            self._looked = None
        return before

    async def let_go(self, embedder: Embedder) -> None:
        """See core.ports.EmbedderChooser."""
        if embedder not in (self._builtin, self.embedder.inner):
            await embedder.aclose()

    async def settle(self) -> None:
        """See core.ports.EmbedderChooser."""
        looked, self._looked = self._looked, None
        if looked is not None:
            await self.let_go(looked)

    async def aclose(self) -> None:
        """End the processes that belong to this workspace."""
        await self.settle()
        if self.embedder.inner is not self._builtin:
            await self.embedder.inner.aclose()

    # --- making ------------------------------------------------------------------------------

    def _make(self, choice: EmbedderChoice) -> Embedder:
        """Raises EmbedderUnavailable for what is not on this machine; starts nothing."""
        if choice.kind == "builtin":
            return self._builtin
        if choice.kind == "service":
            return self._service(choice)
        if choice.kind == "tuned":
            return self._own(choice)
        if choice.kind == "folder" and not Path(choice.path).expanduser().is_dir():
            raise EmbedderUnavailable(
                "The embedding model's folder is not on this machine",
                why=f"There is no folder {choice.path}" if choice.path else "", remedy=CHOOSE)
        if choice.kind == "hub":
            hub.snapshot(choice.name)
        return SentenceTransformerEmbedder(choice)

    def _own(self, choice: EmbedderChoice) -> Embedder:
        known = {model.sha256 for model in self._tuned.known()}
        if choice.name not in known:
            raise EmbedderUnavailable(
                "The fine-tuned embedding model is not on this machine",
                why="It was trained on another one, or removed from the data folder",
                remedy=CHOOSE)
        return OnnxEmbedder(EmbedderModel(self._tuned.folder / choice.name))

    def _service(self, choice: EmbedderChoice) -> Embedder:
        connection = self._connection(choice)
        if connection is None:
            raise EmbedderUnavailable(
                f"The connection {choice.connection} is not on this machine",
                why="The documents of this workspace were embedded with it",
                remedy="Add it under Tools, Connections, or choose another model under Tools, "
                       "Embedding model")
        try:
            return ServiceEmbedder(
                choice, connection, _model(connection, choice),
                lambda: self._chats.client(connection), self._tokens, self._prices,
                self._spending)
        except ConfigurationError as error:
            raise EmbedderUnavailable(error.what, why=error.why, remedy=error.remedy) from error

    def _connection(self, choice: EmbedderChoice) -> Connection | None:
        return next((each for each in self._settings().connections
                     if each.name == choice.connection), None)


def _model(connection: Connection | None, choice: EmbedderChoice) -> str:
    """What the user says the deployment runs; only outside Azure is its name the model's."""
    if connection is None:
        return ""
    known = {each.name: each.model for each in connection.deployments}
    return known.get(choice.deployment) or (
        choice.deployment if connection.kind == "openai" else "")


