"""`score` as a process: metrics of answers made elsewhere, without a workspace."""

from __future__ import annotations

import json

import pytest

from .conftest import CommandLine

CONTEXTS = ["For members a visit to the doctor costs $20.", "Glasses are not covered."]
ROWS = [
    {"question": "What does a visit cost?", "answer": "A visit costs $20 [1].",
     "truth": "A visit costs $20.", "contexts": CONTEXTS},
    {"question": "What does a visit cost?", "answer": "A visit costs $95 [3].",
     "contexts": CONTEXTS},
    {"question": "What does a visit cost?", "answer": "I do not know.", "contexts": CONTEXTS},
    {"question": "What does a visit cost?", "answer": "About \ud800 $20."},
]


def write(cli: CommandLine, *lines: str) -> None:
    (cli.folder / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_line_of_metrics_for_each_answer(cli: CommandLine) -> None:
    write(cli, json.dumps(ROWS[0]), "", *map(json.dumps, ROWS[1:]))
    found = cli.run("score", "answers.jsonl", "--json").lines
    assert [list(row) for row in found] == [["line", "metrics"]] * 4
    assert [row["line"] for row in found] == [1, 3, 4, 5]
    right, wrong, decline, bare = (row["metrics"] for row in found)
    assert right["token_f1"] == right["rouge_l"] == right["citation_validity"] == 1.0
    assert right["groundedness"] > 0.6 > 0.2 > wrong["groundedness"]
    assert right["context_recall"] > 0.6 and right["similarity"] > 0.99
    assert wrong["citation_validity"] == 0.0 and wrong["token_f1"] is None
    assert decline["groundedness"] is None and decline["answer_relevance"] == 0.0
    assert bare["groundedness"] is None and bare["answer_relevance"] > 0


def test_only_the_metrics_asked_for_and_for_people(cli: CommandLine) -> None:
    write(cli, json.dumps(ROWS[0]))
    found = cli.run("score", "answers.jsonl", "--metrics", "rouge_l, exact", "--json").lines
    assert found == [{"line": 1, "metrics": {"rouge_l": 1.0, "exact": 1.0}}]
    assert "ROUGE-L            1.000" in cli.run(
        "score", "answers.jsonl", "--metrics", "rouge_l").out
    assert "no metric" in cli.run("score", "answers.jsonl", "--metrics", "bleu", code=2).err


@pytest.mark.parametrize(("line", "why"), [
    ("not json", "is not a JSON object"),
    ('{"question": "q"}', 'no "answer"'),
    ('{"question": " ", "answer": "a"}', 'empty "question"'),
    ('{"question": "q", "answer": 3}', 'no "answer"'),
    ('{"question": "q", "answer": "a", "contexts": [1]}', "not a list of texts"),
])
def test_a_bad_line_is_named_before_anything_is_scored(
    cli: CommandLine, line: str, why: str
) -> None:
    write(cli, json.dumps(ROWS[0]), line)
    ended = cli.run("score", "answers.jsonl", "--json", code=1)
    assert ended.err.startswith("Line 2 of answers.jsonl") and why in ended.err
    assert ended.out == ""
