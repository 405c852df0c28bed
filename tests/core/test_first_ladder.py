"""Three answers and the ladder they lead to."""

from __future__ import annotations

from itertools import product

import pytest

from desktop.core.first_ladder import QUESTIONS, About, first_ladder
from desktop.core.strategies import rung_of
from desktop.core.templates import fill
from desktop.core.types import Rung

EVERY = [About("Write in our voice", *answers) for answers in product((True, False), repeat=3)]


@pytest.mark.parametrize("about", EVERY)
def test_every_ladder_begins_with_a_baseline_and_says_why_of_each_rung(about: About) -> None:
    ladder = first_ladder(about)
    rungs = [rung_of(strategy) for strategy in ladder.strategies]
    assert rungs[:2] == [Rung.BASELINE, Rung.PROMPT]
    assert (Rung.DOCUMENTS in rungs) == about.documents
    assert [each.rung for each in ladder.reasons if not each.later] == rungs
    assert any(each.later and each.rung is Rung.FINE_TUNED for each in ladder.reasons)
    assert [strategy.position for strategy in ladder.strategies] == list(range(len(rungs)))
    assert ("{{ context }}" in ladder.prompt.template) == about.documents
    assert "Write in our voice" in ladder.prompt.system


def test_examples_and_form_speak_for_training_and_nothing_else_does() -> None:
    def why(about: About) -> str:
        return next(r.why for r in first_ladder(about).reasons if r.rung is Rung.FINE_TUNED)

    assert "what training is good at, and you have examples" in why(About(form=True, examples=True))
    assert "not facts" in why(About(examples=True))
    assert "Nothing speaks for it yet" in why(About())


def test_the_questions_are_those_that_are_asked() -> None:
    assert [name for name, _, _ in QUESTIONS] == ["documents", "form", "examples"]
    assert first_ladder(About()).sentence() == (
        "Your first ladder: Baseline, Prompt, Whole documents, Prompt + documents. "
        "Later: Fine-tuned.")


def test_braces_in_the_use_case_are_no_template() -> None:
    ladder = first_ladder(About("Fill {{ name }} and {% if %} in"))
    assert fill(ladder.prompt.system, {}).startswith("Your task: Fill name and % if % in")
