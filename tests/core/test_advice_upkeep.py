"""Cut-off against documents' dates, stale examples, answers to general questions."""

from __future__ import annotations

import pytest

from desktop.core.advice.drift import Asked, Drift, drift_of, is_right
from desktop.core.advice.general_questions import GENERAL_QUESTIONS
from desktop.core.advice.knowledge import Dated, date_of, knowledge_words
from desktop.core.advice.staleness import Stale, stale_examples, stale_words, traced
from desktop.core.evaluation.statistics import Paired
from desktop.core.types import Document, DocumentState, Example, Lineage

TODAY = "2026-11-21"


@pytest.mark.parametrize(("text", "found"), [
    ("Effective 1 January 2026. Revised March 3, 2026.", "2026-03-03"),
    ("As of 2025-06-30 the plan pays", "2025-06-30"),
    ("Handbook, October 2024", "2024-10"),
    ("valid to 31 December 2030, issued Sept. 2023", "2023-09"),
    ("on the 2nd of May 2022", "2022-05-02"),
])
def test_the_latest_date_that_is_not_in_the_future(text: str, found: str) -> None:
    assert date_of("plan.pdf", [text], TODAY) == Dated("plan.pdf", found, "a date in its text")


def test_a_name_helps_where_the_text_says_nothing_and_nothing_is_guessed() -> None:
    assert date_of("Plan_2025.pdf", ["It may 2 cost 2026 dollars"], TODAY) == Dated(
        "Plan_2025.pdf", "2025", "its file's name")
    assert date_of("plan.pdf", ["99 Februarys, room 2019"], TODAY) is None


def test_what_is_younger_than_the_model_is_counted_with_its_evidence() -> None:
    dated = [Dated("a.pdf", "2026-03-01", "a date in its text"),
             Dated("b.pdf", "2024-05", "a date in its text"),
             Dated("c_2024.pdf", "2024", "its file's name")]
    assert knowledge_words("gpt-4.1", "2024-05", TODAY, dated, 4) == (
        "gpt-4.1 knows nothing after May 2024 (catalog of 2026-11-21). 1 of 3 dated documents is "
        "younger; the newest is a.pdf, 1 March 2026 (a date in its text); 1 carry no date. "
        "Retrieval brings what is in them, training does not.")


def test_unknown_stays_unknown() -> None:
    assert "is not in the catalog" in knowledge_words("mine", "", TODAY, [], 3)
    assert "is unknown" in knowledge_words("gpt-4.1", "2024-05", TODAY, [], 3)


def example(number: int, sha256: str, document: str = "plan.pdf") -> Example:
    return Example(number, number, {}, lineage=Lineage(document=document, sha256=sha256))


def test_examples_of_a_changed_document_are_stale_and_a_renamed_file_is_not() -> None:
    documents = [Document(1, "plan.pdf", "", "new", 1, DocumentState.READY),
                 Document(2, "moved.pdf", "", "same", 1, DocumentState.READY)]
    examples = [example(1, "old"), example(2, "new"), example(3, "same", "before.pdf"),
                example(4, "gone", "gone.pdf"), example(5, "")]
    stale = stale_examples(examples, documents)
    assert stale == (Stale("plan.pdf", (1,)), Stale("gone.pdf", (4,), gone=True))
    assert traced(examples) == 4
    assert stale_words(stale).startswith(
        "2 training examples were made from documents that have changed since: plan.pdf (line 1) "
        "and gone.pdf (line 4, removed).")
    many = (Stale("plan.pdf", tuple(range(1, 8))),)
    assert "plan.pdf (lines 1, 2, 3 and 4 more)" in stale_words(many)


@pytest.mark.parametrize(("answer", "right"), [
    ("102", True), ("It is 102.", True), ("17 × 6 = 102", True), ("1020", False), ("10.2", False),
    ("ONE HUNDRED AND TWO", True), ("", False),
])
def test_an_accepted_answer_stands_as_whole_words(answer: str, right: bool) -> None:
    assert is_right(answer, GENERAL_QUESTIONS[0].accepted) is right


def test_twenty_questions_whose_answers_count_as_right() -> None:
    assert len(GENERAL_QUESTIONS) == len({each.question for each in GENERAL_QUESTIONS}) == 20
    for each in GENERAL_QUESTIONS:
        assert all(is_right(f"I think it is {word}.", [word]) for word in each.accepted)
        assert not is_right(each.question, each.accepted) or each.question.startswith("Which word")\
            or "Cleo" in each.question


def test_a_loss_inside_the_noise_is_not_called_drift() -> None:
    rows = tuple(Asked(f"q{n}", "a", "b", True, n > 2) for n in range(20))
    shown = Drift("Fine-tuned", "Baseline", "ft", "mini", TODAY, rows,
                  Paired(-0.15, -0.3, -0.01, 0.03))
    assert shown.text == (
        "Drift is shown: of 20 general questions Fine-tuned answers 17 right, its base mini 20: "
        "−0.15 (−0.30 to −0.01). Mix general examples into the dataset.")
    noise = drift_of(shown.as_fact())
    assert noise.asked == rows and noise.text.startswith("No drift shown")
