"""Set up and start Strategy Explorer on a machine that has only Python 3.11 or 3.12.

    python3 packaging/bootstrap.py run     set up once, then open the window
    python3 packaging/bootstrap.py test    the same, plus test tools, then every check and test
    python3 packaging/bootstrap.py setup   set up and stop
    python3 packaging/bootstrap.py bundle  set up, then freeze an offline bundle into `dist`

What follows `run` is passed on to the program, what follows `test` to pytest, what follows
`bundle` (`--full`, `--no-archive`) to packaging/bundle.py. Standard library only. What is done
is remembered in `.venv`, so a second start goes straight to the window. The same on Linux, macOS
and Windows (only Linux was tried).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import system_libraries  # beside this file

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_INDEX_SECONDS = 3.0
SUPPORTED = ((3, 11), (3, 12))
# pip's line for each file, such as "  Downloading numpy-2.4.6-cp311.whl (16.9 MB)".
FETCHED = re.compile(
    r"\s*(Downloading|Using cached) (?P<name>\S+) \((?P<size>[\d.]+) (?P<unit>[kMG]B)\)")
UNITS = {"kB": 0.001, "MB": 1.0, "GB": 1000.0}
# Each test process starts embedders of its own: more than four would fill small machines.
PROCESSES = min(4, os.cpu_count() or 1)
CHECKS = (
    ("ruff", ["-m", "ruff", "check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("tests", ["-m", "pytest", "-q", "-n", str(PROCESSES), "--dist", "loadfile"]),
)


class SetupFailed(Exception):
    """One sentence for the user: what, why, what next."""


def say(text: str) -> None:
    """A line of progress, at once."""
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=("run", "test", "setup", "bundle"))
    options, passed_on = parser.parse_known_args(arguments)
    try:
        require_python()
        if options.command in ("run", "test"):
            check_screen(testing=options.command == "test")
        set_up(testing=options.command == "test")
        if options.command == "run":
            return open_window(passed_on)
        if options.command == "bundle":
            return make_bundle(passed_on)
        return run_checks(passed_on) if options.command == "test" else 0
    except SetupFailed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Start the same command again to go on.", file=sys.stderr)
        return 130


def require_python() -> None:
    """Go on only under a Python the pinned versions are made for."""
    if sys.version_info[:2] in SUPPORTED:
        return
    names = [f"python{major}.{minor}" for major, minor in SUPPORTED]
    found = next((name for name in names if shutil.which(name)), None)
    first = "Start" if found else "Install one of them and start"
    raise SetupFailed(
        f"Strategy Explorer needs Python 3.11 or 3.12; this is {platform.python_version()}. "
        f"{first} this command with it: {found or names[0]} packaging/bootstrap.py run"
    )


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up(testing: bool) -> None:
    """Bring `.venv` to what this source tree needs; does nothing when it already is."""
    if stamp_of(testing=True) == wanted_stamp() or (
        not testing and stamp_of(testing=False) == wanted_stamp()
    ):
        return
    started = time.monotonic()
    say("Bringing the folder .venv up to date" if VENV.exists() else
        "Setting up Strategy Explorer: a few minutes, 600 MB to download, 2.2 GB in .venv")
    say("[1/4] Python environment in .venv")
    make_venv()
    say("[2/4] PyTorch, used once to convert the built-in model")
    install_torch()
    say("[3/4] Libraries, in the versions of packaging/constraints.txt")
    pip_install(requirements(testing))
    say("[4/4] Built-in model")
    convert_model()
    stamp_path(testing).write_text(wanted_stamp(), encoding="utf-8")
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    say(f"Set up in {minutes} min {seconds} s.")


def stamp_path(testing: bool) -> Path:
    return VENV / f".ready-{'test' if testing else 'run'}"


def stamp_of(testing: bool) -> str:
    path = stamp_path(testing)
    return path.read_text(encoding="utf-8") if path.exists() and venv_python().exists() else ""


def wanted_stamp() -> str:
    """Changes with everything that would make another environment."""
    text = CONSTRAINTS.read_text(encoding="utf-8") + "\n".join(requirements(testing=True))
    text += platform.python_version() + str(ROOT)  # a moved folder breaks a venv's scripts
    return hashlib.sha256(text.encode()).hexdigest()


def requirements(testing: bool) -> list[str]:
    wanted = [*project()["dependencies"], *extra("convert")]
    return [*wanted, *extra("test")] if testing else wanted


def extra(name: str) -> list[str]:
    found: list[str] = project()["optional-dependencies"][name]
    return found


def project() -> dict[str, Any]:
    import tomllib  # not in the Pythons that `require_python` has a sentence for

    found: dict[str, Any] = tomllib.loads(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def make_venv() -> None:
    """A usable one of this Python version stays, so that an interrupted set-up goes on."""
    if venv_python().exists():
        code = "import sys, pip; print(sys.version_info[:2])"
        found = subprocess.run([venv_python(), "-c", code], capture_output=True, text=True,
                               check=False)
        if found.stdout.strip() == str(tuple(sys.version_info[:2])):
            return
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", VENV], check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise SetupFailed(
            "The Python environment could not be made; the lines above say why. "
            f"On Debian and Ubuntu this may help: sudo apt install {name}"
        )


def pip(*arguments: str) -> list[str]:
    return [str(venv_python()), "-m", "pip", "--disable-pip-version-check", *arguments]


def pip_install(wanted: Sequence[str], *options: str) -> None:
    """Install under the constraints, telling what is fetched. Raises SetupFailed."""
    command = pip("install", "--progress-bar", "off", "-c", str(CONSTRAINTS), *options, *wanted)
    environment = {**os.environ, "PIP_CONSTRAINT": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment) as process:
        assert process.stdout is not None
        reason = tell(process.stdout)
    if process.returncode:
        raise SetupFailed(
            f"The libraries could not be installed: {reason or 'see above'}. Check the network "
            "connection and start the same command again; what is installed is kept."
        )


def tell(lines: Iterable[str]) -> str:
    """Say how far pip is, from what it prints; gives its last error."""
    megabytes, error = 0.0, ""
    for line in lines:
        if line.startswith("ERROR"):
            error = line.removeprefix("ERROR:").strip().rstrip(".")
            say(f"      {line.rstrip()}")
        elif line.startswith("Installing collected packages"):
            say(f"      Installing {line.count(',') + 1} in all; this may take a minute or two")
        elif found := FETCHED.match(line):
            name, size = found["name"], float(found["size"]) * UNITS[found["unit"]]
            megabytes += size
            if size >= 1:
                name = " ".join(name.rpartition("/")[2].split("-")[:2])
                say(f"      {name} ({size:,.0f} MB; {megabytes:,.0f} MB so far)")
    return error


def install_torch() -> None:
    """A CPU build where one can be had: on Linux the default one brings gigabytes of CUDA.

    Without its requirements: an index that has only PyTorch lacks the pinned ones.
    """
    pinned = next(line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines()
                  if line.startswith("torch=="))
    if has_torch(pinned):
        return
    if platform.system() != "Linux" or pip_offers_cpu_build(pinned):
        pip_install([pinned], "--no-deps")
    elif cpu_index_answers():
        pip_install([pinned], "--no-deps", "--index-url", CPU_INDEX)
    else:
        say("      No CPU build of PyTorch was found: fetching the default build. With its CUDA")
        say("      libraries it is about 4 GB to download and 8 GB on disk.")
        pip_install([pinned], "--no-deps")


def has_torch(pinned: str) -> bool:
    code = "import importlib.metadata as m; print(m.version('torch').split('+')[0])"
    found = subprocess.run([venv_python(), "-c", code], capture_output=True, text=True, check=False)
    return found.stdout.strip() == pinned.partition("==")[2]


def pip_offers_cpu_build(pinned: str) -> bool:
    """Whether pip, as configured on this machine, would choose a CPU wheel by itself."""
    asked = subprocess.run(
        pip("install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet",
            "--report", "-", pinned),
        capture_output=True, text=True, check=False,
    )
    try:
        metadata = json.loads(asked.stdout)["install"][0]["metadata"]
    except (ValueError, LookupError):
        return False
    needs = metadata.get("requires_dist", [])
    return not any(str(need).startswith(("nvidia-", "cuda-", "triton")) for need in needs)


def cpu_index_answers(
    opener: Callable[..., Any] = urllib.request.urlopen, seconds: float = CPU_INDEX_SECONDS
) -> bool:
    """Within `seconds` in all: a resolver that hangs knows no time-out of its own."""
    answers: list[int] = []

    def ask() -> None:
        with contextlib.suppress(Exception), opener(f"{CPU_INDEX}/torch/", timeout=seconds) as got:
            answers.append(got.status)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return answers == [200]


def convert_model() -> None:
    done = subprocess.run([venv_python(), "-m", "desktop.services.model_conversion"], cwd=ROOT,
                          check=False)
    if done.returncode:
        raise SetupFailed(
            "The built-in model could not be converted; the lines above say why. "
            "Start the same command again, or delete .venv first to begin anew."
        )


def check_screen(testing: bool) -> None:
    """Name what is missing for a window, before minutes of set-up. Raises SetupFailed."""
    if platform.system() != "Linux":
        return
    hidden = testing or os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal")
    wayland, x11 = (bool(os.environ.get(name)) for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    if not (hidden or wayland or x11):
        raise SetupFailed(
            "There is no screen to open the window on: neither DISPLAY nor WAYLAND_DISPLAY is "
            "set. Start this command from a desktop session."
        )
    command = system_libraries.missing(needs_x11=not (hidden or wayland))
    if command:
        raise SetupFailed("Qt needs system libraries that are not installed. "
                          f"{command} Then start the same command again.")


def open_window(arguments: Sequence[str]) -> int:
    say("Opening Strategy Explorer")
    with subprocess.Popen([venv_python(), "-m", "desktop", *arguments], cwd=ROOT) as window:
        while True:
            try:
                return window.wait()
            except KeyboardInterrupt:
                continue  # the window was told too, and is putting its things away


def make_bundle(arguments: Sequence[str]) -> int:
    """Freeze, try and pack; a few minutes. Raises SetupFailed."""
    if platform.system() == "Linux" and shutil.which("objdump") is None:
        raise SetupFailed(
            "PyInstaller needs objdump to see which libraries to take along. On Debian and Ubuntu: "
            "sudo apt install binutils   On Fedora: sudo dnf install binutils   "
            "Then start the same command again."
        )
    pip_install(extra("bundle"))
    say("Freezing the program: a few minutes")
    return subprocess.run([venv_python(), "packaging/bundle.py", *arguments], cwd=ROOT,
                          check=False).returncode


def run_checks(arguments: Sequence[str]) -> int:
    """All of them, also after one that failed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    failed = []
    for number, (name, command) in enumerate(CHECKS, start=1):
        say(f"[{number}/{len(CHECKS)}] {name}")
        extra = arguments if name == "tests" else ()
        if subprocess.run([venv_python(), *command, *extra], cwd=ROOT, env=environment,
                          check=False).returncode:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks and tests passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
