"""Why a passage was not retrieved, and the smallest change that would bring it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .profiles import MODES, MOST_TOP, make_profile
from .retrieval import Scored, rank
from .types import Chunk, Hit, RetrievalProfile, SearchMode

SHOWN_ABOVE = 3  # passages named that stood above it
FEW_MORE = 5  # so many more passages are a smaller change than another way of searching


@dataclass(frozen=True, slots=True)
class Absence:
    """Where a page stood in a search. Ranks count from 1; None: not in that list at all."""

    place: int | None  # among all places, by the profile's own order
    score: float | None
    dense_rank: int | None
    dense_score: float | None  # cosine
    lexical_rank: int | None
    lexical_score: float | None  # BM25
    above: tuple[Hit, ...]  # what stood at the top instead
    shared: tuple[str, ...]  # words of the question that it holds
    missing: tuple[str, ...]  # and those it does not
    found: bool  # the profile does bring it
    changes: tuple[RetrievalProfile, ...]  # that would bring it in, the smallest first


def explain(
    profile: RetrievalProfile, dense: Scored, lexical: Scored, chunks: Mapping[int, Chunk],
    wanted: Sequence[Chunk], words: Sequence[str],
) -> Absence:
    """`wanted` are the chunks of the page in question; `words` the question's telling ones.

    `chunks` holds what `retrieval.with_previous` asks for these lists.
    """
    best = _place_in(profile.mode, dense, lexical, chunks, wanted)
    hits = rank(dense, lexical, chunks, mode=profile.mode, top=profile.top)
    by_meaning, by_words = _best(dense, wanted), _best(lexical, wanted)
    text = " ".join(f"{chunk.text} {chunk.heading}" for chunk in wanted).casefold()
    shared = tuple(word for word in words if _stem(word) in text)
    found = best is not None and best.rank <= profile.top and _enough(best.score, profile)
    return Absence(
        best.rank if best else None, best.score if best else None,
        *by_meaning, *by_words, tuple(hits[:SHOWN_ABOVE]), shared,
        tuple(word for word in words if word not in shared), found,
        () if found else tuple(_changes(profile, best, dense, lexical, chunks, wanted)),
    )


def _place_in(
    mode: SearchMode, dense: Scored, lexical: Scored, chunks: Mapping[int, Chunk],
    wanted: Sequence[Chunk],
) -> Hit | None:
    everything = rank(dense, lexical, chunks, mode=mode, top=len(chunks))
    pages = {(chunk.document_id, chunk.page_index) for chunk in wanted}
    own = {chunk.id for chunk in wanted}
    for hit in everything:
        paged = hit.page is not None and (hit.document_id, hit.page_index) in pages
        if paged or hit.chunk_id in own:
            return hit
    return None


def _best(scored: Scored, wanted: Sequence[Chunk]) -> tuple[int | None, float | None]:
    own = {chunk.id for chunk in wanted}
    for place, (chunk_id, score) in enumerate(scored, start=1):
        if chunk_id in own:
            return place, score
    return None, None


def _changes(
    profile: RetrievalProfile, best: Hit | None, dense: Scored, lexical: Scored,
    chunks: Mapping[int, Chunk], wanted: Sequence[Chunk],
) -> list[RetrievalProfile]:
    """A lower bar, a few more passages, another way of searching, many more passages."""
    few: list[RetrievalProfile] = []
    many: list[RetrievalProfile] = []
    if best is not None:
        least = profile.least
        if not _enough(best.score, profile):
            least = max(0.0, int(best.score * 100) / 100)
        top = max(profile.top, best.rank)
        if top <= MOST_TOP:
            changed = _with(profile, profile.mode, top, least)
            (few if top <= profile.top + FEW_MORE else many).append(changed)
    others = []
    for mode in MODES:
        if mode != profile.mode:
            hit = _place_in(mode, dense, lexical, chunks, wanted)
            if hit is not None and hit.rank <= profile.top:
                others.append(_with(profile, mode, profile.top, None))
    return [*few, *others, *many]


def _with(
    profile: RetrievalProfile, mode: SearchMode, top: int, least: float | None
) -> RetrievalProfile:
    return make_profile(mode, top, least=least, joined=profile.joined)


def _enough(score: float, profile: RetrievalProfile) -> bool:
    return profile.least is None or score >= profile.least


def _stem(word: str) -> str:
    """Rough, for showing only: the index itself compares by Porter's stems."""
    return word[: max(4, len(word) - 3)]


def sentences(absence: Absence, profile: RetrievalProfile) -> list[str]:
    """What an analyst needs to know, the most telling first."""
    if absence.found:
        return [f"It is found: place {absence.place} of {profile.top}."]
    said = [_where(absence, profile), _by_meaning(absence), _by_words(absence)]
    if absence.above:
        named = "; ".join(_source(hit) for hit in absence.above)
        said.append(f"Above it stood: {named}.")
    said.append(_remedy(absence))
    return said


def _where(absence: Absence, profile: RetrievalProfile) -> str:
    if absence.place is None:
        return "Neither its words nor its meaning came up for this question."
    if absence.place <= profile.top:
        return (f"It stands at place {absence.place}, with a score of {absence.score:.2f}: below "
                f"the least score of {profile.least:.2f}.")
    return f"It stands at place {absence.place:,}; the profile takes the first {profile.top}."


def _by_meaning(absence: Absence) -> str:
    if absence.dense_rank is None:
        return "By meaning: not among the nearest chunks, or not embedded yet."
    return f"By meaning: chunk {absence.dense_rank:,}, cosine {absence.dense_score:.2f}."


def _by_words(absence: Absence) -> str:
    lacks = f" It lacks: {', '.join(absence.missing)}." if absence.missing else ""
    if absence.lexical_rank is None:
        return f"By words: it shares none with the question.{lacks}"
    shares = f" It shares: {', '.join(absence.shared)}." if absence.shared else ""
    return f"By words: chunk {absence.lexical_rank:,}.{shares}{lacks}"


def _source(hit: Hit) -> str:
    return hit.document if hit.page is None else f"{hit.document}, page {hit.page}"


def _remedy(absence: Absence) -> str:
    if absence.changes:
        return f"The smallest change that brings it in: profile “{absence.changes[0].name}”."
    return ("No setting of the search brings it in. Ask with the words the passage uses, or give "
            "the passage a heading that names the subject.")
