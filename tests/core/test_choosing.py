"""Examples chosen by likeness: which can be shown, which repeat the question, and in what order."""

from __future__ import annotations

from desktop.core.dataset.choosing import Candidate, candidate_of, choose, with_shots
from desktop.core.prompts import chosen_of
from desktop.core.types import Case, Example, FewShotExample, Lineage, Prompt

GLASSES = Candidate(1, "Are eyeglasses covered for children?", "Yes.")
LENSES = Candidate(2, "Who pays for contact lenses?", "We do.")
TEETH = Candidate(3, "Is a dental cleaning free?", "Twice a year.", case_id=9)
NEAREST = [(GLASSES, 0.9), (LENSES, 0.6), (TEETH, 0.2)]


def row(*turns: tuple[str, str], **more: object) -> dict[str, object]:
    return {"messages": [{"role": role, "content": text} for role, text in turns], **more}


def test_the_nearest_stands_last() -> None:
    found = choose(NEAREST, Prompt(chosen=2), "Do you pay for glasses?", None, 3)
    assert [each.line for each, _ in found.found] == [2, 1]
    assert found.note == ("2 of 3 training examples chosen by likeness: line 1 (0.90), "
                          "line 2 (0.60).")


def test_what_asks_the_same_is_never_shown() -> None:
    case = Case(9, "are EYEGLASSES covered for the children", "Yes.")
    found = choose(NEAREST, Prompt(chosen=3), case.question, case, 3)
    assert [each.line for each, _ in found.found] == [2]  # line 3 was made from this very case
    assert found.repeats == 2 and "2 that ask this very question left out" in found.note


def test_an_earlier_turn_of_the_case_counts() -> None:
    from desktop.core.types import Message

    case = Case(5, "And for children?", history=(
        Message("user", "Are eyeglasses covered?"), Message("assistant", "Yes.")))
    pool = [(Candidate(4, "Are eyeglasses covered? And for children?", "No."), 0.9)]
    assert choose(pool, Prompt(chosen=1), case.question, case, 1).found == ()


def test_what_the_prompt_shows_already_is_not_shown_twice() -> None:
    prompt = Prompt(examples=(FewShotExample("Who pays for the contact lenses?", "We."),),
                    chosen=2)
    near = Candidate(8, "Who pays contact lenses", "Us.")
    found = choose([*NEAREST[:2], (near, 0.5), NEAREST[2]], prompt, "What of hearing aids?",
                   None, 4)
    assert [each.line for each, _ in found.found] == [3, 1]
    sent = with_shots(prompt, [each.shot for each, _ in found.found])
    assert [each.question for each in sent.examples] == [
        "Who pays for the contact lenses?", TEETH.question, GLASSES.question]
    assert sent.examples[1].origin == "training example 3" and not sent.chosen


def test_only_a_question_with_its_answer_can_be_shown() -> None:
    plain = row(("system", "Be brief."), ("user", "Is it?"), ("assistant", "It is."))
    assert candidate_of(Example(1, 4, plain, lineage=Lineage(case_id=7))) == Candidate(
        4, "Is it?", "It is.", 7)
    for other in (
        row(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")),
        row(("user", "a"), ("assistant", " ")), {"messages": "none"}, {"prompt": "a"},
        row(("user", "a"), ("assistant", "b"), tools=[{"type": "function"}]),
    ):
        assert candidate_of(Example(1, 1, other)) is None
    assert candidate_of(Example(1, 1, plain, state="proposed")) is None


def test_a_number_of_a_stranger_is_believed_only_where_it_can_be_one() -> None:
    assert [chosen_of(each) for each in (3, 0, -1, 33, True, "3", 2.0, None)] == [3] + [0] * 7
