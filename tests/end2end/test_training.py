"""`train` as a process, against a real server, also killed between its steps."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.authoring import Authoring
from tests.servers.azure import AzureEmulator
from tests.services.tuning_helpers import MODEL, rows

from .conftest import CommandLine


@pytest.fixture(scope="module")
def running() -> Iterator[AzureEmulator]:
    with AzureEmulator() as server:
        yield server


@pytest.fixture(scope="module")
def made(running: AzureEmulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace `w.stratex`, a connection `work`, and `train.jsonl`."""
    cli = CommandLine(tmp_path_factory.mktemp("training"))
    cli.run("new", "w.stratex")
    cli.run("connection", "add", "work", "--kind", "azure", "--endpoint", running.url,
            "--key-env", "WORK_KEY")
    (cli.folder / "train.jsonl").write_bytes(distinct(60))
    return cli.folder


@pytest.fixture
def server(running: AzureEmulator) -> AzureEmulator:
    running.authoring = Authoring(running.scenario)
    return running


@pytest.fixture
def ready(cli: CommandLine, server: AzureEmulator, made: Path) -> CommandLine:
    """A copy of what was made."""
    cli.environment["WORK_KEY"] = server.key
    shutil.copytree(made / "data", cli.data)
    for name in ("w.stratex", "train.jsonl"):
        shutil.copy(made / name, cli.folder)
    return cli


def distinct(count: int) -> bytes:
    """Examples that no check finds fault with."""
    lines = []
    for number in range(count):
        question = f"What does rule number {number} of the plan say about {number * 7} days?"
        lines.append(json.dumps({"messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": f"Rule {number} grants {number * 7} days."}]}))
    return "\n".join(lines).encode() + b"\n"


def submit(*more: object) -> list[object]:
    return ["train", "submit", "w.stratex", "train.jsonl", "--connection", "work", "--model",
            MODEL, "--suffix", "rules", *more]


def test_from_file_to_trained_model(ready: CommandLine, server: AzureEmulator) -> None:
    (ready.folder / "held.jsonl").write_bytes(distinct(75)[-1500:].partition(b"\n")[2])
    begun = ready.json(*submit("--validation", "held.jsonl", "--epochs", 3))
    assert begun["job"].startswith("ftjob-")
    assert begun["status"] == "pending"
    assert set(begun) >= {"job", "status", "model", "events", "metrics"}
    [body] = server.authoring.bodies
    assert body["method"] == {"type": "supervised", "supervised": {
        "hyperparameters": {"n_epochs": 3}}}
    assert server.authoring.files[body["training_file"]].content.startswith(b"\xef\xbb\xbf")
    assert ready.json("train", "status", "w.stratex")["status"] == "pending"
    done = ready.json("train", "watch", "w.stratex", begun["job"])
    assert done["status"] == "succeeded"
    assert done["model"].endswith("-rules")
    assert len(done["metrics"]) == 60
    assert {"step", "train_loss", "train_accuracy"} <= set(done["metrics"][0])
    assert done["events"][-1]["message"].startswith("Training tokens billed")
    assert ready.json(*submit("--validation", "held.jsonl", "--epochs", 3))["job"] == begun["job"]
    assert len(server.authoring.jobs) == 1


def test_pause_resume_cancel(ready: CommandLine, server: AzureEmulator) -> None:
    ready.json(*submit())
    for _ in range(2):
        ready.json("train", "status", "w.stratex")
    assert ready.json("train", "pause", "w.stratex")["status"] == "pausing"
    assert ready.json("train", "status", "w.stratex", "rules")["status"] == "paused"
    assert ready.json("train", "resume", "w.stratex")["status"] == "resuming"
    assert ready.json("train", "cancel", "w.stratex")["status"] == "cancelled"
    ended = ready.run("train", "pause", "w.stratex", code=1)
    assert "cancelled already" in ended.err


@pytest.mark.parametrize("moment", ["after POST /files", "after POST /fine_tuning/jobs"])
def test_killed_between_the_steps_nothing_is_sent_twice(
    ready: CommandLine, server: AzureEmulator, moment: str
) -> None:
    process = subprocess.Popen(
        ready.words(*submit()), cwd=ready.folder, env=ready.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(reached: str) -> None:
        if reached == moment:
            process.kill()
            process.wait()

    server.authoring.told = kill
    assert process.wait(60) == -9
    server.authoring.told = lambda reached: None
    job = ready.json(*submit())["job"]
    assert list(server.authoring.jobs) == [job]
    assert sum(file.purpose == "fine-tune" for file in server.authoring.files.values()) == 1


def test_a_file_with_errors_is_not_sent(ready: CommandLine, server: AzureEmulator) -> None:
    (ready.folder / "train.jsonl").write_bytes(rows(12) + b'{"messages": []}\n')
    ended = ready.run(*submit(), code=1)
    assert "Line 13" in ended.err and "nothing was sent" in ended.err
    assert not server.authoring.files


def test_what_is_evaluated_is_not_trained_on(ready: CommandLine, server: AzureEmulator) -> None:
    case = {"question": "What does rule number 7 of the plan say about 49 days?",
            "truth": "It grants 49 days."}
    (ready.folder / "cases.jsonl").write_text(json.dumps(case))
    ready.run("cases", "w.stratex", "import", "cases.jsonl")
    ended = ready.run(*submit(), code=1)
    assert "nothing was sent" in ended.err
    assert not server.authoring.files


def test_what_cannot_be_says_why_and_what_next(ready: CommandLine) -> None:
    assert "Connections" in ready.run(*submit("--connection", "nowhere"), code=1).err
    assert "train submit" in ready.run("train", "status", "w.stratex", code=1).err


def test_a_failed_job_explains_itself(ready: CommandLine, server: AzureEmulator) -> None:
    ready.json(*submit("--model", "gpt-4.1-mini-unsafe-data"))
    found: dict[str, Any] = ready.json("train", "watch", "w.stratex", code=1)
    assert found["status"] == "failed"
    assert "hate, violence" in found["error"]
