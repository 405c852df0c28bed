"""Statistics against scipy and against what must hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from desktop.core.evaluation import statistics as ours

SHARES = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=2, max_size=40)
BITS = st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60)
PAIRS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)
QUICK = settings(max_examples=60, deadline=None)


def sample(seed: int = 1, n: int = 50) -> list[float]:
    return np.random.default_rng(seed).beta(2, 5, n).tolist()


@QUICK
@given(SHARES)
def test_an_interval_holds_its_mean_and_stays_within_the_shares(values: list[float]) -> None:
    found = ours.interval(values)
    assert 0 <= found.low <= found.mean + 1e-12 and found.mean <= found.high + 1e-12 <= 1 + 1e-9
    assert found.n == len(values)


@QUICK
@given(PAIRS)
def test_turning_a_pair_turns_its_difference(pairs: list[tuple[float, float]]) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    there, back = ours.paired(a, b), ours.paired(b, a)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p_value == pytest.approx(back.p_value)
    assert 0 < there.p_value <= 1
    assert there.low <= there.high
    assert not any(math.isnan(value) for value in there)


@QUICK
@given(BITS)
def test_shares_of_passes_are_wilsons(bits: list[float]) -> None:
    found = ours.interval(bits)
    wilson = stats.binomtest(int(sum(bits)), len(bits)).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high))


@QUICK
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_passes_are_compared_with_mcnemar(pairs: list[tuple[bool, bool]]) -> None:
    a, b = [float(x) for x, _ in pairs], [float(y) for _, y in pairs]
    changed = [y > x for x, y in zip(a, b, strict=True) if x != y]
    exact = stats.binomtest(sum(changed), len(changed)).pvalue if changed else 1.0
    assert ours.paired(a, b).p_value == pytest.approx(exact)


@QUICK
@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_that_of_the_textbook(values: list[float]) -> None:
    adjusted = ours.holm(values)
    for place, value in enumerate(values):
        order = sorted(values)
        last = max(rank for rank, each in enumerate(order) if each == value)
        steps = [(len(values) - rank) * order[rank] for rank in range(last + 1)]
        lowest = [(len(values) - rank) * order[rank] for rank in range(order.index(value) + 1)]
        assert min(1.0, max(lowest)) - 1e-12 <= adjusted[place] <= min(1.0, max(steps)) + 1e-12
        assert adjusted[place] >= value


def test_holm_by_hand() -> None:
    assert ours.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_interval_is_scipys_bca_held_against_students_t() -> None:
    values = sample()
    n = len(values)
    level = 2 * stats.norm.cdf(stats.t.ppf(0.975, n - 1) * (n / (n - 1)) ** 0.5) - 1
    bca = stats.bootstrap((values,), np.mean, n_resamples=2_000, method="BCa",
                          confidence_level=level,
                          rng=np.random.default_rng(20_261_121)).confidence_interval
    student = stats.t.interval(0.95, n - 1, np.mean(values), stats.sem(values))
    share = ours.interval(values)
    assert (share.low, share.high) == pytest.approx((bca.low, bca.high), rel=1e-9)
    assert stats.skew(values) > 0  # the long tail is above
    seconds = ours.interval([10 * value for value in values])
    assert seconds.low == pytest.approx(10 * (share.low + student[0]) / 2)
    assert seconds.high == pytest.approx(10 * max(share.high, student[1]))


def test_a_single_odd_value_among_equal_ones_has_an_interval() -> None:
    found = ours.paired([0.5] * 50, [0.5] * 49 + [0.9])
    assert found.low < found.difference < found.high


@pytest.mark.parametrize("n", [8, 40, 400])
def test_the_sign_flip_test_is_scipys(n: int) -> None:
    a, b = sample(1, n), (np.array(sample(2, n)) + 0.08).tolist()
    reference = stats.permutation_test(
        (np.subtract(b, a),), np.mean, permutation_type="samples", n_resamples=20_000,
        vectorized=True, rng=np.random.default_rng(0),
    ).pvalue
    assert ours.paired(a, b).p_value == pytest.approx(reference, abs=0.01)


def test_thousands_of_cases_need_no_resampling() -> None:
    values = sample(3, 2_001)
    student = stats.t.interval(0.95, 2_000, np.mean(values), stats.sem(values))
    assert ours.interval(values).low == pytest.approx(student[0], abs=1e-4)


def test_the_same_numbers_give_the_same_figures() -> None:
    assert ours.interval(sample()) == ours.interval(sample())
    assert ours.paired(sample(), sample(2)) == ours.paired(sample(), sample(2))


def test_equal_differences_have_an_interval_though_bca_has_none() -> None:
    a = sample()
    same = ours.paired(a, a)
    assert (same.difference, same.p_value) == (0, 1)
    assert same.low == -same.high and 0.05 < same.high < 0.06  # 3 in 50 might differ
    lifted = ours.paired([0.1] * 50, [0.4] * 50)
    assert lifted.low == pytest.approx(0.3, abs=0.08) and lifted.low < 0.3 < lifted.high
    assert lifted.p_value < 1e-9
    assert ours.paired([2.0, 3.0], [4.0, 5.0])[:3] == (2.0, 2.0, 2.0)  # no bounds: seconds


def test_seconds_below_one_are_no_shares() -> None:
    assert ours.interval([0.0] * 20, shares=False) == ours.Interval(0, 0, 0, 20)
    assert ours.paired([0.0] * 9, [1.0] * 9, shares=False)[:3] == (1, 1, 1)
    assert ours.enough([0.0] * 9, [0.0] * 9, shares=False).smallest == 0


def test_one_case_says_little() -> None:
    assert ours.interval([0.7]).high - ours.interval([0.7]).low > 0.9
    assert ours.paired([0.2], [0.9]).p_value == 1


@pytest.mark.parametrize("values", [[], [float("nan")], [1.0, float("inf")]])
def test_no_numbers_no_figures(values: list[float]) -> None:
    with pytest.raises(ValueError, match="one finite number a case"):
        ours.interval(values)


def test_pairs_come_from_the_same_cases() -> None:
    with pytest.raises(ValueError, match="same cases"):
        ours.paired([1.0], [1.0, 0.5])


def test_the_smallest_difference_is_shown_four_times_in_five() -> None:
    generator = np.random.default_rng(5)
    spread, n = 0.2, 40
    start = generator.normal(0.5, 0.1, n)
    differences = spread * stats.zscore(generator.normal(size=n), ddof=1)
    smallest = ours.enough(start, start + differences).smallest
    shown = sum(
        stats.ttest_1samp(generator.normal(smallest, spread, n), 0).pvalue < 0.05
        for _ in range(2_000)
    )
    assert shown / 2_000 == pytest.approx(0.8, abs=0.04)


def test_how_many_cases_would_settle_it() -> None:
    generator = np.random.default_rng(6)
    a = generator.normal(0.5, 0.1, 50)
    differences = 0.02 + 0.1 * stats.zscore(generator.normal(size=50), ddof=1)
    found = ours.enough(a, a + differences)
    assert found.needed == pytest.approx((2.8 * 0.1 / 0.02) ** 2, rel=0.02)
    assert ours.enough(a, a).needed is None
    assert ours.enough([0.1], [0.2]).smallest == math.inf
