"""`core.ports.Store` on one SQLite file. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.chunk_changes import ChunkChange, ChunkPlace, ListedChunk
from ...core.evaluation.types import Cell, Judgement, Rating, Run, RunState
from ...core.recording import Mark
from ...core.tuning import Job
from ...core.types import (
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
from . import (
    answers,
    case_rows,
    cell_rows,
    chunk_changes,
    copying,
    dataset,
    documents,
    job_rows,
    opening,
    people_rows,
    recipes,
    recording,
    run_rows,
    search,
)
from . import chunks as chunk_rows
from . import vectors as vector_rows
from .dataset_store import DatasetStore
from .values import now

if TYPE_CHECKING:
    from ...core.ports import Ids, Vectors


class SqliteStore(DatasetStore):
    """An open workspace. Make one with `services.workspace`."""

    # --- documents

    async def documents(self) -> list[Document]:
        return await self._read(documents.documents)

    async def document_by_hash(self, sha256: str) -> Document | None:
        return await self._read(documents.by_hash, sha256)

    async def add_document(self, name: str, path: str, sha256: str, content: bytes) -> Document:
        return await self._write(documents.add, name, path, sha256, content)

    async def document_bytes(self, document_id: int) -> bytes:
        return await self._read(documents.content, document_id)

    async def set_document(
        self, document_id: int, state: DocumentState, *, seconds: float | None = None,
        error: str = "", remedy: str = "", warning: str | None = None,
        language: str | None = None, tables: int | None = None,
    ) -> Document:
        return await self._write(documents.set_state, document_id, state, seconds, error, remedy,
                                 warning, language, tables)

    async def mark_gone(self, ids: Sequence[int], gone: bool) -> list[Document]:
        return await self._write(documents.mark_gone, ids, gone)

    async def remove_documents(self, ids: Sequence[int]) -> list[int]:
        return await self._write(documents.remove, ids)

    async def restore_documents(self, ids: Sequence[int]) -> list[Document]:
        return await self._write(documents.restore, ids)

    async def save_pages(
        self, document_id: int, pages: Sequence[Page], chunks: Sequence[NewChunk]
    ) -> list[Chunk]:
        return await self._write(chunk_rows.save, document_id, pages, chunks)

    async def page(self, document_id: int, page_index: int) -> Page:
        return await self._read(chunk_rows.page, document_id, page_index)

    async def pages(self, document_id: int) -> list[Page]:
        return await self._read(chunk_rows.pages, document_id)

    async def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        return await self._read(chunk_rows.chunks, ids)

    async def chunk_places(self, ids: Sequence[int]) -> list[Chunk]:
        return await self._read(chunk_rows.places, ids)

    async def page_chunks(self, document_id: int, page_index: int) -> list[Chunk]:
        return await self._read(chunk_rows.of_page, document_id, page_index)

    async def listed_chunks(self, document_id: int) -> list[ListedChunk]:
        return await self._read(chunk_changes.listed, document_id)

    async def change_chunk(
        self, place: ChunkPlace, wanted: ChunkChange
    ) -> tuple[list[int], list[int]]:
        return await self._write(chunk_changes.change, place, wanted)

    # --- vectors and search

    async def chunks_to_embed(self, embedder_id: str, document_id: int) -> list[Chunk]:
        return await self._read(chunk_rows.without_vector, embedder_id, document_id)

    async def save_vectors(
        self, embedder_id: str, chunk_ids: Sequence[int], vectors: Vectors
    ) -> None:
        await self._write(vector_rows.save, embedder_id, chunk_ids, vectors)

    async def vectors(self, embedder_id: str) -> tuple[Ids, Vectors]:
        return await self._read(vector_rows.load, embedder_id)

    async def vector_ids(self, embedder_id: str) -> Ids:
        return (await self.vector_marks(embedder_id))[0]

    async def vector_marks(self, embedder_id: str) -> tuple[Ids, Ids]:
        return await self._read(vector_rows.marks, embedder_id)

    async def vectors_at(
        self, embedder_id: str, chunk_ids: Sequence[int]
    ) -> tuple[Ids, Vectors]:
        return await self._read(vector_rows.at, embedder_id, chunk_ids)

    async def vectors_of(self, embedder_id: str, document_id: int) -> tuple[Ids, Vectors]:
        return await self._read(vector_rows.load, embedder_id, document_id)

    async def lexical_search(self, match: str, top: int) -> list[tuple[int, float]]:
        return await self._read(search.search, match, top)

    async def matched_words(self, match: str, chunk_ids: Sequence[int]) -> set[str]:
        return await self._read(search.matched_words, match, chunk_ids)

    async def counts(self, embedder_id: str) -> tuple[int, int]:
        return await self._read(vector_rows.counts, embedder_id)

    # --- prompts and strategies

    async def prompt_versions(self) -> list[PromptVersion]:
        return await self._read(recipes.prompt_versions)

    async def save_prompt(
        self, prompt: Prompt, name: str = "", note: str = "", parent: int | None = None
    ) -> PromptVersion:
        return await self._write(recipes.save_prompt, prompt, name, note, now(), parent)

    async def describe_prompt(
        self, number: int, *, name: str, note: str, starred: bool
    ) -> PromptVersion:
        return await self._write(recipes.describe_prompt, number, name, note, starred)

    async def draft(self) -> Prompt | None:
        return await self._read(recipes.draft)

    async def save_draft(self, prompt: Prompt | None) -> None:
        await self._write(recipes.save_draft, prompt)

    async def strategies(self) -> list[Strategy]:
        return await self._read(recipes.strategies)

    async def save_strategy(self, strategy: Strategy) -> Strategy:
        return await self._write(recipes.save_strategy, strategy)

    async def remove_strategy(self, strategy_id: int) -> None:
        await self._write(recipes.remove_strategy, strategy_id)

    async def order_strategies(self, ids: Sequence[int]) -> None:
        await self._write(recipes.order_strategies, ids)

    # --- answers

    async def begin_answer(self, strategy_id: int, answer: Answer) -> int:
        return await self._write(answers.begin, strategy_id, answer, now())

    async def save_answer(self, answer_id: int, answer: Answer) -> None:
        await self._write(answers.save, answer_id, answer, now())

    async def latest_answers(self) -> dict[int, Answer]:
        return await self._read(answers.latest)

    async def answers_since(self, answer_id: int) -> list[Cell]:
        return await self._read(answers.since, answer_id)

    async def answers_to(self, question: str) -> list[Cell]:
        return await self._read(recording.answers_to, question)

    async def asked_questions(self, last_cell: int) -> list[str]:
        return await self._read(answers.questions, last_cell)

    async def last_cell(self) -> int:
        """The highest id of a cell, 0 where there is none."""
        return await self._read(answers.last_cell)

    # --- cases

    async def cases(self) -> list[Case]:
        return await self._read(case_rows.cases)

    async def add_cases(self, cases: Sequence[Case]) -> list[Case]:
        return await self._write(case_rows.add, cases)

    async def save_case(self, case: Case) -> Case:
        return await self._write(case_rows.save, case)

    async def remove_cases(self, ids: Sequence[int]) -> None:
        await self._write(case_rows.remove, ids)

    # --- runs; `save_cell` is in thread.py

    async def begin_run(self, run: Run) -> Run:
        return await self._write(run_rows.begin, run, now())

    async def join_run(self, run: Run, cells: Sequence[Cell]) -> None:
        await self._write(run_rows.join, run, cells, now())

    async def set_run(self, run_id: int, state: RunState) -> Run:
        return await self._write(run_rows.set_state, run_id, state, now())

    async def runs(self) -> list[Run]:
        return await self._read(run_rows.runs)

    async def edit_run(
        self, run_id: int, *, name: str | None = None, metrics: Sequence[str] | None = None
    ) -> Run:
        return await self._write(run_rows.edit, run_id, name, metrics)

    async def remove_run(self, run_id: int) -> None:
        await self._write(run_rows.remove, run_id)

    async def cells(self, run_id: int) -> list[Cell]:
        return await self._read(cell_rows.cells, run_id)

    async def cell(self, cell_id: int) -> Cell | None:
        return await self._read(cell_rows.cell, cell_id)

    async def set_scores(self, metric: str, values: Mapping[int, float | None]) -> None:
        await self._write(cell_rows.set_scores, metric, values)

    async def cached_answer(self, key: str) -> Answer | None:
        return await self._read(cell_rows.cached, key)

    async def cache_answer(self, key: str, answer: Answer) -> None:
        await self._write(cell_rows.cache, key, answer, now())

    async def save_rating(self, rating: Rating) -> Rating:
        return await self._write(people_rows.save_rating, rating, now())

    async def ratings(self) -> list[Rating]:
        return await self._read(people_rows.ratings)

    async def remove_ratings(self, ids: Sequence[int]) -> None:
        await self._write(people_rows.remove_ratings, ids)

    async def save_judgements(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        return await self._write(people_rows.save_judgements, judgements, now())

    async def judgements(self) -> list[Judgement]:
        return await self._read(people_rows.judgements)

    async def jobs(self) -> list[Job]:
        return await self._read(job_rows.jobs)

    async def job(self, job_id: int) -> Job | None:
        return await self._read(job_rows.job, job_id)

    async def save_job(self, job: Job) -> Job:
        return await self._write(job_rows.save, job, now())

    async def remove_job(self, job_id: int) -> None:
        await self._write(job_rows.remove, job_id)

    # --- dataset, facts

    async def examples(self) -> list[Example]:
        return await self._read(dataset.examples)

    async def replace_examples(self, examples: Sequence[Example]) -> list[Example]:
        return await self._write(dataset.replace_examples, examples)

    async def save_example(self, example: Example) -> Example:
        return await self._write(dataset.save_example, example)

    async def remove_examples(self, ids: Sequence[int]) -> None:
        await self._write(dataset.remove_examples, ids)

    async def fact(self, key: str) -> Any:
        return await self._read(dataset.fact, key)

    async def set_fact(self, key: str, value: Any) -> None:
        await self._write(dataset.set_fact, key, value)

    # --- the file

    async def damage(self) -> str:
        """What is wrong with the file's structure, or "": for files too large to check at
        opening (0.2 s for 300 MB)."""
        return await self._read(opening.damage)

    async def copy_to(self, target: Path) -> None:
        """A copy without what was removed. Raises WorkspaceError, also if `target` exists."""
        await self._read(copying.copy, target)

    async def record_to(self, target: Path, mark: Mark) -> None:
        """A recording. Raises WorkspaceError, also if `target` exists."""
        await self._read(recording.record, target, mark)
