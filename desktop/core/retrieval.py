"""How passages are found: the full-text schema, the words of a query, and the fusion.

Full text. The store builds its FTS5 table from FTS_COLUMNS and FTS_TOKENIZE, one row a chunk
with the chunk's id as rowid: `text` is the chunk, `heading` its headings, `title` the name of
its document. Rank with `-bm25(<table>, *BM25_WEIGHTS)`, so that higher is better.

Ranking. The evidence for a page is that of its best chunk, by cosine and by BM25. A passage
that runs over a page break begins on the page before, often with no more than its heading or
first line, and that is the page people cite: so in running text (pages of several chunks,
unlike slides) the first chunk of a page also speaks, slightly less, for the last chunk of the
page before. The two kinds of evidence are brought to 0..1 and added (S. Bruch, S. Gai,
A. Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2022, find a convex sum
better than reciprocal ranks). Each page gives one hit, so that five hits are five places;
where a format has no pages every chunk is a place of its own.
tests/benchmarks/retrieval_quality.py holds these steps against doing without.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from .types import Chunk, Hit, SearchMode

# English words are compared by their stems, letters without their accents.
FTS_TOKENIZE = "porter unicode61 remove_diacritics 2"
FTS_COLUMNS = ("text", "heading", "title")
BM25_WEIGHTS = (1.0, 0.3, 0.3)

CANDIDATES = 300  # chunks taken from each list
DENSE_SHARE = 0.6  # of the fused score; 0.4 to 0.8 measured alike
CARRY = 0.95  # of a page's first chunk, for the end of the page before; 0.9 to 0.95 alike
FLOOR_PLACE = 50  # the place whose score counts as 0 in the fusion; 20 to 100 alike
WINDOW = 1_200  # characters of a passage: a short chunk is read with its neighbours
_WORD = re.compile(r"[^\W_]+")
_MOST_TERMS = 64  # of a query; SQLite refuses very deep expressions

_STOP_WORDS = frozenset(_WORD.findall(
    "a about an and are as at be been being but by can could did do does doing for from had has "
    "have having he her hers him his how i if in into is it its may me might mine must my of on "
    "or our ours regarding shall she should so some such than that the their theirs them then "
    "there these they this those to was we were what when where which while who whom whose why "
    "will with would you your yours "
))
_CONTRACTION = re.compile(r"['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)

Scored = Sequence[tuple[int, float]]
"""`(chunk id, score)`, best first, as the store and the vector index return them."""


def match_expression(question: str) -> str:
    """The FTS5 MATCH expression for a question: any of its words; "" when it has none.

    Every word is quoted, so no character of the question is ever syntax.
    """
    return " OR ".join(f'"{word}"' for word in telling_words(question))


def words_of(match: str) -> list[str]:
    """What `match_expression` was made of, each word still quoted."""
    return match.split(" OR ")


def telling_words(question: str) -> list[str]:
    """The words that are searched, in lower case: all but the commonest, unless there are no
    others."""
    plain = _CONTRACTION.sub(" ", question)
    words = dict.fromkeys(word.lower() for word in _WORD.findall(plain))
    telling = [word for word in words if word not in _STOP_WORDS] or list(words)
    return telling[:_MOST_TERMS]


def with_previous(*lists: Scored) -> list[int]:
    """Ids to load for `rank`: the candidates and the two chunks before each, ascending."""
    ids = {chunk_id for scored in lists for chunk_id, _ in scored}
    return sorted({chunk_id - back for chunk_id in ids for back in range(3) if chunk_id > back})


def rank(
    dense: Scored,
    lexical: Scored,
    chunks: Mapping[int, Chunk],
    *,
    mode: SearchMode = "hybrid",
    top: int = 5,
    waiting: Collection[int] = (),
) -> list[Hit]:
    """The best `top` places, one hit each, in a fixed order.

    `chunks` holds what `with_previous` asked for; ids that are missing from it are left out.
    Their texts are not looked at: `with_texts` adds them to the hits.
    The score is a cosine (dense), a BM25 (lexical) or a share of 1 (hybrid). `waiting` are
    chunks that have no vector yet: they are judged by their words alone.
    """
    by_meaning = _Evidence.of(dense, chunks)
    by_words = _Evidence.of(lexical, chunks)
    if mode == "dense":
        scores, speaks = by_meaning.places, by_meaning.speaking
    elif mode == "lexical":
        scores, speaks = by_words.places, by_words.speaking
    else:
        near, far = by_meaning.relative(), by_words.relative()
        known = [chunks[chunk_id] for chunk_id in waiting if chunk_id in chunks]
        scores = _fuse(near.places, far.places, {_place(chunk) for chunk in known})
        speaks = _fuse(near.speaking, far.speaking, {chunk.id for chunk in known})
    best = _best_chunks(speaks, chunks)
    order = sorted(scores, key=lambda place: (-scores[place], best[place]))[: max(0, top)]
    return [
        _hit(number, scores[place], chunks[best[place]], by_meaning, by_words)
        for number, place in enumerate(order, start=1)
    ]


Key = TypeVar("Key")
Place = tuple[int, int]
"""A page, `(document id, page index)`; without pages a chunk, `(-1, chunk id)`."""


def _place(chunk: Chunk) -> Place:
    return (-1, chunk.id) if chunk.page is None else (chunk.document_id, chunk.page_index)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """One list: what it found, what each chunk and place gets from it."""

    found: Mapping[int, tuple[int, float]]  # chunk id: rank from 1, score
    speaking: Mapping[int, float]  # chunk id: its score, or more from the page after it
    places: Mapping[Place, float]  # the best of each place

    @classmethod
    def of(cls, scored: Scored, chunks: Mapping[int, Chunk]) -> _Evidence:
        known = [(chunk_id, score) for chunk_id, score in scored if chunk_id in chunks]
        found = {c: (number, score) for number, (c, score) in enumerate(known, start=1)}
        speaking = dict(known)
        for chunk_id, score in known:
            before = _end_of_page_before(chunks[chunk_id], chunks)
            if before is not None and score > 0:
                speaking[before] = max(speaking.get(before, 0.0), CARRY * score)
        return cls(found, speaking, _best_of_places(speaking, chunks))

    def relative(self) -> _Evidence:
        """The scores between that of the best place (1) and that of the fiftieth (0)."""
        order = sorted(self.places.values(), reverse=True)
        low = order[FLOOR_PLACE - 1] if len(order) >= FLOOR_PLACE else min([0.0, *order])
        width = order[0] - low if order else 0.0

        def scaled(score: float) -> float:
            return max(0.0, (score - low) / width) if width > 0 else 1.0

        return _Evidence(
            self.found,
            {key: scaled(score) for key, score in self.speaking.items()},
            {key: scaled(score) for key, score in self.places.items()},
        )


def _end_of_page_before(chunk: Chunk, chunks: Mapping[int, Chunk]) -> int | None:
    """The id of the chunk that ends the page before, if `chunk` begins a page of running text.

    The chunks of a document are stored in order with consecutive ids.
    """
    before, earlier = chunks.get(chunk.id - 1), chunks.get(chunk.id - 2)
    if before is None or earlier is None or before.document_id != chunk.document_id:
        return None
    if before.page_index != chunk.page_index - 1 or _place(earlier) != _place(before):
        return None
    return before.id


def _best_of_places(
    speaking: Mapping[int, float], chunks: Mapping[int, Chunk]
) -> dict[Place, float]:
    best: dict[Place, float] = {}
    for chunk_id, score in speaking.items():
        place = _place(chunks[chunk_id])
        best[place] = max(best.get(place, score), score)
    return best


def _fuse(
    dense: Mapping[Key, float], lexical: Mapping[Key, float], waiting: Collection[Key]
) -> dict[Key, float]:
    fused: dict[Key, float] = {}
    for key in [*dense, *(key for key in lexical if key not in dense)]:
        words = lexical.get(key, 0.0)
        meaning = dense.get(key, words if key in waiting else 0.0)
        fused[key] = DENSE_SHARE * meaning + (1 - DENSE_SHARE) * words
    return fused


def _best_chunks(speaks: Mapping[int, float], chunks: Mapping[int, Chunk]) -> dict[Place, int]:
    """For each place the chunk to show: the one with most evidence, the first of equals."""
    best: dict[Place, int] = {}
    for chunk_id in sorted(speaks):
        place = _place(chunks[chunk_id])
        if place not in best or speaks[chunk_id] > speaks[best[place]]:
            best[place] = chunk_id
    return best


def _hit(
    number: int, score: float, chunk: Chunk, by_meaning: _Evidence, by_words: _Evidence
) -> Hit:
    # A chunk that neither list holds is here because the one after it spoke for it.
    known = chunk.id in by_meaning.found or chunk.id in by_words.found
    speaker = chunk.id if known else chunk.id + 1
    dense_rank, dense_score = by_meaning.found.get(speaker, (None, None))
    lexical_rank, lexical_score = by_words.found.get(speaker, (None, None))
    return Hit(
        number, score, chunk.id, chunk.document_id, chunk.document, chunk.page,
        chunk.page_index, chunk.start, chunk.end, chunk.text, chunk.heading,
        dense_rank, dense_score, lexical_rank, lexical_score, chunk.edited,
    )


def by_id(chunks: Iterable[Chunk]) -> dict[int, Chunk]:
    """What `rank` takes."""
    return {chunk.id: chunk for chunk in chunks}


def with_texts(hits: Iterable[Hit], chunks: Iterable[Chunk]) -> list[Hit]:
    """Hits that were ranked without texts, with those of `chunks`; gone chunks are left out."""
    known = by_id(chunks)
    found = [(hit, known[hit.chunk_id]) for hit in hits if hit.chunk_id in known]
    return [replace(hit, text=chunk.text, heading=chunk.heading, edited=chunk.edited)
            for hit, chunk in found]


def around(hits: Iterable[Hit]) -> list[int]:
    """The ids that `widen` may need: a document's chunks are numbered in their order."""
    return sorted({hit.chunk_id + step for hit in hits for step in (-2, -1, 0, 1, 2)})


def widen(hit: Hit, chunks: Mapping[int, Chunk], page_text: str) -> Hit:
    """The hit with neighbours on its page, up to WINDOW characters.

    The end of a page is often a short chunk whose subject was named just above it: a good
    match, and a poor passage to answer from. Never over a chunk that is excluded or edited: the
    page has its old text.
    """
    if hit.page is None or hit.edited:
        return hit
    start, end = hit.start, hit.end
    ends: set[bool] = set()  # the sides, True for what follows, on which there is no more
    for step in (-1, 1, -2, 2):
        near = None if (step > 0) in ends else chunks.get(hit.chunk_id + step)
        if near is None or near.edited or (
                (near.document_id, near.page_index) != (hit.document_id, hit.page_index)):
            ends.add(step > 0)
            continue
        wider = min(start, near.start), max(end, near.end)
        if wider[1] - wider[0] <= WINDOW:
            start, end = wider
    return replace(hit, start=start, end=end, text=page_text[start:end])
