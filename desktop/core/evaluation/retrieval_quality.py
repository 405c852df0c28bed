"""How well profiles find what the cases name as their sources. No model is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..types import Case, Hit
from .metrics import retrieval
from .types import Interval

METRICS = ("hit", "recall_at_k", "mrr", "ndcg")
NEAR = 1  # pages: a page beside the gold one is reported as a near miss


@dataclass(frozen=True, slots=True)
class Found:
    """What a profile brought for one case."""

    case_id: int
    scores: Mapping[str, float]  # by metric, 0 to 1
    near: bool  # a hit within a page of a gold source


@dataclass(frozen=True, slots=True)
class ProfileQuality:
    """A profile over all cases that name a source."""

    profile: str
    n: int
    metrics: Mapping[str, Interval]
    near: int  # cases with a hit within a page of a gold source
    misses: tuple[int, ...]  # ids of the cases without a gold source among the passages
    seconds: float  # a question, on average
    found: tuple[Found, ...] = field(default=(), repr=False)


def measured(case: Case, hits: Sequence[Hit]) -> Found:
    """A case with sources held against its hits. See `metrics/retrieval` for the sources."""
    places = [(hit.document, hit.page) for hit in hits]
    scores = {
        "hit": retrieval.hit(case.sources, places),
        "recall_at_k": retrieval.recall_at_k(case.sources, places),
        "mrr": retrieval.mrr(case.sources, places),
        "ndcg": retrieval.ndcg(case.sources, places),
    }
    near = any(
        name.casefold() == hit.document.casefold()
        and (page is None or hit.page is None or abs(page - hit.page) <= NEAR)
        for name, page in case.sources for hit in hits
    )
    return Found(case.id, scores, near)


def with_sources(cases: Sequence[Case]) -> list[Case]:
    """The cases that can be measured."""
    return [case for case in cases if case.sources]
