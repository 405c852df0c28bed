"""From figures to a decision: what to use, how sure that is, and why, in short sentences.

Refuses where the evidence is thin and says what to add. A difference inside the noise is never
called better; where none is shown, the simpler strategy is preferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..evaluation.thresholds import label_of
from ..types import Strategy
from .cost import crossings
from .decision import Decision, Effect, Evidence, Reason, Verdict
from .explaining import reasons_for, sufficiency
from .flips import flip_conditions, relevant_crossings
from .guidance import guidance, upkeep
from .phrases import counted, listed, plain
from .ranking import FEWEST_CASES, SMALL, Contest, simplest, strength_of, tied_with_best
from .readiness import Facts, count_causes, next_steps, readiness
from .situation import Situation

NO_RECOMMENDATION = "No recommendation yet."


def nothing_run(facts: Facts) -> Decision:
    """Before the first run."""
    thin = ("Nothing has been run yet. Add cases with reference answers, then run Baseline and "
            "another strategy over them in Evaluate.")
    checks = readiness(facts)
    return Decision(NO_RECOMMENDATION, "none", (Reason(thin),), readiness=checks, thin=thin,
                    next_steps=next_steps(checks), guidance=tuple(upkeep(facts)),
                    shots=facts.shots, drift=facts.drift, stale=tuple(facts.stale))


def decide_on(situation: Situation) -> Decision:
    """The decision, with everything the screen and the report show beside it."""
    thin = _thin(situation)
    if thin is not None:
        return _refusal(situation, thin)
    tied = tied_with_best(situation.field, situation.contests)
    chosen = simplest(tied, situation.summary)
    thin = _no_difference(situation, chosen)
    if thin is not None:
        return _refusal(situation, thin)
    return _described(
        situation, chosen, Decision(
            f"Use {chosen.name}.", strength_of(chosen, situation.field, situation.contests),
            tuple(reasons_for(situation, chosen, tied)), flip_conditions(situation, chosen),
            strategy=chosen.name, crossings=relevant_crossings(situation, chosen.name),
        ),
    )


def _thin(situation: Situation) -> str | None:
    """Why nothing can be recommended, and what to add; None when something can."""
    answered = [each for each in situation.summary.strategies if each.n]
    if not answered:
        return "No strategy has answered. Retry what failed."
    if not situation.metric:
        return "No metric could be scored. Add reference answers to the cases, then run again."
    if not situation.use_case.metric:
        return _ask_for_goal(situation)
    if situation.withheld:
        return situation.withheld
    if len(answered) < 2:
        return ("Only one strategy has answers. Run at least two over the same cases, Baseline "
                "among them.")
    if not any(situation.metric in each.metrics for each in answered):
        return (f"No case could be scored on {label_of(situation.metric)}. Add reference "
                f"answers to {FEWEST_CASES} cases or more, then run again.")
    if not situation.field.ranked:
        return _none_within(situation)
    return _few_cases(situation)


def _none_within(situation: Situation) -> str:
    leader = situation.leader
    mean = None if leader is None else situation.averages.mean(leader, situation.metric)
    nearest = "" if leader is None or mean is None else (
        f" The best is {leader.name} with {label_of(situation.metric)} {plain(mean)}.")
    return (f"No strategy keeps the use case's limits.{nearest} Change a limit, or add a strategy "
            "that does what its failures ask for.")


def _ask_for_goal(situation: Situation) -> str:
    return ("Set a goal first: choose the metric that says what a good answer is, such as "
            f"{label_of(situation.metric)}, and the least value you accept.")


def _few_cases(situation: Situation) -> str | None:
    contest = _against_next(situation)
    n = contest.n if contest else len(situation.cases_of(situation.field.ranked[0].name))
    if n >= FEWEST_CASES:
        return None
    shows = ""
    if contest is not None and contest.enough.smallest < 1e6:
        smallest = plain(contest.enough.smallest)
        shows = f" They can show a difference of {smallest} or more."
    return (f"Only {counted(n, 'case')} have answers from both the best and the next strategy."
            f"{shows} Add {counted(FEWEST_CASES - n, 'case')} with reference answers.")


def _against_next(situation: Situation) -> Contest | None:
    """The best against the next, or against Baseline where no other may be chosen."""
    best, *others = situation.field.ranked
    rivals = [*others, *([situation.field.baseline] if situation.field.baseline else [])]
    found = [situation.contests.of(best.name, each.name) for each in rivals]
    return next((each for each in found if each is not None), None)


def _no_difference(situation: Situation, chosen: Strategy) -> str | None:
    """Nothing is shown to beat Baseline (or, without one, anything): then only a large set of
    cases, which would have shown a difference worth having, lets the simplest be chosen."""
    met = situation.contests
    floor = situation.field.baseline or chosen
    if chosen is not floor:
        contest = met.of(chosen.name, floor.name)
        return None if contest is None or contest.better else _noise(situation, [contest], floor)
    ranked = situation.field.ranked
    rivals = [met.of(each.name, floor.name) for each in ranked if each is not floor]
    open_ones = [each for each in rivals if each is not None and not each.shown]
    if not open_ones or all(each.most_gain < SMALL for each in open_ones):
        return None
    return _noise(situation, open_ones, floor)


def _noise(situation: Situation, open_ones: list[Contest], floor: Strategy) -> str:
    widest = max(open_ones, key=lambda each: each.enough.smallest)
    names = listed(each.b for each in open_ones)
    text = (f"No difference shown between {floor.name} and {names}: "
            f"{counted(widest.n, 'case')} can show {plain(widest.enough.smallest)} or more on "
            f"{label_of(situation.metric)}.")
    needed = [each.enough.needed - each.n for each in open_ones if each.enough.needed]
    if needed and min(needed) > 0:
        return f"{text} Add about {counted(min(needed), 'case')}, or a strategy that differs more."
    return f"{text} Add cases, or a strategy that differs more."


def _refusal(situation: Situation, thin: str) -> Decision:
    """No choice, but all the figures that there are."""
    leader = situation.leader
    names = tuple(each.name for each in situation.run.strategies)
    goal = not situation.use_case.metric and thin == _ask_for_goal(situation)
    limits = bool(situation.field.left_out) and not situation.field.ranked
    reasons = [Reason(thin, Evidence(situation.run.id, names, situation.metric,
                                     place="Goal" if goal or limits else ""))]
    if situation.field.ranked and leader is not None:
        reasons += reasons_for(situation, leader, [leader], choice=False)
    elif situation.metric:
        reasons += [Reason(f"{name} is left out: {why}.", situation.evidence(name))
                    for name, why in situation.field.left_out.items()]
    sentence = "Set a goal first." if goal else NO_RECOMMENDATION
    decision = Decision(sentence, "none", tuple(reasons), thin=thin,
                        crossings=crossings(situation.costs))
    decision = replace(decision, withheld=thin == situation.withheld)
    return _described(situation, leader, decision)


def _described(situation: Situation, shown: Strategy | None, decision: Decision) -> Decision:
    """With all that stands beside the sentence, about the strategy that leads."""
    causes = situation.causes(shown.name) if shown else []
    checks = readiness(situation.facts)
    return replace(
        decision, run=situation.run.id, leader=shown.name if shown else "", metric=situation.metric,
        n=len(situation.cases_of(shown.name)) if shown else 0,
        attribution=count_causes([cause for _, cause in causes]),
        failures=tuple(case for case, _ in causes),
        guidance=tuple(guidance(situation, shown)) if shown else (),
        readiness=checks, next_steps=next_steps(checks), effects=tuple(_effects(situation)),
        enough=tuple(sufficiency(situation)), passed=situation.passed,
        summary=situation.summary, costs=situation.costs, shots=situation.facts.shots,
        drift=situation.facts.drift, stale=tuple(situation.facts.stale),
    )


def _effects(situation: Situation) -> Iterator[Effect]:
    """Each strategy against Baseline, the next best, what it derives from; the ceiling."""
    if not situation.metric:
        return
    for a, b in situation.couples:
        contest = situation.contests.of(b.name, a.name)
        leads = situation.field.ranked and situation.field.ranked[0] is a
        if contest is None or (b is situation.field.ceiling and not leads):
            continue
        verdict = _verdict(contest, ceiling=situation.field.ceiling is b)
        yield Effect(contest.a, contest.b, situation.metric, contest.difference, contest.low,
                     contest.high, contest.p_value, contest.n, verdict)


def _verdict(contest: Contest, *, ceiling: bool) -> Verdict:
    if not contest.shown:
        return "No difference shown"
    if contest.worse:
        return "Worse"
    return "Room left" if ceiling else "Better"
