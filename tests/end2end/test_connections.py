"""`connection` as a process, against a server that speaks like Azure OpenAI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import ANSWER

from .conftest import CommandLine

KEYS = ["name", "kind", "endpoint", "deployments"]
VARIABLE = "BENEFITS_TEAM_KEY"


@pytest.fixture
def server() -> Iterator[AzureEmulator]:
    with AzureEmulator() as running:
        yield running


def add(cli: CommandLine, server: AzureEmulator, *deployments: str) -> None:
    words = [word for name in deployments for word in ("--deployment", name)]
    cli.run("connection", "add", "work", "--kind", "azure", "--endpoint", server.url,
            "--key-env", VARIABLE, *words)


def test_a_connection_from_adding_to_removing(cli: CommandLine, server: AzureEmulator) -> None:
    added = cli.json(
        "connection", "add", "work", "--kind", "azure", "--endpoint", server.url,
        "--key-env", VARIABLE, "--deployment", "gpt-mini", "--model", "gpt-4.1-mini",
        "--deployment", "gone")
    assert list(added) == KEYS
    assert added["deployments"] == [{"name": "gpt-mini", "model": "gpt-4.1-mini"},
                                    {"name": "gone", "model": ""}]
    listed = cli.json("connection", "list")
    assert [row["name"] for row in listed] == ["Built-in (offline)", "work"]
    assert listed[1] == added

    tested = cli.run("connection", "test", "work", "--json", code=1,
                     environment={VARIABLE: server.key}).json
    assert list(tested) == ["name", "ok", "deployments"]
    assert (tested["name"], tested["ok"]) == ("work", False)
    good, gone = tested["deployments"]
    assert good == {"name": "gpt-mini", "ok": True, "problem": None}
    assert (gone["name"], gone["ok"]) == ("gone", False)
    assert "gone" in gone["problem"]

    assert cli.json("connection", "remove", "work") == {"removed": "work"}
    assert len(cli.json("connection", "list")) == 1
    assert "There is no connection named work" in cli.run(
        "connection", "remove", "work", code=1).err


def test_the_key_is_used_and_nowhere_kept(
    cli: CommandLine, server: AzureEmulator, sample: Path
) -> None:
    add(cli, server, "gpt-mini")
    environment = {VARIABLE: server.key}
    printed = [
        cli.run("connection", "test", "work", environment=environment),
        cli.run("strategy", sample, "add", "GPT", "--model", "work/gpt-mini",
                environment=environment),
        cli.run("ask", sample, "Are eyeglasses covered?", "--strategy", "GPT", "--json",
                environment=environment),
        cli.run("connection", "list", "--json", environment=environment),
    ]
    answer = printed[2].json["answers"][0]
    assert (answer["text"], answer["error"]) == (ANSWER, None)
    assert answer["citations"] == []  # it was given no passages
    assert server.requests
    asked = [request for request in server.requests if request.api != "?"]
    assert all(request.key_ok for request in asked)  # reaching a server takes no key
    assert all(server.key not in ended.out + ended.err for ended in printed)
    files = [path for path in cli.folder.rglob("*") if path.is_file()]
    assert len(files) > 2
    assert [path for path in files if server.key.encode() in path.read_bytes()] == []


def test_a_failing_column_costs_no_other(
    cli: CommandLine, server: AzureEmulator, sample: Path
) -> None:
    add(cli, server, "gpt-mini")
    cli.run("strategy", sample, "add", "GPT", "--model", "work/gpt-mini")
    wrong = {VARIABLE: "not-the-key"}
    asked = cli.run("ask", sample, "Are eyeglasses covered?", "--json", environment=wrong).json
    failed = asked["answers"][-1]
    assert "key" in failed["error"]
    assert failed["text"] == ""
    assert [answer["error"] for answer in asked["answers"][:-1]] == [None] * 3
    cli.run("ask", sample, "Anything?", "--strategy", "GPT", code=1, environment=wrong)
    unset = cli.run("ask", sample, "Anything?", "--strategy", "GPT", code=1)
    assert f"the variable {VARIABLE} is not set" in unset.out


def test_addresses_that_cannot_be_used(cli: CommandLine) -> None:
    add = ("connection", "add", "work", "--kind")
    for arguments, words in (
        (("azure",), "The endpoint is empty"),
        (("azure", "--endpoint", "http://example.com"), "unencrypted"),
        (("builtin",), "always there"),
        (("openai", "--endpoint", "https://user:pw@example.com"), ""),
    ):
        assert words in cli.run(*add, *arguments, code=1).err
    assert len(cli.json("connection", "list")) == 1
    assert cli.json("connection", "test", "builtin")["ok"] is True


def test_embeddings_are_tested_too_and_a_wrong_key_is_everyones_problem(
    cli: CommandLine, server: AzureEmulator
) -> None:
    add(cli, server, "gpt-mini", "embed")
    tested = cli.run("connection", "test", "work", "--json",
                     environment={VARIABLE: server.key}).json
    assert [row["ok"] for row in tested["deployments"]] == [True, True]
    wrong = cli.run("connection", "test", "work", "--json", code=1,
                    environment={VARIABLE: "canary-wrong-key"})
    assert ["refused the key" in row["problem"] for row in wrong.json["deployments"]] == [True] * 2
    assert "canary-wrong-key" not in wrong.out + wrong.err


def test_the_doctor_finds_what_is_wrong(cli: CommandLine, server: AzureEmulator) -> None:
    good = f"curl {server.url}/openai/v1/chat/completions -H 'api-key: {server.key}' " \
           "-d '{\"model\": \"gpt-mini\"}'"
    file = cli.folder / "call.txt"
    file.write_text(good)
    fine = cli.run("doctor", file, "--json")
    assert fine.json == {"resource": server.url.removeprefix("http://"), "api": "openai",
                         "deployment": "gpt-mini", "problems": []}
    assert server.key not in fine.out + fine.err
    add(cli, server, "gpt-mini", "gone")
    asked = cli.run("doctor", "", "--connection", "work", "--json", code=1,
                    environment={VARIABLE: server.key}).json
    assert asked["api"] == "v1"
    assert [list(problem) for problem in asked["problems"]] == [["what", "why", "fix"]]
    assert "no deployment named gone" in asked["problems"][0]["what"]
    error = cli.run("doctor", '{"error":{"code":"DeploymentNotFound","message":"x"}}', code=1)
    assert "Fix: Compare the name" in error.out
