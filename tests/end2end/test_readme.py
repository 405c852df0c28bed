"""What the documents say is true: their commands run, and the files they name are there."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.services.documents import pdf

from .conftest import ROOT, CommandLine
from .test_datasets import chat

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^strategy-explorer (.+)$", README, re.MULTILINE)


def test_its_commands_run_one_after_the_other(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = cli.folder / "Documents" / "plans"
    plans.mkdir(parents=True)
    (plans / "vision.pdf").write_bytes(pdf(["Eyeglasses are covered once in two years."]))
    examples = [chat(f"What is rule {n}?", f"Rule {n} says {n * 7}.") for n in range(12)]
    (cli.folder / "examples.jsonl").write_text("\n".join(examples) + "\n")
    assert len(COMMANDS) >= 6
    for line in COMMANDS:
        words = shlex.split(line.replace("~", str(cli.folder)))
        ended = cli.run(*words)
        assert ended.out.strip(), line


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_the_files_that_a_document_names_are_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    named = re.findall(r"`((?:desktop|tests|packaging|resources)/?[\w/.-]*)`", text)
    scripts = re.findall(r"^python3 (\S+)", text, re.MULTILINE)
    missing = [name for name in (*linked, *named, *scripts) if not (ROOT / name).exists()]
    assert named and scripts
    assert missing == []


def test_the_changelog_has_the_version() -> None:
    from desktop import __version__

    assert f"## {__version__}, " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_first_two_commands_are_those_of_bootstrap() -> None:
    blocks = re.findall(r"```\n(.+?)```", README, re.DOTALL)
    assert [block.strip() for block in blocks[:2]] == [
        "python3 packaging/bootstrap.py run", "python3 packaging/bootstrap.py test"]
