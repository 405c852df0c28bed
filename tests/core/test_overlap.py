"""The guard: what is evaluated must not be what was taught."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.core.advice.ranking import FEWEST_CASES
from desktop.core.dataset.likeness import LikenessIndex
from desktop.core.dataset.overlap import GoldPage, OverlapGuard, deciding, in_document, without_case
from desktop.core.types import Case, Example, FewShotExample, Lineage, Message, Prompt

QUESTIONS = [
    (1, "Are eyeglasses covered?"),
    (2, "What is the deductible for the Northwind Health Plus plan?"),
    (3, "How do I appeal a denied claim?"),
    (4, "What is the copay for tier 1 drugs in the pharmacy network?"),
]
HOLDOUT = Case(1, "Are eyeglasses covered?", split="holdout")
FILLING = [Case(100 + n, f"Filling number {n}?", split="holdout") for n in range(FEWEST_CASES)]


def chat(line: int, *turns: str, **more: Any) -> Example:
    roles = ("user", "assistant") * len(turns)
    messages = [{"role": role, "content": text} for role, text in zip(roles, turns, strict=False)]
    return Example(line, line, {"messages": messages}, **more)


@pytest.mark.parametrize(("text", "found"), [
    ("are EYE glasses covered", [(1, "same")]),
    ("Are eyeglases covered?", [(1, "near")]),
    ("What's the deductible of the Northwind Health Plus plan?", [(2, "near")]),
    ("What is the deductible for the Northwind Standard plan?", []),
    ("How can I appeal a claim that was denied?", [(3, "near")]),
    ("What is the copay for tier 2 drugs in the pharmacy network?", []),
    ("Answer briefly. How do I appeal a denied claim? Thanks.", [(3, "contains")]),
    ("[1] A passage.\n\nQuestion: Are eyeglasses covered?", [(1, "contains")]),
    ("Is acupuncture covered?", []),
    ("", []),
])
def test_same_contained_and_near(text: str, found: list[tuple[int, str]]) -> None:
    assert [tuple(like) for like in LikenessIndex(QUESTIONS).find(text)] == found


def test_candidates_lose_no_pair() -> None:
    """The index against comparing every text with every other one."""
    import random

    random.seed(4)
    parts = ["eyeglasses", "deductible", "plan", "claim", "copay", "visit", "network", "therapy"]
    texts = [" ".join(random.choices(parts, k=random.randint(1, 6))) for _ in range(60)]
    index = LikenessIndex(enumerate(texts))
    for text in texts:
        found = {like.key for like in index.find(text) if like.how == "near"}
        alone = {key for key, other in enumerate(texts)
                 if [like.how for like in LikenessIndex([(key, other)]).find(text)] == ["near"]}
        assert found == alone


def test_holdout_is_refused_and_tune_is_flagged() -> None:
    cases = [HOLDOUT, Case(2, "Is massage covered?"), *FILLING]
    guard = OverlapGuard(cases)
    refused, = guard.of_example(chat(7, "Are eyeglasses  covered", "Yes."))
    assert (refused.refused, refused.line, refused.case_id) == (True, 7, 1)
    assert "Line 7 asks the same as holdout case 1" in refused.message
    assert "move the case to tune" in refused.message
    flagged, = guard.of_example(chat(8, "Is massage covered?", "No."))
    assert (flagged.refused, flagged.case_id) == (False, 2)
    assert flagged.as_issue().severity == "warning"


def test_without_enough_holdout_every_case_decides() -> None:
    cases = [Case(2, "Is massage covered?"), *FILLING[1:]]
    assert deciding(cases) == {case.id for case in cases}
    found, = OverlapGuard(cases).of_example(chat(8, "Is massage covered?", "No."))
    assert found.refused and "Move other cases to the holdout" in found.message


def test_lineage_tells_what_words_do_not() -> None:
    guard = OverlapGuard([HOLDOUT])
    reworded = chat(3, "Do they pay for spectacles?", "Yes.", lineage=Lineage(case_id=1))
    assert "is made from an answer to holdout case 1" in guard.of_example(reworded)[0].message
    assert guard.of_example(chat(4, "Do they pay for spectacles?", "Yes.")) == []


def test_what_is_not_trained_on_is_not_looked_at() -> None:
    guard = OverlapGuard([HOLDOUT])
    for state in ("off", "proposed"):
        assert guard.of_example(chat(1, HOLDOUT.question, "Yes.", state=state)) == []
    assert guard.of_example(Example(1, 1, {}, raw="no JSON")) == []
    assert guard.of_example(Example(1, 1, {"messages": [None, {"role": "user"}]})) == []


def test_other_formats_and_conversations() -> None:
    turns = (Message("user", "Are eyeglasses covered?"), Message("assistant", "Yes."))
    guard = OverlapGuard([HOLDOUT, Case(2, "And for children?", history=turns)])
    given = {"messages": [{"role": "user", "content": [{"type": "text", "text": QUESTIONS[0][1]}]}]}
    preference = Example(1, 1, {"input": given, "preferred_output": [], "non_preferred_output": []})
    assert guard.of_example(preference)[0].case_id == 1
    assert guard.of_example(Example(1, 1, {"prompt": QUESTIONS[0][1], "completion": "x"}))
    assert guard.of_example(chat(1, "And for children?", "Yes.")) == [], "nothing by itself"
    whole = chat(1, QUESTIONS[0][1], "Yes.", "And for children?", "Yes.")
    assert {each.case_id for each in guard.of_example(whole)} == {1, 2}


def test_few_shot_examples() -> None:
    shown = [FewShotExample("Is massage covered?", "No"),
             FewShotExample("Are eyeglasses covered", "Y")]
    guard = OverlapGuard([HOLDOUT], shown)
    found, = guard.of_few_shot()
    assert "Few-shot example 2 asks the same as case 1" in found.message and not found.refused
    trained, = guard.of_example(chat(5, "Is massage covered?", "No"))
    assert trained.kind == "few_shot_training" and trained.line == 5


def test_a_case_is_asked_without_itself_as_an_example() -> None:
    same, other = FewShotExample("are eyeglasses covered?", "Y"), FewShotExample("Else?", "N")
    off = FewShotExample("Are eyeglasses covered?", "Y", on=False)
    prompt, left_out = without_case(Prompt("s", (same, other, off)), HOLDOUT)
    assert (prompt.examples, left_out) == ((other, off), 1)
    assert without_case(Prompt("s", (other,)), HOLDOUT) == (Prompt("s", (other,)), 0)


def test_quotes_of_gold_passages_are_said_once() -> None:
    text = ("The plan pays for one pair of eyeglasses or one set of contact lenses in each plan "
            "year, up to one hundred and fifty dollars, at any optician of the network.")
    guard = OverlapGuard([HOLDOUT], gold=[GoldPage("Vision.pdf", 4, f"Vision care. {text}")])
    for line in (3, 9):
        assert guard.of_example(chat(line, "What about glasses?", f"Well: {text}")) == []
    assert guard.of_example(chat(10, "Else?", "One pair of eyeglasses in each plan year.")) == []
    found, = guard.finish()
    assert found.message.startswith("2 lines quote pages that answer holdout cases")
    assert "Vision.pdf, p. 4" in found.message


def test_documents_that_hold_the_cases() -> None:
    guard = OverlapGuard([Case(3, QUESTIONS[2][1]), HOLDOUT])
    assert guard.in_page("FAQ\nHow do I appeal a denied claim?\nAre eyeglasses covered?") == [3]
    assert "faq.md holds the question of case 3" in in_document("faq.md", [3]).message
