"""Where a page says what a case's reference answer says, and which chunk borders cut it.

The gold sentence is the page's sentence that shares most of its words with the reference
(rapidfuzz's token set ratio, 0 to 100). One that is not alike enough is none: a border is
called harmful only where the answer surely stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..sentences import split_sentences
from ..types import Case

ALIKE = 60.0  # of 100, chosen by eye: a reference is rarely a sentence word for word
_MOST_SENTENCES = 4_000  # of one page: more is a text file without pages


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """The sentence of a page that answers a case: `page_text[start:end]`."""

    case_id: int
    question: str
    start: int
    end: int


def cases_of_page(cases: Sequence[Case], document: str, page: int | None) -> list[Case]:
    """Those that name the page, or the document as a whole, as their source."""
    name = document.casefold()
    return [case for case in cases if any(
        source.casefold() == name and number in (None, page) for source, number in case.sources)]


def gold_spans(text: str, cases: Sequence[Case]) -> list[GoldSpan]:
    """The gold sentences of a page's text; cases without one on it are left out."""
    from rapidfuzz import fuzz, process, utils

    sentences = split_sentences(text)[:_MOST_SENTENCES]
    found: list[GoldSpan] = []
    for case in cases:
        best = process.extractOne(
            case.reference, [sentence.text for sentence in sentences], scorer=fuzz.token_set_ratio,
            processor=utils.default_process, score_cutoff=ALIKE,
        ) if case.reference.strip() else None
        if best is not None:
            sentence = sentences[best[2]]
            found.append(GoldSpan(case.id, case.question, sentence.start, sentence.end))
    return found


def cut_by(spans: Sequence[GoldSpan], chunks: Sequence[tuple[int, int]]) -> dict[int, GoldSpan]:
    """Starts of chunks that cut a gold sentence, with it; one that a chunk holds whole is not
    cut, however many others it overlaps with."""
    found: dict[int, GoldSpan] = {}
    for span in spans:
        if any(start <= span.start and span.end <= end for start, end in chunks):
            continue
        for start, _ in chunks:
            if span.start < start < span.end:
                found.setdefault(start, span)
    return found
