"""A run stops at the user's limit: its JSON is printed, the sentence says how to go on."""

from __future__ import annotations

import json

from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import Deployed, Reply, Scenario

from .conftest import CommandLine

VARIABLE = "BENEFITS_TEAM_KEY"


def test_a_run_stops_at_the_limit_and_goes_on(cli: CommandLine) -> None:
    long = Reply(text="word " * 3000)
    with AzureEmulator(Scenario({"gpt-mini": Deployed(does=(long,))})) as server:
        environment = {VARIABLE: server.key}
        sample = cli.folder / "six.stratex"
        cli.run("new", sample)
        cli.run("connection", "add", "work", "--kind", "azure", "--endpoint", server.url,
                "--key-env", VARIABLE, "--deployment", "gpt-mini", "--model", "gpt-4.1-mini")
        cli.run("strategy", sample, "add", "GPT", "--model", "work/gpt-mini")
        file = cli.data / "settings.json"
        settings = json.loads(file.read_text())
        file.write_text(json.dumps(settings | {"limit_run": 0.02}))
        cases = cli.folder / "cases.jsonl"
        cases.write_text("".join(json.dumps({"question": f"q{n}", "truth": "a"}) + "\n"
                                 for n in range(6)))
        cli.run("cases", sample, "import", cases)
        stopped = cli.run("run", sample, "--strategy", "GPT", "--concurrency", "1", "--json",
                          code=1, environment=environment)
        assert "limit of $0.02 for this run would be passed" in stopped.err
        assert "--resume" in stopped.err
        assert 0 < stopped.json["strategies"][0]["n"] < 6
        sent = len(server.requests)
        file.write_text(json.dumps(json.loads(file.read_text()) | {"limit_run": None}))
        done = cli.run("run", sample, "--resume", "--json", environment=environment)
        assert done.json["strategies"][0]["n"] == done.json["cells"]
        assert len(server.requests) > sent
