"""Few-shot examples chosen for each question from the dataset, by likeness.

The vectors of the examples' questions are made by the built-in model, whatever the documents are
searched with: choosing costs nothing and sends nothing anywhere. They stay in the workspace, so
that they are made once. What was chosen goes with the messages as they were sent, and its lines
into the answer's note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.dataset.choosing import (
    MOST_SEARCHED,
    Candidate,
    candidate_of,
    choose,
    with_shots,
)
from ..core.dataset.query import ExampleQuery
from ..core.events import Emit, Preparing, ignore
from ..core.ports import Ports
from ..core.types import Case, Prompt, PromptVersion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..core.ports import Vectors

_PAGE = 500  # examples read at once
_BATCH = 32  # questions embedded and kept at once: what a cancel or a crash may cost
_KEPT = ExampleQuery(state="kept")
_FEW = 40  # examples looked at for an estimate


class ExamplePool:
    """The examples there are to choose from, for one ask or one run."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._lock = asyncio.Lock()
        self._ready = False
        self._pool: list[Candidate] = []
        self._vectors: Vectors | None = None
        self._asked: dict[str, NDArray[np.float32]] = {}

    async def prepare(self, versions: Sequence[PromptVersion | None], emit: Emit = ignore) -> None:
        """Where one of the prompts chooses examples: read and embed them, once.

        Raises EmbedderUnavailable. What was embedded is kept if it is cut off.
        """
        if any(version is not None and version.prompt.chosen for version in versions):
            async with self._lock:
                if not self._ready:
                    await self._read(emit)
                    self._ready = True

    async def fill(
        self, version: PromptVersion | None, question: str, case: Case | None = None
    ) -> tuple[PromptVersion | None, str]:
        """The version with the examples for this question in its prompt, and what to say of
        them; as it is where it chooses none. Raises EmbedderUnavailable."""
        if version is None or not version.prompt.chosen:
            return version, ""
        await self.prepare([version])
        order = await self._nearest(question)
        found = choose(order, version.prompt, question, case, len(self._pool))
        shots = [each.shot for each, _ in found.found]
        return replace(version, prompt=with_shots(version.prompt, shots)), found.note

    async def _read(self, emit: Emit) -> None:
        import numpy as np

        embedder = self._ports.scorer  # examples stay on this machine, whatever finds passages
        self._pool = await read_candidates(self._ports, MOST_SEARCHED)
        texts = list(dict.fromkeys(each.question for each in self._pool))
        known, kept = await self._ports.store.text_vectors(
            embedder.id, embedder.dimension, texts)
        vectors = np.zeros((len(texts), embedder.dimension), np.float32)
        vectors[known] = kept
        there = set(known)
        missing = [place for place in range(len(texts)) if place not in there]
        if missing:
            await self._ports.store.keep_text_vectors(texts)
        for start in range(0, len(missing), _BATCH):
            emit(_told(start, len(missing)))
            some = missing[start:start + _BATCH]
            vectors[some] = made = await embedder.embed([texts[place] for place in some])
            await self._ports.store.save_text_vectors(
                embedder.id, [texts[place] for place in some], made)
        if missing:
            emit(_told(len(missing), len(missing)))
        row_of = {text: place for place, text in enumerate(texts)}
        self._vectors = vectors[[row_of[each.question] for each in self._pool]]

    async def _nearest(self, question: str) -> Iterator[tuple[Candidate, float]]:
        """All of them, best first."""
        import numpy as np

        if self._vectors is None or not len(self._vectors):
            return iter(())
        if question not in self._asked:
            if len(self._asked) > _PAGE:
                self._asked.clear()
            [self._asked[question]] = await self._ports.scorer.embed([question], urgent=True)
        cosines = self._vectors @ self._asked[question]
        order = np.argsort(-cosines, kind="stable")
        return ((self._pool[place], float(cosines[place])) for place in order.tolist())


def _told(done: int, total: int) -> Preparing:
    return Preparing(f"Reading {done:,} of {total:,} training examples, once", done / total)


async def read_candidates(ports: Ports, most: int) -> list[Candidate]:
    """The examples that can be shown, in the dataset's order: from `most` spread over it."""
    ids = (await ports.store.example_order(_KEPT)).ids
    step = max(1, -(-len(ids) // most))
    wanted = ids[::step]
    found: list[Candidate] = []
    for start in range(0, len(wanted), _PAGE):
        page = await ports.store.example_page(list(wanted[start:start + _PAGE]))
        found += [each for each in map(candidate_of, page) if each is not None]
    return found


async def with_stand_ins(
    versions: Sequence[PromptVersion], ports: Ports
) -> list[PromptVersion]:
    """For estimates: examples of usual length instead of those that would be chosen, so that
    nothing has to be embedded to say what a run takes."""
    if not any(version.prompt.chosen for version in versions):
        return list(versions)
    pool = await read_candidates(ports, _FEW)
    return [replace(version, prompt=_stood_in(version.prompt, pool)) for version in versions]


def _stood_in(prompt: Prompt, pool: Sequence[Candidate]) -> Prompt:
    if not prompt.chosen or not pool:
        return prompt
    by_length = sorted(pool, key=lambda each: len(each.question) + len(each.answer))
    count = min(prompt.chosen, len(by_length))
    places = [(2 * place + 1) * len(by_length) // (2 * count) for place in range(count)]
    return with_shots(prompt, [by_length[place].shot for place in places])
