"""Supported or not, on texts of our own: six short handbooks, answers written for them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from desktop.core.evaluation.claims import claims_of
from desktop.core.evaluation.groundedness import Evidence, Passage, worth_reading
from tests.contracts.word_embedder import WordEmbedder

ROOT = Path(__file__).resolve().parents[2]
# A passage, answers it supports, answers that are about it and wrong.
TEXTS = (
    ("The library is open from 9 to 18 on weekdays. Members may borrow up to 12 books for 28 "
     "days. Late books cost 20 cents a day. Films cannot be borrowed on holidays.",
     ("Members can borrow 12 books for 28 days.", "You cannot borrow films on holidays.",
      "A late book costs 20 cents each day."),
     ("Members can borrow 15 books for 28 days.", "You can borrow films on holidays.",
      "Guests of the Harbour Museum borrow up to 12 books.")),
    ("The Falcon bicycle has a steel frame and 21 gears. Its battery lasts 80 kilometres. The "
     "warranty covers the frame for ten years. Tyres are not covered by the warranty.",
     ("The frame is covered by the warranty for 10 years.", "Falcon has 21 gears.",
      "The warranty does not cover tyres."),
     ("The frame is covered by the warranty for 5 years.", "The warranty covers tyres.",
      "Its battery lasts 120 kilometres.")),
    ("Applicants send a letter and two references before March. The committee of Professor Lind "
     "interviews every applicant. Grants of $4,500 are paid in June.",
     ("Every applicant is interviewed by the committee.", "Grants are $4500, paid in June.",
      "Send two references and a letter before March."),
     ("Grants are $9,000, paid in June.", "The committee of Professor Okafor interviews.",
      "Applicants without references receive a scholarship abroad.")),
    ("Soak the beans for eight hours. Simmer them with onions for 90 minutes. Add salt at the "
     "end, never at the beginning. The stew serves six people.",
     ("The stew serves 6 people.", "Soak beans for 8 hours, then simmer them with onions.",
      "Salt is added at the end."),
     ("The stew serves 20 people.", "Simmer them with onions for 15 minutes.",
      "Freeze the leftovers in glass jars.")),
    ("The ferry to Marsh Island leaves at 7:30 and 16:45. Dogs travel free. Cars must be booked "
     "a day ahead. The ferry does not sail in storms.",
     ("Cars must be booked one day ahead.", "Dogs travel free on the ferry.",
      "The ferry does not sail in a storm."),
     ("The ferry leaves at 11:10.", "Cars need not be booked ahead.",
      "The ferry to Cedar Point carries dogs free.")),
    ("Volunteers at the shelter walk dogs twice a week. New volunteers attend a training of "
     "three hours. Cats are fed by the staff only.",
     ("New volunteers attend training for three hours.", "Only the staff feed cats.",
      "Volunteers walk dogs twice a week."),
     ("New volunteers attend training for nine hours.", "Volunteers earn a monthly salary.",
      "The mayor of Greenfield trains new volunteers.")),
)


def support(answer: str, passages: list[str], question: str = "") -> float:
    async def work() -> float:
        claims = claims_of(answer)
        evidence = Evidence([Passage(text) for text in passages], claims, question)
        windows = evidence.worth_embedding()
        embedder = WordEmbedder()
        near = await embedder.embed([window.text for window in windows])
        values = []
        for claim in claims:
            cosines = near @ (await embedder.embed([claim.text]))[0]
            values.append(evidence.support(claim, list(zip(windows, cosines, strict=True))))
        return sum(values) / len(values)

    return asyncio.run(work())


def area(higher: list[float], lower: list[float]) -> float:
    """Under the curve: how often a supported answer scores above one that is not."""
    wins = sum((a > b) + 0.5 * (a == b) for a, b in product(higher, lower))
    return wins / (len(higher) * len(lower))


SUPPORTED = [support(answer, [text]) for text, right, _ in TEXTS for answer in right]


def test_answers_with_their_passages_against_the_same_with_those_of_others() -> None:
    others = [
        support(answer, [TEXTS[(place + 1) % len(TEXTS)][0], TEXTS[(place + 2) % len(TEXTS)][0]])
        for place, (_, right, _) in enumerate(TEXTS) for answer in right
    ]
    assert area(SUPPORTED, others) >= 0.95
    assert min(SUPPORTED) > 0.5 > max(others)


def test_changed_numbers_names_and_negations_and_inventions() -> None:
    wrong = [support(answer, [text]) for text, _, wrongs in TEXTS for answer in wrongs]
    assert area(SUPPORTED, wrong) >= 0.9


@pytest.mark.parametrize(("right", "wrong"), [
    ("Members can borrow 12 books for 28 days.", "Members can borrow 15 books for 28 days."),
    ("You cannot borrow films on holidays.", "You can borrow films on holidays."),
    ("Members may borrow up to 12 books for 28 days.",
     "Members may borrow up to 12 books for 28 weeks."),
])
def test_one_word_makes_the_difference(right: str, wrong: str) -> None:
    assert support(right, [TEXTS[0][0]]) > support(wrong, [TEXTS[0][0]]) + 0.1


def test_a_name_from_the_question_is_no_invention_where_no_passage_has_it() -> None:
    answer, text = "At Central Library members borrow 12 books.", TEXTS[0][0]
    asked = support(answer, [text], "How many books may I borrow at Central Library?")
    assert asked > support(answer, [text]) + 0.1


def test_the_name_of_the_other_plan_counts_against() -> None:
    gold = "Members of the Gold plan pay $10 for a visit."
    basic = "Members of the Basic plan pay $40 for a visit."
    question = "What do members of the Basic plan pay?"
    right = support("Members of the Basic plan pay $40 for a visit.", [gold, basic], question)
    swapped = support("Members of the Basic plan pay $10 for a visit.", [gold, basic], question)
    assert right > 0.8 > swapped + 0.2


def test_the_same_is_said_whatever_the_order_of_sets() -> None:
    script = ("from tests.core.test_groundedness import SUPPORTED; print(SUPPORTED)")
    said = {
        subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed},
                       capture_output=True, text=True, check=True, cwd=ROOT).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


def test_nothing_supports_a_claim_without_passages() -> None:
    claim = claims_of("Cats purr.")
    assert Evidence([], claim).worth_embedding() == []
    assert Evidence([], claim).support(claim[0], []) == 0.0


def test_of_many_passages_those_with_the_claims_words_are_read() -> None:
    passages = [Passage(f"Chapter {n} is about weather number {n}.") for n in range(300)]
    passages[250] = Passage("The ferry leaves at noon. Dogs travel free.")
    claims = claims_of("The ferry leaves at noon.")
    assert 250 in worth_reading(passages, claims)
    started = time.perf_counter()
    windows = Evidence(passages, claims).worth_embedding()
    assert len(windows) < 80 and any("ferry" in window.text for window in windows)
    assert time.perf_counter() - started < 0.5


def test_a_passage_without_sentences_is_cut_into_windows() -> None:
    found = Passage("word " * 1000).windows
    assert max(len(window.text) for window in found) <= 900
    assert sum(len(window.text.split()) for window in found if window.single) == 1000
