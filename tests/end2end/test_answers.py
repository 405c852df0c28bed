"""`ask` and `strategy` as processes, on the sample and the built-in model."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import CommandLine
from .test_documents import HIT_KEYS

ANSWER_KEYS = ["strategy", "model", "text", "citations", "declined", "context", "usage",
               "first_token_seconds", "seconds", "finish_reason", "cost", "error"]
STRATEGY_KEYS = ["name", "model", "prompt", "retrieval", "parameters"]
GLASSES = "Are eyeglasses covered?"
NOBODY_KNOWS = "Who won the chess tournament of 1987?"


def test_three_columns_answer(cli: CommandLine, sample: Path) -> None:
    asked = cli.json("ask", sample, GLASSES)
    assert list(asked) == ["question", "answers"]
    assert asked["question"] == GLASSES
    baseline, prompt, documents = asked["answers"]
    assert all(list(answer) == ANSWER_KEYS for answer in asked["answers"])
    for answer in (baseline, prompt):
        assert answer["declined"] is True
        assert (answer["citations"], answer["context"]) == ([], [])
    assert documents["declined"] is False
    assert documents["error"] is None
    assert documents["finish_reason"] == "stop"
    assert list(documents["usage"]) == ["prompt_tokens", "completion_tokens"]
    assert 0 <= documents["first_token_seconds"] <= documents["seconds"]
    assert [list(citation) for citation in documents["citations"]] == [
        ["number", "document", "page"]] * len(documents["citations"])
    assert documents["citations"][0]["document"] == "Vision_and_Hearing_2026.pdf"
    assert all(list(hit) == HIT_KEYS for hit in documents["context"])
    assert f"[{documents['citations'][0]['number']}]" in documents["text"]


def test_a_batch_asks_chosen_columns_in_order(cli: CommandLine, sample: Path) -> None:
    lines = [json.dumps({"question": text}) for text in (NOBODY_KNOWS, GLASSES)]
    (cli.folder / "q.jsonl").write_text("\n".join(lines))
    rows = cli.run("ask", sample, "--questions", "q.jsonl", "--json",
                   "--strategy", "prompt + documents").lines
    assert [row["question"] for row in rows] == [NOBODY_KNOWS, GLASSES]
    answers = [answer for row in rows for answer in row["answers"]]
    assert [answer["strategy"] for answer in answers] == ["Prompt + documents"] * 2
    assert [answer["declined"] for answer in answers] == [True, False]
    assert answers[0]["citations"] == []
    assert answers[0]["text"]


def test_a_batch_holds_conversations(cli: CommandLine, sample: Path) -> None:
    turns = [{"role": "system", "content": "x"}, {"role": "user", "content": GLASSES},
             {"role": "assistant", "content": "Yes."}, {"role": "user", "content": "And for kids?"}]
    (cli.folder / "q.jsonl").write_text(json.dumps({"messages": turns}))
    row, = cli.run("ask", sample, "--questions", "q.jsonl", "--json",
                   "--strategy", "prompt + documents").lines
    answer, = row["answers"]
    assert row["question"] == "And for kids?"
    assert "eyeglasses" in answer["rewritten"]
    assert answer["context"][0]["document"] == "Vision_and_Hearing_2026.pdf"
    (cli.folder / "q.jsonl").write_text(json.dumps({"messages": turns[:3]}))
    assert "last message is not the user's" in cli.run(
        "ask", sample, "--questions", "q.jsonl", code=1).err


def test_asking_for_people(cli: CommandLine, sample: Path) -> None:
    out = cli.run("ask", sample, GLASSES, "--strategy", "Prompt + documents").out
    assert "== Prompt + documents · Built-in extractive (offline)" in out
    assert "[1] Vision_and_Hearing_2026.pdf, page 1" in out
    assert "Choose one of: Baseline" in cli.run(
        "ask", sample, GLASSES, "--strategy", "Nope", code=1).err


def test_strategies_are_added_listed_and_removed(cli: CommandLine, sample: Path) -> None:
    added = cli.json("strategy", sample, "add", "Short", "--model", "builtin", "--prompt", "1",
                     "--retrieval", "words only, top 5", "--set", "temperature=0.2",
                     "--set", "max_tokens=80", "--set", 'stop=["END"]')
    assert [list(row) for row in added] == [STRATEGY_KEYS]
    assert added[0]["name"] == "Short"
    assert added[0]["retrieval"] == "Words only, top 5"
    assert added[0]["parameters"] == {"temperature": 0.2, "max_tokens": 80, "stop": ["END"]}
    names = [row["name"] for row in cli.json("strategy", sample, "list")]
    assert names == ["Baseline", "Prompt", "Prompt + documents", "Short"]
    assert [row["name"] for row in cli.json("strategy", sample, "remove", "short")] == names[:3]


def test_strategies_that_cannot_be(cli: CommandLine, sample: Path) -> None:
    add = ("strategy", sample, "add")
    for arguments, words in (
        (("X", "--model", "nowhere/gpt"), 'There is no connection "nowhere"'),
        (("X", "--model", "builtin/gpt"), "has no deployment"),
        (("X", "--model", "builtin", "--retrieval", "best"), "best"),
        (("X", "--model", "builtin", "--prompt", "99"), "99"),
        (("X", "--model", "builtin", "--set", "temperature=abc"), '"abc" is no temperature'),
        (("prompt", "--model", "builtin"), "There is already a strategy"),
    ):
        assert words in cli.run(*add, *arguments, code=1).err
    assert len(cli.json("strategy", sample, "list")) == 3
