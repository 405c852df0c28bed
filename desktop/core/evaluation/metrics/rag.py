"""Does an answer keep to its passages and to its question? All shares, 0 to 1.

What a passage supports is decided in `evaluation/groundedness.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from ..claims import Claim
from .text import cosine, mean

if TYPE_CHECKING:
    from ...ports import Vectors

SUPPORTED = 0.5  # from here on a passage supports a claim, where it is yes or no


def groundedness(supports: Sequence[float]) -> float | None:
    """The expected share of supported claims: the mean of each one's support.

    Faithfulness of RAGAS (Es et al., 2023), without a model. None for an answer that claims
    nothing, a decline for instance: counting it as 1 would reward silence.
    """
    return mean(supports)


def context_recall(supports: Sequence[float]) -> float | None:
    """The same of the reference's claims (RAGAS, Es et al., 2023): was enough given?"""
    return mean(supports)


def citation_validity(
    claims: Sequence[Claim],
    passages_of: Callable[[str], Collection[int]],
    support: Callable[[Claim, Collection[int]], float],
) -> float | None:
    """Share of citations that name a passage given which supports a claim they stand at.

    After citation precision in ALCE (Gao et al., 2023). A citation stands at its own sentence
    and those before it, back to the citation before. None without citations.
    """
    valid: list[float] = []
    since: list[Claim] = []
    for claim in claims:
        since.append(claim)
        for mark in claim.cited:
            named = passages_of(mark)
            supported = bool(named) and any(
                support(each, named) >= SUPPORTED for each in reversed(since)
            )
            valid.append(float(supported))
        if claim.cited:
            since = []
    return mean(valid)


def answer_relevance(question: Vectors, answer: Vectors, *, declined: bool) -> float:
    """Cosine of question and answer, by the local embedding model; 0 for a decline.

    RAGAS (Es et al., 2023) compares the question with questions a model would ask for this
    answer; comparing it with the answer itself needs no model.
    """
    return 0.0 if declined else cosine(question, answer)
