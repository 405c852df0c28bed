"""The frozen program beside the unbundled one: size, cold and warm start, its self-test.

    python3 packaging/bootstrap.py bundle
    .venv/bin/python -m tests.benchmarks.bundle [--runs 7] [--folder dist/strategy-explorer]

A start lasts until the mark of an open window lies in the data folder: frame, panes and columns
are painted then. Both programs are started in turn. A cold start follows after the system has
dropped the files it holds in memory, which only root may ask of Linux; elsewhere it is left out.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
MARK = "window.open"  # desktop.app.OPEN_MARK, without importing Qt here
GOAL_START = 1.5
GOAL_UNPACKED, GOAL_PACKED = 600e6, 230e6  # bytes
SECONDS = 120.0
DROP = Path("/proc/sys/vm/drop_caches")


def seconds_to_window(command: Sequence[str]) -> float:
    """From the start of the process to the mark. Raises TimeoutError, or RuntimeError when it
    ends before."""
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "STRATEGY_EXPLORER_DATA_DIR": data,
                       "QT_QPA_PLATFORM": "offscreen"}
        started = time.perf_counter()
        with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL,
                              start_new_session=True) as program:
            try:
                while not (Path(data) / MARK).exists():
                    if program.poll() is not None:
                        raise RuntimeError(f"{command[0]} ended with {program.returncode}")
                    if time.perf_counter() - started > SECONDS:
                        raise TimeoutError(f"{command[0]} opened no window in {SECONDS:.0f} s")
                    time.sleep(0.002)
                return time.perf_counter() - started
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)


def forget_files() -> bool:
    """Whether the system was made to drop its cached files."""
    try:
        os.sync()
        DROP.write_text("3")
    except OSError:
        return False
    return True


def size_of(folder: Path) -> int:
    """Bytes of the files in it, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def tell_sizes(folder: Path) -> bool:
    """Whether the goals are met."""
    unpacked = size_of(folder)
    print(f"unpacked: {unpacked / 1e6:,.0f} MB (goal: under {GOAL_UNPACKED / 1e6:.0f})")
    archives = [path for end in ("*.tar.xz", "*.zip") for path in folder.parent.glob(end)]
    packed = [path.stat().st_size for path in archives]
    for path, size in zip(archives, packed, strict=True):
        print(f"packed: {size / 1e6:,.0f} MB, {path.name} (goal: under {GOAL_PACKED / 1e6:.0f})")
    return unpacked < GOAL_UNPACKED and all(size < GOAL_PACKED for size in packed)


def tell_starts(frozen: Sequence[str], unbundled: Sequence[str], runs: int) -> float:
    """Print cold and warm starts; gives the ratio of the warm ones."""
    if forget_files():
        cold_frozen = seconds_to_window(frozen)
        forget_files()
        cold_unbundled = seconds_to_window(unbundled)
        print(f"cold start: frozen {cold_frozen:.2f} s, unbundled {cold_unbundled:.2f} s "
              "(one each)")
    else:
        print("cold start: not measured, the system's file cache could not be emptied")
    seconds_to_window(frozen), seconds_to_window(unbundled)  # files are cached, modules compiled
    pairs = [(seconds_to_window(frozen), seconds_to_window(unbundled)) for _ in range(runs)]
    ratio = median(a / b for a, b in pairs)
    print(f"warm start: frozen {median(a for a, _ in pairs):.2f} s, unbundled "
          f"{median(b for _, b in pairs):.2f} s, ratio {ratio:.2f}, median of {runs} pairs "
          f"(goal: at most {GOAL_START})")
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=ROOT / "dist" / "strategy-explorer")
    options = parser.parse_args()
    program = options.folder.resolve() / (
        "strategy-explorer.exe" if os.name == "nt" else "strategy-explorer")
    if not program.exists():
        print(f"{program} is not there: run packaging/bootstrap.py bundle first", file=sys.stderr)
        return 1
    small = tell_sizes(options.folder)
    ratio = tell_starts([str(program)], [sys.executable, "-m", "desktop"], options.runs)
    started = time.perf_counter()
    passed = subprocess.run([program, "--selftest"], check=False).returncode == 0
    print(f"self-test: {time.perf_counter() - started:.1f} s")
    return 0 if small and ratio <= GOAL_START and passed else 1


if __name__ == "__main__":
    sys.exit(main())
