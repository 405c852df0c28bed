"""`.prompty` as Microsoft's tools write it, and ours read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import DocumentError, PromptError
from desktop.core.exchange.formats import read, write
from desktop.core.types import FewShotExample, Parameters, Prompt, PromptVersion

from .files import PROMPTY, PROMPTY_2


def test_the_first_layout_is_read_with_all_it_says() -> None:
    found = read("basic.prompty", PROMPTY.encode())
    (one,) = found.prompts
    assert (one.name, one.note) == ("Benefits desk", "Answers from the handbook")
    assert one.prompt == Prompt(
        "You answer from the handbook.\n\n# Customer\nYou are helping {{firstName}}.",
        (FewShotExample("Are glasses covered?", "Yes, one pair a year.", origin="basic.prompty"),),
        "{{question}}", Parameters(temperature=0.2, max_tokens=128,
                                   response_format="json_object"),
        variables=(("firstName", "Jane"),),  # the value that the file itself tries
    )
    assert [each.what for each in found.left_out] == ["model gpt-4o-mini"]
    assert "do-not-show-this" not in str(found)


def test_the_newer_layout_is_read_too() -> None:
    found = read("basic.prompty", PROMPTY_2.replace("\n", "\r\n").encode())
    (one,) = found.prompts
    assert (one.prompt.system, one.prompt.template) == (
        "You answer from the handbook.", "{{question}}")
    assert one.prompt.parameters == Parameters(temperature=0.7, max_tokens=1000, stop=("END",))
    assert [each.what for each in found.left_out] == ["parameter topK", "model gpt-4o-mini"]


def test_a_system_message_alone_that_asks_becomes_the_template() -> None:
    (one,) = read("a.prompty", b"---\nmodel: gpt-4o\n---\nAnswer {{ question }}").prompts
    assert one.prompt == Prompt(template="Answer {{ question }}")
    (one,) = read("a.prompty", b"Answer in French.").prompts
    assert one.prompt == Prompt("Answer in French.")
    assert one.name == "a"


def test_front_matter_that_is_no_yaml_is_told_with_its_line() -> None:
    with pytest.raises(DocumentError, match=r"line [23]: .*between the two ---"):
        read("a.prompty", b"---\nname: x\nmodel: [\n---\nsystem:\n")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
LINES = st.lists(TEXT, min_size=1, max_size=3).map("\n".join).map(str.strip).filter(bool)
EXAMPLES = st.lists(st.builds(FewShotExample, LINES, LINES, origin=st.just("a.prompty")),
                    max_size=2)


@given(LINES, EXAMPLES, LINES, st.sampled_from(["prompty", "txt", "json", "yaml"]))
def test_what_is_written_is_read_back_or_refused(
    system: str, examples: list[FewShotExample], template: str, suffix: str
) -> None:
    parameters = Parameters(temperature=0.5) if suffix != "txt" else Parameters()
    prompt = Prompt(system, tuple(examples), template, parameters)
    name = "a." + suffix
    try:
        written = write(name, PromptVersion(3, prompt, "Mine", "A note"), ())
    except PromptError as error:
        assert "JSON" in error.remedy
        return
    (one,) = read(name, written.text.encode()).prompts
    got = one.prompt
    assert (got.system, got.template, got.parameters) == (system, template, parameters)
    assert [(e.question, e.answer) for e in got.examples] == [
        (e.question, e.answer) for e in examples]


@pytest.mark.parametrize("text", ["Write {% this", "{# not a comment #}", 'As {"a": {{"b": 1}}}'])
def test_texts_that_would_be_templates_elsewhere_are_quoted_there(text: str) -> None:
    prompt = Prompt("S", (FewShotExample(text, text),), "{{ question }}")
    for name in ("a.prompty", "a.yaml"):
        written = write(name, PromptVersion(1, prompt), ())
        assert "{% raw %}" in written.text
        (one,) = read(name, written.text.encode()).prompts
        assert one.prompt.examples[0].answer == text


def test_the_values_of_variables_travel_along() -> None:
    prompt = Prompt("For {{ who }}.", (), "{{ question }}", variables=(("who", "buyers"),))
    for name in ("a.prompty", "a.json"):
        (one,) = read(name, write(name, PromptVersion(1, prompt), ()).text.encode()).prompts
        assert one.prompt == prompt
    found = read("a.prompty", b"system:\nFor {{ who }}.\nuser:\n{{ question }}")
    assert [each.what for each in found.left_out] == ["{{ who }}"]


def test_a_line_that_would_begin_a_message_is_refused() -> None:
    prompt = Prompt("Quote it:\nuser:\nthen answer")
    with pytest.raises(PromptError, match="“user:” of a system message"):
        write("a.prompty", PromptVersion(1, prompt), ())
    (one,) = read("a.json", write("a.json", PromptVersion(1, prompt), ()).text.encode()).prompts
    assert one.prompt == prompt


def test_the_examples_that_are_off_stay_at_home() -> None:
    prompt = Prompt("S", (FewShotExample("a", "b", on=False), FewShotExample("c", "d")))
    (one,) = read("a.txt", write("a.txt", PromptVersion(1, prompt), ()).text.encode()).prompts
    assert [e.question for e in one.prompt.examples] == ["c"]
    (one,) = read("a.json", write("a.json", PromptVersion(1, prompt), ()).text.encode()).prompts
    assert one.prompt == prompt
