"""`dataset check` as a process: what a fine-tuning service would refuse, and exit codes."""

from __future__ import annotations

import json

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
