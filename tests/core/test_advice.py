from collections.abc import Sequence
from dataclasses import replace

import pytest

from desktop.core.advice import phrases
from desktop.core.advice.cost import (
    MonthlyCost,
    crossing,
    crossings,
    monthly_curve,
    months_left,
    split_prompt,
    training_a_month,
)
from desktop.core.advice.decision import Check, Evidence
from desktop.core.advice.readiness import Facts, next_steps, readiness
from desktop.core.advice.shots import ShotCurve, ShotPoint, judge_curve
from desktop.core.evaluation.probes import SHOTS
from desktop.core.evaluation.statistics import Enough, Paired
from desktop.core.evaluation.types import Cause, Interval
from desktop.core.types import BUILTIN_MODEL, Rung

DOCUMENTS = MonthlyCost("Prompt + documents", 0.0002, 0.0010, 0.0002)
TUNED = MonthlyCost("Fine-tuned", 0.0001, 0.0, 0.0002, hosting=1_241, training=20, estimate=True)
READY = Facts(
    "Turn questions into SQL for our schema", 7, frozenset({Rung.PROMPT, Rung.DOCUMENTS}), 0.85,
    60, {Cause.WRONG_FORMAT: 12}, 400, 0, 40, 0, 25,
)


def curve(scores: Sequence[float], steps: Paired, n: int = 40, model: str = "mini") -> ShotCurve:
    points = [ShotPoint(count, Interval(score, score - 0.05, score + 0.05, n))
              for count, score in zip(SHOTS, scores, strict=True)]
    return judge_curve("Prompt", model, "token_f1", points, steps, Enough(0.12, 95),
                       Evidence(9, ("8 examples, Prompt",), "token_f1", (1, 2)))


CLIMBS = curve((0.3, 0.4, 0.45, 0.5), Paired(0.1, 0.04, 0.16, 0.002))
READY = replace(READY, shots=CLIMBS)


def status(facts: Facts) -> dict[str, str]:
    return {each.check: each.status for each in readiness(facts)}


def test_a_month_is_calls_and_what_stands_anyway() -> None:
    points = monthly_curve(TUNED, (0, 1_000_000))
    assert [round(point.dollars) for point in points] == [1_261, 1_561]


def test_where_fine_tuning_becomes_cheaper() -> None:
    found = crossing(DOCUMENTS, TUNED)
    assert found is not None and found == crossing(TUNED, DOCUMENTS)
    assert found.calls == pytest.approx(1_261 / 0.0011)
    assert (found.cheaper, found.dearer) == ("Fine-tuned (estimate)", "Prompt + documents")
    assert DOCUMENTS.at(found.calls) == pytest.approx(TUNED.at(found.calls))
    assert found.dollars == pytest.approx(TUNED.at(found.calls))


def test_no_crossing_where_one_is_always_cheaper() -> None:
    assert crossing(DOCUMENTS, replace(DOCUMENTS, hosting=5.0)) is None
    assert crossing(DOCUMENTS, MonthlyCost("Prompt", 0.0001)) is None
    assert crossings([DOCUMENTS]) == ()


def test_training_is_spread_until_the_model_retires() -> None:
    assert training_a_month(120, "", "2026-11-21") == 10
    assert months_left("2027-11-21", "2026-11-21T10:00:00+00:00") == pytest.approx(12, abs=0.1)
    assert months_left("2026-11-25", "2026-11-21") == 1
    assert months_left("2020-01-01", "2026-11-21") == 1


def test_context_is_its_share_of_what_was_sent() -> None:
    assert split_prompt(1.0, 75, 100) == (0.25, 0.75)
    assert split_prompt(1.0, 0, 0) == (1.0, 0.0)


def test_ready_when_everything_is_there() -> None:
    checks = readiness(READY)
    assert {each.status for each in checks} == {"met"}
    assert next_steps(checks) == ()


def test_nothing_is_guessed() -> None:
    found = status(Facts())
    assert found["The gap is behaviour, not knowledge"] == "unknown"
    assert found["More examples help (0, 2, 4, 8)"] == "unknown"
    assert found["Plan for user acceptance"] == "unknown"
    assert found["Baseline measured"] == "not met"


@pytest.mark.parametrize("sentence", ["", "Make the model better", "reduce cost"])
def test_no_task_no_use_case(sentence: str) -> None:
    assert status(replace(READY, sentence=sentence))["Use case stated in one sentence"] == \
        "not met"


def test_missing_knowledge_is_not_trained() -> None:
    gap = replace(READY, causes={Cause.NOT_RETRIEVED: 9, Cause.WRONG_FORMAT: 4})
    check = next(each for each in readiness(gap) if each.check.startswith("The gap"))
    assert (check.status, check.evidence) == (
        "not met", "9 of 13 failures are missing knowledge")


def test_examples_that_do_not_help_in_the_prompt() -> None:
    flat = curve((0.33, 0.34, 0.33, 0.34), Paired(0.0, -0.04, 0.04, 0.9))
    check = shots_check(flat)
    assert (check.status, check.evidence) == (
        "not met", "flat: 0.33, 0.34, 0.33, 0.34 with 0, 2, 4, 8 examples")
    assert check.where.cases == (1, 2) and check.where.run == 9


def shots_check(found: ShotCurve) -> Check:
    checks = readiness(replace(READY, shots=found))
    return next(each for each in checks if each.check.startswith("More examples"))


def test_a_curve_that_still_climbs_says_that_training_may_help() -> None:
    assert CLIMBS.verdict == "still climbs"
    assert CLIMBS.text == ("Still climbs: from 2 to 8 examples token F1 changes by +0.10 (+0.04 to "
                           "+0.16) over 40 cases. Training on more may help.")


def test_a_gain_that_may_be_large_is_not_called_flat() -> None:
    open_ = curve((0.3, 0.4, 0.42, 0.46), Paired(0.06, -0.02, 0.14, 0.14))
    assert open_.verdict == "too few cases" and "About 55 more cases" in open_.text
    assert shots_check(open_).status == "unknown"


def test_the_built_in_model_learns_nothing_from_examples() -> None:
    check = shots_check(replace(CLIMBS, model=BUILTIN_MODEL))
    assert check.status == "unknown" and "quotes examples" in check.evidence


def test_training_on_what_is_evaluated_is_seen() -> None:
    overlap = replace(READY, overlap=3)
    check = next(each for each in readiness(overlap) if each.check == "Holdout kept apart")
    assert (check.status, check.evidence) == ("not met", "3 cases also in the dataset")


def test_the_three_cheapest_steps_first() -> None:
    steps = next_steps(readiness(Facts()))
    assert len(steps) == 3
    assert steps[0].text.startswith("Say in one sentence") and steps[0].evidence.place == "Goal"
    assert steps[1].text.startswith("Run Baseline")


@pytest.mark.parametrize(("value", "words"), [
    (40_180.0, "40,000"), (1_040_000.0, "1.04 million"), (950.0, "950"), (2_000_000.0, "2 million"),
    (7.0, "7"),
])
def test_calls_in_words(value: float, words: str) -> None:
    assert phrases.calls(value) == words


def test_other_figures_in_words() -> None:
    assert phrases.signed(-0.034) == "−0.03" and phrases.signed(0.5) == "+0.50"
    assert phrases.signed(-0.001) == "0.00"
    assert phrases.dollars(1.366) == "$1.37" and phrases.dollars(12_400) == "$12,400"
    assert phrases.dollars(0.0042) == "$0.0042" and phrases.dollars(0) == "$0"
    assert phrases.seconds(2.64) == "2.6 s" and phrases.seconds(0.05) == "0.05 s"
    assert phrases.counted(1, "case") == "1 case" and phrases.listed("abc") == "a, b and c"
