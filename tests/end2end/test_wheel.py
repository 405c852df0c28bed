"""The program as `pip install .` leaves it: a command, with its resources inside the package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("desktop", "resources", "setup.py", "pyproject.toml", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
NETLESS = ("--no-deps", "--no-index")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, because setuptools leaves its workings beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    subprocess.run([*PIP, "wheel", *NETLESS, "--no-build-isolation", "-w", "out", "."],
                   cwd=folder, check=True, timeout=120)
    return next((folder / "out").glob("strategy_explorer-*.whl"))


def test_everything_needed_is_in_it_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("desktop/")}
        everything = archive.namelist()
    assert {name.partition("/")[0] for name in everything} == {
        "desktop", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "desktop").rglob("*.py")}
    resources = {
        f"desktop/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and path.name != ".gitattributes"
        and path.parent.parent.name != "samples"
    }
    assert inside == modules | resources


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, in an environment that borrows this one's libraries and model."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    names = {"base": str(folder), "platbase": str(folder), "installed_base": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=names))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    model = Path(sys.prefix, "share", "strategy-explorer")
    if model.exists():
        (folder / "share").mkdir()
        (folder / "share" / "strategy-explorer").symlink_to(model)
    scripts = Path(sysconfig.get_path("scripts", "venv", vars=names))
    python = scripts / Path(sys.executable).name
    subprocess.run([*PIP, "--python", str(python), "install", *NETLESS, str(wheel)],
                   check=True, timeout=120)
    return scripts / "strategy-explorer"


def run(command: Path, *arguments: str, cwd: Path) -> object:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [command, *arguments, "--data-dir", str(cwd / "data")], cwd=cwd, env=environment,
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def test_the_command_works_in_another_folder(command: Path, tmp_path: Path) -> None:
    made = run(command, "new", "x.stratex", "--sample", "benefits", "--json", cwd=tmp_path)
    assert made == {"workspace": "x.stratex"}
    found = run(command, "search", "x.stratex", "Are eyeglasses covered?", "--json",
                cwd=tmp_path)
    assert isinstance(found, dict)
    assert found["hits"][0]["document"] == "Vision_and_Hearing_2026.pdf"
