"""Which words of a question name its topic, and whether a text mentions them."""

import pytest

from desktop.core.wording import content_roots, mentions, missing_names, root, topic_words


def test_topic_words_leave_out_what_only_frames_the_question() -> None:
    question = "What are the key aspects to consider regarding the Northwind plan's deductible?"
    assert topic_words(question) == ["Northwind", "plan's", "deductible"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("requirements", "requires"), ("making", "make"), ("covered", "coverage's"),
     ("policies", "policy"), ("benefits", "benefit")],
)
def test_forms_of_a_word_are_mentioned_by_each_other(one: str, other: str) -> None:
    assert mentions(one, {root(other)})
    assert mentions(other, {root(one)})


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("eyeglasses", "glasses and lenses", True),  # a compound
        ("relief", "to relieve pain", True),
        ("vaccinations", "vaccines are free", True),
        ("pet", "patients and payments", False),
        ("partners", "parties to the contract", False),
        ("cryptocurrency", "the current year", False),
        ("81", "page 81", True),
    ],
)
def test_a_text_mentions_close_forms_only(word: str, text: str, expected: bool) -> None:
    assert mentions(word, content_roots(text)) is expected


def test_a_name_must_occur_itself() -> None:
    texts = ["Northwind Standard has premiums and a gold coin."]
    assert missing_names("What does the Northwind Premier plan cost?", texts) == ["Premier"]
    assert missing_names("What does the Northwind Gold plan cost?", texts) == ["Northwind Gold"]
    assert missing_names("What does Northwind Standard's plan cost?", texts) == []


def test_names_side_by_side_must_stand_together() -> None:
    texts = ["Technical support. The Manager of Product Marketing plans. Northwind Health Plus."]
    question = "What does the Manager of Technical Product Marketing do?"
    assert missing_names(question, texts) == ["Technical Product"]
    assert missing_names("Is Northwind Plus better?", texts) == []  # one word between is fine


def test_a_question_in_capitals_has_no_names() -> None:
    assert missing_names("What Is The Dental Plan?", ["nothing"]) == []


def test_acronyms_are_no_names() -> None:
    assert missing_names("How is TMJ treated?", ["temporomandibular joint"]) == []
