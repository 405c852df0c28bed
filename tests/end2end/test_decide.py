"""`decide` as a process: the README's JSON, the goal that is said and kept, and refusals."""

from __future__ import annotations

import json

from .conftest import CommandLine

KEYS = ["recommendation", "strength", "reasons", "flip_conditions", "readiness", "attribution"]


def test_before_any_run_it_says_what_to_do(cli: CommandLine) -> None:
    cli.run("new", "w.stratex")
    decision = cli.json("decide", "w.stratex")
    assert list(decision) == KEYS
    assert (decision["recommendation"], decision["strength"]) == ("No recommendation yet.", "none")
    assert "Nothing has been run yet" in decision["reasons"][0]["text"]
    assert {each["status"] for each in decision["readiness"]} <= {"met", "not met", "unknown"}
    assert "There is no metric" in cli.run("decide", "w.stratex", "--metric", "nice", code=1).err
    assert "There is no run 9" in cli.run("decide", "w.stratex", "--run", "9", code=1).err


def test_a_run_is_decided_on_once_there_is_a_goal(cli: CommandLine) -> None:
    cli.run("new", "w.stratex")
    notes = [f"The lamp called Nova{n} shines for {n + 3} hours a day." for n in range(24)]
    (cli.folder / "lamps.txt").write_text("\n\n".join(notes))
    cases = [{"question": f"How long does the lamp called Nova{n} shine?", "truth": note}
             for n, note in enumerate(notes)]
    (cli.folder / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)))
    cli.run("index", "w.stratex", "lamps.txt")
    cli.run("cases", "w.stratex", "import", "cases.jsonl")
    cli.run("run", "w.stratex", "--strategy", "Baseline", "--strategy", "Prompt + documents")
    assert cli.json("decide", "w.stratex")["recommendation"] == "Set a goal first."
    decision = cli.json("decide", "w.stratex", "--metric", "token_f1", "--use-case",
                        "Answer customers' questions about our lamps")
    assert decision["recommendation"] == "Use Prompt + documents."
    assert decision["strength"] in ("weak", "moderate")  # 24 cases are never strong evidence
    first = decision["reasons"][0]["evidence"]
    assert first["strategies"] == ["Prompt + documents", "Baseline"] and len(first["cases"]) == 24
    assert cli.json("decide", "w.stratex") == decision  # the goal was kept
