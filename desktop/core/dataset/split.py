"""Which examples train and which validate.

Drawn at random by a seed, with the same share of each tag, and in groups: what is nearly the
same, or asks the same, is on one side. An example whose twin was trained on measures memory.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence

SHARE = 0.1
SEED = 7


def validation_places(
    groups: Sequence[int], strata: Sequence[Hashable] = (), share: float = SHARE, seed: int = SEED
) -> set[int]:
    """Positions of the examples that validate.

    `groups` has for each example the position of the first one it stays together with (see
    `report.Checked`), `strata` what it counts as; a group counts as its first member. Each
    stratum gives its share to the nearest example that whole groups allow, and none of them
    all of itself. The same input and seed give the same answer.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for place, first in enumerate(groups):
        members[first].append(place)
    by_stratum: dict[Hashable, list[list[int]]] = defaultdict(list)
    for first, places in members.items():
        by_stratum[strata[first] if strata else None].append(places)
    dice = random.Random(seed)
    chosen: set[int] = set()
    owed = 0.0  # what earlier strata could not give, so that small ones add up to their share
    for stratum in sorted(by_stratum, key=str):
        pieces = by_stratum[stratum]
        dice.shuffle(pieces)
        total = sum(map(len, pieces))
        wanted = owed + share * total
        taken = _draw(pieces, wanted, total)
        owed = wanted - len(taken)
        chosen.update(taken)
    return chosen


def _draw(pieces: Sequence[Sequence[int]], wanted: float, total: int) -> list[int]:
    taken: list[int] = []
    for places in pieces:
        after = len(taken) + len(places)
        if after <= wanted + 0.5 and after < total:
            taken += places
    return taken
