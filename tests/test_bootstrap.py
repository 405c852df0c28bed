"""The set-up command, without a network and without setting anything up."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CPU_WHEEL = {"name": "torch", "version": "2.13.0+cpu", "requires_dist": ["filelock", "sympy"]}
CUDA_WHEEL = {"name": "torch", "version": "2.13.0",
              "requires_dist": ["filelock", 'nvidia-cublas==13.0; platform_system == "Linux"']}


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """A fresh copy of the module that believes in an empty `.venv`, on Linux."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "packaging/bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module.platform, "system", lambda: "Linux")
    return module


# --- which Python, which libraries ------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 13, 0)])
def test_another_python_is_told_which_to_take(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", version)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: name == "python3.12" or None)
    assert bootstrap.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or 3.12" in said
    assert said.endswith("Start this command with it: python3.12 packaging/bootstrap.py run\n")


def test_it_can_be_read_by_a_python_without_tomllib() -> None:
    code = ("import sys; sys.modules['tomllib'] = None; sys.path.insert(0, 'packaging'); "
            "import bootstrap")
    subprocess.run([sys.executable, "-B", "-c", code], cwd=ROOT, check=True)


def test_missing_libraries_are_named_for_two_families(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(bootstrap.system_libraries, "loads",
                        lambda name: "cursor" not in name and "EGL" not in name)
    with pytest.raises(bootstrap.SetupFailed) as caught:
        bootstrap.check_screen(testing=False)
    assert "sudo apt install libegl1 libxcb-cursor0 " in str(caught.value)
    assert "sudo dnf install libglvnd-egl xcb-util-cursor " in str(caught.value)
    with pytest.raises(bootstrap.SetupFailed) as caught:
        bootstrap.check_screen(testing=True)  # offscreen: nothing of X11
    assert "sudo apt install libegl1  " in str(caught.value)


def test_no_screen_is_told_before_anything_is_set_up(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert bootstrap.main(["run"]) == 1
    assert "no screen" in capsys.readouterr().err
    assert not bootstrap.VENV.exists()


# --- what is installed ------------------------------------------------------------------


def test_requirements_are_those_of_pyproject(bootstrap: ModuleType) -> None:
    running = bootstrap.requirements(testing=False)
    assert any(each.startswith("PySide6-Essentials") for each in running)
    assert any(each.startswith("torch") for each in running)
    assert not any(each.startswith("pytest") for each in running)
    assert set(running) < set(bootstrap.requirements(testing=True))


def test_every_requirement_is_pinned_and_no_index_is_named(bootstrap: ModuleType) -> None:
    text = bootstrap.CONSTRAINTS.read_text(encoding="utf-8")
    pinned = {normal(line.partition("==")[0]) for line in text.splitlines() if "==" in line}
    wanted = {normal(name_of(each)) for each in bootstrap.requirements(testing=True)}
    assert wanted <= pinned
    assert "torch==2.13.0" in text.splitlines()
    assert "://" not in text and "--" not in text


def normal(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")


def name_of(requirement: str) -> str:
    return next(requirement[:i] for i, sign in enumerate(requirement) if sign in "<>=!~[; ")


def test_a_second_start_touches_nothing(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python = bootstrap.venv_python()
    python.parent.mkdir(parents=True)
    python.touch()
    done: list[str] = []
    for step in ("make_venv", "install_torch", "convert_model"):
        monkeypatch.setattr(bootstrap, step, lambda step=step: done.append(step))
    monkeypatch.setattr(bootstrap, "pip_install", lambda wanted: done.append(" ".join(wanted)))
    monkeypatch.setattr(bootstrap, "requirements", lambda testing: ["qt"] + ["pytest"] * testing)

    bootstrap.set_up(testing=False)
    assert [done[0], done[1], done[3]] == ["make_venv", "install_torch", "convert_model"]
    assert "[4/4]" in capsys.readouterr().out
    bootstrap.set_up(testing=False)
    assert len(done) == 4
    bootstrap.set_up(testing=True)  # the test tools are still missing
    assert len(done) == 8
    assert (done[2], done[6]) == ("qt", "qt pytest")
    bootstrap.set_up(testing=False)
    bootstrap.set_up(testing=True)
    assert len(done) == 8
    monkeypatch.setattr(bootstrap, "ROOT", ROOT / "moved")  # a venv does not move with its folder
    bootstrap.set_up(testing=False)
    assert len(done) == 12


# --- PyTorch without gigabytes ----------------------------------------------------------


@pytest.mark.parametrize(("local", "index", "expected"), [
    (CPU_WHEEL, False, ("torch==2.13.0", "--no-deps")),
    (CUDA_WHEEL, True, ("torch==2.13.0", "--no-deps", "--index-url", "CPU")),
    (CUDA_WHEEL, False, ("torch==2.13.0", "--no-deps")),
    (None, True, ("torch==2.13.0", "--no-deps", "--index-url", "CPU")),
])
def test_the_source_of_torch(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    local: dict[str, Any] | None, index: bool, expected: tuple[str, ...],
) -> None:
    def run(command: Sequence[str], **options: Any) -> SimpleNamespace:
        report = json.dumps({"install": [{"metadata": local}]}) if local else "no such thing"
        return SimpleNamespace(stdout=report if "--dry-run" in command else "", returncode=0)

    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    monkeypatch.setattr(bootstrap, "CPU_INDEX", "CPU")
    monkeypatch.setattr(bootstrap, "cpu_index_answers", lambda: index)
    monkeypatch.setattr(bootstrap, "pip_install",
                        lambda wanted, *options: installed.append((*wanted, *options)))
    bootstrap.install_torch()
    assert installed == [expected]
    assert ("4 GB" in capsys.readouterr().out) == (local is not CPU_WHEEL and not index)


def test_the_cpu_index_must_answer_in_time(bootstrap: ModuleType) -> None:
    asked: list[str] = []
    never = threading.Event()

    class Answer:
        status = 200

        def __enter__(self) -> Answer:
            return self

        def __exit__(self, *error: object) -> None: ...

    def opens(url: str, timeout: float) -> Answer:
        asked.append(url)
        return Answer()

    def refuses(url: str, timeout: float) -> Answer:
        raise OSError("no route")

    def hangs(url: str, timeout: float) -> Answer:
        never.wait(10)
        raise OSError

    assert bootstrap.cpu_index_answers(opens)
    assert asked == [f"{bootstrap.CPU_INDEX}/torch/"]
    assert not bootstrap.cpu_index_answers(refuses)
    assert not bootstrap.cpu_index_answers(hangs, seconds=0.05)
    never.set()


# --- what is said -----------------------------------------------------------------------


def test_pips_lines_become_progress(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    error = bootstrap.tell([
        "Collecting numpy",
        "  Downloading http://localhost/a/numpy-2.4.6-cp311-linux.whl.metadata (60 kB)",
        "Downloading http://localhost/a/numpy-2.4.6-cp311-linux.whl (16.9 MB)",
        "  Using cached torch-2.13.0-cp311.whl (1.1 GB)",
        "Installing collected packages: numpy, torch",
        "ERROR: Could not find a version of lxml.",
    ])
    assert error == "Could not find a version of lxml"
    assert capsys.readouterr().out.splitlines() == [
        "      numpy 2.4.6 (17 MB; 17 MB so far)",
        "      torch 2.13.0 (1,100 MB; 1,117 MB so far)",
        "      Installing 2 in all; this may take a minute or two",
        "      ERROR: Could not find a version of lxml.",
    ]


def test_a_failed_installation_says_why_and_what_next(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "pip", lambda *arguments: [
        sys.executable, "-c", "print('ERROR: No matching distribution found for lxml==6.1.3'); "
        "raise SystemExit(1)"])
    with pytest.raises(bootstrap.SetupFailed, match=r"lxml==6\.1\.3\. Check the network"):
        bootstrap.pip_install(["lxml"])


def test_what_follows_is_passed_on(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "open_window", lambda words: ran.append(words) or 0)
    monkeypatch.setattr(bootstrap, "check_screen", lambda testing: None)
    monkeypatch.setattr(bootstrap, "set_up", lambda testing: None)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **options: (
        ran.append([str(word) for word in command[1:]]), SimpleNamespace(returncode=0))[1])
    assert bootstrap.main(["run", "a.stratex", "--data-dir", "x"]) == 0
    assert ran == [["a.stratex", "--data-dir", "x"]]
    assert bootstrap.main(["test", "-q", "-k", "worker"]) == 0
    assert ran[-1][-3:] == ["-q", "-k", "worker"]
    assert len(ran) == 4


def test_all_checks_run_even_when_the_first_fails(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = iter([1, 0, 1])
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **options: (
        SimpleNamespace(returncode=next(codes))))
    assert bootstrap.run_checks([]) == 1
    assert capsys.readouterr().out.endswith("Failed: ruff, tests\n")
