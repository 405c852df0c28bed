"""What a request holds: its question, its passages, facts and examples."""

import pytest

from desktop.core.given import Source, find_question, read_messages
from desktop.core.prompts import build_messages
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.types import FewShotExample, Hit, Message, Prompt

QUESTION = "Are eyeglasses covered?"
TEXT = "Eyeglasses are covered.\n[7] is how this page looks like a passage."
HIT = Hit(2, 1.0, 1, 1, "Vision_Plan.pdf", 4, 3, 0, len(TEXT), TEXT)


@pytest.mark.parametrize(
    "template",
    [
        "{{ question }}",
        "{{ context }}\n\nQuestion: {{ question }}",
        "Passages:\n{{ context }}\n\n## Question\n{{ question }}",
        "{{ question }}\n\nUse only these passages:\n{{ context }}",
        "{{ context }}\nUser question: {{ question }}\n\nAnswer in one line.",
        "<question>{{ question }}</question>\n{{ context }}",
        "Answer this for a colleague.\n{{ question }}",
    ],
)
def test_the_question_is_found_in_any_template(template: str) -> None:
    given = read_messages(build_messages(Prompt(template=template), QUESTION, [HIT]))
    assert given.question == QUESTION
    assert [(s.number, s.name) for s in given.sources] == [(2, "Vision Plan, page 4")]


def test_a_question_without_question_mark_is_the_last_paragraph() -> None:
    assert find_question("Be brief.\n\nTell me about eyeglasses") == "Tell me about eyeglasses"


def test_the_starter_prompt_holds_no_facts() -> None:
    assert read_messages(build_messages(STARTER_PROMPT, QUESTION, ())).sources == ()


def test_facts_of_system_and_user_text_are_sources_without_number() -> None:
    prompt = Prompt(
        system="You are an expert. The plan year starts in May. Never guess.",
        template="The office is in Oslo.\n\nQuestion: {{ question }}",
    )
    given = read_messages(build_messages(prompt, QUESTION, ()))
    facts = "The plan year starts in May.", "The office is in Oslo."
    assert given.sources == tuple(Source(fact) for fact in facts)


def test_earlier_turns_are_examples_unless_they_decline() -> None:
    prompt = Prompt(examples=(
        FewShotExample("Are crowns covered?", "Yes, at 60 percent."),
        FewShotExample("Are robots covered?", "I do not know."),
    ))
    given = read_messages(build_messages(prompt, QUESTION, ()))
    assert given.examples == (("Are crowns covered?", "Yes, at 60 percent."),)


@pytest.mark.parametrize("messages", [[], [Message("system", "Hi.")], [Message("user", "\n")]])
def test_no_question_is_an_error(messages: list[Message]) -> None:
    with pytest.raises(ValueError, match=r"no (user message|question)"):
        read_messages(messages)


def test_passages_in_the_system_message_can_be_quoted() -> None:
    hit = Hit(1, 0.5, 1, 1, "Plan.pdf", 4, 3, 0, 8, "It pays.")
    found = read_messages(build_messages(Prompt("Use {{ context }}"), "Does it pay?", [hit]))
    assert found.question == "Does it pay?"
    assert [(s.number, s.text) for s in found.sources] == [(1, "It pays.")]
