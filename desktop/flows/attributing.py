"""Causes of failure under the use case as it is now: a goal may change after a run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.evaluation.attribution import attribute, keep_by_hand
from ..core.evaluation.types import ENDED, Cell
from ..core.types import Case, DocumentState
from .chunk_changes import pages_as_sent

if TYPE_CHECKING:
    from ..core.evaluation.types import UseCase
    from ..core.ports import Store

_SLICE = 200  # cells between two breaths of the event loop


class KnownPages:
    """Which gold sources have text in the workspace; each document is looked up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages: dict[str, set[int | None]] = {}

    async def holds(self, case: Case) -> bool:
        """Whether at least one gold source of the case has text here."""
        for name, page in case.sources:
            pages = await self._of(name.casefold())
            if pages and (page is None or page in pages):
                return True
        return False

    async def _of(self, name: str) -> set[int | None]:
        if name not in self._pages:
            self._pages[name] = {
                page.number
                for document in await self._store.documents()
                if document.name.casefold() == name and document.state is not DocumentState.FAILED
                for page in await pages_as_sent(document, self._store) if page.text.strip()
            }
        return self._pages[name]


async def with_causes(
    cells: Sequence[Cell], cases: Mapping[int, Case], use_case: UseCase, store: Store
) -> list[Cell]:
    """The cells, each with the cause that its scores give under this use case. What a person
    decided stays. Nothing is stored."""
    pages = KnownPages(store)
    found = []
    for place, cell in enumerate(cells):
        if place % _SLICE == 0:
            await asyncio.sleep(0)
        case = cases.get(cell.case_id)
        if case is None or cell.answer is None or cell.state not in ENDED:
            found.append(cell)
            continue
        known = await pages.holds(case)
        cause = attribute(case, cell.answer, cell.scores, known, use_case)
        if cause is not None and case.sources and not cell.answer.context:
            # Cells are listed without their passages, and the rules ask about them.
            whole = await store.cell(cell.id)
            answer = whole.answer if whole and whole.answer else cell.answer
            cause = attribute(case, answer, cell.scores, known, use_case)
        found.append(replace(cell, attribution=keep_by_hand(cell, cause)))
    return found
