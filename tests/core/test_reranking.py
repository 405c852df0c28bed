"""After the ranking: least scores, diversity and the second pass."""

from __future__ import annotations

from desktop.core.profiles import make_profile
from desktop.core.reranking import depth_of, pick, reorder, rescore, sentences_of
from desktop.core.types import Hit


def hit(rank: int, score: float, text: str) -> Hit:
    return Hit(rank, score, rank, 1, "a.md", None, 0, 0, len(text), text)


def texts(hits: list[Hit]) -> list[str]:
    return [found.text for found in hits]


def test_low_scores_are_left_out_and_the_rest_is_numbered_anew() -> None:
    hits = [hit(1, 0.9, "a"), hit(2, 0.5, "b"), hit(3, 0.2, "c")]
    assert texts(pick(hits, make_profile(least=0.5))) == ["a", "b"]
    assert pick(hits, make_profile(least=0.95)) == []


def test_a_copy_gives_way_to_something_else() -> None:
    hits = [hit(1, 1.0, "glasses every two years"), hit(2, 0.99, "glasses every two years"),
            hit(3, 0.8, "teeth are cleaned twice")]
    assert texts(pick(hits, make_profile(top=2)))[1] == "glasses every two years"
    found = pick(hits, make_profile(top=2, diverse=True))
    assert texts(found) == ["glasses every two years", "teeth are cleaned twice"]
    assert [each.rank for each in found] == [1, 2]


def test_the_second_pass_brings_up_what_one_sentence_answers() -> None:
    hits = [hit(1, 1.0, "near"), hit(2, 0.95, "answers"), hit(3, 0.0, "far")]
    assert texts(rescore(hits, [0.1, 0.9, 0.2]))[0] == "answers"
    assert texts(rescore(hits, [0.5, 0.5, 0.5])) == ["near", "answers", "far"]


def test_a_cross_encoder_has_the_last_word() -> None:
    hits = [hit(1, 1.0, "near"), hit(2, 0.9, "answers"), hit(3, 0.5, "far")]
    found = reorder(hits, [0.2, 0.9, float("nan")])
    assert texts(found) == ["answers", "near", "far"]
    assert [(each.rank, each.score) for each in found[:2]] == [(1, 0.9), (2, 0.2)]


def test_a_passage_without_sentences_is_scored_whole() -> None:
    assert sentences_of(hit(1, 1.0, "word")) == ["word"]
    assert sentences_of(hit(1, 1.0, "One is so. Two is not.")) == ["One is so.", "Two is not."]


def test_only_what_chooses_again_looks_deeper() -> None:
    assert depth_of(make_profile(top=5)) == 5
    assert depth_of(make_profile(top=5, diverse=True)) == 50
    assert depth_of(make_profile(top=80, second_pass=True)) == 80
    assert depth_of(make_profile(top=5, cross_encoder=True)) == 50
