"""What people preferred without knowing whose answers they saw, as reasons of a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..evaluation.blind import WinRate
from ..evaluation.blind_words import sentence
from .decision import Evidence, Reason


def people_reasons(rates: Sequence[WinRate], run_id: int) -> Iterator[Reason]:
    """One sentence for each couple of columns that was compared blind."""
    for rate in rates:
        yield Reason(sentence(rate), Evidence(run_id, (rate.a, rate.b), cases=rate.cases))
