"""What happens to hits after they were ranked: a second pass, a least score, diversity.

Second pass: passages are scored again by a cross-encoder, or by their best sentence, because a
chunk's vector is an average that drowns the one sentence that answers (cf. MaxP, Z. Dai and
J. Callan, "Deeper Text Understanding for IR", 2019). Diversity: maximal marginal relevance
(J. Carbonell and J. Goldstein, 1998) with the share of common words as likeness, so that no
vector is needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .sentences import split_sentences
from .types import Hit, RetrievalProfile

DEPTH = 50  # hits that a second pass or diversity chooses from
MOST_SENTENCES = 12  # of a passage; what follows is not scored
SENTENCE_SHARE = 0.1  # of the score after the second pass; measured: 0.1 harmless, 0.5 worse
NOVELTY = 0.3  # weight of being unlike the passages chosen before
_WORD = re.compile(r"[^\W_]{3,}")


def depth_of(profile: RetrievalProfile) -> int:
    """How many hits the first pass must bring."""
    deep = profile.second_pass or profile.cross_encoder or profile.diverse
    return max(DEPTH, profile.top) if deep else profile.top


def sentences_of(hit: Hit) -> list[str]:
    """What the second pass scores: the passage's sentences, or all of it where it has none."""
    found = [" ".join(each.text.split()) for each in split_sentences(hit.text)]
    return found[:MOST_SENTENCES] or [hit.text]


def rescore(hits: Sequence[Hit], best: Sequence[float]) -> list[Hit]:
    """In the order of both passes; `best` holds each hit's nearest sentence, as a cosine.

    Either is brought to 0..1 between the worst and the best of these hits before they are added.
    """
    first, second = _scaled([hit.score for hit in hits]), _scaled(best)
    scores = [(1 - SENTENCE_SHARE) * a + SENTENCE_SHARE * b
              for a, b in zip(first, second, strict=True)]
    order = sorted(range(len(hits)), key=lambda place: (-scores[place], hits[place].rank))
    return _numbered([replace(hits[place], score=scores[place]) for place in order])


def reorder(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    """In the order of a cross-encoder, which has read question and passage together: its scores
    take the place of those that chose the passages (R. Nogueira and K. Cho, "Passage Re-ranking
    with BERT", 2019). A number that is none stands last."""
    known = [score if score == score else float("-inf") for score in scores]
    order = sorted(range(len(hits)), key=lambda place: (-known[place], hits[place].rank))
    return _numbered([replace(hits[place], score=known[place]) for place in order])


def pick(hits: Sequence[Hit], profile: RetrievalProfile) -> list[Hit]:
    """The profile's `top` of them, numbered anew."""
    if profile.least is not None:
        hits = [hit for hit in hits if hit.score >= profile.least]
    if profile.diverse:
        hits = _diverse(hits, profile.top)
    return _numbered(list(hits[: profile.top]))


def _diverse(hits: Sequence[Hit], top: int) -> list[Hit]:
    best_score = max((hit.score for hit in hits), default=0.0)
    shares = [max(0.0, hit.score) / best_score if best_score > 0 else 1.0 for hit in hits]
    words = [frozenset(_WORD.findall(hit.text.casefold())) for hit in hits]
    left, chosen = list(range(len(hits))), list[int]()
    while left and len(chosen) < top:
        def worth(place: int) -> float:
            like = max((_likeness(words[place], words[each]) for each in chosen), default=0.0)
            return (1 - NOVELTY) * shares[place] - NOVELTY * like

        best = max(left, key=lambda place: (worth(place), -place))
        chosen.append(best)
        left.remove(best)
    return [hits[place] for place in chosen]


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's share of common words, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _scaled(scores: Sequence[float]) -> list[float]:
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 1.0 for score in scores]


def _numbered(hits: Sequence[Hit]) -> list[Hit]:
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)]
