"""The sentences of a decision, each with the evidence it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..evaluation.thresholds import good_at, higher_is_better, label_of
from ..types import Strategy
from .decision import Reason
from .phrases import between, counted, dollars, listed, plain, seconds, signed
from .ranking import Contest, complexity
from .readiness import count_causes, knowledge_share
from .situation import Situation

_FEW = 3  # failures below which their causes say nothing


def reasons_for(
    situation: Situation, strategy: Strategy, tied: Sequence[Strategy], *, choice: bool = True
) -> Iterator[Reason]:
    """About the strategy that is chosen, or (not `choice`) that leads without being chosen."""
    yield from _correct(situation, strategy)
    yield from _against_baseline(situation, strategy)
    yield from _against_rivals(situation, strategy, tied)
    yield from _price(situation, strategy)
    if choice:
        yield from _basis(situation)
    yield from _left_out(situation)
    yield from _fine_tuning(situation, strategy)
    yield from _gap(situation, strategy)
    yield from _unanswered(situation)


def _correct(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    passed = situation.passed
    if strategy.name not in passed:
        return
    bar = good_at(situation.metric, situation.use_case) or 0.0
    good, total = passed[strategy.name]
    others = [each for each in situation.run.strategies
              if each is not strategy and each.name in passed
              and each is not situation.field.ceiling]
    rest = "; " + ", ".join(f"{each.name} {passed[each.name][0]}" for each in others)
    side = "more" if higher_is_better(situation.metric) else "less"
    text = (f"{strategy.name} answers {good} of {counted(total, 'case')} well"
            f"{rest if others else ''} ({label_of(situation.metric)} {plain(bar)} or {side}).")
    yield Reason(text, situation.evidence(strategy.name, *(each.name for each in others)))


def _against_baseline(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    baseline = situation.field.baseline
    if baseline is None:
        yield Reason("There is no Baseline in this run. Add it: without it nobody notices when "
                     "a strategy makes answers worse.", situation.evidence(strategy.name))
    elif baseline is not strategy:
        contest = situation.contests.of(strategy.name, baseline.name)
        if contest is not None:
            yield Reason(_contest_words(situation, contest),
                         situation.evidence(strategy.name, baseline.name))


def _contest_words(situation: Situation, contest: Contest) -> str:
    figures = f"{signed(contest.difference)} ({between(contest.low, contest.high)})"
    label = label_of(situation.metric)
    if not contest.shown:
        return f"No difference shown between {contest.b} and {contest.a}: {label} {figures}."
    word = "better" if contest.better else "worse"
    return f"{contest.b} is {word} than {contest.a}: {label} {figures}."


def _against_rivals(
    situation: Situation, strategy: Strategy, tied: Sequence[Strategy]
) -> Iterator[Reason]:
    """The nearest rival beside Baseline, and each one it is tied with."""
    ranked = [each for each in situation.field.ranked
              if each is not strategy and each is not situation.field.baseline]
    nearest = [each for each in ranked if each in tied] or ranked[:1]
    for other in nearest:
        contest = situation.contests.of(strategy.name, other.name)
        if contest is None:
            continue
        why = _why_tied(situation, strategy, other, contest) if other in tied else ""
        yield Reason(_contest_words(situation, contest) + why,
                     situation.evidence(strategy.name, other.name))


def _why_tied(
    situation: Situation, strategy: Strategy, other: Strategy, contest: Contest
) -> str:
    """Why the one that may be worse is taken all the same."""
    mine, theirs = (situation.figures[each.name].cost_per_1000 for each in (strategy, other))
    if complexity(strategy) < complexity(other):
        why = f"{strategy.name} is simpler"
    elif mine is not None and (theirs is None or mine < theirs):
        why = f"{strategy.name} is cheaper"
    else:
        why = "Both are as simple and as cheap"
    gain = plain(max(0.0, contest.turned().most_gain))
    return f" {why}; {other.name} may be better by at most {gain}."


def _price(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    figures = situation.figures[strategy.name]
    parts = []
    if figures.cost_per_1000 is not None:
        cost = figures.cost_per_1000
        parts.append(f"costs {dollars(cost)} per 1,000 calls" if cost else "costs nothing to call")
    if figures.latency is not None:
        parts.append(f"answers within {seconds(figures.latency.p95)} in 95 of 100 calls "
                     f"(median {seconds(figures.latency.p50)})")
    if parts:
        yield Reason(f"{strategy.name} {listed(parts)}.", situation.evidence(strategy.name))


def _basis(situation: Situation) -> Iterator[Reason]:
    use_case = situation.use_case
    limits = []
    if use_case.least is not None:
        limits.append(f"{label_of(situation.metric)} of {plain(use_case.least)}")
    if use_case.most_cost is not None:
        limits.append(f"{dollars(use_case.most_cost)} per 1,000 calls")
    if use_case.most_latency is not None:
        limits.append(f"{seconds(use_case.most_latency)} for 95 of 100 answers")
    within = f", within the limits {listed(limits)}" if limits else ""
    best = situation.field.ranked[0].name
    n = len(situation.cases_of(best))
    cases = counted(n, "holdout case" if situation.holdout_only else "case")
    yield Reason(f"Ranked by {label_of(situation.metric)}, the use case's metric, over {cases}"
                 f"{within}.", situation.evidence(best))


def _left_out(situation: Situation) -> Iterator[Reason]:
    for name, why in situation.field.left_out.items():
        yield Reason(f"{name} is left out: {why}.", situation.evidence(name))


def _fine_tuning(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    found = situation.causes(strategy.name)
    missing, total = knowledge_share(count_causes([cause for _, cause in found]))
    if total < _FEW:
        return
    evidence = situation.evidence(strategy.name, cases=[case for case, _ in found])
    of = f"{missing} of {counted(total, 'failure')} are missing knowledge"
    if 2 * missing >= total:
        yield Reason(f"Fine-tuning is not indicated: {of}, which training does not add.", evidence)
    else:
        yield Reason(f"Fine-tuning may help: only {of}, the others are how the model behaves.",
                     evidence)


def _gap(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    """To the ceiling and from it: is retrieval or generation the bottleneck?"""
    ceiling = situation.field.ceiling
    if ceiling is None or situation.averages.mean(ceiling, situation.metric) is None:
        return
    contest = situation.contests.of(ceiling.name, strategy.name)
    if contest is None:
        return
    evidence = situation.evidence(strategy.name, ceiling.name)
    top = situation.averages.mean(ceiling, situation.metric) or 0.0
    figures = f"{signed(contest.difference)} ({between(contest.low, contest.high)})"
    above = f" From the ceiling to a perfect score it is {plain(1 - top)}." if 0 <= top <= 1 else ""
    if not contest.better:
        yield Reason(f"No difference shown to the Ceiling ({figures}): better search alone "
                     f"would not help, what the model makes of the passages does.{above}",
                     evidence)
        return
    search = not above or contest.difference >= 1 - top
    where = "Search is the larger gap: it does not always find the right passage." if search \
        else "The model is the larger gap: it falls short even with the right passage."
    yield Reason(f"The Ceiling leads {strategy.name} by {figures}. {where}{above}", evidence)


def _unanswered(situation: Situation) -> Iterator[Reason]:
    failed, filtered = situation.summary.failed, situation.summary.filtered
    parts = [counted(count, "cell") + what for count, what in
             ((failed, " failed"), (filtered, " filtered")) if count]
    if parts:
        names = tuple(each.name for each in situation.run.strategies)
        yield Reason(f"{listed(parts)} of {situation.summary.cells:,}; they are not in the "
                     "figures.", situation.evidence(*names, cases=()))


def sufficiency(situation: Situation) -> Iterator[Reason]:
    """Is n enough? What so many cases can show, and what would settle each open couple."""
    seen = []
    for a, b in situation.couples:
        contest = situation.contests.of(b.name, a.name)
        if contest is None or situation.field.ceiling is b:
            continue
        seen.append(contest)
    if not seen:
        return
    widest = max(seen, key=lambda each: each.enough.smallest)
    if widest.enough.smallest < 1e6:
        yield Reason(f"{counted(widest.n, 'case')} can show a difference of "
                     f"{plain(widest.enough.smallest)} or more.",
                     situation.evidence(widest.a, widest.b))
    for contest in seen:
        needed = contest.enough.needed
        if contest.shown or needed is None or needed <= contest.n:
            continue
        yield Reason(f"To settle {contest.b} against {contest.a}, add about "
                     f"{counted(needed - contest.n, 'case')}.",
                     situation.evidence(contest.a, contest.b))
