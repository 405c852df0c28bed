"""promptfoo's configuration: prompts, and tests that become cases."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jinja2 import Environment

from desktop.core.errors import DatasetError, DocumentError
from desktop.core.exchange import safe_yaml
from desktop.core.exchange.formats import read, write
from desktop.core.exchange.found import LARGEST
from desktop.core.types import Case, Message, Parameters, Prompt, PromptVersion

from .files import PROMPTFOO


def test_prompts_of_all_shapes_are_read() -> None:
    found = read("promptfooconfig.yaml", PROMPTFOO.encode())
    cool = Parameters(temperature=0)
    assert [(each.name, each.prompt) for each in found.prompts] == [
        ("promptfooconfig", Prompt(template="Answer briefly: {{question}}", parameters=cool)),
        ("chat", Prompt("Be brief.", (), "{{question}}", cool)),
        ("promptfooconfig", Prompt("Be kind.", (), "{{query}} in {{language}}", cool)),
    ]


def test_tests_become_cases_and_what_is_no_answer_is_told() -> None:
    found = read("promptfooconfig.yaml", PROMPTFOO.encode())
    assert [(case.question, case.reference) for case in found.cases] == [
        ("Are glasses covered?", "one pair"), ("Since when?", r"/20\d\d/"),
        ("no", "2024-01-01"), ("One?", "Both"), ("Two?", "Both"), ("Only a script?", ""),
    ]
    assert [each.what for each in found.left_out] == [
        "provider openai:gpt-4.1-mini", "parameter apiKey", "prompt 1: file://prompts/other.txt",
        "{{ language }}", "{{ query }}", "test 1: contains", "test 5: javascript",
        "test 6: file://more.csv", "defaultTest: llm-rubric", "scenarios",
    ]
    assert "do-not-show-this" not in str(found)


def test_what_is_written_has_its_tests_and_is_read_back() -> None:
    prompt = Prompt("Be brief.", (), "{{ context }}\n\n{{ question }}", Parameters(seed=7))
    cases = [Case(1, "Covered?", "One pair", tags=("benefits",)), Case(2, "When?", "/20../"),
             Case(3, "And then?", "x", history=(Message("user", "Before?"),)), Case(4, "Free?")]
    written = write("a.yaml", PromptVersion(2, prompt, "Mine"), cases)
    assert written.left_out == ()
    config = safe_yaml.load(written.text)
    raw = config["prompts"][0]["raw"]
    assert raw.index("for turn in history") < raw.index("question")
    assert "{% set asked %}{{ context }}\n\n{{ question }}{% endset %}" in raw
    filled = Environment().from_string(raw.replace("| dump", "| tojson"))
    said = filled.render(context="c", question='Is "x" it?', history=[
        {"role": "user", "content": 'A "b"'}])
    assert [each["content"] for each in json.loads(said)] == [
        "Be brief.", 'A "b"', 'c\n\nIs "x" it?']
    assert config["providers"][0]["config"] == {"seed": 7}
    found = read("a.yaml", written.text.encode())
    assert [(each.name, each.prompt) for each in found.prompts] == [("Mine", prompt)]
    assert [each.what for each in found.left_out] == ["provider openai:chat:gpt-4.1-mini"]
    assert [replace(case, id=0) for case in cases] == list(found.cases)
    alone = write("a.yaml", PromptVersion(2, prompt, "Mine"), cases[:2])
    assert "history" not in alone.text


def test_conversations_in_tests() -> None:
    """Both forms of promptfoo.dev/docs/configuration/chat."""
    config = """
prompts: ["{{ messages | dump }}"]
tests:
- vars: {messages: [{role: system, content: s}, {role: user, content: Hi}, {role: assistant,
         content: Hello}, {role: user, content: "And then?"}]}
  assert: [{type: contains, value: A}]
- vars: {topic: vision, messages: [{user: Hi}, {assistant: Hello}, {user: "Since when?"}]}
- vars: {question: "Free?", previous_messages: [{user: Hi}, {assistant: Hello}]}
- vars: {question: "Odd?", messages: [{user: Hi, assistant: Hello}]}
"""
    found = read("promptfooconfig.yaml", config.encode())
    turns = (Message("user", "Hi"), Message("assistant", "Hello"))
    assert [(c.question, c.reference, c.history) for c in found.cases] == [
        ("And then?", "A", turns), ("Since when?", "", turns), ("Free?", "", turns),
        ("Odd?", "", ())]
    assert [each.what for each in found.left_out if each.what.startswith("variable")] == [
        "variable messages"]


def test_the_same_as_json_and_chat_requests() -> None:
    config = json.dumps({"prompts": ["Say {{question}}"], "tests": []})
    assert read("promptfooconfig.json", config.encode()).prompts[0].prompt.template == (
        "Say {{question}}")
    request = {"model": "gpt-4.1", "temperature": 0.3, "stream": True, "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"},
                                     {"type": "image_url", "image_url": {"url": "x"}}]}]}
    found = read("call.json", json.dumps(request).encode())
    assert found.prompts[0].prompt == Prompt("Be brief.", (), "Hi", Parameters(temperature=0.3))
    assert [each.what for each in found.left_out] == ["part of a user message"]


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join([*lines, "prompts: *a11"])


@pytest.mark.parametrize(("name", "text", "why"), [
    ("a.yaml", bomb(), "more than 200,000 values"),
    ("a.yaml", "prompts: &a [*a]", "holds itself"),
    ("a.yaml", "prompts: " + "[" * 50_000, "nested too deeply"),
    ("a.yaml", "prompts: !!python/object/apply:os.system [ls]", "could not determine"),
    ("a.yaml", "- just\n- a list", "holds no prompts"),
    ("a.json", "[" * 50_000, "not JSON"),
    ("a.json", '{"a": 1}', "holds no prompt"),
    ("a.txt", " \n", "It is empty"),
    ("a.exe", "x", r"Use \.prompty"),
    ("a.txt", "x" * (LARGEST + 1), "has at most 1,000,000"),
])
def test_files_that_cannot_be_read_say_why(name: str, text: str, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        read(name, text.encode())


def test_what_is_no_text_says_so() -> None:
    with pytest.raises(DatasetError, match="not text"):
        read("a.txt", b"\x81\x8d\x8f")
