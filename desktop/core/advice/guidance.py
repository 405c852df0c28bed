"""What Microsoft's guidance on customizing models says, and how this data agrees.

The guidance, condensed: start with the prompt; retrieve when the model lacks knowledge;
fine-tune to steer style, tone, format or behaviour; measure against a baseline; they combine.
What is younger than the model needs retrieval; a tuned model can drift; examples grow stale.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..evaluation.types import Cause
from ..strategies import rung_of
from ..types import Rung, Strategy
from .decision import Evidence, Reason
from .knowledge import knowledge_words
from .phrases import counted, signed
from .ranking import Contest
from .readiness import Facts, count_causes, knowledge_share
from .situation import Situation
from .staleness import stale_words

_SCALE = "prompt, retrieval, fine-tuning, a model of one's own"
PLACES = {
    Rung.BASELINE: "comes before the scale: no technique at all",
    Rung.PROMPT: "is the first and cheapest",
    Rung.WHOLE_DOCUMENTS: "is between the first and the second",
    Rung.DOCUMENTS: "is the second",
    Rung.FINE_TUNED: "is the third",
    Rung.FINE_TUNED_DOCUMENTS: "combines the second and the third",
    Rung.ELSEWHERE: "has no known place: how its answers were made is not known here",
}


def guidance(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    """Each rule that this run can speak about, with what it says."""
    yield Reason(f"On the scale of cost and complexity ({_SCALE}) {strategy.name} "
                 f"{PLACES[rung_of(strategy)]}.", situation.evidence(strategy.name))
    yield from _step(situation, Rung.BASELINE, Rung.PROMPT,
                     "Start with prompt engineering")
    yield from _step(situation, Rung.PROMPT, Rung.DOCUMENTS,
                     "Retrieve when the model lacks knowledge")
    yield from _behaviour(situation, strategy)
    if _first(situation, Rung.FINE_TUNED_DOCUMENTS):
        yield from _step(situation, Rung.FINE_TUNED, Rung.FINE_TUNED_DOCUMENTS,
                         "The techniques complement each other")
    yield from _knowledge(situation, strategy)
    yield from upkeep(situation.facts)


def _step(situation: Situation, low: Rung, high: Rung, rule: str) -> Iterator[Reason]:
    lower, upper = (_first(situation, rung) for rung in (low, high))
    contest = situation.contests.of(upper.name, lower.name) if lower and upper else None
    if contest is None:
        yield Reason(f"{rule}. Not tried in this run.", situation.evidence(cases=()))
    else:
        yield Reason(f"{rule}. {_agreement(contest)}",
                     situation.evidence(contest.a, contest.b))


def _agreement(contest: Contest) -> str:
    figure = signed(contest.difference)
    if contest.better:
        return f"Your data agrees: {contest.b} adds {figure} to {contest.a}."
    if contest.worse:
        return f"Your data disagrees: {contest.b} changes {contest.a} by {figure}."
    return f"Your data shows no difference between {contest.b} and {contest.a}."


def _first(situation: Situation, rung: Rung) -> Strategy | None:
    return next((each for each in situation.run.strategies if rung_of(each) is rung), None)


def _behaviour(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    found = situation.causes(strategy.name)
    counts = count_causes([cause for _, cause in found])
    missing, total = knowledge_share(counts)
    if not total:
        return
    form = counts.get(Cause.WRONG_FORMAT, 0)
    yield Reason(
        "Fine-tune to steer style, tone, format or behaviour, not to add knowledge. "
        f"{missing} of {counted(total, 'failure')} are missing knowledge, {form} wrong format.",
        situation.evidence(strategy.name, cases=[case for case, _ in found]),
    )


def _knowledge(situation: Situation, strategy: Strategy) -> Iterator[Reason]:
    """The model's cut-off against the documents' dates, where there are documents."""
    facts = situation.facts
    model, cut_off = facts.knowledge.get(strategy.name, ("", ""))
    if model and facts.documents:
        yield Reason(knowledge_words(model, cut_off, facts.as_of, facts.dated, facts.documents),
                     Evidence(situation.run.id, place="Documents"))


def upkeep(facts: Facts) -> Iterator[Reason]:
    """What a tuned model lost, and which examples no longer match their documents."""
    if facts.drift is not None:
        yield Reason(facts.drift.text, Evidence(place="Drift"))
    if facts.stale:
        yield Reason(stale_words(facts.stale), Evidence(place="Fine-tuning"))
    elif facts.traced:
        yield Reason(f"None of the {counted(facts.traced, 'training example')} made from "
                     "documents is stale: no source has changed since.",
                     Evidence(place="Fine-tuning"))
