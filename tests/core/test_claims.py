import pytest

from desktop.core.evaluation.claims import claims_of, traits


def texts(answer: str) -> list[str]:
    return [claim.text for claim in claims_of(answer)]


def test_sentences_and_list_items_are_claims_without_their_marks() -> None:
    answer = "Here is the list:\n- **Dental** care [1]\n- Eye exams[2]\n\nIt costs $20 [1, 3]."
    assert texts(answer) == ["Dental care", "Eye exams", "It costs $20."]


@pytest.mark.parametrize("answer", [
    "", "[1]", "Hello!", "Sure, here you go.", "I do not know.", "I hope this helps!",
    "Let me know if you have any other questions.", "Would you like to know more?",
    "The passages do not mention the price.", "The documents do not mention this [1].",
])
def test_these_claim_nothing(answer: str) -> None:
    assert texts(answer) == []


def test_politeness_around_a_claim_is_left_out() -> None:
    answer = "Hi there! The copay is $20. Thank you for asking. Feel free to write again."
    assert texts(answer) == ["The copay is $20."]


def test_a_mark_belongs_to_the_sentence_before_it() -> None:
    found = claims_of("Cats purr. [1] Dogs bark [2][3]. Birds sing. [a b.pdf#page=4]")
    assert [(claim.text, claim.cited) for claim in found] == [
        ("Cats purr.", ("1",)), ("Dogs bark.", ("2", "3")), ("Birds sing.", ("a b.pdf#page=4",)),
    ]


@pytest.mark.parametrize(("mark", "cited"), [
    ("[doc1][doc 2]", ("doc1", "doc 2")), ("[Plan_Options-2.pdf]", ("Plan_Options-2.pdf",)),
    ("[1, 2; 3]", ("1", "2", "3")),
    ("[a.pdf#page=1; b.pdf#page=2]", ("a.pdf#page=1", "b.pdf#page=2")),
])
def test_marks_of_other_programs_are_known(mark: str, cited: tuple[str, ...]) -> None:
    found = claims_of(f"Cats purr {mark}.")
    assert [(claim.text, claim.cited) for claim in found] == [("Cats purr.", cited)]
    assert not found[0].traits.numbers


@pytest.mark.parametrize("text", ["Write [sic] here.", "See [the site.html](https://x.y)."])
def test_other_brackets_are_text(text: str) -> None:
    assert claims_of(text)[0].cited == ()


def test_traits_make_texts_comparable() -> None:
    found = traits("A plan of Contoso Electronics pays $1,000.00, two visits, not dental care.")
    assert found.numbers == {"1000", "2"}
    assert found.names == {"contoso", "electronic"}
    assert found.denied == traits("dental care").roots
    assert traits("20% and 1.50").numbers == {"20", "1.5"}


def test_a_negation_reaches_to_the_end_of_its_clause() -> None:
    assert traits("It is not covered, but glasses are.").denied == traits("covered").roots
    assert not traits("Glasses are covered.").denied


def test_words_with_an_opposite_are_known_by_pair_and_side() -> None:
    one = traits("An in-network doctor within 30 days.")
    other = traits("Out-of-network doctors within 30 weeks.")
    assert {pair for pair, _ in one.sides} & {pair for pair, _ in other.sides}
    assert not one.sides & other.sides
