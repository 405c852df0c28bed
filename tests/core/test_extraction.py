"""Choosing, ordering and refusing sentences, without a model."""

import numpy as np

from desktop.core.extraction import (
    CANDIDATES,
    NOT_ANSWERED,
    RANKED,
    Candidate,
    Given,
    Source,
    candidates,
    compose,
    nearby_words,
    select,
    unmentioned,
    why_not,
)
from desktop.core.sentences import split_sentences

VISION = Source(
    "Eye exams are covered yearly. Covered aids include:\n• eyeglasses\n• contact lenses\n"
    "Sunglasses are never covered here.", 1, "Vision Plan, page 4",
)
DENTAL = Source("Dental crowns are covered at 60 percent.", 2, "Dental, page 1")


def given(question: str, *sources: Source) -> Given:
    return Given(question, sources)


def texts(found: list[Candidate]) -> list[str]:
    return [candidate.text for candidate in found]


def made(*sentences: str, rank: int = 0, number: int | None = 1) -> list[Candidate]:
    source = Source(" ".join(sentences), number)
    return [
        Candidate(source, rank, place, tuple(split_sentences(sentence)))
        for place, sentence in enumerate(sentences)
    ]


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def test_candidates_come_in_reading_order_with_lists_whole() -> None:
    found = candidates(given("Are eyeglasses covered?", VISION, DENTAL))
    assert texts(found) == [
        "Eye exams are covered yearly.",
        "Covered aids include: eyeglasses contact lenses",
        "Sunglasses are never covered here.",
        "Dental crowns are covered at 60 percent.",
    ]
    assert max(found, key=lambda c: c.overlap).place == 1


def test_only_the_most_promising_sentences_are_candidates() -> None:
    filler = Source(" ".join(f"Filler number {n} says nothing." for n in range(90)), 1)
    found = candidates(given("Are crowns covered?", filler, DENTAL))
    assert len(found) == CANDIDATES
    assert "Dental crowns are covered at 60 percent." in texts(found)


def test_whole_documents_are_ranked_by_words() -> None:
    pages = [Source(f"Page {n} is about nothing.", n) for n in range(RANKED + 5)]
    found = candidates(given("Are dental crowns covered?", *pages, DENTAL))
    assert found[0].source is DENTAL


def test_unmentioned_words_are_names_or_topics() -> None:
    asked = given("Are orthopedic eyeglasses covered by the Platinum plan?", VISION)
    assert unmentioned(asked, candidates(asked)) == (["Platinum"], ["orthopedic"])


def test_the_name_of_a_document_counts_as_mentioned() -> None:
    asked = given("What does the Vision Plan cover?", VISION)
    assert unmentioned(asked, candidates(asked)) == ([], [])


def test_why_not() -> None:
    assert why_not(0.7, [], []) is None
    assert why_not(0.2, [], []) == NOT_ANSWERED
    assert "“Platinum”" in str(why_not(0.9, ["Platinum"], []))
    assert "“pet”" in str(why_not(0.7, [], ["pet"]))
    assert why_not(0.85, [], ["topic"]) is None  # so near: one word is a matter of wording
    assert why_not(0.85, [], ["two", "topics"]) is not None


def test_synonyms_are_looked_for_in_the_nearest_sentences() -> None:
    found = made("Physicians are free.", "Desks cost money.")
    assert nearby_words(found, [0.9, 0.1], count=1) == ["physicians", "free"]


def test_select_leaves_out_repeats_and_what_is_far() -> None:
    found = made("Crowns are covered.", "Crowns are surely covered.", "It rains in Oslo.")
    vectors = np.stack([unit(1, 0.1, 0), unit(1, 0.1, 0), unit(0, 0.1, 1)])
    assert texts(select(found, vectors, unit(1, 0, 0))) == ["Crowns are covered."]


def test_select_stops_at_a_paragraph() -> None:
    found = made(*(f"Sentence {n} is about crowns and bridges and implants." for n in range(30)))
    rng = np.random.default_rng(7)
    vectors = np.stack([unit(4, *rng.normal(size=20)) for _ in found])
    chosen = select(found, vectors, unit(1, *[0] * 20))
    assert 70 <= sum(len(c.text.split()) for c in chosen) < 80
    assert chosen == sorted(chosen, key=lambda c: c.place)


def test_compose_cites_each_passage_once() -> None:
    chosen = [*made("One is here.", "Two is here."), *made("Three is here.", rank=1, number=2)]
    assert compose(chosen) == "One is here. Two is here. [1] Three is here. [2]"


def test_compose_gives_list_items_lines_of_their_own() -> None:
    source = Source("Said first. It includes:\n• one\n• two\nAnd so on.", 3)
    chosen = candidates(given("one two include", source))
    assert compose(chosen) == "Said first.\nIt includes:\n- one\n- two\nAnd so on. [3]"


def test_compose_marks_what_a_passage_cuts() -> None:
    source = Source("of the plan. It ends in the middle of", None)
    assert compose(candidates(given("plan", source))) == "… of the plan. It ends in the middle of …"
