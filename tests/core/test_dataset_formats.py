"""Tables to examples, chat to completion and back, and who validates."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.dataset.convert import convert
from desktop.core.dataset.mapping import alternatives, column_map, example_of
from desktop.core.dataset.split import validation_places
from desktop.core.errors import DatasetError
from desktop.core.types import Example

TABLE = Path(__file__).parents[3] / "shared" / "data" / "nl2sql" / "questions.csv"


def mapped(row: dict[str, Any], **named: str) -> Example:
    found = example_of(row, column_map(list(row), named), 2, "a.csv")
    assert isinstance(found, Example)
    return found


# --- tables ------------------------------------------------------------------------------


def test_the_usual_names_are_understood_and_others_named() -> None:
    turns = [{"role": "user", "content": "Is it?"}, {"role": "assistant", "content": "Yes."}]
    assert mapped({"Question": "Is it?", "Answer": "Yes.", "Tags": "a; b"}).row == {
        "messages": turns}
    example = mapped({"frage": "Is it?", "antwort": "Yes.", "who": "HR"}, question="Frage",
                     answer="antwort", system="You help {who} and {nobody}.")
    assert example.row["messages"] == [
        {"role": "system", "content": "You help HR and {nobody}."}, *turns]
    worse = mapped({"prompt": "Is it?", "answer": "Yes.", "rejected": "No."}).row
    assert worse["non_preferred_output"] == [{"role": "assistant", "content": "No."}]


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DatasetError, match="no column “nope”") as refused:
        column_map(["a", "b"], {"question": "nope"})
    assert "a, b" in refused.value.remedy
    with pytest.raises(DatasetError, match="hold the answer"):
        column_map(["question", "b"])
    assert example_of({"question": "q", "answer": " "}, column_map(["question", "answer"]), 2,
                      "") == "The answer is empty"


def test_several_queries_are_one_target_and_all_accepted() -> None:
    text = "SELECT a FROM t WHERE b = 'x;y';\n SELECT c FROM t; SELECT a FROM t WHERE b = 'x;y';"
    assert alternatives(text) == ("SELECT a FROM t WHERE b = 'x;y'", "SELECT c FROM t")
    assert alternatives("Yes; no; maybe.") == ("Yes; no; maybe.",)
    row = {"db_id": "shop", "question": "How many?", "sql": "SELECT 1 FROM a; SELECT 2 FROM a"}
    example = mapped(row)
    assert example.accepted == ("SELECT 1 FROM a", "SELECT 2 FROM a")
    assert "shop" in example.row["messages"][0]["content"]
    assert example.row["messages"][-1]["content"] == "SELECT 1 FROM a"


@pytest.mark.skipif(not TABLE.exists(), reason="the table is not beside the project")
def test_questions_about_databases_become_a_chat_dataset() -> None:
    rows = list(csv.DictReader(io.StringIO(TABLE.read_text("utf-8"), newline="")))
    examples = [mapped(row, question="question", answer="query") for row in rows]
    for row, example in zip(rows, examples, strict=True):
        system, user, answer = example.row["messages"]
        assert row["db_name"] in system["content"] and row["question"].strip() in user["content"]
        assert row["query"].startswith(answer["content"])
        assert example.tags == (row["query_category"],)
    several = [len(e.accepted) for e, row in zip(examples, rows, strict=True)
               if ";" in row["query"].strip().removesuffix(";")]
    assert several and min(several) >= 2


# --- formats -----------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1).filter(
    lambda text: text.strip() and not text.endswith("->") and not text.endswith("###"))


@given(st.lists(st.tuples(words, words), min_size=1, max_size=3), st.none() | words)
def test_chat_survives_as_completion(pairs: list[tuple[str, str]], system: str | None) -> None:
    messages = [{"role": "system", "content": system}] if system else []
    for question, answer in pairs:
        messages += [{"role": "user", "content": question},
                     {"role": "assistant", "content": answer}]
    completion = convert({"messages": messages}, "completion")
    assert isinstance(completion, dict) and set(completion) == {"prompt", "completion"}
    assert convert(completion, "chat") == {"messages": messages}


def test_old_files_lose_their_separators() -> None:
    chat = convert({"prompt": "Is it?\n\n###\n\n", "completion": " Yes.\n###"}, "chat")
    assert chat == {"messages": [{"role": "user", "content": "Is it?"},
                                 {"role": "assistant", "content": "Yes."}]}
    ends = convert({"prompt": "a ->", "completion": " CASE WHEN b THEN 1 END"}, "chat")
    assert isinstance(ends, dict) and ends["messages"][1]["content"].endswith("END")


USER, ANSWER = {"role": "user", "content": "Is it?"}, {"role": "assistant", "content": "Yes."}


@pytest.mark.parametrize(("row", "to", "why"), [
    ({"messages": [USER, {**ANSWER, "weight": 0}]}, "completion", "weight 0"),
    ({"messages": [USER, ANSWER], "tools": [{}]}, "llama", "tools"),
    ({"messages": [USER, USER, ANSWER]}, "llama", "take turns"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}, ANSWER]}, "completion",
     "pictures"),
    ({"messages": "no"}, "completion", "shape"),
    ({"other": 1}, "chat", "neither"),
])
def test_what_a_format_cannot_say_is_refused(row: dict[str, Any], to: Any, why: str) -> None:
    assert why in str(convert(row, to))


def test_a_preference_becomes_a_chat_with_the_better_answer() -> None:
    row = {"input": {"messages": [USER]}, "preferred_output": [ANSWER],
           "non_preferred_output": [{**ANSWER, "content": "No."}]}
    assert convert(row, "chat") == {"messages": [USER, ANSWER]}
    developer = {"role": "developer", "content": "Be brief."}
    assert convert({"messages": [developer, USER, ANSWER]}, "llama") == {
        "messages": [{**developer, "role": "system"}, USER, ANSWER]}


# --- split -------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30), min_size=2, max_size=200), st.integers(0, 5),
       st.sampled_from([0.1, 0.2, 0.5]))
def test_groups_stay_together(seeds: list[int], seed: int, share: float) -> None:
    first = {group: seeds.index(group) for group in set(seeds)}
    groups = [first[group] for group in seeds]
    chosen = validation_places(groups, share=share, seed=seed)
    assert all((groups[place] in chosen) == (place in chosen) for place in range(len(groups)))
    assert len(chosen) <= len(groups) * share + 1
    assert chosen == validation_places(groups, share=share, seed=seed)


def test_each_tag_gives_its_share() -> None:
    tags = ["join"] * 100 + ["order"] * 50 + ["rare"] * 10
    chosen = validation_places(range(160), tags, 0.1)
    assert Counter(tags[place] for place in chosen) == {"join": 10, "order": 5, "rare": 1}
    assert chosen != validation_places(range(160), tags, 0.1, seed=8)
