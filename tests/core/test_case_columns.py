"""Other people's files of cases: what is understood as it is, and what a person has to say."""

from __future__ import annotations

import json

import pytest

from desktop.core.columns import Role, guess, head_of, missing
from desktop.core.evaluation.case_columns import ROLES, guessed, head_of_rows, understood
from desktop.core.evaluation.case_files import CasesRead, read_cases, rows_of
from desktop.core.types import Case, Message

PROMPTFOO = """
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
description: Benefits assistant
prompts:
  - 'Answer the employee: {{question}}'
providers:
  - openai:gpt-4.1-mini
defaultTest:
  assert:
    - type: latency
      threshold: 4000
tests:
  - description: Eyeglasses
    vars:
      question: Are eyeglasses covered?
    assert:
      - type: javascript
        value: output.length < 400
      - type: icontains
        value: one pair a year
    metadata:
      category: vision
  - vars:
      question: Is acupuncture covered?
    assert:
      - type: llm-rubric
        value: Names the number of visits
      - type: similar
        value: Twelve visits a year.
        threshold: 0.8
  - vars:
      question: What is the plan's number?
    assert:
      - type: regex
        value: '\\d{4}-\\d{2}'
  - vars:
      question: Who do I call?
    assert:
      - type: contains-any
        value: [HR, human resources]
"""
PROMPTFOO_TABLE = """question,__expected,__expected2,__description
Is it Paris?,contains: Paris,cost(0.1): 5,first
Is it grey?,grey: as a sky,,second
How long?,"similar(0.8): Twelve weeks",,third
Which?,"llm-rubric: names one",equals: Blue,fourth
"""
EVALS = [
    {"input": [{"role": "system", "content": "Answer in one word."},
               {"role": "system", "name": "example_user", "content": "2+2?"},
               {"role": "system", "name": "example_assistant", "content": "4"},
               {"role": "user", "content": "Once upon a"}], "ideal": "time"},
    {"input": "The first US president was", "ideal": ["George Washington", "Washington"]},
    {"item": {"question": "Is dental covered?", "ground_truth": "Yes."}},
]


def read(name: str, text: str, **mapping: str) -> CasesRead:
    rows = rows_of(name, text.encode())
    assert mapping or understood(rows)
    return read_cases(rows, mapping=mapping)


def test_a_promptfoo_configuration_is_imported_as_it_is() -> None:
    found = read("promptfooconfig.yaml", PROMPTFOO)
    assert not found.skipped
    assert [(case.question, case.reference, case.tags) for case in found.cases] == [
        ("Are eyeglasses covered?", "one pair a year", ("vision",)),
        ("Is acupuncture covered?", "Twelve visits a year.", ()),
        ("What is the plan's number?", r"/\d{4}-\d{2}/", ()),
        ("Who do I call?", "HR", ()),
    ]


def test_a_promptfoo_table_says_its_checks_before_a_colon() -> None:
    assert [(case.question, case.reference) for case in read("t.csv", PROMPTFOO_TABLE).cases] == [
        ("Is it Paris?", "Paris"), ("Is it grey?", "grey: as a sky"),
        ("How long?", "Twelve weeks"), ("Which?", "Blue"),
    ]


def test_lines_of_evals_are_imported_as_they_are() -> None:
    found = read("samples.jsonl", "\n".join(json.dumps(line) for line in EVALS))
    assert found == CasesRead((
        Case(0, "Once upon a", "time"),
        Case(0, "The first US president was", "George Washington"),
        Case(0, "Is dental covered?", "Yes."),
    ), ())


def test_a_test_with_several_variables_keeps_them_all() -> None:
    yaml = b"tests:\n- vars: {product: Lamp, tone: dry, watts: 5}\n"
    [case] = read_cases(rows_of("p.yaml", yaml)).cases
    assert case.question == "product: Lamp\ntone: dry\nwatts: 5"
    assert case.variables == (("product", "Lamp"), ("tone", "dry"), ("watts", "5"))


def test_a_test_with_one_variable_asks_it() -> None:
    yaml = "tests:\n- vars: {topic: Bananas}\n  assert: [{type: contains, value: yellow}]\n"
    assert read("p.yaml", yaml).cases == (
        Case(0, "Bananas", "yellow", variables=(("topic", "Bananas"),)),)


def test_more_turns_come_with_the_question() -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"},
             {"role": "user", "content": "And dental?"}]
    case = read("e.jsonl", json.dumps({"input": turns, "ideal": "Yes"})).cases[0]
    assert case.history == (Message("user", "Hi"), Message("assistant", "Hello"))


@pytest.mark.parametrize(("header", "known"), [
    ("question,truth", True), ("Question;Notes;Answer", True), ("query", True),
    ("question,id", True), ("Frage,Antwort", False), ("question,What HR says", False),
    ("body,label", False),
])
def test_when_a_person_has_to_say(header: str, known: bool) -> None:
    delimiter = ";" if ";" in header else ","
    row = delimiter.join("x" for _ in header.split(delimiter))
    assert understood(rows_of("a.csv", f"{header}\n{row}\n".encode())) is known


def test_the_guess_takes_whole_names_first_and_a_column_once() -> None:
    head = head_of_rows(rows_of("a.csv", b"No,CustomerQuestion,Expected answer,Source file\n"
                                         b"1,Why?,Because,a.pdf\n"))
    assert guessed(head) == {"question": "CustomerQuestion", "reference": "Expected answer",
                             "source": "Source file"}
    roles = (Role("a", "A", True, ("text",)), Role("b", "B", words=("text", "body")))
    assert guess(["text", "body"], roles) == {"a": "text", "b": "body"}
    assert [role.name for role in missing({"b": "body"}, roles)] == ["a"]
    assert ROLES[0].required


def test_the_head_of_ragged_rows() -> None:
    head = head_of([{"a": 1}, {"b": {"c": 2}, "a": None}, {"d": "x"}], sample=2)
    assert head.columns == ("a", "b", "d") and head.total == 3
    assert head.rows == ({"a": "1"}, {"b": '{"c": 2}', "a": ""})
