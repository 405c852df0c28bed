"""A follow-up question is searched for with what it lacks; one that stands alone as it is."""

import pytest

from desktop.core.follow_ups import carry_over, leans, standalone
from desktop.core.types import Message

BEFORE = ["Does Northwind Standard cover eyeglasses for adults?"]


@pytest.mark.parametrize("question", [
    "And for children?", "How often?", "Why?", "What about dental?", "How much is that?",
    "Is it covered abroad?", "Does the Standard plan cover them?", "Tell me more", "In Germany?",
    "Which one is cheaper?", "What is the deductible?", "Are they reimbursed?", "Und für Kinder?",
    "Does that include contact lenses from another shop?", "Anything else?",
])
def test_what_leans_on_the_question_before(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize("question", [
    "Is it possible to carry over vacation days?", "How long does it take to decide an appeal?",
    "How do I enroll in PerksPlus?", "Which services that need approval are covered?",
    "If I lose my insurance card, how do I replace it?", "Are dental implants covered abroad?",
    "Is the coverage the same for Standard and Plus members?", "What happens this year in Oslo?",
    "What is the difference between in-network and out-of-network providers?", "",
    "And which of the many rules for reimbursement of travel costs abroad hold for contractors who "
    "work part time?",
])
def test_what_stands_alone(question: str) -> None:
    assert not leans(question)
    assert carry_over(question, BEFORE) == question


def test_the_words_before_are_carried_over_and_stay_in_their_groups() -> None:
    """Names that were not side by side must not become one name."""
    whole = carry_over("And for children?", ["Is acupuncture paid by Contoso in Northwind Plus?"])
    assert whole == "acupuncture paid, Contoso, Northwind Plus: And for children?"


def test_a_name_takes_the_place_of_its_like_only() -> None:
    assert carry_over("And in Northwind Health Plus?", BEFORE) == \
        "cover eyeglasses, adults: And in Northwind Health Plus?"
    assert "Northwind Standard" in carry_over("Even in Oslo?", BEFORE)


def test_a_chain_of_follow_ups_adds_up_until_somebody_asks_something_new() -> None:
    asked = ["Are eyeglasses covered?", "And for children?"]
    assert carry_over("How often?", asked) == "eyeglasses covered, children: How often?"
    asked.append("How do I appeal a decision?")
    assert carry_over("By when?", asked) == "appeal, decision: By when?"
    assert carry_over("And for children?", []) == "And for children?"


def test_only_the_users_own_words_are_carried_over() -> None:
    history = [Message("system", "Bees."), Message("user", "Are eyeglasses covered?"),
               Message("assistant", "Alder Core pays $120.")]
    assert standalone("How often?", history) == "eyeglasses covered: How often?"
