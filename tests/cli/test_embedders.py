"""`embedder` and `cross-encoder`, in this process, against the emulator."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from desktop.cli import main
from tests.servers.azure import AzureEmulator


class Commands:
    """Runs commands and reads their JSON."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.said = ""

    def run(self, *words: str, code: int = 0) -> Any:
        assert main([*words, "--json"]) == code
        out, self.said = self.capsys.readouterr()
        return json.loads(out) if out.strip() else None


@pytest.fixture
def commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Commands:
    monkeypatch.setenv("STRATEGY_EXPLORER_DATA_DIR", str(tmp_path / "data"))
    return Commands(tmp_path, capsys)


def test_a_deployment_is_checked_used_and_remembered(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other = str(tmp_path / "a.stratex"), str(tmp_path / "b.stratex")
    with AzureEmulator() as server:
        monkeypatch.setenv("EMBED_KEY", server.key)
        commands.run("new", file, "--sample", "benefits")
        commands.run("connection", "add", "work", "--kind", "azure", "--endpoint", server.url,
                     "--key-env", "EMBED_KEY", "--deployment", "embed",
                     "--model", "text-embedding-3-small")
        found = commands.run("embedder", file, "check", "work/embed", "--dimensions", "64")
        assert found["to_embed"] == found["chunks"] == 23 and found["tokens"] > 1_000
        assert found["id"] == "text-embedding-3-small:64" and found["cost"] == 0  # this machine
        used = commands.run("embedder", file, "use", "work/embed", "--dimensions", "64")
        assert used["embedded"] == used["chunks"] == 23 and used["current"]
        rows = commands.run("embedder", file, "list")
        assert [row["kind"] for row in rows if row["current"]] == ["service"]
        assert {row["name"]: row["embedded"] for row in rows} == {
            "embed at work, 64 dimensions": 23, "all-MiniLM-L6-v2 (built in)": 23,
            "embed at work": 0}
        asked = len(server.requests)
        hits = commands.run("search", file, "Are eyeglasses covered?")["hits"]
        assert hits and hits[0]["dense_rank"] and len(server.requests) == asked + 1
        shutil.copy(file, other)
        hits = commands.run("search", other, "Are eyeglasses covered?")["hits"]
        assert hits and hits[0]["dense_rank"] is None and len(server.requests) == asked + 1
        assert commands.said.startswith("Searched by words only. ")


def test_what_cannot_be_used_is_one_sentence(commands: Commands, tmp_path: Path) -> None:
    file = str(tmp_path / "a.stratex")
    commands.run("new", file)
    for model, words in (("nothing", "names no embedding model"),
                         (str(tmp_path / "gone"), "folder is not on this machine"),
                         ("work/embed", "connection work is not on this machine")):
        assert commands.run("embedder", file, "use", model, code=1) is None
        assert words in commands.said and "Traceback" not in commands.said
    assert commands.run("cross-encoder") == {"cross_encoder": None}
