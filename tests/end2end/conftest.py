"""The program as its user starts it: a process, with a data folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_QT = 'raise ImportError("a command must not need Qt")\n'


@dataclass(frozen=True)
class Ended:
    """What a process left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class CommandLine:
    """Runs `python -m desktop` in a folder where importing Qt fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        without_qt = folder / "without-qt" / "PySide6"
        without_qt.mkdir(parents=True)
        (without_qt / "__init__.py").write_text(NO_QT)
        inherited = {name: value for name, value in os.environ.items()
                     if name != "PYTHONDONTWRITEBYTECODE"}  # hundreds of modules, every time
        self.environment = {
            **inherited,
            "PYTHONPATH": os.pathsep.join([str(without_qt.parent), str(ROOT)]),
            "PYTHONIOENCODING": "utf-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def words(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "desktop", *map(str, arguments), "--data-dir",
                str(self.data)]

    def run(self, *arguments: object, code: int = 0,
            environment: Mapping[str, str] | None = None) -> Ended:
        """Fails unless it ends with `code`, and with one line on stderr where that is 1."""
        done = subprocess.run(
            self.words(*arguments), cwd=self.folder, capture_output=True, encoding="utf-8",
            env={**self.environment, **(environment or {})}, timeout=60, check=False,
        )
        ended = Ended(done.returncode, done.stdout, done.stderr)
        assert ended.code == code, ended
        assert "Traceback" not in ended.err, ended
        assert code == 2 or len(ended.err.splitlines()) <= 1, ended
        return ended

    def json(self, *arguments: object, code: int = 0) -> Any:
        return self.run(*arguments, "--json", code=code).json


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample workspace, made by the program itself."""
    command_line = CommandLine(tmp_path_factory.mktemp("sample"))
    command_line.run("new", "sample.stratex", "--sample", "benefits")
    return command_line.folder / "sample.stratex"


@pytest.fixture
def sample(cli: CommandLine, sample_file: Path) -> Path:
    """A copy of the sample workspace."""
    return Path(shutil.copy(sample_file, cli.folder / "benefits.stratex"))
