import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from desktop.core.advice.decision import Decision, Reason
from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.types import Attribution, Cause, Cell, UseCase
from desktop.core.types import Answer, Case, Strategy, Usage
from desktop.flows.deciding import decide
from desktop.flows.use_case import load_use_case, save_use_case
from tests.runs import (
    BASELINE,
    CEILING,
    DOCUMENTS,
    PROMPT,
    TOP_TEN,
    TUNED,
    MadeStore,
    around,
    deciding_ports,
    made_run,
)

GOAL = UseCase("Answer employees' questions about our insurance", "token_f1")
Scores = Mapping[Strategy, Sequence[float]]


def decided(scores: Scores, use_case: UseCase = GOAL, holdout: int = 0, **made: Any) -> Decision:
    run, cells, cases = made_run(scores, **made)
    kept = [replace(case, split="holdout" if case.id <= holdout else "tune") for case in cases]
    store = MadeStore([(run, cells)], kept)

    async def work() -> Decision:
        await save_use_case(store, use_case)  # type: ignore[arg-type]
        return await decide(deciding_ports(store))

    return asyncio.run(work())


def words(decision: Decision) -> str:
    return "\n".join(reason.text for reason in decision.reasons)


def texts(reasons: Sequence[Reason]) -> list[str]:
    return [reason.text for reason in reasons]


def ladder(n: int = 60) -> dict[Strategy, list[float]]:
    return {BASELINE: around(0.2, n), PROMPT: around(0.3, n, seed=2),
            DOCUMENTS: around(0.6, n, seed=3)}


def test_a_clear_winner_is_recommended_strongly() -> None:
    decision = decided(ladder())
    assert (decision.recommendation, decision.strength) == ("Use Prompt + documents.", "strong")
    assert "Prompt + documents is better than Baseline: token F1 +0.3" in words(decision)
    assert "of 60 cases well" in words(decision)
    assert decision.n == 60 and decision.thin == ""
    assert all(effect.verdict == "Better" for effect in decision.effects)


def test_every_reason_names_its_run_strategies_and_cases_and_is_json_ready() -> None:
    decision = decided(ladder())
    document = json.loads(json.dumps(decision.as_dict()))
    assert set(document) == {"recommendation", "strength", "reasons", "flip_conditions",
                             "readiness", "attribution"}
    for reason in document["reasons"]:
        assert reason["evidence"]["run"] == 7
        assert reason["evidence"]["strategies"]
        assert len(reason["evidence"]["cases"]) == 60


def test_without_a_goal_it_asks_for_one() -> None:
    decision = decided(ladder(), UseCase())
    assert (decision.recommendation, decision.strength) == ("Set a goal first.", "none")
    assert "token F1" in decision.thin and decision.strategy == ""
    assert len(decision.effects) == 3  # the figures are shown all the same


def test_few_cases_are_too_few_and_it_says_how_many_to_add() -> None:
    decision = decided(ladder(12))
    assert decision.strategy == "" and decision.strength == "none"
    assert "Only 12 cases" in decision.thin and "Add 8 cases" in decision.thin


def test_no_reference_answers_no_recommendation() -> None:
    run, cells, cases = made_run(ladder())
    bare = [replace(cell, scores={"token_f1": None, "groundedness": 0.5}) for cell in cells]
    store = MadeStore([(run, bare)], cases, {"use case goal": {"metric": "token_f1"}})
    decision = asyncio.run(decide(deciding_ports(store)))
    assert decision.strategy == "" and "Add reference answers" in decision.thin


def test_one_strategy_alone_is_no_comparison() -> None:
    assert "Run at least two" in decided({DOCUMENTS: around(0.6)}).thin


def test_a_difference_inside_the_noise_is_never_called_better() -> None:
    noisy = {BASELINE: around(0.4, 30, 0.3), PROMPT: around(0.55, 30, 0.3, seed=5)}
    decision = decided(noisy)
    assert decision.strategy == "" and "No difference shown" in decision.thin
    assert "better" not in words(decision).lower()


def test_the_simpler_is_preferred_where_no_difference_is_shown() -> None:
    scores = {BASELINE: around(0.2), DOCUMENTS: around(0.6, seed=3),
              TUNED: [value + 0.003 * (place % 3 - 1)
                      for place, value in enumerate(around(0.6, seed=3))]}
    decision = decided(scores)
    assert decision.strategy == DOCUMENTS.name
    simpler = "Prompt + documents is simpler; Fine-tuned may be better by at most 0.0"
    assert simpler in words(decision)
    assert "No difference shown between Prompt + documents and Fine-tuned" in words(decision)


def test_the_ceiling_is_measured_and_never_chosen() -> None:
    decision = decided({**ladder(), CEILING: around(0.9, seed=4)})
    assert decision.strategy == DOCUMENTS.name
    assert "Search is the larger gap" in words(decision)
    assert [e.verdict for e in decision.effects if e.b == CEILING.name][-1] == "Room left"


def test_no_gap_to_the_ceiling_points_to_the_model() -> None:
    same = around(0.6, seed=3)
    decision = decided({**ladder(), DOCUMENTS: same, CEILING: same})
    assert "better search alone would not help" in words(decision)


def test_limits_leave_a_strategy_out_and_say_so() -> None:
    run, cells, cases = made_run(ladder())
    slow = [replace(cell, answer=replace(cell.answer, seconds=9.0))  # type: ignore[type-var]
            if cell.strategy_id == DOCUMENTS.id else cell for cell in cells]
    goal = {"metric": "token_f1", "most_latency": 2.0}
    store = MadeStore([(run, slow)], cases, {"use case goal": goal})
    decision = asyncio.run(decide(deciding_ports(store)))
    assert decision.strategy == PROMPT.name
    assert "Prompt + documents is left out: 95 of 100 answers take up to 9.0 s" in words(decision)
    assert "within the limits 2.0 s for 95 of 100 answers" in words(decision)


def test_nothing_within_the_limits() -> None:
    decision = decided(ladder(), replace(GOAL, least=0.95))
    assert decision.strategy == "" and "Change a limit" in decision.thin
    assert "is below 0.95" in words(decision)


def test_a_metric_where_less_is_better() -> None:
    goal = UseCase("Answer fast and well", "latency")
    scores = {BASELINE: around(0.9, spread=0.05), PROMPT: around(0.5, spread=0.05, seed=2)}
    decision = decided(scores, goal, metric="latency")
    assert decision.strategy == PROMPT.name
    assert "Prompt is better than Baseline: latency −0.4" in words(decision)


def test_failures_point_at_the_lever() -> None:
    missing = Attribution(Cause.NOT_RETRIEVED, "Set by hand.", by_hand=True)
    decision = decided(ladder(), causes=dict.fromkeys(range(1, 10), missing))
    assert decision.attribution[Cause.NOT_RETRIEVED] == 9
    assert set(decision.failures) >= set(range(1, 10))
    assert "Fine-tuning is not indicated: 9 of 9 failures are missing knowledge" in words(decision)


def test_causes_follow_the_goal_as_it_is_now() -> None:
    strict = decided(ladder(), replace(GOAL, least=0.55))
    assert sum(strict.attribution.values()) > sum(decided(ladder()).attribution.values())
    good, total = strict.passed[DOCUMENTS.name]
    assert sum(strict.attribution.values()) == total - good == len(strict.failures)


def test_the_guidance_is_held_against_the_data() -> None:
    decision = decided(ladder())
    said = [reason.text for reason in decision.guidance]
    assert said[0].endswith("Prompt + documents is the second.")
    assert any("Your data agrees: Prompt + documents adds +0.3" in text for text in said)


def test_holdout_cases_decide_where_there_are_enough() -> None:
    decision = decided(ladder(), holdout=40)
    assert decision.n == 40 and "over 40 holdout cases" in words(decision)
    assert decided(ladder(), holdout=5).n == 60


def test_costs_cross_and_the_answer_flips() -> None:
    decision = decided(ladder(), replace(GOAL, monthly_calls=30_000), prompt=2_000)
    labels = {cost.label for cost in decision.costs}
    assert "Fine-tuned (estimate)" in labels
    assert any("retires on 14 Apr 2027" in text for text in texts(decision.flip_conditions))
    hosting = next(cost for cost in decision.costs if cost.estimate).hosting
    assert hosting == pytest.approx(1.7 * 730)


def test_the_hit_rate_and_the_volume_at_which_the_answer_flips() -> None:
    run, cells, cases = made_run(ladder())
    changed = [replace(cell, scores=found_or_not(cell.case_id), answer=long_prompt(cell))
               if cell.strategy_id == DOCUMENTS.id else cell for cell in cells]
    goal = {"metric": "token_f1", "monthly_calls": 30_000}
    store = MadeStore([(run, changed)], cases, {"use case goal": goal})
    flips = texts(asyncio.run(decide(deciding_ports(store))).flip_conditions)
    assert flips[0] == ("Above about 630,000 calls a month Fine-tuned (estimate) becomes cheaper "
                        "than Prompt + documents. You plan 30,000.")
    assert flips[1] == "If hit@k falls below 0.27, Prompt is as good. It is 0.75 now."
    assert flips[2].startswith("If 1,000 calls must cost less than $2.00, the best left is Prompt")


def found_or_not(case: int) -> dict[str, float | None]:
    return {"token_f1": 0.7, "hit": 1.0} if case % 4 else {"token_f1": 0.1, "hit": 0.0}


def long_prompt(cell: Cell) -> Answer | None:
    return cell.answer and replace(cell.answer, usage=Usage(5_000, 20), cost=0.002)


def test_a_top_ten_that_is_no_better_needs_more_cases() -> None:
    run, cells, cases = made_run({**ladder(), TOP_TEN: around(0.61, seed=9)})
    dearer = [replace(cell, answer=replace(cell.answer, cost=0.01))  # type: ignore[type-var]
              if cell.strategy_id == TOP_TEN.id else cell for cell in cells]
    store = MadeStore([(run, dearer)], cases, {"use case goal": {"metric": "token_f1"}})
    decision = asyncio.run(decide(deciding_ports(store)))
    assert decision.strategy == DOCUMENTS.name
    assert any(text.startswith("To settle Prompt + docs, top 10 against Prompt + documents")
               or "can show a difference" in text for text in texts(decision.enough))


def test_before_the_first_run_it_says_what_to_do() -> None:
    decision = asyncio.run(decide(deciding_ports(MadeStore(known_cases=[Case(1, "q")]))))
    assert "Nothing has been run yet" in decision.thin
    assert len(decision.next_steps) == 3


def test_a_run_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="There is no run 4"):
        asyncio.run(decide(deciding_ports(MadeStore()), 4))


def test_the_use_case_comes_back_as_it_was_saved() -> None:
    store = MadeStore()
    use_case = UseCase("Answer questions", "token_f1", 0.5, 30_000, 2.0, 3.5)

    async def work() -> UseCase:
        await save_use_case(store, use_case)  # type: ignore[arg-type]
        return await load_use_case(store)  # type: ignore[arg-type]

    assert asyncio.run(work()) == use_case
    assert store.facts["use case"] == "Answer questions"


def test_out_of_limits_it_names_the_best_and_why_that_fails() -> None:
    decision = decided(ladder(), replace(GOAL, least=0.95))
    assert decision.strategy == "" and decision.leader == DOCUMENTS.name
    assert "The best is Prompt + documents with token F1 0.57" in decision.thin
    assert sum(decision.attribution.values()) == 60 and decision.guidance
    assert decision.reasons[0].evidence.place == "Goal", "where the limit stands"
    assert "is better than" not in words(decision)


def test_every_sentence_leads_to_cells_of_its_own_columns() -> None:
    decision = decided(ladder(), replace(GOAL, monthly_calls=30_000))
    sentences = [*decision.reasons, *decision.flip_conditions, *decision.enough,
                 *decision.guidance]
    untried = [each for each in sentences if "Not tried" in each.text]
    assert len(sentences) > 9 and not untried
    for each in sentences:
        assert each.evidence.leads and each.evidence.run == 7, each.text
        assert all(name in ("Baseline", "Prompt", "Prompt + documents")
                   for name in each.evidence.strategies)
    met = {check.check: check.where for check in decision.readiness}
    assert met["Baseline measured"].strategies == ("Baseline",)
    assert met["Documents tried"].strategies == ("Prompt + documents",)
    assert met["Use case stated in one sentence"].place == "Goal"
