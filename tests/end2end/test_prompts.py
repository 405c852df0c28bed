"""`prompt` as a process: files of other tools in and out."""

from __future__ import annotations

from pathlib import Path

from tests.core.exchange.files import PROMPTFOO

from .conftest import CommandLine

KEYS = ["number", "name", "note", "starred", "created_at", "system", "examples", "template",
        "parameters"]


def test_prompts_go_in_and_out(cli: CommandLine, sample: Path) -> None:
    (cli.folder / "promptfooconfig.yaml").write_text(PROMPTFOO)
    took = cli.json("prompt", sample, "import", "promptfooconfig.yaml")
    assert (len(took["imported"]), took["cases"]) == (3, 6)
    assert {"what": "provider openai:gpt-4.1-mini",
            "why": "Choose the model of a column instead"} in took["skipped"]
    listed = cli.json("prompt", sample, "list")
    assert all(list(each) == KEYS for each in listed)
    assert listed[-3:] == took["imported"]
    assert cli.json("prompt", sample, "export", "chat", "out.prompty")["exported"] == "out.prompty"
    assert (cli.folder / "out.prompty").read_text().endswith("user:\n{{question}}\n")
    said = cli.run("prompt", sample, "export", "none such", "out.json", code=1).err
    assert said.startswith('There is no prompt version "none such". Choose from: ')


def test_experiments_say_what_they_take_and_what_they_showed(
    cli: CommandLine, sample: Path
) -> None:
    took = cli.json("sweep", sample, "--set", "temperature=0,1", "--prompt", "1", "--estimate")
    assert took["calls"] > 0 and took["calls"] % 2 == 0 and took["cost"] == 0
    found = cli.json("examples", sample, "--limit", "10")
    assert list(found) == ["run", "strategy", "prompt", "metric", "score", "text", "examples"]
    assert found["examples"] and {each["verdict"] for each in found["examples"]} <= {
        "helps", "harms", "no difference shown"}
    said = cli.run("sweep", sample, "--prompt", "1", code=1).err
    assert said.startswith("There is only one combination")
