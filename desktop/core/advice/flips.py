"""What would change the answer: volumes, limits, search quality, retirement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ..evaluation.thresholds import higher_is_better, label_of
from ..strategies import rung_of
from ..types import Rung, Strategy
from .cost import Crossing, crossings
from .decision import Reason
from .phrases import calls, counted, dollars, plain, seconds
from .situation import Situation

FEWEST_EACH = 5  # cases found and not found, before the hit rate is turned into a condition
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def flip_conditions(situation: Situation, chosen: Strategy) -> tuple[Reason, ...]:
    """Sentences, the most likely to matter first."""
    return (
        *_volumes(situation, chosen), *_search(situation, chosen),
        *_latency(situation, chosen), *_cost(situation, chosen),
        *_unsettled(situation, chosen), *_retirement(situation, chosen),
    )


def relevant_crossings(situation: Situation, name: str) -> tuple[Crossing, ...]:
    """Those in which the named strategy takes part."""
    labels = {each.label for each in situation.costs if each.strategy == name}
    return tuple(each for each in crossings(situation.costs)
                 if labels & {each.cheaper, each.dearer})


def _volumes(situation: Situation, chosen: Strategy) -> Iterator[Reason]:
    plan = situation.use_case.monthly_calls
    planned = f" You plan {plan:,}." if plan else ""
    for each in relevant_crossings(situation, chosen.name):
        yield Reason(f"Above about {calls(each.calls)} calls a month {each.cheaper} becomes "
                     f"cheaper than {each.dearer}.{planned}",
                     replace(situation.evidence(chosen.name), place="Costs"))


def _search(situation: Situation, chosen: Strategy) -> Iterator[Reason]:
    """The hit rate at which the best strategy without documents is as good."""
    rivals = [each for each in situation.field.ranked
              if rung_of(each) in (Rung.BASELINE, Rung.PROMPT, Rung.FINE_TUNED)]
    if rung_of(chosen) not in (Rung.DOCUMENTS, Rung.FINE_TUNED_DOCUMENTS) or not rivals:
        return
    hits = situation.averages.by_case(chosen, "hit")
    scores = situation.averages.by_case(chosen, situation.metric)
    found = [scores[case] for case, hit in hits.items() if hit >= 0.5 and case in scores]
    missed = [scores[case] for case, hit in hits.items() if hit < 0.5 and case in scores]
    rival = situation.averages.mean(rivals[0], situation.metric)
    if rival is None or min(len(found), len(missed)) < FEWEST_EACH:
        return
    with_hit, without = sum(found) / len(found), sum(missed) / len(missed)
    now = sum(hits.values()) / len(hits)
    if with_hit == without:
        return
    rate = (rival - without) / (with_hit - without)
    if 0 < rate < now and higher_is_better(situation.metric):
        yield Reason(f"If hit@k falls below {plain(rate)}, {rivals[0].name} is as good. It is "
                     f"{plain(now)} now.",
                     replace(situation.evidence(chosen.name), metric="hit"))


def _latency(situation: Situation, chosen: Strategy) -> Iterator[Reason]:
    now = situation.figures[chosen.name].latency
    if now is None:
        return
    for other in situation.field.ranked:
        latency = situation.figures[other.name].latency
        if other is not chosen and latency is not None and latency.p95 < 0.9 * now.p95:
            yield Reason(
                f"If 95 of 100 answers must come within less than {seconds(now.p95)}, the best "
                f"left is {_left(situation, other, seconds(latency.p95))}.",
                replace(situation.evidence(chosen.name, other.name), metric="latency"))
            return


def _cost(situation: Situation, chosen: Strategy) -> Iterator[Reason]:
    now = situation.figures[chosen.name].cost_per_1000
    if not now:
        return
    for other in situation.field.ranked:
        cost = situation.figures[other.name].cost_per_1000
        if other is not chosen and cost is not None and cost < 0.9 * now:
            yield Reason(
                f"If 1,000 calls must cost less than {dollars(now)}, the best left is "
                f"{_left(situation, other, dollars(cost))}.",
                replace(situation.evidence(chosen.name, other.name), metric="cost"))
            return


def _left(situation: Situation, other: Strategy, figure: str) -> str:
    mean = situation.averages.mean(other, situation.metric) or 0.0
    return f"{other.name} ({figure}, {label_of(situation.metric)} {plain(mean)})"


def _unsettled(situation: Situation, chosen: Strategy) -> Iterator[Reason]:
    for other in situation.field.ranked:
        contest = situation.contests.of(other.name, chosen.name)
        if contest is None or other is chosen or contest.shown or contest.enough.needed is None:
            continue
        more = contest.enough.needed - contest.n
        if more > 0 and (contest.difference > 0) is contest.up:
            yield Reason(f"About {counted(more, 'more case')} could show {other.name} to be "
                         f"better than {chosen.name}.",
                         situation.evidence(other.name, chosen.name))


def _retirement(situation: Situation, chosen: Strategy) -> Iterator[Reason]:
    model, retires = situation.retirements.get(chosen.name, ("", ""))
    if retires:
        yield Reason(f"{model} retires on {day(retires)}. Measure again before.",
                     situation.evidence(chosen.name))


def day(iso: str) -> str:
    """14 Apr 2027."""
    found = date.fromisoformat(iso[:10])
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"
