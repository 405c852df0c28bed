"""`dataset check` as a process: what a fine-tuning service would refuse, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.services.documents import xlsx

from .conftest import CommandLine

KEYS = ["format", "examples", "tokens", "billable_tokens", "epochs", "estimated_cost", "ok",
        "issues"]


def chat(question: str, answer: str) -> str:
    return json.dumps({"messages": [{"role": "user", "content": question},
                                    {"role": "assistant", "content": answer}]})


def test_a_good_dataset_is_ready(cli: CommandLine) -> None:
    lines = [chat(f"What is rule {n}?", f"Rule {n} says {n * 7}.") for n in range(12)]
    (cli.folder / "good.jsonl").write_text("\n".join(lines) + "\n")
    report = cli.json("dataset", "check", "good.jsonl", "--model", "gpt-4.1-mini")
    assert list(report) == KEYS
    assert (report["format"], report["examples"], report["ok"]) == ("chat", 12, True)
    assert not [issue for issue in report["issues"] if issue["severity"] == "error"]
    assert cli.run("dataset", "check", "good.jsonl").out.endswith("ready\n")


def test_a_bad_line_is_named_and_exits_with_1(cli: CommandLine) -> None:
    lines = [chat(f"What is rule {n}?", f"Rule {n} says {n * 7}.") for n in range(12)]
    lines[3] = '{"messages": [}'
    (cli.folder / "bad.jsonl").write_text("\n".join(lines) + "\n")
    report = cli.json("dataset", "check", "bad.jsonl", code=1)
    errors = [issue for issue in report["issues"] if issue["severity"] == "error"]
    assert [issue["line"] for issue in errors] == [4]
    assert list(errors[0]) == ["line", "severity", "code", "message"]
    assert "gone.jsonl is not there" in cli.run("dataset", "check", "gone.jsonl", code=1).err
    assert cli.run("dataset", "check", ".", code=1).err.startswith(". is not a file")


def test_a_table_becomes_a_chat_file_and_two(cli: CommandLine) -> None:
    rows = "".join(f"shop,SELECT {n} FROM goods; SELECT {n} FROM goods g,How many of {n}?\n"
                   for n in range(30))
    (cli.folder / "t.csv").write_text(f"db_name,query,question\n{rows},,\n", encoding="utf-8")
    done = cli.json("dataset", "convert", "t.csv", "t.jsonl", "--column", "question=question",
                    "--column", "answer=query")
    assert (done["examples"], done["alternatives"], done["skipped"]) == (30, 30, [])
    content = (cli.folder / "t.jsonl").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf{")
    first = json.loads(content.decode("utf-8-sig").split("\n")[0])["messages"]
    assert "shop" in first[0]["content"] and first[-1]["content"] == "SELECT 0 FROM goods"
    split = ("dataset", "split", "t.jsonl", "--train", "a.jsonl", "--validation", "b.jsonl",
             "--share", "0.2")
    assert cli.json(*split)["examples"] == 30
    train, validation = ((cli.folder / name).read_text("utf-8-sig").splitlines()
                         for name in ("a.jsonl", "b.jsonl"))
    assert (len(train), len(validation)) == (24, 6)
    assert sorted(train + validation) == sorted(content.decode("utf-8-sig").splitlines())
    cli.json(*split, "--seed", "8")
    assert (cli.folder / "b.jsonl").read_text("utf-8-sig").splitlines() != validation


def test_completion_and_back_and_what_cannot_be_mapped(cli: CommandLine) -> None:
    (cli.folder / "c.jsonl").write_text(chat("Is it?", "Yes.") + "\n")
    cli.json("dataset", "convert", "c.jsonl", "p.jsonl", "--to", "completion")
    assert json.loads((cli.folder / "p.jsonl").read_text("utf-8-sig")) == {
        "prompt": "Is it?", "completion": " Yes."}
    cli.json("dataset", "convert", "p.jsonl", "back.jsonl")
    assert (cli.folder / "back.jsonl").read_text("utf-8-sig") == chat("Is it?", "Yes.") + "\n"
    (cli.folder / "odd.csv").write_text("a,b\n1,2\n")
    refused = cli.run("dataset", "convert", "odd.csv", "x.jsonl", code=1)
    assert "--column question=NAME" in refused.err and not (cli.folder / "x.jsonl").exists()
    refused = cli.run("dataset", "convert", "odd.csv", "x.jsonl", "--column", "question=z", code=1)
    assert "There is no column" in refused.err


def test_a_workbook_becomes_a_chat_file(cli: CommandLine) -> None:
    rows = [["Frage", "Antwort", "Thema"], ["Wie viel?", 150.0, "Brille"], ["", "Nein.", ""]]
    (cli.folder / "t.xlsx").write_bytes(xlsx(rows))
    done = cli.json("dataset", "convert", "t.xlsx", "t.jsonl", "--column", "question=frage",
                    "--column", "answer=Antwort", "--column", "system=Thema: {Thema}")
    assert done["examples"] == 1
    assert done["skipped"] == [{"line": 3, "why": "The question is empty"}]
    [written] = (cli.folder / "t.jsonl").read_text("utf-8-sig").splitlines()
    assert [turn["content"] for turn in json.loads(written)["messages"]] == [
        "Thema: Brille", "Wie viel?", "150"]


def test_no_file_is_written_over_another_of_the_same_command(
    cli: CommandLine, tmp_path: Path
) -> None:
    lines = [{"prompt": f"question {n}", "completion": f"answer {n}"} for n in range(12)]
    before = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "in.jsonl").write_text(before)
    for train, validation in (("a", "a"), ("in.jsonl", "v"), ("t", "in.jsonl")):
        ended = cli.run("dataset", "split", "in.jsonl", "--train", train, "--validation",
                        validation, code=1)
        assert "are the same" in ended.err
    assert "are the same" in cli.run("dataset", "convert", "in.jsonl", "./in.jsonl", code=1).err
    assert (tmp_path / "in.jsonl").read_text() == before
    assert not (tmp_path / "a").exists()


def test_what_is_no_dataset_is_not_split(cli: CommandLine) -> None:
    (cli.folder / "bad.jsonl").write_bytes(b"not\nan\nexample\n" * 5)
    ended = cli.run("dataset", "split", "bad.jsonl", "--train", "a.jsonl", "--validation",
                    "b.jsonl", code=1)
    assert "holds no training example" in ended.err
    assert not (cli.folder / "a.jsonl").exists()
