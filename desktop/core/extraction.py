"""How the built-in model answers: with sentences it was given, or not at all.

1. `given.read_messages` finds the question and everything given: numbered passages, facts of
   the system message, few-shot examples.
2. `candidates` keeps the few dozen sentences worth embedding, by word overlap and by the
   order in which search found their passages.
3. `why_not` decides whether the question is answered at all: the nearest sentence must be
   near enough, and the words that name the question's topic must occur in what was given. A
   missing name ("Platinum") is the strongest sign that an answer would be about something else.
4. `select` picks sentences by maximal marginal relevance (Carbonell and Goldstein, 1998) up
   to the length of a short paragraph, and `compose` puts them in reading order with citations.

Vectors are arrays of float32 with rows of length 1; nothing here computes them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from .declines import NOT_ANSWERED, NOTHING_GIVEN, does_not_mention, is_decline
from .given import Given, Source, read_messages
from .sentences import Sentence, split_sentences
from .wording import content_roots, mentions, missing_names, name_words, topic_words, words

if TYPE_CHECKING:
    from .ports import Vectors

CANDIDATES = 24  # sentences embedded for an answer; more change nothing that was measured
RANKED = 12  # more passages than this were not ranked by a search: whole documents
KEPT = 5  # passages looked at when they were not ranked
LENGTH = 70  # words of an answer, give or take a sentence: a short paragraph
LIST_LENGTH = 45  # words of a list that is quoted with the sentence that opens it
NEAR = 0.4  # cosine; below it the nearest sentence is about something else
CLOSE = 0.8  # cosine; above it one missing word is a matter of wording
SAME_WORD = 0.75  # cosine of two single words that mean the same: doctor, physician
SAME_QUESTION = 0.85  # cosine of a few-shot question that asks for the same
REPEATS = 0.92  # cosine of sentences that say the same twice
WORTH = 0.5  # of the best sentence's cosine; what is below adds nothing
OVERLAP_WEIGHT, RANK_WEIGHT, VARIETY = 0.15, 0.15, 0.8
SAID = 0.3  # what it costs to have been answered before: a follow-up asks for something else
FOLLOWS = 0.3  # what it adds to go on where a chosen sentence ends


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, or a short list with the sentence that opens it: it is quoted whole."""

    source: Source
    rank: int  # of its passage, from 0
    place: int  # in its passage
    sentences: tuple[Sentence, ...]  # one, or a sentence that opens a list and its items
    overlap: float = 0.0  # share of the question's words in it, rare ones counting more, 0..1

    @property
    def text(self) -> str:
        """What is embedded and measured."""
        return " ".join(sentence.text for sentence in self.sentences)


def candidates(given: Given, limit: int = CANDIDATES) -> list[Candidate]:
    """The sentences most likely to answer, in reading order."""
    wanted = content_roots(given.question)
    found = [
        Candidate(source, rank, place, sentences)
        for rank, source in enumerate(_ranked(given.sources, wanted))
        for place, sentences in enumerate(_with_lists(split_sentences(source.text)))
    ]
    roots = [content_roots(f"{c.sentences[0].heading} {c.text}") for c in found]
    weights = _weights(wanted, [content_roots(c.text) for c in found])
    total = sum(weights.values()) or 1.0
    found = [
        replace(c, overlap=sum(weights[root] for root in wanted & have) / total)
        for c, have in zip(found, roots, strict=True)
    ]
    best = sorted(found, key=lambda c: RANK_WEIGHT * c.rank - c.overlap)[:limit]
    return sorted(best, key=lambda c: (c.rank, c.place))


def _with_lists(sentences: Sequence[Sentence]) -> list[tuple[Sentence, ...]]:
    """Sentences one by one, but "This includes:" together with the items that follow."""
    groups: list[list[Sentence]] = []
    for sentence in sentences:
        opened = bool(groups) and groups[-1][0].text.endswith(":") and not groups[-1][0].item
        if opened and sentence.item and sum(len(words(s.text)) for s in groups[-1]) < LIST_LENGTH:
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return [tuple(group) for group in groups]


def _ranked(sources: Sequence[Source], wanted: Collection[str]) -> list[Source]:
    """As search ranked them; where no search did (whole documents), the best few by words."""
    if len(sources) <= RANKED:
        return list(sources)
    roots = [content_roots(source.text) for source in sources]
    weights = _weights(wanted, roots)
    strength = [sum(weights[root] for root in have if root in weights) for have in roots]
    order = sorted(range(len(sources)), key=lambda index: -strength[index])
    return [sources[index] for index in order[:KEPT]]


def _weights(wanted: Collection[str], texts: Sequence[Collection[str]]) -> dict[str, float]:
    """How much each wanted stem counts: inverse document frequency over `texts`."""
    count = Counter(root for have in texts for root in have if root in wanted)
    return {root: math.log(1 + len(texts) / (1 + count[root])) for root in wanted}


def unmentioned(given: Given, among: Sequence[Candidate]) -> tuple[list[str], list[str]]:
    """The question's names, and its other topic words, that nothing looked at mentions."""
    sources = dict.fromkeys(candidate.source for candidate in among)
    texts = [f"{source.name}\n{source.text}" for source in sources]
    roots = content_roots("\n".join(texts))
    named = name_words(given.question)
    topics = [word for word in topic_words(given.question) if word not in named]
    lost = [word for word in topics if not mentions(word, roots)]
    return missing_names(given.question, texts), lost


def nearby_words(among: Sequence[Candidate], near: Sequence[float], count: int = 4) -> list[str]:
    """The content words of the nearest sentences: where a synonym would stand."""
    order = sorted(range(len(among)), key=lambda index: -near[index])[:count]
    text = " ".join(among[index].text for index in order)
    return [word for word in topic_words(text.lower()) if len(word) > 2]


def why_not(
    nearest: float, lost_names: Sequence[str], lost_topics: Sequence[str]
) -> str | None:
    """The sentence that declines, or None when the question is answered.

    `nearest` is the cosine of the best sentence to the question.
    """
    if nearest < NEAR:
        return NOT_ANSWERED
    if lost_names:
        return does_not_mention(lost_names)
    tolerated = nearest >= CLOSE and len(lost_topics) == 1
    return does_not_mention(lost_topics) if lost_topics and not tolerated else None


def select(
    among: Sequence[Candidate], vectors: Vectors, question: Vectors, said: str = ""
) -> list[Candidate]:
    """The sentences of the answer in reading order.

    `vectors` has a row for each candidate, `question` has shape (dimension,). What `said` holds
    gives way to what was not said yet.
    """
    near = [float(value) for value in vectors @ question]
    alike = vectors @ vectors.T
    scores = _scores(among, near)
    enough = WORTH * max(near)
    again = [SAID if bool(said) and c.sentences[0].text in said else 0.0 for c in among]
    left = [i for i, c in enumerate(among) if len(words(c.text)) >= 3]
    chosen: list[int] = []

    def value(i: int) -> float:
        follows = FOLLOWS if _follows(among, i, chosen) else 0.0
        return scores[i] + follows - again[i] - VARIETY * _closest(alike[i], chosen)

    while sum(len(words(among[i].text)) for i in chosen) < LENGTH:
        pool = [i for i in left if near[i] >= enough or _follows(among, i, chosen)]
        if not pool:
            break
        best = max(pool, key=value)
        left.remove(best)
        if _closest(alike[best], chosen) < REPEATS:
            chosen.append(best)
    return [among[i] for i in sorted(chosen)]


def _follows(among: Sequence[Candidate], index: int, chosen: Sequence[int]) -> bool:
    """Whether it goes on where a chosen sentence ends: there the explanation stands."""
    one, before = among[index], among[index - 1]
    return index - 1 in chosen and (one.rank, one.place) == (before.rank, before.place + 1)


def _closest(row: Vectors, chosen: Sequence[int]) -> float:
    return max((float(row[i]) for i in chosen), default=0.0)


def _scores(among: Sequence[Candidate], near: Sequence[float]) -> list[float]:
    """Each sentence by itself, plus its passage: the mean of that passage's three nearest."""
    passages: dict[int, list[float]] = defaultdict(list)
    for candidate, value in zip(among, near, strict=True):
        passages[candidate.rank].append(value)
    strength = {
        rank: sum(sorted(values)[-3:]) / len(values[:3]) for rank, values in passages.items()
    }
    return [
        value + OVERLAP_WEIGHT * c.overlap - RANK_WEIGHT * c.rank + strength[c.rank]
        for c, value in zip(among, near, strict=True)
    ]


def compose(chosen: Sequence[Candidate]) -> str:
    """The answer's text: passages in order, list items on lines of their own, `[n]` after
    the sentences of each passage."""
    text = ""
    for _, group in groupby(chosen, key=lambda candidate: candidate.rank):
        quoted = list(group)
        part = _join([sentence for candidate in quoted for sentence in candidate.sentences])
        number = quoted[0].source.number
        part = part if number is None else f"{part} [{number}]"
        listed = "\n" in part or "\n" in text
        text += ("\n\n" if listed else " ") + part if text else part
    return text


def _join(sentences: Sequence[Sentence]) -> str:
    text = _quote(sentences[0])
    for before, sentence in pairwise(sentences):
        own_line = before.item or sentence.item or sentence.text.endswith(":")
        text += ("\n" if own_line else " ") + _quote(sentence)
    return text


def _quote(sentence: Sentence) -> str:
    """The sentence; an ellipsis where the passage cuts it, a dash before a list item."""
    start = "- " if sentence.item else "" if sentence.begins else "… "
    return start + sentence.text + ("" if sentence.ends else " …")


__all__ = [
    "NOTHING_GIVEN", "NOT_ANSWERED", "Candidate", "Given", "Source", "candidates", "compose",
    "is_decline", "nearby_words", "read_messages", "select", "unmentioned", "why_not",
]
