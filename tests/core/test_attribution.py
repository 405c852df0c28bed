from dataclasses import replace
from typing import Any

import pytest

from desktop.core.evaluation.attribution import attribute, gold_rank, keep_by_hand, overrule
from desktop.core.evaluation.types import Attribution, Cause, Cell, CellState, UseCase
from desktop.core.types import Answer, AnswerState, Case, Citation, Hit

CASE = Case(1, "Are eyeglasses covered?", "One pair a year", (("Vision.pdf", 4),))
GOLD = Hit(2, 0.5, 1, 1, "vision.pdf", 4, 3, 0, 8, "One pair")
OTHER = Hit(1, 0.6, 2, 2, "Dental.pdf", 1, 0, 0, 8, "Braces")
ANSWER = Answer("Prompt + documents", "m", "q", AnswerState.DONE, "Braces are covered.",
                context=(OTHER, GOLD))
BAD = {"token_f1": 0.1}


def cause(answer: Answer = ANSWER, scores: Any = BAD, known: bool = True,
          case: Case = CASE, use_case: UseCase | None = None) -> Attribution:
    found = attribute(case, answer, scores, known, use_case)
    assert found is not None
    assert found.rule.endswith(".")
    return found


def test_a_good_answer_has_no_cause() -> None:
    assert attribute(CASE, ANSWER, {"token_f1": 0.5}, True) is None
    assert attribute(CASE, ANSWER, {"token_f1": None}, True) is None
    assert attribute(CASE, ANSWER, {}, True) is None


@pytest.mark.parametrize("answer", [
    replace(ANSWER, state=AnswerState.FILTERED),
    replace(ANSWER, finish_reason="content_filter"),
    replace(ANSWER, text="I'm sorry, but I can't assist with that request."),
])
def test_filtered_and_refused_come_first(answer: Answer) -> None:
    assert cause(answer, {"token_f1": 0.9}).cause is Cause.REFUSED


def test_a_service_that_failed_is_no_fault_of_the_answer() -> None:
    found = cause(replace(ANSWER, state=AnswerState.FAILED, error="Too many requests."))
    assert (found.cause, found.rule) == (
        Cause.OTHER, "The service gave no answer: Too many requests.")


def test_wrong_format_before_everything_about_content() -> None:
    found = cause(scores={"json_schema": 0.0, "token_f1": 0.1}, known=False)
    assert found.cause is Cause.WRONG_FORMAT
    assert found.rule == "JSON schema is 0.00 and must be 1."
    assert cause(scores={"json_valid": 0.0, "token_f1": 0.9}).cause is Cause.WRONG_FORMAT


def test_not_in_the_documents() -> None:
    found = cause(known=False)
    assert found.cause is Cause.NOT_IN_DOCUMENTS
    assert found.rule == ("Token F1 is 0.10, below 0.40. "
                          "The workspace has no text of Vision.pdf, page 4.")


def test_not_retrieved() -> None:
    found = cause(replace(ANSWER, context=(OTHER,)))
    assert found.cause is Cause.NOT_RETRIEVED
    assert "Vision.pdf, page 4 is not among the 1 passages given" in found.rule
    bare = cause(replace(ANSWER, context=()))
    assert bare.cause is Cause.NOT_RETRIEVED and "was given no passage" in bare.rule


def test_the_right_page_but_not_the_right_passage_of_it() -> None:
    found = cause(scores={"token_f1": 0.1, "context_recall": 0.2, "groundedness": 1.0})
    assert found.cause is Cause.NOT_RETRIEVED and "hold only 20 %" in found.rule


def test_retrieved_but_ignored() -> None:
    declined = cause(replace(ANSWER, declined=True))
    assert declined.cause is Cause.IGNORED and "passage 2 of 2" in declined.rule
    cited = cause(replace(ANSWER, citations=(Citation(1, "Dental.pdf", 1),)))
    assert cited.cause is Cause.IGNORED and "cites only other passages" in cited.rule
    left_out = cause(scores={"token_f1": 0.1, "context_recall": 0.9, "groundedness": 1.0})
    assert left_out.cause is Cause.IGNORED


def test_unsupported() -> None:
    found = cause(scores={"token_f1": 0.1, "groundedness": 0.25})
    assert found.cause is Cause.UNSUPPORTED
    assert "support 25 % of the answer's sentences" in found.rule


def test_other_when_nothing_is_known_of_sources() -> None:
    assert cause(case=replace(CASE, sources=())).cause is Cause.OTHER


def test_the_use_case_sets_the_bar() -> None:
    strict = UseCase(metric="token_f1", least=0.7)
    assert cause(scores={"token_f1": 0.6}, use_case=strict).rule.startswith(
        "Token F1 is 0.60, below 0.70")
    slow = UseCase(metric="latency", least=2.0)
    assert cause(scores={"latency": 3.0}, use_case=slow).rule.startswith(
        "Latency is 3.00, above 2.00")
    assert attribute(CASE, ANSWER, {"latency": 1.0, "token_f1": 0.1}, True, slow) is None


def test_a_source_without_a_page_is_the_whole_document() -> None:
    case = replace(CASE, sources=(("Vision.pdf", None),))
    assert gold_rank(case, (OTHER, GOLD)) == 2
    assert gold_rank(case, (OTHER,)) is None


def test_a_persons_word_outlasts_the_rules() -> None:
    cell = Cell(1, 1, 1, 1, 0, CellState.DONE, ANSWER)
    by_hand = overrule(cell, Cause.OTHER, "The reference is wrong.")
    found = Attribution(Cause.IGNORED, "rule")
    assert keep_by_hand(by_hand, found) == Attribution(
        Cause.OTHER, "The reference is wrong.", by_hand=True)
    assert keep_by_hand(cell, found) is found
