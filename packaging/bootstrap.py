"""Set up and start Strategy Explorer on a machine that has only Python 3.11 or 3.12.

    python3 packaging/bootstrap.py run    set up once, then open the window
    python3 packaging/bootstrap.py test   the same, plus test tools, then every check and test

Standard library only. What is done is remembered in `.venv`, so a second start goes
straight to the window. Works the same on Linux, macOS and Windows (only Linux was tried).
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
SUPPORTED = ((3, 11), (3, 12))
CHECKS = (
    ("ruff", ["-m", "ruff", "check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("tests", ["-m", "pytest", "-q"]),
)
# Library -> (Debian and Ubuntu package, Fedora package). Qt's wheels bring all but these.
SYSTEM_LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
}


class SetupFailed(Exception):
    """One sentence for the user: what, why, what next."""


def say(text: str) -> None:
    """A line of progress, at once."""
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="set up once, then open the window")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="passed to the program")
    test = commands.add_parser("test", help="set up, then run every check and test")
    test.add_argument("arguments", nargs=argparse.REMAINDER, help="passed to pytest")
    commands.add_parser("setup", help="set up and stop")
    options = parser.parse_args(arguments)
    try:
        require_python()
        set_up(testing=options.command == "test")
        if options.command == "run":
            return open_window(options.arguments)
        return run_checks(options.arguments) if options.command == "test" else 0
    except SetupFailed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Start the same command again to go on.", file=sys.stderr)
        return 130


def require_python() -> None:
    """Go on only under a Python the pinned versions are made for."""
    if sys.version_info[:2] not in SUPPORTED:
        raise SetupFailed(
            f"Strategy Explorer needs Python 3.11 or 3.12; this is {platform.python_version()}. "
            "Install one of them and start this command with it, for example "
            "python3.11 packaging/bootstrap.py run"
        )


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up(testing: bool) -> None:
    """Bring `.venv` to what this source tree needs; does nothing when it already is."""
    if stamp_of(testing=True) == wanted_stamp() or (
        not testing and stamp_of(testing=False) == wanted_stamp()
    ):
        return
    say("Setting up Strategy Explorer; the first time takes a few minutes.")
    say("[1/4] Python environment in .venv")
    make_venv()
    say("[2/4] PyTorch, used once to convert the built-in model")
    install_torch()
    say("[3/4] Libraries, pinned by packaging/constraints.txt")
    pip_install([*requirements(testing)])
    say("[4/4] Built-in model")
    convert_model()
    stamp_path(testing).write_text(wanted_stamp(), encoding="utf-8")


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
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["convert"]]
    return [*wanted, *extras["test"]] if testing else wanted


def make_venv() -> None:
    version = subprocess.run(
        [venv_python(), "-c", "import sys, pip; print(sys.version_info[:2])"],
        capture_output=True, text=True, check=False,
    ).stdout.strip() if venv_python().exists() else ""
    if version == str(tuple(sys.version_info[:2])):
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True,
                          check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise SetupFailed(
            "The Python environment could not be made: "
            f"{(made.stderr or made.stdout).strip().splitlines()[-1:] or 'no reason given'}. "
            f"On Debian and Ubuntu install it with: sudo apt install {name}"
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
        lines = [tell(line.rstrip()) for line in process.stdout]
    if process.returncode:
        reason = next((line for line in reversed(lines) if "rror" in line), "see above")
        raise SetupFailed(
            f"The libraries could not be installed: {reason.strip()}. Check the network "
            "connection and start the same command again; what is installed is kept."
        )


def tell(line: str) -> str:
    """Repeat the lines of pip that say how far it is."""
    words = line.split()
    if words[:1] == ["Downloading"]:
        name = Path(words[1]).name.split("-cp")[0]
        say(" ".join(["      Downloading", name, *words[2:]]))
    elif words[:2] == ["Installing", "collected"]:
        say(f"      Installing {len(words) - 3} libraries; this takes a minute or two")
    elif line.startswith("ERROR"):
        say("      " + line)
    return line


def install_torch() -> None:
    """A CPU build where one can be had: on Linux the default one brings gigabytes of CUDA."""
    pinned = next(line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines()
                  if line.startswith("torch=="))
    if has_torch(pinned):
        return
    if platform.system() != "Linux" or pip_offers_cpu_build(pinned):
        pip_install([pinned])
    elif cpu_index_answers():
        pip_install([pinned], "--index-url", CPU_INDEX)
    else:
        say("      No CPU build of PyTorch was found: fetching the default build. With its CUDA")
        say("      libraries it is about 4 GB to download and 8 GB on disk.")
        pip_install([pinned])


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
        chosen = json.loads(asked.stdout)["install"][0]
    except (ValueError, LookupError):
        return False
    return str(chosen["metadata"]["version"]).endswith("+cpu")


def cpu_index_answers() -> bool:
    try:
        with urllib.request.urlopen(f"{CPU_INDEX}/torch/", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def convert_model() -> None:
    done = subprocess.run([venv_python(), "-m", "desktop.services.model_conversion"], cwd=ROOT,
                          check=False)
    if done.returncode:
        raise SetupFailed(
            "The built-in model could not be converted; the lines above say why. "
            "Start the same command again, or delete .venv first to begin anew."
        )


def check_system_libraries(libraries: dict[str, tuple[str, str]]) -> None:
    """Name the packages to install when Qt would not start. Raises SetupFailed."""
    if platform.system() != "Linux":
        return
    missing = [packages for name, packages in libraries.items() if not loads(name)]
    if missing:
        debian = " ".join(dict.fromkeys(first for first, _ in missing))
        fedora = " ".join(dict.fromkeys(second for _, second in missing))
        raise SetupFailed(
            "Qt needs system libraries that are not installed. On Debian and Ubuntu: "
            f"sudo apt install {debian}   On Fedora: sudo dnf install {fedora}   "
            "Then start the same command again."
        )


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def open_window(arguments: Sequence[str]) -> int:
    headless = os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal")
    check_system_libraries(SYSTEM_LIBRARIES | ({} if headless else WINDOW_LIBRARIES))
    screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if platform.system() == "Linux" and not headless and not screen:
        raise SetupFailed(
            "There is no screen to open the window on: neither DISPLAY nor WAYLAND_DISPLAY is "
            "set. Start this command from a desktop session."
        )
    say("Opening Strategy Explorer")
    return subprocess.run([venv_python(), "-m", "desktop", *arguments], cwd=ROOT,
                          check=False).returncode


def run_checks(arguments: Sequence[str]) -> int:
    check_system_libraries(SYSTEM_LIBRARIES)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for number, (name, command) in enumerate(CHECKS, start=1):
        say(f"[{number}/{len(CHECKS)}] {name}")
        extra = arguments if name == "tests" else ()
        result = subprocess.run([venv_python(), *command, *extra], cwd=ROOT, env=environment,
                                check=False)
        if result.returncode:
            say(f"{name} failed")
            return result.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
