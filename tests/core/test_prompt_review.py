"""The rules say what they see and nothing else; what they insert they then find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.prompt_review import Review, Seen, Setting, inserted, review
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.techniques import TECHNIQUES, is_reasoning
from desktop.core.types import FewShotExample, Parameters, Prompt

BARE = Prompt("Hello there, this is the text and it has a few of the words that are known.")
WITH_PASSAGES = Setting(retrieves=True)


def missing(found: Review) -> list[str]:
    return [each.technique for each in found.missing]


def test_the_starter_prompt_lacks_examples_and_the_repeat_only() -> None:
    found = review(STARTER_PROMPT, WITH_PASSAGES)
    assert missing(found) == ["repeat", "shots"]
    assert found.missing[0].words == "“Use only the passages you…” is not repeated at the end"
    assert (found.found, found.asked_for) == (9, 11)
    assert found.findings[0].why == "It says “You answer questions about our…”"


def test_every_technique_has_a_rule_and_says_why() -> None:
    found = review(BARE, WITH_PASSAGES).findings
    assert [each.technique for each in found] == [each.id for each in TECHNIQUES]
    assert all(each.words and each.why for each in found)


@pytest.mark.parametrize("start", [
    Prompt(), BARE, Prompt("Answer in JSON.", (), "{{ letter }} {{ question }}"),
    Prompt("Summarise, translate and classify the text.", (FewShotExample("Q", "A"),)),
    Prompt("Use {{ context }} only. If the text does not say, say so.",
           (FewShotExample("Q", "A"),)),
])
@pytest.mark.parametrize("retrieves", [True, False])
def test_what_is_inserted_is_found_afterwards(start: Prompt, retrieves: bool) -> None:
    setting = Setting(retrieves, "gpt-4.1-mini")
    prompt = start
    for _ in range(3):  # what one text inserts may make another rule apply
        for finding in review(prompt, setting).missing:
            insert = finding.insert
            assert insert is not None
            if insert.example is not None:
                prompt = replace(prompt, examples=(*prompt.examples, insert.example))
            else:
                text = getattr(prompt, insert.part)
                prompt = replace(prompt, **{insert.part: inserted(text, insert)})
    assert missing(review(prompt, setting)) == []


def test_chain_of_thought_is_for_models_that_do_not_reason() -> None:
    prompt = Prompt("You calculate the total of an invoice and explain it to the client.")
    plain = review(prompt, Setting(model="gpt-4o-mini-2024-07-18"))
    assert "thought" in missing(plain)
    assert "thought" not in missing(review(prompt, Setting(model="o3-mini")))
    assert "thought" not in missing(review(prompt))  # nobody said which model
    aloud = replace(prompt, system=f"{prompt.system} Think step by step.")
    assert "thought" not in missing(review(aloud, Setting(model="gpt-4o-mini")))
    [finding] = [each for each in review(aloud, Setting(model="gpt-5-mini")).missing
                 if each.technique == "thought"]
    assert finding.words == "“step by step” is of no use to gpt-5-mini"
    assert finding.insert is None


@pytest.mark.parametrize(("model", "reasons"), [
    ("o1", True), ("o3-mini-2025-01-31", True), ("gpt-5", True), ("gpt-5-nano", True),
    ("gpt-5-chat", False), ("gpt-4o", False), ("gpt-4.1-mini", False), ("", None),
    ("phi-4-reasoning", True), ("gpt-35-turbo", False),
])
def test_which_models_reason(model: str, reasons: bool | None) -> None:
    assert is_reasoning(model) is reasons


def test_without_passages_nothing_is_said_about_them() -> None:
    about = {"grounding", "cite", "ungrounded"}
    found = {each.technique: each.seen for each in review(BARE).findings}
    assert {found[each] for each in about} == {Seen.AT_HAND}
    assert about <= set(missing(review(BARE, WITH_PASSAGES)))


def test_a_chosen_format_counts_and_needs_no_priming() -> None:
    prompt = Prompt("You extract the amounts from the invoice as JSON.",
                    parameters=Parameters(response_format="json_object"))
    assert not {"format", "prime"} & set(missing(review(prompt)))
    assert "prime" in missing(review(replace(prompt, parameters=Parameters())))


def test_of_another_language_nothing_is_said() -> None:
    german = Prompt("Du beantwortest Fragen neuer Mieter zu ihrem Mietvertrag, kurz und "
                    "freundlich, ohne Fachwörter und ohne Vermutungen.")
    found = review(german)
    assert found.findings == ()
    assert "another language" in found.note
