"""Close the window in the midst of indexing and streaming, and look at what is left.

    python -m tests.end2end.closing SECONDS FILE...

opens the last workspace of the data folder, drops the files, asks again and again, and closes
the window so many seconds later, saying `closing`. Used by test_closing.py and
benchmarks/closing.py.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from desktop.ui.views import Views

ROOT = Path(__file__).resolve().parents[2]
NOISE = "This plugin does not support propagateSizeHints()"  # the offscreen platform's
QUESTION = "Are eyeglasses covered by the plan?"
LIMIT = 30.0  # seconds until it is taken for hanging


class User:
    """Waits until the window is ready, drops, asks, and closes."""

    def __init__(self, views: Views, seconds: float, files: list[Path]) -> None:
        from PySide6.QtCore import QTimer

        self._views = views
        self._files = files
        self._seconds = seconds
        self._timer = QTimer(views.window)
        self._timer.timeout.connect(self._look)
        self._timer.start(5)

    def _look(self) -> None:
        from PySide6.QtCore import QTimer

        if not self._views.window.actions_table.by_id["ask"].isEnabled():
            return
        if self._files:
            self._views.window.filesDropped.emit(self._files)
            self._files = []
            QTimer.singleShot(int(self._seconds * 1000), self._close)
        self._views.ask.show_question(QUESTION)
        self._views.ask.ask()

    def _close(self) -> None:
        self._timer.stop()
        asking = self._views.ask.is_running()
        print("closing", "asking" if asking else "idle", flush=True)
        self._views.window.close()


def run(seconds: float, files: list[Path]) -> int:
    """The program, with that user."""
    from desktop import app
    from desktop.ui import views

    users: list[User] = []

    class Used(views.Views):
        def __init__(self, window: object) -> None:
            super().__init__(window)  # type: ignore[arg-type]
            users.append(User(self, seconds, files))

    views.Views = Used  # type: ignore[misc]
    return app.main(None)


@dataclass(frozen=True)
class Ending:
    """How a window ended."""

    exit_code: int
    seconds: float  # from the close to the end of the process
    said: str  # on stderr
    orphans: int
    asking: bool

    def problems(self, within: float) -> list[str]:
        found = []
        if self.exit_code:
            found.append(f"exit code {self.exit_code}")
        if self.seconds > within:
            found.append(f"{self.seconds:.1f} s")
        if self.said:
            found.append(f"it said: {self.said}")
        if self.orphans:
            found.append(f"{self.orphans} processes were left")
        return found


def close_after(seconds: float, data_dir: Path, files: list[Path]) -> Ending:
    """Open the last workspace of `data_dir`, work, and close."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT),
                   "STRATEGY_EXPLORER_DATA_DIR": str(data_dir), "PYTHONWARNINGS": "default"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.end2end.closing", str(seconds), *map(str, files)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        began = time.perf_counter()
        children = psutil.Process(process.pid).children(recursive=True) if line else []
        try:
            _, said = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        ended = time.perf_counter() - began
    left = _alive(children)
    words = "\n".join(each for each in said.splitlines() if each != NOISE)
    return Ending(process.returncode, ended, words, len(left), "asking" in line)


def _alive(children: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run a second later. One that nobody reaps does not run."""
    until = time.monotonic() + 1
    while (left := [each for each in children if _runs(each)]) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def look(file: Path) -> dict[str, int]:
    """Open the file as the program does: how many documents in which state, "damage" if any."""

    async def open_it() -> dict[str, int]:
        from desktop.services import workspace

        store = await workspace.open_workspace(file)
        try:
            counts: dict[str, int] = {}
            for document in await store.documents():
                counts[document.state.value] = counts.get(document.state.value, 0) + 1
            if await store.damage():
                counts["damage"] = 1
            return counts
        finally:
            await store.aclose()

    return asyncio.run(open_it())


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]), [Path(each) for each in sys.argv[2:]]))
