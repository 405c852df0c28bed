"""Agreement of two raters and small exact tests, in plain Python: tens of labels, not thousands.

Ratings are ordered (bad, in between, good), and so are preferences (lost, tie, won), so a
disagreement by one step counts half: Cohen's weighted kappa (1968) with linear weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from .types import Interval

NORMAL = NormalDist().inv_cdf(0.975)
Labels = Sequence[tuple[float, float]]  # (people, judge), each 0, 0.5 or 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """On `n` labels. `kappa` is None where it cannot be told: chance alone would agree."""

    n: int = 0
    raw: float | None = None  # share of labels on which both say exactly the same
    kappa: Interval | None = None
    one_sided: bool = False  # people gave one label only


def agreement(labels: Labels) -> Agreement:
    """Raw agreement and weighted kappa with its 95 % interval."""
    if not labels:
        return Agreement()
    raw = fmean(person == judge for person, judge in labels)
    return Agreement(len(labels), raw, kappa(labels), len({person for person, _ in labels}) == 1)


def kappa(labels: Labels) -> Interval | None:
    """Cohen's kappa with linear weights (1968) and its 95 % interval; None where chance alone
    would agree always.

    The interval is a jackknife (Tukey 1958) on Fisher's z scale, which keeps it within -1 to 1
    and as wide below as it must be: it covers 93 to 98 % in simulations at 20 to 60 labels,
    where percentile bootstrap covers 63 to 96 %. When all agree, the rule of three bounds how
    many of the next labels may not.
    """
    counts = Counter(labels)
    found = _kappa(counts, len(labels))
    if found is None:
        return None
    n = len(labels)
    if found == 1.0:
        return Interval(1.0, _low_when_all_agree(counts, n), 1.0, n)
    if n < 3 or found <= -1.0:
        return Interval(found, -1.0, 1.0, n)
    without = {each: _kappa(counts - Counter([each]), n - 1) for each in counts}
    pseudo = [n * found - (n - 1) * left for each, count in counts.items()
              for left in [without[each]] * count if left is not None]
    if len(pseudo) < n:  # without one label, all of them are the same
        return Interval(found, -1.0, 1.0, n)
    error = stdev(pseudo) / math.sqrt(n) / (1 - found**2)
    middle, reach = math.atanh(found), _student(n - 1) * error
    return Interval(found, math.tanh(middle - reach), math.tanh(middle + reach), n)


def _kappa(counts: Counter[tuple[float, float]], n: int) -> float | None:
    apart = sum(abs(a - b) * count for (a, b), count in counts.items()) / n
    by_chance = _by_chance(counts, n)
    return None if by_chance <= 1e-12 else 1 - apart / by_chance


def _by_chance(counts: Counter[tuple[float, float]], n: int) -> float:
    """The mean distance if judge and people had said what they said of other answers."""
    people: Counter[float] = Counter()
    judge: Counter[float] = Counter()
    for (a, b), count in counts.items():
        people[a] += count
        judge[b] += count
    return sum(abs(a - b) * many * more for a, many in people.items()
               for b, more in judge.items()) / n**2


def _low_when_all_agree(counts: Counter[tuple[float, float]], n: int) -> float:
    share = float(1 - 0.05 ** (1 / n))
    return max(-1.0, 1 - share / max(_by_chance(counts, n), share / 2))


def _student(freedom: int) -> float:
    """The 97.5 % point of Student's t by its first expansion: within 0.01 from 10 on."""
    return NORMAL + (NORMAL**3 + NORMAL) / (4 * freedom)


def sign_test(some: int, of: int) -> float:
    """Exact and two-sided: how likely a split this uneven is when both sides are as likely."""
    if not of:
        return 1.0
    fewer = min(some, of - some)
    less = sum(math.comb(of, k) for k in range(fewer + 1))
    return min(1.0, float(2 * less / 2**of))


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Rank correlation (Spearman 1904), ties with their mean rank; None when one side is
    constant or there are fewer than 3."""
    if len(pairs) < 3:
        return None
    left, right = (_ranks([pair[place] for pair in pairs]) for place in (0, 1))
    spread = math.sqrt(sum(a * a for a in left) * sum(b * b for b in right))
    return sum(a * b for a, b in zip(left, right, strict=True)) / spread if spread else None


def _ranks(values: Sequence[float]) -> list[float]:
    """Mean ranks, centred."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, []).append(place)
    middle = (len(values) - 1) / 2
    return [fmean(places[value]) - middle for value in values]
