"""`cases` and `run` as a user types them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.end2end.calls import serving
from tests.end2end.conftest import CommandLine

CASES = [
    {"question": "Are glasses covered?", "truth": "One pair.[Vision.pdf#page=4]"},
    {"question": "Is laser surgery?", "truth": "No."},
]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_cases_in_and_out(cli: CommandLine, tmp_path: Path) -> None:
    cli.run("new", "w.stratex")
    file = write(tmp_path / "cases.jsonl", [*CASES, {"truth": "no question"}])
    read = cli.json("cases", "w.stratex", "import", file)
    assert read["imported"] == 2
    assert [each["line"] for each in read["skipped"]] == [3]
    assert cli.json("cases", "w.stratex", "import", file)["imported"] == 0
    assert cli.json("cases", "w.stratex", "export", "out.jsonl") == {"exported": 2}
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert (first["truth"], first["source"]) == ("One pair.", ["Vision.pdf#page=4"])
    (tmp_path / "odd.csv").write_text("Frage,Antwort\nWarum?,Darum.\n")
    mapped = cli.json("cases", "w.stratex", "import", "odd.csv", "--column", "question=Frage",
                      "--column", "truth=Antwort")
    assert mapped == {"imported": 1, "skipped": []}
    cli.run("cases", "w.stratex", "import", file, "--column", "nothing=x", code=2)


def test_a_run_asks_once_for_each_cell_and_says_what_failed(
    cli: CommandLine, tmp_path: Path
) -> None:
    cli.run("new", "w.stratex")
    assert "no cases" in cli.run("run", "w.stratex", code=1).err
    assert "no run" in cli.run("run", "w.stratex", "--resume", code=1).err
    cli.run("cases", "w.stratex", "import", write(tmp_path / "cases.jsonl", CASES))
    with serving(0.01) as calls:
        cli.run("connection", "add", "here", "--kind", "openai", "--endpoint", calls.url,
                "--deployment", "mini")
        for name in ("A", "B"):
            cli.run("strategy", "w.stratex", "add", name, "--model", "here/mini")
        done = cli.json("run", "w.stratex", "--strategy", "A", "--strategy", "B")
        assert Counter(question for question, *_ in calls.log()) == {
            case["question"]: 2 for case in CASES
        }
        assert cli.json("run", "w.stratex", "--resume") == done, "nothing is left to ask"
    assert (done["cells"], done["failed"], done["filtered"]) == (4, 0, 0)
    first = done["strategies"][0]
    assert (first["name"], first["n"]) == ("A", 2)
    assert set(first["metrics"]["token_f1"]) == {"mean", "low", "high"}
    assert first["latency"]["p95"] >= first["latency"]["p50"] > 0
    compared = done["comparisons"][0]
    assert {"a", "b", "metric", "difference", "low", "high", "p_value", "n"} <= set(compared)
    write(tmp_path / "more.jsonl", [{"question": "And contact lenses?"}])
    cli.run("cases", "w.stratex", "import", "more.jsonl")
    failed = cli.json("run", "w.stratex", "--strategy", "A", code=1)
    assert (failed["cells"], failed["failed"]) == (3, 1), "the others are remembered"
    with serving(0.01) as calls:
        cli.run("connection", "remove", "here")
        cli.run("connection", "add", "here", "--kind", "openai", "--endpoint", calls.url,
                "--deployment", "mini")
        mended = cli.json("run", "w.stratex", "--retry-failed")
        assert [question for question, *_ in calls.log()] == ["And contact lenses?"]
    assert (mended["run"], mended["cells"], mended["failed"]) == (failed["run"], 3, 0)
