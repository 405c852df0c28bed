"""Whether a judge agrees with people, and the biases that its own verdicts give away."""

from __future__ import annotations

import random

import pytest

from desktop.core.evaluation.agreement import agreement, kappa, sign_test, spearman
from desktop.core.evaluation.calibration import calibrate
from desktop.core.evaluation.calibration_words import lines, missing, state
from desktop.core.evaluation.types import Judgement, Rating

JUDGE = "big"


def labels(good: int, bad: int, missed: int = 0) -> tuple[list[Judgement], list[Rating]]:
    """`missed` of the good ones are bad to the judge."""
    people = [1.0] * good + [0.0] * bad
    judge = [0.0] * missed + [1.0] * (good - missed) + [0.0] * bad
    said = [Judgement(n, JUDGE, n, value, details={"lengths": [100]})
            for n, value in enumerate(judge, start=1)]
    return said, [Rating(n, n, value, rater="blind") for n, value in enumerate(people, start=1)]


def test_kappa_is_cohens() -> None:
    """The worked example of Cohen (1960) in many textbooks: 20, 5, 10, 15 give 0.4."""
    found = kappa([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15)
    assert found is not None
    assert found.mean == pytest.approx(0.4)
    assert found.low < 0.4 < found.high
    assert found.low >= -1 and found.high <= 1


def test_a_step_is_half_a_disagreement() -> None:
    strict, mild = ([(1.0, 1.0)] * 9 + [(0.0, 0.0)] * 9 + [(0.0, said)] * 2 for said in (1.0, 0.5))
    k_strict, k_mild = kappa(strict), kappa(mild)
    assert k_strict is not None and k_mild is not None
    assert k_mild.mean > k_strict.mean


def test_intervals_of_kappa_cover_what_they_say() -> None:
    generator = random.Random(5)
    covered, drawn, true = 0, 300, 0.6  # right four times in five, both labels as likely
    for _ in range(drawn):
        rows = [(float(person), float(person == (generator.random() < 0.8)))
                for person in (generator.random() < 0.5 for _ in range(25))]
        found = kappa(rows)
        assert found is not None
        covered += found.low <= true <= found.high
    assert covered / drawn >= 0.92


def test_calibrated_needs_twenty_labels_and_a_kappa_beyond_chance() -> None:
    assert calibrate(JUDGE, *labels(12, 12, 2)).calibrated
    assert not calibrate(JUDGE, *labels(9, 9)).calibrated, "too few"
    assert not calibrate(JUDGE, *labels(12, 12, 6)).calibrated, "kappa 0.5"
    found = calibrate(JUDGE, *labels(24, 0, 0))
    assert found.answers.raw == 1.0 and found.answers.kappa is None and found.answers.one_sided
    assert not found.calibrated, "calling everything good is no skill"
    rare = calibrate(JUDGE, *labels(23, 1, 1))
    assert rare.answers.kappa is not None and rare.answers.kappa.mean >= 0.6
    assert not rare.calibrated, "one bad answer shows nothing"


def test_all_agreeing_is_not_certainty() -> None:
    found = agreement([(1.0, 1.0)] * 10 + [(0.0, 0.0)] * 10)
    assert found.raw == 1.0
    assert found.kappa is not None
    assert (found.kappa.mean, found.kappa.high) == (1.0, 1.0)
    assert 0.6 < found.kappa.low < 0.8


@pytest.mark.parametrize("n", [1, 2])
def test_a_label_or_two_say_nothing(n: int) -> None:
    found = kappa([(1.0, 0.0), (0.0, 1.0)][:n])
    assert found is not None and (found.low, found.high) == (-1.0, 1.0)


def test_other_judges_other_raters_and_older_labels_do_not_count() -> None:
    said, rated = labels(11, 11)
    other = [Judgement(99, "small", each.cell_id, 0.0) for each in said]
    seen = [Rating(50 + each.id, each.cell_id, 0.0) for each in rated]  # not blind
    found = calibrate(JUDGE, [*other, *said, Judgement(80, JUDGE, 80, None)], [*seen, *rated])
    assert found.answers.n == 22 and found.answers.raw == 1.0
    newer = [Rating(100 + each.id, each.cell_id, 0.0, rater="blind") for each in rated]
    assert calibrate(JUDGE, said, [*rated, *newer]).answers.raw == 0.5


def pairs(first: float, swapped: float, n: int, lengths: tuple[int, int]) -> list[Judgement]:
    value = first if first == swapped else 0.5
    return [Judgement(k, JUDGE, 2 * k + 1, value, other_cell_id=2 * k + 2,
                      details={"orders": [first, swapped], "lengths": list(lengths)})
            for k in range(n)]


def test_a_judge_that_takes_the_first_is_found() -> None:
    found = calibrate(JUDGE, pairs(1.0, 0.0, 12, (100, 100)), []).position
    assert (found.n, found.changed, found.first, found.share) == (12, 12, 12, 1.0)
    assert found.shown
    steady = calibrate(JUDGE, pairs(1.0, 1.0, 12, (100, 100)), []).position
    assert steady.changed == 0 and not steady.shown
    second = calibrate(JUDGE, pairs(0.0, 1.0, 12, (100, 100)), []).position
    assert second.first == 0 and second.shown


def test_a_judge_that_takes_the_longer_is_found() -> None:
    said = pairs(1.0, 1.0, 20, (300, 100))
    turned = [Rating(k, each.other_cell_id or 0, float(k % 2), other_cell_id=each.cell_id,
                     rater="blind") for k, each in enumerate(said)]  # the other way round
    found = calibrate(JUDGE, said, turned)
    length = found.length
    assert found.pairs.n == 20
    assert (length.pairs, length.longer_judge, length.longer_people) == (20, 20, 10)
    assert length.pairs_shown
    agreeing = [Rating(k, each.cell_id, 1.0, other_cell_id=each.other_cell_id, rater="blind")
                for k, each in enumerate(said)]
    assert not calibrate(JUDGE, said, agreeing).length.pairs_shown, "people want it long, too"


def test_length_and_ratings_of_single_answers() -> None:
    said = [Judgement(n, JUDGE, n, n / 30, details={"lengths": [n * 40]}) for n in range(30)]
    rated = [Rating(n, n, float(n % 2), rater="blind") for n in range(30)]
    found = calibrate(JUDGE, said, rated).length
    assert found.answers == 30
    assert found.correlation is not None and found.correlation > 0.4 and found.answers_shown


def test_small_exact_tests() -> None:
    assert sign_test(0, 0) == 1.0
    assert sign_test(0, 6) == pytest.approx(2 / 64)
    assert sign_test(3, 6) == 1.0
    assert spearman([(1, 10), (2, 20), (3, 30)]) == pytest.approx(1.0)
    assert spearman([(1, 5), (2, 5), (3, 5)]) is None


def test_the_words_say_what_is_missing_and_what_was_found() -> None:
    few = calibrate(JUDGE, *labels(4, 4))
    assert state(few) == "Not calibrated (8 of 20 labels), not counted"
    assert missing(few.answers) == "12 labels more."
    assert "same label" in missing(calibrate(JUDGE, *labels(24, 0)).answers)
    assert "must be 0.60" in missing(calibrate(JUDGE, *labels(12, 12, 6)).answers)
    assert "may be chance" in missing(calibrate(JUDGE, *labels(23, 1, 1)).answers)
    good = calibrate(JUDGE, *labels(12, 12, 1))
    assert (state(good), missing(good.answers)) == ("Calibrated on 24 labels", "")
    biased = {each.name: each for each in lines(calibrate(
        JUDGE, [*labels(12, 12)[0], *pairs(1.0, 0.0, 12, (100, 100))], labels(12, 12)[1]))}
    assert biased["Agreement on answers"].figure.startswith("kappa 1.00 (")
    assert "12 of them towards the answer that stood first" in biased["Order swapped"].meaning
    assert biased["Order swapped"].warns and not biased["Agreement on answers"].warns
    noise = lines(calibrate(JUDGE, [*pairs(1.0, 0.0, 2, (1, 1)), *pairs(1.0, 1.0, 3, (1, 1))], []))
    assert "Neither place is shown" in noise[1].meaning
