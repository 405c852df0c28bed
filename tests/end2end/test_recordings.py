"""`record` and `replay` as a user types them, on a machine that has neither server nor key."""

from __future__ import annotations

from pathlib import Path

from tests.end2end.calls import serving
from tests.end2end.conftest import CommandLine
from tests.end2end.test_evaluate import CASES, write

CANARY = "canary-recording-key"


def test_a_run_is_recorded_and_replayed_without_its_server(
    cli: CommandLine, tmp_path: Path
) -> None:
    cli.run("new", "w.stratex")
    assert "nothing to record" in cli.run("record", "w.stratex", "r.stratex", code=1).err
    assert "no run to replay" in cli.run("replay", "w.stratex", code=1).err
    cli.run("cases", "w.stratex", "import", write(tmp_path / "cases.jsonl", CASES))
    with serving(0.3) as calls:
        cli.environment["CANARY"] = CANARY
        cli.run("connection", "add", "here", "--kind", "openai", "--endpoint", calls.url,
                "--key-env", "CANARY", "--deployment", "mini")
        for name in ("A", "B"):
            cli.run("strategy", "w.stratex", "add", name, "--model", "here/mini")
        chosen = ("--strategy", "A", "--strategy", "B")
        done = cli.json("run", "w.stratex", *chosen)
        asked = len(calls.log())
    before = (tmp_path / "w.stratex").read_bytes()
    made = cli.json("record", "w.stratex", "r.stratex")
    assert (made["recorded"], made["questions"], made["runs"]) == ("r.stratex", 2, 1)
    assert (tmp_path / "w.stratex").read_bytes() == before
    content = (tmp_path / "r.stratex").read_bytes()
    for secret in (CANARY, calls.url, str(tmp_path)):
        assert secret.encode() not in content
    assert asked == 4

    cli.data = tmp_path / "elsewhere"  # another machine: no connection of that name
    replayed = cli.json("replay", "r.stratex")
    assert replayed.pop("recorded") is True
    assert replayed == done
    slow = cli.run("replay", "r.stratex", "--speed", "original")
    assert "Recorded answers" in slow.out
    cli.run("replay", "r.stratex", "--speed", "warp", code=2)
    answers = cli.json("ask", "r.stratex", CASES[0]["question"], *chosen)["answers"]
    assert [(each["recorded"], each["error"]) for each in answers] == [(True, None)] * 2
    assert answers[0]["seconds"] >= 0.3, "the time of the recording, not of the replay"
    other = cli.json("ask", "r.stratex", "What is new?", *chosen, code=1)["answers"][0]
    assert "was not recorded" in other["error"]
    assert "recorded" not in other
    again = cli.json("run", "r.stratex", *chosen)
    assert (again["failed"], again["recorded"]) == (0, True)
    assert again["strategies"][0]["latency"] == done["strategies"][0]["latency"]
