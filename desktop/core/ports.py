"""What flows need from the world, as protocols. Services implement them; tests fake them.

Everything that waits is async. `Ports` is the bundle a flow receives. Large ones, such as
`Store`, have files of their own and are part of this one's names.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .store_port import Ids as Ids
    from .store_port import Vectors as Vectors

from .chunk_settings import DEFAULT, ChunkSettings
from .dataset_port import DatasetChecker
from .deploying import Deployer
from .embedder_port import EmbedderChooser as EmbedderChooser
from .embedder_port import Reranker as Reranker
from .evaluation.statistics import Enough, Paired
from .evaluation.types import Interval
from .local_tuning import LocalTrainer
from .page_images import PageRenderer as PageRenderer
from .recording import Recording
from .spending import FREE, Spending
from .store_port import Store as Store
from .tuning_port import Trainers
from .types import (
    Connection,
    Message,
    NewChunk,
    Page,
    Parameters,
    Piece,
    Usage,
)
from .vector_port import VectorIndex as VectorIndex
from .watching import FolderWatcher as FolderWatcher


class ChatModel(Protocol):
    """Anything that answers chat messages in a stream."""

    @property
    def label(self) -> str:
        """How the model is named on screen, e.g. `benefits-mini (gpt-4.1-mini)`."""

    @property
    def model(self) -> str:
        """The model behind the deployment, for the price table; "" when nobody said."""

    @property
    def local(self) -> bool:
        """True: it runs on this machine and costs nothing a call."""

    @property
    def address(self) -> str:
        """Names exactly what answers: server, API and deployment. Equal requests to equal
        addresses need not be paid for twice; "" for what is not worth remembering."""

    def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        """Yield TextPiece values and exactly one Finished at the end.

        Closing the generator early closes the connection. Raises ProviderError.
        """


@runtime_checkable
class Learner(Protocol):
    """A chat model that remembers what its deployment refused."""

    @property
    def left_out(self) -> frozenset[str]:
        """Parameters that are no longer sent."""

    @property
    def tried(self) -> bool:
        """Whether all of `core.probing.TRIED` were tried."""


class ChatModels(Protocol):
    """Finds the chat model behind a connection and deployment."""

    async def chat(
        self, connection: str, deployment: str, *, patient: bool = True
    ) -> ChatModel:
        """Raises ConfigurationError for an unknown connection. Without `patient`, Throttled is
        raised at once, for callers who pace many requests themselves."""


class Embedder(Protocol):
    """Turns texts into vectors of length 1."""

    @property
    def id(self) -> str:
        """Names the model exactly: vectors of different ids are never compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """What it reads of a text, in its own tokens; the rest is cut. 0: nobody knows."""

    async def prepare(self) -> None:
        """Start now what would make the first texts wait. Raises EmbedderUnavailable."""

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Vectors in the order of `texts`; `urgent` (queries) overtakes batches.

        Raises EmbedderUnavailable.
        """

    async def query(self, text: str) -> Vectors:
        """The vector of a question, of shape (dimension,): some models want questions marked.
        Overtakes batches. Raises EmbedderUnavailable."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What the reader found in a file: all pages, and their chunks in order."""

    pages: tuple[Page, ...]
    chunks: tuple[NewChunk, ...]
    warning: str = ""
    language: str = ""  # that most of it is in; "" where it cannot be told
    tables: int | None = None  # None where a format does not tell (PDF)


class DocumentReader(Protocol):
    """Parses and splits files in a process of its own, with limits."""

    async def read(
        self, name: str, content: bytes, settings: ChunkSettings = DEFAULT
    ) -> ReadDocument:
        """Raises DocumentError: unreadable, no text, or over a limit."""

    async def split(
        self, name: str, pages: Sequence[Page], settings: ChunkSettings
    ) -> tuple[NewChunk, ...]:
        """The chunks of pages that were read before. Raises DocumentError."""

    async def rows(self, name: str, content: bytes) -> list[list[Any]]:
        """The rows of a workbook's first sheet. Raises DocumentError."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that the user gave, or one in a folder that the user gave.

    `other` files stand in a folder and are not of a kind that is read.
    """

    path: str
    name: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class FileContent:
    """The bytes of a file and their hash, in hex."""

    content: bytes
    sha256: str


class FileSource(Protocol):
    """The files that the user drops. Links inside folders are not followed."""

    async def expand(self, paths: Sequence[str]) -> list[FoundFile]:
        """Files named, and the files in folders named, each once and sorted by path within a
        folder. A named file that is not there is among them: `read` says so."""

    async def read(self, path: str) -> FileContent:
        """Raises DocumentError: missing, not a regular file, too large, or not a kind that
        is read."""

    async def read_any(self, path: str) -> bytes:
        """A file of whatever kind, such as a dataset. Raises DocumentError."""

    def blocks(self, path: str) -> AsyncGenerator[bytes]:
        """A file of whatever kind and size, a megabyte or so at a time; close it when done.
        Raises DocumentError."""

    async def write(self, path: str, content: bytes) -> None:
        """All or nothing. Raises DocumentError."""

    async def write_blocks(self, path: str, blocks: AsyncIterable[bytes]) -> int:
        """As `write`, for what is too large to be in memory; returns the bytes written."""


class Compute(Protocol):
    """Statistics over cases, away from the window: see core/evaluation/statistics."""

    async def intervals(
        self, rows: Sequence[Sequence[float]], shares: Sequence[bool] = ()
    ) -> list[Interval]:
        """A 95 % interval for each row; a row holds one value a case and is not empty.
        `shares` says for each row whether it is bound to 0 to 1; left out: all are."""

    async def compare(
        self, pairs: Sequence[tuple[Sequence[float], Sequence[float]]],
        shares: Sequence[bool] = (),
    ) -> list[Paired]:
        """Second minus first over the same cases; p-values are not yet corrected."""

    async def enough(
        self, pairs: Sequence[tuple[Sequence[float], Sequence[float]]],
        shares: Sequence[bool] = (),
    ) -> list[Enough]:
        """What so many cases can show."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


@dataclass(frozen=True, slots=True)
class SqlComparison:
    """Whether two queries return the same; None where no accepted query runs here."""

    equal: bool | None
    why: str = ""  # one sentence, "" where they return the same


class SqlRunner(Protocol):
    """Runs queries on a database that the user attached; nothing there is ever changed."""

    async def compare(self, database: str, query: str, accepted: str) -> SqlComparison:
        """`database` is a path; `accepted` holds one or more queries with `;` between them,
        and any that `query` agrees with decides. A query that fails, takes too long or wants
        more than to read is unequal. Raises ConfigurationError for an unusable database."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


class FormChecker(Protocol):
    """Tries patterns and schemas that people write. One that takes too long is not met."""

    async def matches(self, pattern: str, text: str) -> bool:
        """Whether a regular expression occurs in a text. Raises ConfigurationError for a
        pattern that is none."""

    async def fits(self, schema: str, text: str) -> bool:
        """Whether a text is JSON that a JSON Schema (as text) allows. Raises
        ConfigurationError for a schema that is none."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


class TemplateFiller(Protocol):
    """Fills templates that may compute for long. One that takes too long is refused."""

    async def fill(self, parts: Sequence[tuple[str, str]], values: Mapping[str, str]) -> list[str]:
        """`parts` are texts with what each is, in words; see `core/templates.fill`. Raises
        PromptError."""

    async def aclose(self) -> None:
        """Ends its process, if any."""


class TokenCounter(Protocol):
    """Counts tokens as a model would."""

    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        """Tokens of each text, and whether they are exact (False: shown with "~")."""


class PriceCatalog(Protocol):
    """The editable, dated table of prices and windows. Keyed by model, not by deployment."""

    def cost(self, model: str, usage: Usage) -> float | None:
        """US dollars, None when the model is not in the table."""

    def window(self, model: str) -> int | None:
        """The largest input in tokens, None when unknown."""

    def training(self, model: str) -> float | None:
        """US dollars for a million training tokens (tokens x epochs), None when unknown."""

    def tunable(self, model: str) -> bool:
        """Whether the table knows the model to be one that can be fine-tuned."""

    def hosting(self) -> float:
        """US dollars an hour for one deployment of a fine-tuned model."""

    def retires(self, model: str) -> str:
        """The day a model retires, an ISO date; "" when none is announced."""

    def knowledge(self, model: str) -> str:
        """The month up to which a model was trained, `YYYY-MM`; "" when nobody says."""

    @property
    def as_of(self) -> str:
        """The day of the table, an ISO date; known once anything was asked."""


class SecretStore(Protocol):
    """Keys of connections, in the system keyring or in memory."""

    async def get(self, connection: Connection) -> str | None: ...
    async def set(self, connection: Connection, key: str) -> None: ...
    async def delete(self, connection: Connection) -> None: ...
    async def persistent(self) -> bool:
        """False: keys are forgotten when the program ends, and the screen says so."""


class Clock(Protocol):
    """Time, so that tests can hold it."""

    def now(self) -> str:
        """ISO 8601, UTC."""

    def seconds(self) -> float:
        """Monotonic."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All that the flows of one open workspace need."""

    workspace: Path
    store: Store
    vectors: VectorIndex
    embedder: Embedder
    reader: DocumentReader
    chats: ChatModels
    tokens: TokenCounter
    prices: PriceCatalog
    clock: Clock
    files: FileSource
    compute: Compute
    sql: SqlRunner | None = None  # None: queries are not run
    forms: FormChecker | None = None  # None: patterns and schemas are not tried
    spending: Spending = FREE
    chooser: EmbedderChooser | None = None  # None: the embedder is what it is
    local_embedder: Embedder | None = None  # None: scores use the documents' embedder
    reranker: Reranker | None = None  # None: no second pass with a cross-encoder
    pages: PageRenderer | None = None  # None: pages are shown as text only
    local_training: LocalTrainer | None = None  # None: nothing is trained on this machine
    recording: Recording | None = None  # where the workspace is one: nothing is asked then
    tuning: Trainers | None = None  # None: no jobs are submitted
    deployer: Deployer | None = None  # None: nothing is deployed
    datasets: DatasetChecker | None = None  # None: datasets are not checked
    watcher: FolderWatcher | None = None  # None: no folder is watched
    templates: TemplateFiller | None = None  # None: templates are filled where one waits

    @property
    def scorer(self) -> Embedder:
        """What scores are made with, whatever documents are searched with: always the built-in
        one, so that scores stay comparable and answers stay on this machine."""
        return self.local_embedder or self.embedder
