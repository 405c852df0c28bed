"""What needs a whole dataset: near duplicates, forms, languages; and blocks of any size."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.dataset import near, sensitive
from desktop.core.dataset.checker import Checker, check_all
from desktop.core.dataset.languages import language_of
from desktop.core.dataset.near import groups_of, words
from desktop.core.dataset.report import Checked
from desktop.core.dataset.targets import Targets


def chat(question: str, answer: str, system: str = "") -> str:
    turns = ([("system", system)] if system else []) + [("user", question), ("assistant", answer)]
    return json.dumps({"messages": [{"role": r, "content": c} for r, c in turns]})


def checked(lines: Sequence[str], size: int = 0) -> Checked:
    data = "".join(line + "\n" for line in lines).encode()
    blocks = [data] if not size else [line.encode() + b"\n" for line in lines]
    return check_all(blocks, lambda text: len(text.split()))


def codes(result: Checked) -> list[tuple[int, str]]:
    return [(i.line, i.code) for i in result.issues if i.code != "too_few"]


TOPICS = ["glasses", "lenses", "dentists", "ambulances", "massages", "crutches", "vaccines",
          "hospitals"]
GOOD = [chat(f"Who pays for {a} and {b}?", f"The {a} plan does, {b} it does not.")
        for a in TOPICS for b in TOPICS[:6]]


def test_a_good_dataset_has_no_issue_and_blocks_make_no_difference() -> None:
    whole, single = checked(GOOD), checked(GOOD, size=1)
    assert codes(whole) == [] and whole == single
    assert len(whole.counts) == len(GOOD) and list(whole.groups) == list(range(len(GOOD)))


def test_near_duplicates_are_on_the_later_line_and_in_one_group() -> None:
    one = chat("Do you cover contact lenses?", "Yes, instead of glasses, once a year, up to $150.")
    two = chat("Do you cover contacts?", "Yes, instead of glasses, once a year, up to $150.")
    three = chat("Do you cover contacts?", "Yes, instead of glasses, once a year, up to $250.")
    result = checked([*GOOD, one, two, three])
    n = len(GOOD)
    assert codes(result) == [(n + 2, "near_duplicate"), (n + 3, "contradiction")]
    assert list(result.groups[n:]) == [n, n, n]  # the last one asks what the second asks


def test_many_texts_that_are_alike_take_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    agree = near.NearTexts._agree

    def counting(*args: object) -> bool:
        nonlocal compared
        compared += 1
        return agree(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(near.NearTexts, "_agree", counting)
    texts = ["Would you please send the blue form to the office by mail " + "now " * (n % 2)
             for n in range(600)]
    assert set(groups_of(texts)) == {0}
    assert compared < 2 * len(texts)


def test_words_of_languages_without_spaces() -> None:
    assert words("Ünï-code, 2 words") == ["ünï", "code", "2", "words"]
    assert words("眼镜 A") == ["眼", "镜", "a"]


@pytest.mark.parametrize(("usual", "strange", "says"), [
    ('{"total": %d}', '{"total": %d', "does not parse"),
    ('{"total": %d}', "The total is %d.", "plain text"),
    ('{"total": %d}', '{"sum": %d}', "has no “total”"),
    ("SELECT %d FROM shops", "```sql\nSELECT %d FROM shops\n```", "between ``` marks"),
])
def test_an_answer_in_another_form(usual: str, strange: str, says: str) -> None:
    targets = Targets()
    for line in range(1, 40):
        targets.add(line, (strange if line == 30 else usual) % line)
    [issue] = targets.finish()
    assert (issue.line, issue.code) == (30, "format_drift") and says in issue.message


def test_labels_are_written_in_one_way_and_mixed_forms_are_one_issue() -> None:
    targets = Targets()
    for line in range(1, 41):
        targets.add(line, "positive" if line == 9 else ["Positive", "Negative"][line % 2])
    assert [(i.line, i.code) for i in targets.finish()] == [(9, "format_drift")]
    mixed = Targets()
    for line in range(1, 21):
        mixed.add(line, f'{{"a": {line}}}' if line % 2 else f"It is {line}.")
    assert len(list(mixed.finish())) == 1


def test_languages() -> None:
    german = "Die Brille wird von der Kasse bezahlt, und das ist auch für Kinder so."
    assert language_of(german, words(german)) == "German"
    assert language_of("Оплачиваются ли очки?", words("Оплачиваются ли очки?")).startswith("Russ")
    assert language_of("SELECT a FROM b", words("SELECT a FROM b")) == ""
    english = [chat(f"What does the plan pay for the {a} and the {b}?",
                    "It is in the handbook, and you have to ask for it before you go to them.")
               for a in TOPICS for b in TOPICS[:3]]
    result = checked([*english, chat("Wird die Brille auch von der Kasse bezahlt?", german)])
    assert (len(english) + 1, "language_mix") in codes(result)


@pytest.mark.parametrize(("text", "kind"), [
    ("Her card is 4111 1111 1111 1111.", "payment card"), ("SSN 219-09-9999", "social security"),
    ("IBAN DE89 3704 0044 0532 0130 00", "IBAN"), ("Call (212) 555-0142 now", "telephone"),
    ("Call +49 30 901820 now", "telephone"), ("write to dana@contoso.com", "e-mail"),
    ("-----BEGIN RSA PRIVATE KEY-----", "private key"),
    ("password: Tr0ub4dor&3", "password or key"), ("AKIA" + "ABCDEFGHIJKLMNOP", "AWS"),
])
def test_what_should_not_be_learned(text: str, kind: str) -> None:
    [finding] = sensitive.check_text(text)
    assert kind in finding.message and text[-6:] not in finding.message


@pytest.mark.parametrize("text", [
    "Order 4111 1111 1111 1112 of 2024-11-20 for $1,234,567.89", "see dana@example.com",
    "Your password: the one you chose", "version 1.2.3.4567.8 page 10-12", "api_key=<your key>",
    "WHERE year BETWEEN 2019 AND 2021 AND id = 12345678", "the 2023-2024 plan year, 1-800 forms",
])
def test_what_only_looks_like_it(text: str) -> None:
    assert list(sensitive.check_text(text)) == []


def test_only_shapes_and_counts_where_that_is_asked_for() -> None:
    lines = [*GOOD, GOOD[0], '{"messages": []}']
    checker = Checker(lambda text: len(text.split()), shapes_only=True)
    checker.add("\n".join(lines).encode())
    assert list(checker.finish()) == []
    result = checker.checked()
    assert codes(result) == [(len(GOOD) + 2, "missing_messages_list")]
    assert result.counts == checked(lines).counts


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["messages", "role", "content", "prompt", "completion", "input", "weight",
                         "preferred_output", "tool_calls", "function", "name", "tools", "type"]),
        inner, max_size=4),
    max_leaves=12,
)
messages = st.lists(st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool", "x"]) | json_values},
    optional={"content": st.text(max_size=20) | json_values, "tool_calls": json_values,
              "weight": json_values}), max_size=4)


@given(st.lists(st.fixed_dictionaries({"messages": messages}) | json_values, max_size=6))
def test_no_line_breaks_the_checks(values: list[object]) -> None:
    result = checked([json.dumps(value) for value in values])
    assert len(result.counts) == len(result.groups) == len(result.lines) == len(values)
    assert all(first <= place for place, first in enumerate(result.groups))
    shapes = Checker(len, shapes_only=True)
    shapes.add("\n".join(json.dumps(value) for value in values).encode())
    list(shapes.finish())
    refused = {(i.line, i.code, i.message) for i in result.issues
               if i.severity == "error" and i.code != "too_few"}
    assert {(i.line, i.code, i.message) for i in shapes.issues if i.severity == "error"} == refused
