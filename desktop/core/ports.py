"""What flows need from the world, as protocols. Services implement them; tests fake them.

Everything that waits is async. `Ports` is the bundle a flow receives.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]  # shape (n, dimension), rows of length 1
    Ids = NDArray[np.int64]  # shape (n,)

from .evaluation.statistics import Enough, Paired
from .evaluation.types import Cell, Interval, Rating, Run, RunState
from .types import (
    Answer,
    Case,
    Chunk,
    Connection,
    Document,
    DocumentState,
    Example,
    Message,
    NewChunk,
    Page,
    Parameters,
    Piece,
    Prompt,
    PromptVersion,
    Strategy,
    Usage,
)


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

    async def prepare(self) -> None:
        """Start now what would make the first texts wait. Raises EmbedderUnavailable."""

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Vectors in the order of `texts`; `urgent` (queries) overtakes batches.

        Raises EmbedderUnavailable.
        """

    async def aclose(self) -> None:
        """Ends its process, if any."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What the reader found in a file: all pages, and their chunks in order."""

    pages: tuple[Page, ...]
    chunks: tuple[NewChunk, ...]
    warning: str = ""


class DocumentReader(Protocol):
    """Parses and splits files in a process of its own, with limits."""

    async def read(self, name: str, content: bytes) -> ReadDocument:
        """Raises DocumentError: unreadable, no text, or over a limit."""

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

    async def write(self, path: str, content: bytes) -> None:
        """All or nothing. Raises DocumentError."""


class VectorIndex(Protocol):
    """Nearest vectors by cosine. A cache: the store's vectors are the truth."""

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


class Store(Protocol):
    """The open workspace file. One thread owns the connection; each call is one transaction."""

    # documents
    async def documents(self) -> list[Document]: ...
    async def document_by_hash(self, sha256: str) -> Document | None: ...
    async def add_document(
        self, name: str, path: str, sha256: str, content: bytes
    ) -> Document:
        """A new row in state QUEUED; its bytes are kept in the workspace."""

    async def document_bytes(self, document_id: int) -> bytes: ...
    async def set_document(
        self, document_id: int, state: DocumentState, *, seconds: float | None = None,
        error: str = "", remedy: str = "", warning: str | None = None,
    ) -> Document: ...
    async def remove_documents(self, ids: Sequence[int]) -> list[int]:
        """Hide rows, their chunks and vectors from every query, so that undo can bring them
        back; they are purged when the workspace closes. Returns the hidden chunk ids."""

    async def restore_documents(self, ids: Sequence[int]) -> list[Document]: ...
    async def save_pages(
        self, document_id: int, pages: Sequence[Page], chunks: Sequence[NewChunk]
    ) -> list[Chunk]:
        """Replace a document's pages and chunks, with their full-text rows, in one
        transaction: after it the document is searchable by words (state EMBEDDING)."""

    async def page(self, document_id: int, page_index: int) -> Page: ...
    async def pages(self, document_id: int) -> list[Page]: ...
    async def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """In the order of `ids`; unknown or hidden ones are left out."""

    async def chunks_to_embed(self, embedder_id: str, document_id: int) -> list[Chunk]:
        """Chunks whose embedding text has no vector yet (identical texts: once)."""

    async def save_vectors(
        self, embedder_id: str, chunk_ids: Sequence[int], vectors: Vectors
    ) -> None:
        """One transaction. A vector serves every chunk with the same embedding text."""

    async def vectors(self, embedder_id: str) -> tuple[Ids, Vectors]:
        """All visible chunks that have a vector: ids (n,), vectors (n, dimension)."""

    async def vector_ids(self, embedder_id: str) -> Ids:
        """The ids that `vectors` would return, without reading a vector."""

    async def vectors_of(self, embedder_id: str, document_id: int) -> tuple[Ids, Vectors]: ...
    async def lexical_search(self, match: str, top: int) -> list[tuple[int, float]]:
        """`(chunk id, BM25)`, best (highest) first, for an FTS5 MATCH expression."""

    async def counts(self, embedder_id: str) -> tuple[int, int]:
        """Visible chunks, and those of them that have a vector."""

    # prompts
    async def prompt_versions(self) -> list[PromptVersion]: ...
    async def save_prompt(self, prompt: Prompt, name: str = "", note: str = "") -> PromptVersion:
        """A new version, or the newest one when nothing differs from it."""

    async def describe_prompt(
        self, number: int, *, name: str, note: str, starred: bool
    ) -> PromptVersion: ...
    async def draft(self) -> Prompt | None: ...
    async def save_draft(self, prompt: Prompt | None) -> None: ...

    # strategies
    async def strategies(self) -> list[Strategy]: ...
    async def save_strategy(self, strategy: Strategy) -> Strategy:
        """Insert (id 0) or replace. Raises ConfigurationError for a name already taken."""

    async def remove_strategy(self, strategy_id: int) -> None: ...
    async def order_strategies(self, ids: Sequence[int]) -> None: ...

    # answers
    async def begin_answer(self, strategy_id: int, answer: Answer) -> int:
        """Stored before the request is sent, so that a crash leaves a trace; returns an id."""

    async def save_answer(self, answer_id: int, answer: Answer) -> None: ...
    async def latest_answers(self) -> dict[int, Answer]:
        """The answers to the question asked last, by strategy id."""

    # cases
    async def cases(self) -> list[Case]: ...
    async def add_cases(self, cases: Sequence[Case]) -> list[Case]: ...
    async def save_case(self, case: Case) -> Case:
        """Replace (or bring back) the case with this id."""

    async def remove_cases(self, ids: Sequence[int]) -> None: ...

    # runs
    async def begin_run(self, run: Run) -> Run:
        """Stores the run (id 0) and a WAITING cell for each case x strategy x repeat."""

    async def set_run(self, run_id: int, state: RunState) -> Run: ...
    async def runs(self) -> list[Run]:
        """Newest first."""

    async def remove_run(self, run_id: int) -> None: ...
    async def cells(self, run_id: int) -> list[Cell]:
        """In the order of cases, then strategies, then repeats. Answers come without context
        and messages, which `cell` gives: thousands of cells are read at once."""

    async def cell(self, cell_id: int) -> Cell | None:
        """One cell with the context and messages of its answer; None when it is gone."""

    async def save_cell(self, cell: Cell, key: str = "") -> None:
        """State, answer, scores, attribution and `recorded`, in one transaction. An answer
        without messages keeps those that are stored: it may come from `cells`. A cell is
        saved as RUNNING before its request is sent; opening a file turns RUNNING into
        WAITING again, so that `resume` asks only for what was in flight. With a `key` the
        answer is cached under it in the same transaction."""

    async def cached_answer(self, key: str) -> Answer | None:
        """The stored answer to exactly this request (see flows/evaluating), if any; without
        context and messages, which the request gives."""

    async def cache_answer(self, key: str, answer: Answer) -> None: ...

    # people
    async def save_rating(self, rating: Rating) -> Rating: ...
    async def ratings(self) -> list[Rating]: ...

    # dataset
    async def examples(self) -> list[Example]: ...
    async def replace_examples(self, examples: Sequence[Example]) -> list[Example]:
        """The whole dataset; ids are given anew where they are 0."""

    async def save_example(self, example: Example) -> Example: ...
    async def remove_examples(self, ids: Sequence[int]) -> None: ...

    # small facts about the workspace: use case, question being typed, dismissed hints
    async def fact(self, key: str) -> Any: ...
    async def set_fact(self, key: str, value: Any) -> None:
        """`value` is JSON-ready; None removes it."""

    def when_saved(self, tell: Callable[[], None]) -> None:
        """Call `tell`, on the caller's thread, after each transaction."""

    async def aclose(self) -> None:
        """Purge what was removed, checkpoint to a single file, unlock."""


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
