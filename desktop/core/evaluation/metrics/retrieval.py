"""Were a case's gold sources found, and how far up? All shares, 0 to 1.

A place is `(document, page)`. A gold source without a page is the whole document; names of
documents are compared without regard to case.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Place = tuple[str, int | None]


def matches(source: Place, place: Place) -> bool:
    """Whether a passage at `place` comes from a gold source."""
    return source[0].casefold() == place[0].casefold() and source[1] in (None, place[1])


def hit(sources: Sequence[Place], found: Sequence[Place]) -> float:
    """1 when any gold source is among the passages (success@k; Manning et al., 2008)."""
    return float(any(matches(source, place) for source in sources for place in found))


def recall_at_k(sources: Sequence[Place], found: Sequence[Place]) -> float:
    """Share of the gold sources among the passages (Manning et al., 2008, 8.3)."""
    wanted = _once(sources)
    return sum(any(matches(source, place) for place in found) for source in wanted) / len(wanted)


def mrr(sources: Sequence[Place], found: Sequence[Place]) -> float:
    """1 / rank of the first passage from a gold source, 0 without one (Voorhees, 1999)."""
    for rank, place in enumerate(found, start=1):
        if any(matches(source, place) for source in sources):
            return 1 / rank
    return 0.0


def ndcg(sources: Sequence[Place], found: Sequence[Place]) -> float:
    """Discounted gain over the best possible one (Järvelin and Kekäläinen, 2002).

    A passage gains 1 when it comes from a gold source that no passage above it came from.
    """
    left = _once(sources)
    best = sum(_discount(rank) for rank in range(1, min(len(left), len(found)) + 1))
    gained = 0.0
    for rank, place in enumerate(found, start=1):
        new = [source for source in left if matches(source, place)]
        gained += _discount(rank) if new else 0.0
        left = [source for source in left if source not in new]
    return gained / best if best else 0.0


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def _once(sources: Sequence[Place]) -> list[Place]:
    return list({(name.casefold(), page): (name, page) for name, page in sources}.values())
