"""Telling "I do not know" from an answer, whoever wrote it."""

import pytest

from desktop.core.declines import NOT_ANSWERED, NOTHING_GIVEN, does_not_mention, is_decline


@pytest.mark.parametrize(
    "text",
    [
        NOTHING_GIVEN,
        NOT_ANSWERED,
        does_not_mention(["Platinum", "Gold"]),
        "I don't know",
        "I’m sorry, but I don’t have enough information to answer that.",
        "I'm unable to find any information about standing desks.",
        "I cannot answer this question from the passages.",
        "The provided documents do not mention domestic partners.",
        "The passages you gave me don't contain details on stock options [1].",
        "The sources do not specify this. Please contact Human Resources.",
        "Domestic partners are not mentioned in the provided documents.",
        "There is not enough information in the documents to say.",
        "Thank you for asking. Unfortunately, I could not find an answer.",
    ],
)
def test_declines(text: str) -> None:
    assert is_decline(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Eyeglasses are covered up to $200 [1].",
        "Northwind Standard does not cover cosmetic surgery [2].",
        "Acupuncture is not covered by the plan [1].",
        "The document states that the plan does not include dental care [3].",
        "Members do not have to provide the answer in writing.",
        "Notes: emergencies are not included in the deductible, according to the plan document.",
        "The passages do not mention Gold. However, Standard covers it in full [2].",
        "I do not know the exact sum. " + "The plan pays a part of every visit. " * 8,
    ],
)
def test_answers(text: str) -> None:
    assert not is_decline(text)


def test_names_at_most_three_words() -> None:
    assert does_not_mention(["a", "b", "c", "d"]).endswith("mentions “a” or “b” or “c”.")
