"""The passages a column gets for a question: found, whole documents, or the gold ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..core.approximation import words
from ..core.errors import ConfigurationError, StrategyExplorerError
from ..core.ports import ChatModel, Ports
from ..core.strategies import find_profile
from ..core.types import Case, Hit, RetrievalProfile, Strategy
from .chunk_changes import pages_as_sent
from .searching import search, search_anyhow
from .whole_documents import page_hit, whole_documents


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval gave: hits, or why it failed; shared by the columns of one profile."""

    hits: tuple[Hit, ...] = ()
    note: str = ""
    error: StrategyExplorerError | None = None


Find = Callable[[Strategy, ChatModel, str], Awaitable[Found]]


class Retrieval:
    """Runs each profile once for a question; the columns that need it wait for the same one.
    A follow-up question may be searched for in other words by each column.

    `case` gives the gold passages. `whole` holds the whole documents, which do not depend on
    the question, so that a run reads them once for all its cases. `anyhow`: by words, with a
    note, where the embedding model is not at hand.
    """

    def __init__(
        self, question: str, ports: Ports, case: Case | None = None,
        whole: Retrieval | None = None, *, anyhow: bool = False,
    ) -> None:
        self._question = question
        self._ports = ports
        self._case = case
        self._whole = whole
        self._anyhow = anyhow
        self._locks: dict[str, asyncio.Lock] = {}
        self._found: dict[str, Found] = {}

    async def find(self, strategy: Strategy, model: ChatModel, searched: str = "") -> Found:
        """`searched`: the question as it is searched for, where that is not as it was asked."""
        if strategy.retrieval is None:
            return Found()
        profile = find_profile(strategy.retrieval)
        if profile.whole and self._whole is not None:
            return await self._whole.find(strategy, model)
        searched = searched or self._question
        key = f"{profile.name} {model.model}" if profile.whole else f"{profile.name} {searched}"
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._found:
                self._found[key] = await self._search(profile, model, searched)
        return self._found[key]

    async def _search(
        self, profile: RetrievalProfile, model: ChatModel, searched: str
    ) -> Found:
        try:
            if profile.whole:
                hits, note = await whole_documents(self._ports, model.model)
                return Found(tuple(hits), note)
            if profile.gold:
                return Found(tuple(await gold_passages(self._case, self._ports)))
            if self._anyhow:
                hits, note = await search_anyhow(searched, profile, self._ports)
                return Found(tuple(hits), note or _exactness(profile, self._ports))
            found = tuple(await search(searched, profile, self._ports))
            return Found(found, _exactness(profile, self._ports))
        except StrategyExplorerError as error:
            return Found(error=error)


def _exactness(profile: RetrievalProfile, ports: Ports) -> str:
    """What the reader of an answer must know where the search was not exact; else ""."""
    found = ports.vectors.approximation if profile.mode != "lexical" else None
    return f"{words(found).capitalize()}." if found else ""


async def gold_passages(case: Case | None, ports: Ports) -> list[Hit]:
    """The pages that a case names as its sources. Raises ConfigurationError for none."""
    if case is None:
        raise ConfigurationError(
            "The gold passage is known for cases only", remedy="Use this column in Evaluate"
        )
    hits: list[Hit] = []
    for name, number in case.sources:
        for document in await ports.store.documents():
            if not document.pages or document.name.casefold() != name.casefold():
                continue
            for index, page in enumerate(await pages_as_sent(document, ports.store)):
                if number in (None, page.number) and page.text.strip():
                    hits.append(page_hit(len(hits) + 1, document, index, page))
    if not hits:
        raise ConfigurationError(
            "This case has no gold passage in the documents",
            why="It names no source" if not case.sources else "Its source is not among them",
            remedy="Name a source in the case, or add the document",
        )
    return hits
