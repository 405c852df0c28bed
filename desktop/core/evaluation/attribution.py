"""Why an answer is not good enough: one cause, found by the first rule that applies.

The order follows an answer's way: was there an answer, has it the right form, could it be
known, was it found, was it used, is it supported. The screen shows the rule with its figures,
and a person may overrule it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..types import Answer, AnswerState, Case, Hit
from .thresholds import (
    FORMAT_METRICS,
    GOOD_AT,
    deciding_metric,
    higher_is_better,
    is_good,
    label_of,
    scored,
)
from .types import Attribution, Cause, Cell, UseCase

LOW_CONTEXT_USE = 0.5  # context recall: less than half of the reference stands in the passages
_REFUSAL = re.compile(
    r"^\W*(?:I['’]?m (?:very )?sorry,? (?:but )?|sorry,? (?:but )?)?I (?:cannot|can['’]?t|can not|"
    r"am (?:not able|unable) to|won['’]?t) (?:assist|help|comply|fulfil+|discuss|continue)", re.I
)


def attribute(
    case: Case, answer: Answer, scores: Mapping[str, float | None], chunks_known: bool,
    use_case: UseCase | None = None,
) -> Attribution | None:
    """None for a good answer, and for one that nothing says anything about.

    `chunks_known`: the workspace holds a chunk of at least one gold source's page. An answer
    failed when the deciding metric (the use case's, else the first that applies) is below its
    bar, see thresholds.py; a filtered or refused one always did.
    """
    stopped = _refused(answer)
    if stopped is not None:
        return stopped
    known = scored(scores)
    wrong_form = _wrong_format(known)
    failure = wrong_form or _failure(known, use_case)
    if failure is None:
        return None
    return (
        _as_format(wrong_form)
        or _unknown(case, answer, chunks_known, failure)
        or _ignored(case, answer, known, failure)
        or _unsupported(known, failure)
        or Attribution(Cause.OTHER, f"{failure}. No other rule applies.")
    )


def overrule(cell: Cell, cause: Cause, why: str = "") -> Cell:
    """A person's word on the cause. It stays when the cell is scored again."""
    return replace(cell, attribution=Attribution(cause, why or "Set by hand.", by_hand=True))


def keep_by_hand(cell: Cell, found: Attribution | None) -> Attribution | None:
    """What a cell shall hold after new scores: a person's cause outlasts the rules."""
    before = cell.attribution
    return before if before is not None and before.by_hand else found


def _refused(answer: Answer) -> Attribution | None:
    if answer.state is AnswerState.FILTERED or answer.finish_reason == "content_filter":
        return Attribution(Cause.REFUSED, "The service's content filter stopped this answer.")
    if answer.state is AnswerState.FAILED:
        why = (answer.error or "no reason given").rstrip(".")
        return Attribution(Cause.OTHER, f"The service gave no answer: {why}.")
    if answer.state is AnswerState.DONE and _REFUSAL.match(answer.text):
        return Attribution(Cause.REFUSED, "The answer begins with a refusal to help.")
    return None


def _wrong_format(scores: Mapping[str, float]) -> str:
    for name in FORMAT_METRICS:
        if name in scores and scores[name] < GOOD_AT[name]:
            return f"{_sentence_start(name)} is {scores[name]:.2f} and must be {GOOD_AT[name]:.0f}"
    return ""


def _failure(scores: Mapping[str, float], use_case: UseCase | None) -> str | None:
    """What is below its bar, in words, None for a good answer or no word on it."""
    name = deciding_metric(scores, use_case)
    if name not in scores:
        name = deciding_metric(scores)
    if not name or is_good(name, scores[name], use_case) is not False:
        return None
    bar = use_case.least if use_case and use_case.metric == name else None
    least = GOOD_AT.get(name, 0.0) if bar is None else bar
    side = "below" if higher_is_better(name) else "above"
    return f"{_sentence_start(name)} is {scores[name]:.2f}, {side} {least:.2f}"


def _as_format(failure: str) -> Attribution | None:
    return Attribution(Cause.WRONG_FORMAT, f"{failure}.") if failure else None


def _unknown(
    case: Case, answer: Answer, chunks_known: bool, failure: str
) -> Attribution | None:
    """The gold source is not in the workspace, or was not among the passages."""
    if not case.sources:
        return None
    gold = _places(case.sources)
    if not chunks_known:
        rule = f"{failure}. The workspace has no text of {gold}."
        return Attribution(Cause.NOT_IN_DOCUMENTS, rule)
    if not answer.context:
        rule = f"{failure}. The model was given no passage; the gold source is {gold}."
        return Attribution(Cause.NOT_RETRIEVED, rule)
    if gold_rank(case, answer.context) is None:
        rule = f"{failure}. {gold} is not among the {len(answer.context)} passages given."
        return Attribution(Cause.NOT_RETRIEVED, rule)
    return None


def _ignored(
    case: Case, answer: Answer, scores: Mapping[str, float], failure: str
) -> Attribution | None:
    """The gold source was given; the answer declines, cites others or repeats none of it."""
    rank = gold_rank(case, answer.context)
    if rank is None:
        return None
    given = f"{failure}. The gold source is passage {rank} of {len(answer.context)}"
    if answer.declined:
        return Attribution(Cause.IGNORED, f"{given}, but the answer declines.")
    cited = [(citation.document, citation.page) for citation in answer.citations]
    if cited and not any(_matches(source, place) for source in case.sources for place in cited):
        return Attribution(Cause.IGNORED, f"{given}, but the answer cites only other passages.")
    grounded = scores.get("groundedness")
    if grounded is not None and grounded < GOOD_AT["groundedness"]:
        return None
    recall = scores.get("context_recall")
    if recall is not None and recall < LOW_CONTEXT_USE:
        rule = f"{given}, but the passages hold only {_percent(recall)} of the reference answer."
        return Attribution(Cause.NOT_RETRIEVED, rule)
    return Attribution(Cause.IGNORED, f"{given}, but the answer leaves out what it says.")


def _unsupported(scores: Mapping[str, float], failure: str) -> Attribution | None:
    grounded = scores.get("groundedness")
    if grounded is None or grounded >= GOOD_AT["groundedness"]:
        return None
    rule = f"{failure}. The passages support {_percent(grounded)} of the answer's sentences."
    return Attribution(Cause.UNSUPPORTED, rule)


def gold_rank(case: Case, hits: Iterable[Hit]) -> int | None:
    """The rank of the best passage from a gold source, None when there is none."""
    ranks = [hit.rank for hit in hits
             if any(_matches(source, (hit.document, hit.page)) for source in case.sources)]
    return min(ranks, default=None)


def _matches(source: tuple[str, int | None], place: tuple[str, int | None]) -> bool:
    """A gold source without a page is the whole document."""
    same = source[0].casefold() == place[0].casefold()
    return same and (source[1] is None or source[1] == place[1])


def _places(sources: Iterable[tuple[str, int | None]]) -> str:
    return " or ".join(document if page is None else f"{document}, page {page}"
                       for document, page in sources)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _sentence_start(metric: str) -> str:
    label = label_of(metric)
    return label[0].upper() + label[1:]
