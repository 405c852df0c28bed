"""What flows need from the open workspace file, as a protocol: `services/store` implements it.

Import `Store`, `Vectors` and `Ids` from `ports`, where the other protocols are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]  # shape (n, dimension), rows of length 1
    Ids = NDArray[np.int64]  # shape (n,)

from .chunk_changes import ChunkChange, ChunkPlace, ListedChunk
from .dataset_port import DatasetRows
from .evaluation.types import Cell, Judgement, Rating, Run, RunState
from .tuning import Job
from .types import (
    Answer,
    Case,
    Chunk,
    Document,
    DocumentState,
    Example,
    NewChunk,
    Page,
    Prompt,
    PromptVersion,
    Strategy,
)


class Store(DatasetRows, Protocol):
    """The open workspace file. One thread owns the connection; each call is one transaction."""

    # documents
    async def documents(self) -> list[Document]: ...
    async def document_by_hash(self, sha256: str) -> Document | None: ...
    async def add_document(
        self, name: str, path: str, sha256: str, content: bytes
    ) -> Document:
        """A new row in state QUEUED; its bytes are kept in the workspace."""

    async def document_bytes(self, document_id: int) -> bytes:
        """The file as it was added. Raises DocumentError for a document that is gone."""

    async def set_document(
        self, document_id: int, state: DocumentState, *, seconds: float | None = None,
        error: str = "", remedy: str = "", warning: str | None = None,
        language: str | None = None, tables: int | None = None,
    ) -> Document:
        """None keeps what is stored. Raises DocumentError for a document that is gone."""

    async def mark_gone(self, ids: Sequence[int], gone: bool) -> list[Document]:
        """Whether their files are gone from the folder that is watched."""

    async def remove_documents(self, ids: Sequence[int]) -> list[int]:
        """Hide rows, their chunks and vectors from every query, so that undo can bring them
        back; they are purged when the workspace closes. Returns the hidden chunk ids."""

    async def restore_documents(self, ids: Sequence[int]) -> list[Document]: ...
    async def save_pages(
        self, document_id: int, pages: Sequence[Page], chunks: Sequence[NewChunk]
    ) -> list[Chunk]:
        """Replace a document's pages and chunks, with their full-text rows, in one
        transaction: after it the document is searchable by words (state EMBEDDING). Passages
        that the user changed stay as they are, and the chunks are split around them."""

    async def page(self, document_id: int, page_index: int) -> Page:
        """`page_index` counts from 0. Raises DocumentError for a page that is gone."""

    async def pages(self, document_id: int) -> list[Page]: ...
    async def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """In the order of `ids`; unknown or hidden ones are left out."""

    async def chunk_places(self, ids: Sequence[int]) -> list[Chunk]:
        """As `chunks`, with empty text and heading: enough to rank hundreds by."""

    async def page_chunks(self, document_id: int, page_index: int) -> list[Chunk]:
        """The visible chunks of one page, in their order."""

    async def listed_chunks(self, document_id: int) -> list[ListedChunk]:
        """All of a document in reading order, those that are excluded as well."""

    async def change_chunk(
        self, place: ChunkPlace, wanted: ChunkChange
    ) -> tuple[list[int], list[int]]:
        """Exclude, edit or restore a passage; the ids that must no longer be found, and those
        that must be. Raises DocumentError for a passage that is gone, or an empty text."""

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

    async def vector_marks(self, embedder_id: str) -> tuple[Ids, Ids]:
        """`vector_ids`, and for each a number that is another one once its chunk has another
        text: both of shape (n,), by ascending id."""

    async def vectors_at(
        self, embedder_id: str, chunk_ids: Sequence[int]
    ) -> tuple[Ids, Vectors]:
        """As `vectors`, of these chunks only."""

    async def vectors_of(self, embedder_id: str, document_id: int) -> tuple[Ids, Vectors]: ...
    async def lexical_search(self, match: str, top: int) -> list[tuple[int, float]]:
        """`(chunk id, BM25)`, best (highest) first, for an FTS5 MATCH expression."""

    async def matched_words(self, match: str, chunk_ids: Sequence[int]) -> set[str]:
        """The words of these chunks that an FTS5 expression found, in lower case."""

    async def counts(self, embedder_id: str) -> tuple[int, int]:
        """Visible chunks, and those of them that have a vector."""

    # prompts
    async def prompt_versions(self) -> list[PromptVersion]: ...
    async def save_prompt(
        self, prompt: Prompt, name: str = "", note: str = "", parent: int | None = None
    ) -> PromptVersion:
        """A new version, or the newest one when nothing differs from it."""

    async def describe_prompt(
        self, number: int, *, name: str, note: str, starred: bool
    ) -> PromptVersion:
        """Raises ConfigurationError for a version that is not there."""

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
        """The answers to the question asked last, by strategy id, with their ids."""

    async def answers_since(self, answer_id: int) -> list[Cell]:
        """Those asked by hand after this one, as `answers_to` gives them; a conversation is
        put together again from them."""

    async def answers_to(self, question: str) -> list[Cell]:
        """All answers to exactly this question, newest first, with context, messages and
        timings; those that were asked by hand are cells of run 0 and case 0."""

    async def asked_questions(self, last_cell: int) -> list[str]:
        """Of the cells up to this id, each once, in the order they were asked first."""

    # cases
    async def cases(self) -> list[Case]: ...
    async def add_cases(self, cases: Sequence[Case]) -> list[Case]: ...
    async def save_case(self, case: Case) -> Case:
        """Replace (or bring back) the case with this id."""

    async def remove_cases(self, ids: Sequence[int]) -> None:
        """Hide them, so that `save_case` can bring them back; runs keep their cells."""


    # runs
    async def begin_run(self, run: Run) -> Run:
        """Stores the run (id 0) and a WAITING cell for each case x strategy x repeat."""

    async def join_run(self, run: Run, cells: Sequence[Cell]) -> None:
        """Another column for a run that is there, with its finished cells (id 0): `run` is the
        run with the column in its plan, and with the cases that only the column has."""

    async def set_run(self, run_id: int, state: RunState) -> Run: ...
    async def runs(self) -> list[Run]:
        """Newest first."""

    async def edit_run(
        self, run_id: int, *, name: str | None = None, metrics: Sequence[str] | None = None
    ) -> Run:
        """Another name, or other metrics; None keeps what is stored. Raises ConfigurationError
        for a run that is gone."""

    async def remove_run(self, run_id: int) -> None:
        """With its cells, their ratings and what only they had sent."""

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

    async def set_scores(self, metric: str, values: Mapping[int, float | None]) -> None:
        """One score of many cells, by cell id, in one transaction; None takes it away. The
        rest of a cell is left as it is: a run may be writing it."""

    async def cached_answer(self, key: str) -> Answer | None:
        """The stored answer to exactly this request (see flows/evaluating), if any; without
        context and messages, which the request gives."""

    async def cache_answer(self, key: str, answer: Answer) -> None:
        """For a request that is no cell: a follow-up question that a model wrote anew."""

    # people
    async def save_rating(self, rating: Rating) -> Rating: ...
    async def ratings(self) -> list[Rating]: ...
    async def remove_ratings(self, ids: Sequence[int]) -> None: ...

    # judges
    async def save_judgements(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """Adds them under new ids; one of the same judge on the same cells is replaced."""

    async def judgements(self) -> list[Judgement]:
        """Oldest first."""

    # dataset
    async def examples(self) -> list[Example]: ...
    async def replace_examples(self, examples: Sequence[Example]) -> list[Example]:
        """The whole dataset; ids are given anew where they are 0."""

    async def save_example(self, example: Example) -> Example: ...
    async def remove_examples(self, ids: Sequence[int]) -> None: ...

    # fine-tuning jobs
    async def jobs(self) -> list[Job]:
        """Newest first."""

    async def job(self, job_id: int) -> Job | None: ...
    async def save_job(self, job: Job) -> Job:
        """Replace, or add it under a new id (id 0)."""

    async def remove_job(self, job_id: int) -> None:
        """Forgets it here; the service keeps its own."""

    # small facts about the workspace: use case, question being typed, dismissed hints
    async def fact(self, key: str) -> Any: ...
    async def set_fact(self, key: str, value: Any) -> None:
        """`value` is JSON-ready; None removes it."""

    def when_saved(self, tell: Callable[[], None]) -> None:
        """Call `tell`, on the caller's thread, after each transaction."""

    async def aclose(self) -> None:
        """Purge what was removed, checkpoint to a single file, unlock."""
