"""The built-in chat model: no network, no invention, only sentences it was given.

`core.extraction` decides; this embeds the few sentences it asks about, remembers their
vectors (the same passages are asked about again, in other columns and in later questions) and
streams the answer word by word.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from ..core.errors import Refused
from ..core.extraction import (
    NOT_ANSWERED,
    NOTHING_GIVEN,
    SAME_QUESTION,
    SAME_WORD,
    Given,
    candidates,
    compose,
    nearby_words,
    read_messages,
    select,
    unmentioned,
    why_not,
)
from ..core.ports import Embedder
from ..core.types import BUILTIN_MODEL, Finished, Message, Parameters, Piece, TextPiece, Usage

if TYPE_CHECKING:
    from ..core.ports import Vectors

REMEMBERED = 4_000  # vectors: 6 MB at 384 dimensions
_PIECE = re.compile(r"\s*\S+")
_CITATION = re.compile(r"\s*\[\d{1,3}\]")


class ExtractiveChat:
    """Quotes what the messages hold, with citations, or says that it does not know."""

    label = BUILTIN_MODEL
    model = BUILTIN_MODEL
    local = True
    address = ""  # asks anew: it is quick, and better in each version

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        """Raises Refused when there is no question and EmbedderUnavailable."""
        text = await self._answer(messages)
        for stop in parameters.stop:
            text = text.partition(stop)[0]
        room = parameters.max_tokens
        sent = ""
        for piece in _PIECE.findall(text):
            if room is not None and _tokens(sent + piece) > room:
                break
            sent += piece
            yield TextPiece(piece)
            await asyncio.sleep(0)  # other columns stream too
        usage = Usage(
            sum(_tokens(message.content) for message in messages), _tokens(sent), estimated=True
        )
        yield Finished("stop" if sent == text.rstrip() else "length", usage, BUILTIN_MODEL)

    async def _answer(self, messages: Sequence[Message]) -> str:
        try:
            given = await asyncio.to_thread(read_messages, messages)
        except ValueError as error:
            raise Refused(
                "There is no question to answer", why=f"the messages hold {error}",
                remedy="Type a question, and use {{ question }} in the user template",
            ) from error
        if (learnt := await self._from_memory(given)) is not None:
            return learnt
        text, declined = await self._from_sources(given)
        if text:
            return text
        if len(messages) == 1 and not given.sources:
            return NOTHING_GIVEN
        return await self._from_examples(given) or declined

    async def _from_memory(self, given: Given) -> str | None:
        """What training taught; the model as it comes was taught nothing."""
        return None

    async def _from_sources(self, given: Given) -> tuple[str, str]:
        """The answer from passages and facts, or "" and the sentence that declines."""
        among = await asyncio.to_thread(candidates, given)
        if not among:
            return "", NOT_ANSWERED
        vectors = await self._embed([given.question, *(candidate.text for candidate in among)])
        question, vectors = vectors[0], vectors[1:]
        near = [float(value) for value in vectors @ question]
        lost_names, lost = unmentioned(given, among)
        if lost and not lost_names:
            lost = await self._without_synonyms(lost, nearby_words(among, near))
        declined = why_not(max(near), lost_names, lost)
        if declined:
            return "", declined
        return compose(select(among, vectors, question, given.said)), ""

    async def _without_synonyms(self, lost: list[str], nearby: list[str]) -> list[str]:
        """Those words for which the nearest sentences have no other word."""
        if not nearby:
            return lost
        vectors = await self._embed([*(word.lower() for word in lost), *nearby])
        alike = vectors[: len(lost)] @ vectors[len(lost) :].T
        return [word for word, row in zip(lost, alike, strict=True) if row.max() < SAME_WORD]

    async def _from_examples(self, given: Given) -> str | None:
        """The answer of the few-shot example that asks for the same thing."""
        if not given.examples:
            return None
        vectors = await self._embed([given.question, *(asked for asked, _ in given.examples)])
        near = [float(value) for value in vectors[1:] @ vectors[0]]
        best = max(range(len(near)), key=near.__getitem__)
        if near[best] < SAME_QUESTION:
            return None
        return _CITATION.sub("", given.examples[best][1]).strip()

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, shape (n, dimension); those seen lately are not computed again."""
        import numpy as np

        found = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found |= zip(new, await self._embedder.embed(new, urgent=True), strict=True)
        for text, vector in found.items():
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
        while len(self._vectors) > REMEMBERED:
            self._vectors.popitem(last=False)
        return np.stack([found[text] for text in texts])


def _tokens(text: str) -> int:
    """About four bytes of English make a token."""
    return -(-len(text.encode()) // 4)
