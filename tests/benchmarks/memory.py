"""Resident memory of the window and of its worker processes.

    python -m tests.benchmarks.memory --data FOLDER

The window's program runs in this process, offscreen. Figures in MB (10^6 bytes), for a new
workspace, while and after FOLDER's documents are indexed, after three asks, and with the sample
open; beside them a bare PySide6 window in a process of its own. Peaks are those of the system's
own books (VmHWM), where it keeps them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from tests.benchmarks.driving import (
    ask,
    documents_of,
    drive,
    drop,
    ended,
    make_workspace,
    questions_of,
)

if TYPE_CHECKING:
    from desktop.program import Program

GOALS = {"window": 220, "embedder": 300}  # MB
_BARE = """
import psutil
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.show()
application.processEvents()
print(psutil.Process().memory_info().rss / 1e6)
"""


def megabytes(pid: int | None = None) -> float:
    return round(psutil.Process(pid).memory_info().rss / 1e6, 1)


def peak(pid: int | None) -> float:
    """The most it ever had; now, where the system does not say."""
    try:
        lines = Path(f"/proc/{pid or 'self'}/status").read_text(encoding="utf-8").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return megabytes(pid)
    return round(int(kilobytes) * 1024 / 1e6, 1)


def workers() -> dict[str, dict[str, float]]:
    """The child processes that live now, by name."""
    found = {}
    for child in multiprocessing.active_children():
        found[child.name] = {"now": megabytes(child.pid), "peak": peak(child.pid)}
    return found


def measure(folder: Path) -> dict[str, Any]:
    """Everything by moment."""
    moments: dict[str, Any] = {}

    def note(moment: str) -> None:
        moments[moment] = {"window": {"now": megabytes(), "peak": peak(None)}, **workers()}

    async def story(program: Program) -> None:
        await program.tasks.wait_idle()
        note("new workspace")
        drop(program, folder)
        await ended(program, "index")
        note("indexed")
        for question in questions_of(folder)[:3]:
            ask(program, question)
            await ended(program, "ask")
        await program.tasks.wait_idle()
        note("asked three times")
        program.views.window.sampleRequested.emit("benefits")
        await asyncio.sleep(0)
        await ended(program, "workspace")
        await program.tasks.wait_idle()
        note("sample opened after it")

    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        asyncio.run(make_workspace(root / "w.stratex"))
        drive(root / "data", story, root / "w.stratex")
    return moments


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    if not documents_of(given.data):
        parser.error("--data needs a folder with documents")
    bare = subprocess.run([sys.executable, "-c", _BARE], capture_output=True, text=True)
    moments = measure(given.data)
    asked = moments["asked three times"]
    print(json.dumps({
        "bare_window": round(float(bare.stdout), 1), **moments,
        "ratio_to_bare_window": round(asked["window"]["now"] / float(bare.stdout), 2),
        "goals": {name: f"{asked[name]['now']} of {most}" for name, most in GOALS.items()},
    }, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
