"""Sweeps: what is combined, what is refused, and when one cell is called better than another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.statistics import Paired
from desktop.core.evaluation.sweeps import (
    SweepChoice,
    SweepResult,
    judge_sweep,
    matrix_of,
    plan_sweep,
    read_values,
    winner,
)
from desktop.core.evaluation.types import Interval, Latency, Run, RunState, StrategySummary
from desktop.core.types import Case, Parameters, Prompt, PromptVersion, Strategy

MINI, LARGE = ("azure", "mini"), ("azure", "large")
PROMPT = Strategy(2, "Prompt", *MINI, prompt="current", parameters=Parameters(seed=1))
VERSIONS = [PromptVersion(1, Prompt("a")), PromptVersion(2, Prompt("b"), "Brief")]
CASES = [Case(n, f"q {n}", "a", split="holdout" if n > 12 else "tune") for n in range(1, 20)]
ALL = SweepChoice(2, (1, 2), (MINI, LARGE), {"temperature": (0, 0.5)})


def test_each_combination_is_a_column_that_says_what_it_is() -> None:
    plan = plan_sweep(PROMPT, ALL, VERSIONS, CASES)
    assert ALL.combinations == len(plan.strategies) == 8 and len(plan.cases) == 12
    assert [each.name for each in plan.strategies][:3] == [
        "v1, temperature 0, mini", "v1, temperature 0, large", "v1, temperature 0.5, mini"]
    assert plan.strategies[3].parameters == Parameters(temperature=0.5, seed=1)
    assert len({each.id for each in plan.strategies}) == 8
    assert plan.strategies[7].name == "v2 Brief, temperature 0.5, large"


@pytest.mark.parametrize(("change", "words"), [
    ({"prompts": ()}, "No prompt version is chosen"),
    ({"models": ()}, "No model is chosen"),
    ({"prompts": (1,), "models": (MINI,), "values": {}}, "only one combination"),
    ({"values": {"temperature": tuple(n / 10 for n in range(11))}}, "44 combinations"),
    ({"values": {"temperature": (0, 7)}}, '"7" is no temperature'),
    ({"prompts": (1, 9)}, "There is no prompt version 9"),
])
def test_what_cannot_be_run_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        plan_sweep(PROMPT, replace(ALL, **change), VERSIONS, CASES)  # type: ignore[arg-type]


def test_values_are_numbers_or_words() -> None:
    assert read_values("low; 1, 0.5, , [2]") == ["low", 1, 0.5]


def test_a_handful_of_cases_is_no_sweep() -> None:
    with pytest.raises(ConfigurationError, match="too few tune cases"):
        plan_sweep(PROMPT, ALL, VERSIONS, CASES[:5])


def judged(**better: tuple[float, float, float]) -> SweepResult:
    """Columns a, b, c and d with means 0.5, 0.6, 0.7 and 0.8; `better` says by how much d is
    better than another: difference, low, p-value as it was before any correction."""
    plan = plan_sweep(PROMPT, replace(ALL, values={}), VERSIONS, CASES)
    names = dict(zip("abcd", plan.strategies, strict=True))
    run = Run(5, RunState.DONE, plan.strategies, (1,))
    scores = {each.id: Interval(0.5 + place / 10, 0.4, 0.9, 30)
              for place, each in enumerate(plan.strategies)}
    against = {names[letter].id: Paired(-change, low - 2 * change, -low, p)
               for letter, (change, low, p) in better.items()}
    summaries = {each.id: StrategySummary(each.name, 30, {}, place + 1.0, Latency(1.0, 2.0))
                 for place, each in enumerate(plan.strategies)}
    return judge_sweep(run, "token_f1", scores, summaries, {}, against)


def test_within_noise_nothing_is_called_worse() -> None:
    found = judged(a=(0.3, 0.1, 0.001), b=(0.2, -0.05, 0.2), c=(0.1, 0.01, 0.2))
    assert [each.verdict for each in found.cells] == [
        "worst", "no difference shown", "no difference shown", "best"]
    assert found.best is found.cells[3] and found.cells[0].difference == -0.3
    assert "1 of 3 others are shown to be worse; for 2 no difference is shown." in found.text
    assert found.text.endswith("Cheapest of those: v1, large, $2.00 instead of $4.00 for 1,000 "
                               "calls.")


def test_where_nothing_is_shown_the_lowest_is_not_the_worst() -> None:
    found = judged(a=(0.3, 0.1, 0.02), b=(0.2, 0.1, 0.02), c=(0.1, 0.05, 0.03))
    assert {each.verdict for each in found.cells} == {"best", "no difference shown"}, (
        "corrected for three comparisons, none of them is shown")
    assert found.cells[0].p_value == pytest.approx(0.06)


def test_who_answered_too_little_is_not_compared() -> None:
    plan = plan_sweep(PROMPT, replace(ALL, values={}), VERSIONS, CASES)
    scores = {1: Interval(1.0, 0.9, 1.0, 3), 2: Interval(0.5, 0.4, 0.6, 12),
              3: Interval(0.4, 0.3, 0.5, 11)}
    run = Run(5, RunState.DONE, plan.strategies, (1,))
    found = judge_sweep(run, "token_f1", scores, {}, {1: 9, 4: 12}, {})
    assert [each.verdict for each in found.cells] == [
        "too few answers", "best", "no difference shown", ""]
    assert found.cells[3].failed == 12


def test_models_stand_across_else_parameters() -> None:
    plan = plan_sweep(PROMPT, ALL, VERSIONS, CASES)
    result = judge_sweep(Run(5, RunState.DONE, plan.strategies, (1,)), "token_f1", {}, {}, {},
                         {})
    shown = matrix_of(result, VERSIONS)
    assert shown.columns == ("mini", "large") and shown.rows == (
        "v1, temperature 0", "v1, temperature 0.5", "v2 Brief, temperature 0",
        "v2 Brief, temperature 0.5")
    one = plan_sweep(PROMPT, replace(ALL, models=(MINI,)), VERSIONS, CASES)
    result = replace(result, run=replace(result.run, strategies=one.strategies),
                     cells=tuple(each for each in result.cells
                                 if each.strategy.deployment == "mini"))
    assert matrix_of(result, VERSIONS).columns == ("temperature 0", "temperature 0.5")
    assert matrix_of(result, VERSIONS).rows == ("v1", "v2 Brief")


def test_the_winner_follows_the_pane_where_it_used_the_newest_version() -> None:
    best = judged().cells[3]
    made = winner(best, PROMPT, VERSIONS)
    assert (made.prompt, made.deployment, made.id, made.name) == ("current", "large", 2, "Prompt")
    assert made.parameters == PROMPT.parameters
    newer = [*VERSIONS, PromptVersion(3, Prompt("c"))]
    assert winner(best, PROMPT, newer).prompt == "2"
    seeded = [VERSIONS[0], replace(VERSIONS[1], prompt=Prompt("b", parameters=Parameters(seed=1)))]
    assert winner(best, PROMPT, seeded).parameters == Parameters(), "its prompt says so already"
