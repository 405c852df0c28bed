import pytest

from desktop.core.evaluation.metrics import text


@pytest.mark.parametrize(("answer", "reference", "value"), [
    ("The copay is $20.", "copay is 20", 1.0),
    ("A copay: 20 [1]", "Copay 20", 1.0),
    ("Copay 20[plan.pdf#page=7]", "copay 20", 1.0),
    ("20 copay", "copay 20", 0.0),
    ("", "copay", 0.0),
])
def test_exact_ignores_what_squad_ignores(answer: str, reference: str, value: float) -> None:
    assert text.exact(answer, reference) == value


@pytest.mark.parametrize(("answer", "reference", "value"), [
    ("Yes, the copay is 20 dollars.", "Copay is 20", 1.0),
    ("The copay is 200 dollars.", "copay is 20", 0.0),
    ("copay 20", "20 copay", 0.0),
])
def test_contains_wants_whole_words_side_by_side(
    answer: str, reference: str, value: float
) -> None:
    assert text.contains(answer, reference) == value


def squad_f1(prediction: str, truth: str) -> float:
    """SQuAD's evaluate-v1.1.py, as published."""
    import re
    import string
    from collections import Counter

    def normalize(s: str) -> str:
        s = "".join(ch for ch in s.lower() if ch not in set(string.punctuation))
        return " ".join(re.sub(r"\b(a|an|the)\b", " ", s).split())

    one, other = normalize(prediction).split(), normalize(truth).split()
    same = sum((Counter(one) & Counter(other)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(one), same / len(other)
    return 2 * precision * recall / (precision + recall)


PAIRS = [
    ("The cat sat on the mat.", "A cat is on the mat"),
    ("Members pay $20 for each visit.", "Each visit costs members $20."),
    ("nothing in common", "completely different"),
    ("same same same", "same"),
]


@pytest.mark.parametrize(("answer", "reference"), PAIRS)
def test_token_f1_is_squads(answer: str, reference: str) -> None:
    assert text.token_f1(answer, reference) == pytest.approx(squad_f1(answer, reference))


def test_token_f1_by_hand() -> None:
    # cat on mat: 3 in common of 4 (cat sat on mat) and of 4 (cat is on mat)
    assert text.token_f1(*PAIRS[0]) == pytest.approx(0.75)
    assert text.token_f1("", "word") == 0.0
    assert text.token_f1("The", "a") == 1.0


def longest_common(one: list[str], other: list[str]) -> int:
    """The textbook's table."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = row[:]
        for j, b in enumerate(other, start=1):
            row[j] = before[j - 1] + 1 if a == b else max(before[j], row[j - 1])
    return row[-1]


@pytest.mark.parametrize(("answer", "reference"), PAIRS)
def test_rouge_l_is_the_f1_of_the_longest_common_subsequence(
    answer: str, reference: str
) -> None:
    one, other = text._plain_words(answer), text._plain_words(reference)
    common = longest_common(one, other)
    assert text.rouge_l(answer, reference) == pytest.approx(
        2 * common / (len(one) + len(other)))


def test_rouge_l_by_hand() -> None:
    # Lin 2004: "police killed the gunman" against "police kill the gunman": 3 of 4 and 4
    assert text.rouge_l("police kill the gunman", "police killed the gunman") == 0.75
    assert text.rouge_l("the gunman kill police", "police killed the gunman") == 0.5
    assert text.rouge_l("", "word") == 0.0


def test_edit_similarity_by_hand() -> None:
    assert text.edit_similarity("kitten", "sitting") == pytest.approx(1 - 3 / 7)
    assert text.edit_similarity("a  b\n", "a b [2]") == 1.0
    assert text.edit_similarity("", "abc") == 0.0


def test_cosine_stays_between_0_and_1() -> None:
    import numpy as np

    one, other = np.array([1.0, 0.0], np.float32), np.array([0.6, 0.8], np.float32)
    assert text.cosine(one, other) == pytest.approx(0.6)
    assert text.cosine(one, -one) == 0.0
    assert text.cosine(one, one * np.float32(1.0001)) == 1.0


def test_the_mean_of_nothing_is_unknown() -> None:
    assert text.mean([]) is None
    assert text.mean([1.0, 0.0]) == 0.5
