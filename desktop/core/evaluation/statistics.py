"""Intervals and tests over cases. A case is the unit: repeats are averaged before they come here.

All functions take plain sequences of finite numbers, one a case, and are deterministic: the
bootstrap is seeded. numpy and scipy are imported inside, because they take a second: run these
in the compute process.

How intervals were chosen: by coverage in 2,000 simulations at n = 50 (tests/benchmarks/
coverage.py prints the table). BCa covers 94 to 96 % of scores between 0 and 1, but 91 % where
a tail has no end; Student's t 88 to 95 %. `_mean_interval` makes 93 to 96 % of both.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .types import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]  # shape (n,)

CONFIDENCE = 0.95
POWER = 0.8
RESAMPLES = 2_000
PERMUTATIONS = 9_999
_SEED = 20_261_121
_EXACT = 13  # cases: 8,192 sign patterns
_MOST_FLIPPED = 200  # cases
_MOST_RESAMPLED = 2_000  # cases
MOST_CASES = 1_000_000  # beyond it, no number of cases is called a plan


class Paired(NamedTuple):
    """The mean of `b - a` over cases, its 95 % interval and a p-value, not yet corrected."""

    difference: float
    low: float
    high: float
    p_value: float


class Enough(NamedTuple):
    """Is n enough? `smallest`: the difference these cases can show four times in five.

    `needed`: cases in all that would show the observed difference as often; None when there is
    no difference to show or it would take more than a million.
    """

    smallest: float
    needed: int | None


def interval(values: Sequence[float], shares: bool = True) -> Interval:
    """The mean of one value a case, with its 95 % interval.

    0/1 values: Wilson (1927). Others: BCa bootstrap (Efron 1987), for figures without bounds
    held against Student's t, see `_mean_interval`. All equal: BCa is undefined there, see
    `_all_equal`. One value: itself for figures without bounds; between 0 and 1 a single case
    says little and the interval shows it. `shares` False: seconds or dollars, which may lie
    between 0 and 1 without being bound to. Raises ValueError for no values.
    """
    import numpy as np

    sample = _sample(values)
    n, mean = len(sample), float(sample.mean())
    shares = shares and _within_0_and_1(sample)
    if shares and np.isin(sample, (0.0, 1.0)).all():
        low, high = _wilson(int(sample.sum()), n)
    elif n == 1 or np.ptp(sample) == 0:
        low, high = _all_equal(mean, n, *((0.0, 1.0) if shares else (mean, mean)))
    else:
        low, high = _share_interval(sample) if shares else _mean_interval(sample)
    return Interval(mean, low, high, n)


def paired(a: Sequence[float], b: Sequence[float], shares: bool = True) -> Paired:
    """`b - a` over the same cases in the same order, with its 95 % interval and p-value.

    0/1 on both sides: Agresti & Min (2005) and McNemar's exact test. Others: BCa bootstrap of
    the differences (Efron 1987) held against Student's t, and a sign-flip permutation test of
    their mean (Fisher 1935; exact up to 13 cases). All differences equal: see `_all_equal`,
    with the sign test. `shares` as for `interval`. Raises ValueError for different lengths or
    no values.
    """
    import numpy as np

    left, right = _pair(a, b)
    differences = right - left
    n, mean = len(differences), float(differences.mean())
    both = np.concatenate((left, right))
    shares = shares and _within_0_and_1(both)
    if shares and np.isin(both, (0.0, 1.0)).all():
        better, worse = int((differences > 0).sum()), int((differences < 0).sum())
        return Paired(mean, *_agresti_min(better, worse, n), _binomial(better, worse))
    bounds = (-1.0, 1.0) if shares else (mean, mean)
    if n == 1 or _constant(differences):
        equal = _all_equal(mean, n, *bounds)
        return Paired(mean, *equal, sign_test(differences.tolist()))
    return Paired(mean, *_mean_interval(differences), _sign_flip(differences))


def sign_test(differences: Sequence[float]) -> float:
    """The exact two-sided sign test; ties are left out (Arbuthnot 1710)."""
    return _binomial(sum(d > 0 for d in differences), sum(d < 0 for d in differences))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (1979), in the order given; an adjusted p-value is at most 1."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def enough(
    a: Sequence[float], b: Sequence[float], shares: bool = True, power: float = POWER
) -> Enough:
    """What these cases can show with `power`, at 5 %, two-sided, and how many would settle the
    difference they suggest. Raises ValueError as `paired` does.

    From the standard deviation of the paired differences (Cohen 1988, paired t); with all
    differences equal, from the most that they could still vary (`_all_equal`).
    """
    import numpy as np
    from scipy import stats

    left, right = _pair(a, b)
    differences = right - left
    n, mean = len(differences), abs(float(differences.mean()))
    if n < 2:
        return Enough(float("inf"), None)
    shares = shares and _within_0_and_1(np.concatenate((left, right)))
    if _constant(differences):
        return Enough(_rule_of_three(n) if shares else 0.0, n if mean else None)
    spread = float(differences.std(ddof=1))
    factor = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) + stats.t.ppf(power, n - 1))
    smallest = factor * spread / n**0.5
    wanted = (float(stats.norm.ppf((1 + CONFIDENCE) / 2) + stats.norm.ppf(power)) * spread) ** 2
    needed = wanted / mean**2 if mean > 1e-12 else float("inf")
    return Enough(smallest, int(np.ceil(needed)) if needed <= MOST_CASES else None)


def _sample(values: Sequence[float]) -> Values:
    import numpy as np

    sample = np.asarray(values, np.float64)
    if sample.ndim != 1 or not len(sample) or not np.isfinite(sample).all():
        raise ValueError("one finite number a case, and at least one case")
    return sample


def _pair(a: Sequence[float], b: Sequence[float]) -> tuple[Values, Values]:
    left, right = _sample(a), _sample(b)
    if len(left) != len(right):
        raise ValueError("paired values come from the same cases")
    return left, right


def _within_0_and_1(sample: Values) -> bool:
    return bool(sample.min() >= 0 and sample.max() <= 1)


def _constant(differences: Values) -> bool:
    """All the same but for rounding: 0.3 - 0.1 and 0.4 - 0.2 differ in the last bit."""
    import numpy as np

    return bool(np.ptp(differences) <= 1e-12 * max(1.0, float(np.abs(differences).max())))


def _mean_interval(sample: Values) -> tuple[float, float]:
    """Of seconds, dollars and differences, whose tails have no end: BCa held against Student's
    t. Towards the long tail the wider end of the two, because samples hide what is out there,
    towards the short one the middle of both."""
    from scipy import stats

    mean = float(sample.mean())
    half = _student(len(sample)) * float(stats.sem(sample))
    bca = _bca(sample)
    if bca is None:
        return mean - half, mean + half
    lows, highs = sorted((bca[0], mean - half)), sorted((bca[1], mean + half))
    if stats.skew(sample) >= 0:
        return sum(lows) / 2, highs[1]
    return lows[0], sum(highs) / 2


def _share_interval(sample: Values) -> tuple[float, float]:
    """Of scores between 0 and 1: BCa, or Student's t within the bounds where it is undefined."""
    low, high = _bca(sample) or _mean_interval(sample)
    return max(0.0, low), min(1.0, high)


def _bca(sample: Values) -> tuple[float, float] | None:
    """BCa with its level adjusted for n (Hesterberg 2015); None where it is undefined.

    The figures of scipy.stats.bootstrap (a test holds them together), whose resamples of the
    mean are one product with counts that all rows of a run share: a hundred times faster at
    1,000 cases. Beyond 2,000 cases the correction is lost in the noise: Student's t takes over.
    """
    import numpy as np
    from scipy import stats

    n, mean = len(sample), sample.mean()
    if n > _MOST_RESAMPLED:
        return None
    means = _counts(n) @ sample / n
    away = sample - mean
    beyond = _student(n) * (n / (n - 1)) ** 0.5
    with np.errstate(all="ignore"):  # nearly equal values: nan, which is looked for below
        offset = stats.norm.ppf(((means < mean).mean() + (means <= mean).mean()) / 2)
        acceleration = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
        ends = offset + np.array([-beyond, beyond])
        shares = stats.norm.cdf(offset + ends / (1 - acceleration * ends))
    if not np.isfinite(shares).all():
        return None
    low, high = np.quantile(means, shares)
    return float(low), float(high)


@functools.lru_cache(maxsize=4)
def _counts(n: int) -> Values:
    """How often each case is drawn in each resample; shape (RESAMPLES, n)."""
    import numpy as np

    drawn = np.random.default_rng(_SEED).integers(0, n, (RESAMPLES, n))
    places = drawn + n * np.arange(RESAMPLES)[:, np.newaxis]
    counts = np.bincount(places.ravel(), minlength=RESAMPLES * n)
    return counts.reshape(RESAMPLES, n).astype(np.float64)


def _student(n: int) -> float:
    from scipy import stats

    return float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1))


def _wilson(passed: int, n: int) -> tuple[float, float]:
    from scipy import stats

    found = stats.binomtest(passed, n).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def _agresti_min(better: int, worse: int, n: int) -> tuple[float, float]:
    """Adjusted Wald interval for matched proportions: half a case is added to each of four."""
    from scipy import stats

    more, fewer, total = better + 0.5, worse + 0.5, n + 2.0
    middle = (more - fewer) / total
    error = (more + fewer - (more - fewer) ** 2 / total) ** 0.5 / total
    half = float(stats.norm.ppf((1 + CONFIDENCE) / 2)) * error
    return max(-1.0, middle - half), min(1.0, middle + half)


def _all_equal(value: float, n: int, lowest: float, highest: float) -> tuple[float, float]:
    """Our rule where all n values are one: BCa and t would claim certainty, or nan.

    The rule of three (Hanley & Lippman-Hand 1983): with 95 % confidence at most a share
    1 - 0.05^(1/n), about 3/n, of cases is different, and each of those lies within the bounds.
    Without bounds (seconds, dollars) the value itself is all there is.
    """
    share = _rule_of_three(n)
    return value - share * (value - lowest), value + share * (highest - value)


def _rule_of_three(n: int) -> float:
    return float(1 - 0.05 ** (1 / n))


def _binomial(better: int, worse: int) -> float:
    from scipy import stats

    changed = better + worse
    return float(stats.binomtest(better, changed).pvalue) if changed else 1.0


def _sign_flip(differences: Values) -> float:
    """All sign patterns up to 13 cases; up to 200 cases 9,999 random ones and the observed one;
    beyond that their normal limit, which is within 0.001 of them.

    By hand where scipy.stats.permutation_test would take ten times as long; a test holds the
    two against each other.
    """
    import numpy as np
    from scipy import stats

    n = len(differences)
    if n <= _EXACT:
        found = stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", vectorized=True,
            n_resamples=PERMUTATIONS,
        )
        return float(found.pvalue)
    observed = abs(float(differences.sum()))
    if n > _MOST_FLIPPED:
        return float(2 * stats.norm.sf(observed / float((differences**2).sum()) ** 0.5))
    sums = np.abs(_flips(n) @ differences)
    return (int((sums >= observed * (1 - 1e-12)).sum()) + 1) / (PERMUTATIONS + 1)


@functools.lru_cache(maxsize=4)
def _flips(n: int) -> Values:
    """Signs; shape (PERMUTATIONS, n)."""
    import numpy as np

    signs = np.random.default_rng(_SEED).integers(0, 2, (PERMUTATIONS, n), np.int8)
    return 2.0 * signs - 1.0
